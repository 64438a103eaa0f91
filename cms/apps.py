from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("Site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import merging, receivers  # noqa: F401  (how accounts merge, news from below)
        from cms.roles import allow
        from cms.rows import by_permission, register
        from lms.accounts.models import User
        from lms.accounts.services import MANAGERS
        from lms.lib.picture_check import fault_of_shape
        from lms.lib.seams.exif import keep_no_exif
        from lms.lib.seams.exports import refuse_empty_exports, treat_exported_text
        from lms.lib.seams.lists import sort_lists
        from lms.lib.seams.renditions import refuse_renditions, tell_unreadable_pictures
        from lms.lib.sort_order import alphabetically
        from lms.lib.tables import safe_cell

        keep_no_exif()
        refuse_renditions(fault_of_shape)
        tell_unreadable_pictures()
        treat_exported_text(safe_cell)
        refuse_empty_exports()
        sort_lists(alphabetically)
        register(User, by_permission)
        allow("cms.change_centrecontact", groups=(MANAGERS,))
