from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "lms.lib"
    label = "house"
    verbose_name = "House"

    def ready(self) -> None:
        from lms.lib import checks, production, sentry, slow_queries, sort_order, sql_contains  # noqa: F401  (register themselves)
        from lms.lib.file_permissions import make_folders
        from lms.lib.languages import introduce_languages
        from lms.lib.lookups import register_number_limits
        from lms.lib.seams import checks as seam_checks  # noqa: F401  (guards versions)

        sentry.start()
        make_folders()
        introduce_languages()
        register_number_limits()
