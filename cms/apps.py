from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("Site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import merging, receivers  # noqa: F401  (how accounts merge, news from below)
        from cms.exports import quote_exports
        from cms.rows import by_permission, register
        from cms.uploads import keep_no_exif
        from lms.accounts.models import User

        keep_no_exif()
        quote_exports()
        register(User, by_permission)
