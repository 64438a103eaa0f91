from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"
    verbose_name = _("Assessments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assessments import question_imports, receivers  # noqa: F401  (a kind of run, news from below)
        from assessments.services import regrading  # noqa: F401  (a kind of run)
        from cms.roles import allow, crud

        allow(*crud("assessments", "questionbank", "question", "assessment", delete=True))
        allow("assessments.publish_question")
