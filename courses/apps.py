from typing import Any

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"
    verbose_name = _("Courses")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.roles import allow, crud
        from courses import receivers  # noqa: F401  (listens to news from below)
        from courses.joining import GROUP
        from lms.accounts.imports import register_column
        from lms.accounts.services import MANAGERS
        from lms.accounts.visibility import register

        register(in_her_groups)
        register_column(GROUP)
        allow(*crud("courses", "course"), "courses.view_skill")
        allow(*crud("courses", "skill", delete=True), "courses.delete_course", groups=(MANAGERS,))


def in_her_groups(trainer: Any) -> Q:
    """A trainer sees and helps the learners of the groups she leads."""
    return Q(cohort_memberships__cohort__trainers=trainer)
