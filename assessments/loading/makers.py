"""What makes the steps of kind "assessment" and "quiz" while a course folder is loaded."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from assessments.loading.specs import AssessmentSpec, SectionSpec
from assessments.models import Assessment, AssessmentPage
from courses.loading import StepPlace

QUIZ_SKILL = "digcomp.1.2"
QUIZ_LENGTH = 10


class AssessmentMaker:
    """Gives each step the assessment that was written for it before."""

    def __init__(self, specs: list[AssessmentSpec], written: dict[str, Assessment]) -> None:
        self.specs = {spec.key: spec for spec in specs}
        self.written = written

    def __call__(self, place: StepPlace) -> tuple[type[AssessmentPage], dict[str, Any]]:
        spec = self.specs[place.key]
        return AssessmentPage, {
            "title": spec.titles[place.language],
            "slug": spec.slugs[place.language],
            "intro": spec.intros.get(place.language, ""),
            "minutes": spec.minutes,
            "is_required": spec.is_required,
            "assessment": self.written[place.key],
        }


def quiz_spec(key: str, language: str, questions: int) -> AssessmentSpec:
    """An assessment of ten questions of a bank of so many, in the one language of the folder."""
    with translation.override(language):
        title = _("Assessment")
    return AssessmentSpec(
        key=key,
        titles={language: title},
        slugs={language: key},
        intros={},
        rules={},
        minutes=max(1, questions),
        is_required=True,
        sections=[SectionSpec({}, min(QUIZ_LENGTH, questions), "", None, ())],
    )
