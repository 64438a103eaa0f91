from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    label = "assessments"
    verbose_name = _("Assessments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from assessments import (  # noqa: F401  (accounts merge; a kind of run)
            access,
            copying,
            course_parts,
            failing,
            learner_section,
            merging,
            personal_data,
            question_imports,
        )
        from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
        from assessments.services import regrading  # noqa: F401  (a kind of run)
        from cms.policies import RowPolicy
        from cms.roles import allow, crud
        from cms.rows import register
        from courses.access import SHOWN_VERSIONS, STEPS_IN_USE, USES
        from courses.copying import EXTRAS
        from courses.following import FAILED_STEPS
        from courses.learner_sections import SECTIONS
        from lms.lib.seams.policies import register_policy

        allow(*crud("assessments", "questionbank", "question", "assessment", delete=True))
        allow("assessments.publish_question")
        register(QuestionBank, access.banks_of, kept=access.kept_banks)
        register(Question, access.questions_of, kept=access.kept_questions)
        register(Assessment, access.assessments_of, kept=access.kept_assessments)
        for model in (QuestionBank, Question, Assessment):
            register_policy(RowPolicy(model))
        EXTRAS[AssessmentPage] = copying.assessment_of_copy
        course_parts.register()
        FAILED_STEPS.append(failing.failed_steps)
        SECTIONS.extend(
            [learner_section.attempts_section, learner_section.allowances_section, learner_section.skills_section]
        )
        STEPS_IN_USE.append(access.steps_with_attempts)
        SHOWN_VERSIONS.append(access.asked_versions)
        USES.append(access.questions_with_files)
