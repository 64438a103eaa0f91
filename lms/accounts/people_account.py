"""The account page of the admin: language and look of the admin. Name and password are on our settings page.

Nobody has a picture of themselves: it would be stored as it came, with the place it was taken at, and shown nowhere.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel

LEFT_OUT = (NameEmailSettingsPanel, AvatarSettingsPanel)


class OwnAccountView(AccountView):
    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if not isinstance(panel, LEFT_OUT)]


account = OwnAccountView.as_view()


@hooks.register("register_account_menu_item")
def settings_item(request: HttpRequest) -> dict[str, str]:
    return {
        "url": reverse("accounts:settings"),
        "label": _("My name and password"),
        "help_text": _("Change your name, your language on the site, and your password."),
    }
