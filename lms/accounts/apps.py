from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "lms.accounts"
    label = "accounts"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.accounts import (  # noqa: F401  (checks, a kind of run, news from below)
            checks,
            exports,
            inactivity,
            learner_import,
            merging,
            on_behalf,
            personal_tables,
            receivers,
        )
