"""The form of the centre's contact in the admin."""

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from lms.accounts.fields import PhoneField


class ContactForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("whatsapp", "phone"):
            field = self.fields[name]
            self.fields[name] = PhoneField(label=field.label, help_text=field.help_text, required=False)
