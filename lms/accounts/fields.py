"""The fields of every form in which people write a phone number or an e-mail address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import phones
from lms.accounts.identity import address_as_typed


class AddressField(forms.EmailField):
    """An e-mail address without the spaces and invisible signs that a phone puts into it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(address_as_typed(value) if isinstance(value, str) else value)


class PhoneField(forms.CharField):
    """Takes a number in any national habit and gives E.164. The form may set ``country`` before cleaning."""

    country = ""
    typed = ""
    """After cleaning, the number as it was typed where its digits are not those of the number: for ``phone_typed``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Phone number"))
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The number of before in another writing is no new one."""
        text = data.strip() if isinstance(data, str) else ""
        return (phones.to_e164(text, self.country) or text) != (initial or "")

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        if phones.is_shortened(text):
            raise ValidationError(phones.SHORTENED, code="invalid_phone")
        number = phones.to_e164(text, self.country)
        self.typed = phones.typed_otherwise(text, number) if number else ""
        if not number:
            example = phones.example(self.country)
            raise ValidationError(
                _("This is not a phone number of the country you chose. A number there looks like %(example)s.")
                % {"example": example},
                code="invalid_phone",
            )
        return number
