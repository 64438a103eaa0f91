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
        from wagtail.documents import get_document_model
        from wagtail.images import get_image_model
        from wagtail.models import Page
        from wagtailmedia.models import get_media_model

        from cms import contacts
        from cms.policies import RowPolicy
        from cms.roles import allow, crud
        from cms.rows import SITE_RIGHT, everything, rows_for
        from cms.rows import register as register_rows
        from courses import (
            access,
            group_messages,  # noqa: F401  (a kind of run)
            merging,  # noqa: F401  (how accounts merge)
            personal_data,  # noqa: F401  (what people are given)
            receivers,  # noqa: F401  (listens to news from below)
        )
        from courses.group_contact import contact_of_group
        from courses.joining import GROUP
        from courses.models import Course, Skill
        from lms.accounts.imports import register_column
        from lms.accounts.services import ALL_COURSES, MANAGERS
        from lms.accounts.visibility import register
        from lms.lib.seams.file_rights import narrow_file_permissions
        from lms.lib.seams.page_rights import add_page_permissions
        from lms.lib.seams.policies import register_policy

        contacts.register(contact_of_group)
        register(in_own_groups)
        register_column(GROUP)
        allow(*crud("courses", "course"), "courses.view_skill")
        allow(*crud("courses", "skill", delete=True), "courses.delete_course", groups=(MANAGERS,))
        allow(SITE_RIGHT, groups=(MANAGERS, ALL_COURSES))
        register_rows(Course, access.courses_of, kept=access.kept_courses)
        register_rows(Skill, everything, kept=access.kept_skills)
        for model in (Course, Skill):
            register_policy(RowPolicy(model))
        register_rows(Page, access.pages_of, kept=access.kept_pages)
        for model in (get_image_model(), get_document_model(), get_media_model()):
            register_rows(model, access.files_of, kept=access.kept_files)
        add_page_permissions(access.page_permissions)
        narrow_file_permissions(rows_for, (get_image_model(), get_document_model(), get_media_model()))


def in_own_groups(trainer: Any) -> Q:
    """A trainer sees and helps the learners of the groups they lead."""
    return Q(cohort_memberships__cohort__trainers=trainer)
