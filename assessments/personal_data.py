"""What a person is given of their tests (``lms.accounts.personal_data``): answers and results, never the questions.

Questions come again for others, and what each answer was worth would tell which one is right.
"""

from django.utils.translation import gettext_lazy as _

from assessments.content import content_of
from assessments.models import Allowance, Response
from assessments.question_types import get_question_type
from lms.accounts.erasing import run_at_erasure
from lms.accounts.models import User
from lms.accounts.personal_data import register, register_not_given

LEASE = "due_at lease_until tries last_error "


def answer_words(response: Response) -> str:
    content = content_of([response.item.revision_id]).get(response.item.revision_id)
    return get_question_type(content.type).describe(content.spec, response.answer) if content else ""


register("assessments.Attempt", _("Tests"), "enrolment__user",
         "assessment number language started_at deadline_at submitted_at score passed",
         kept_back="id enrolment step_key seed")  # fmt: skip
register("assessments.AttemptItem", _("Questions that came"), "attempt__enrolment__user",
         "attempt position section_titles points flagged", kept_back="id question question_key revision")  # fmt: skip
register("assessments.Response", _("Your answers"), "item__attempt__enrolment__user", "item saved_at client_at",
         kept_back="id key answer", extras={"answer": answer_words})  # fmt: skip
register("assessments.Grade", _("Results"), "attempt__enrolment__user",
         "attempt at reason grader_version score passed detail", kept_back="id by")  # fmt: skip
register("assessments.Allowance", _("More attempts and time that you were given"), "enrolment__user",
         "assessment kind minutes reason given_at taken_back_at",
         kept_back="id enrolment key by attempt taken_back_by")  # fmt: skip
register("assessments.RegradedMark", _("Results that were corrected"), "attempt__enrolment__user",
         "attempt old_score old_passed new_score new_passed", kept_back="id run is_lowered outcome")  # fmt: skip
register("assessments.RegradeRun", _("Corrections that you began"), "by", "created_at ended_at state reason",
         kept_back=f"{LEASE} id by language position total note assessment question_key decision may_lower"
         " last_checked")  # fmt: skip
register("assessments.Correction", _("Corrections that you decided"), "by", "at decision reason",
         kept_back="id assessment question_key until_revision by run")  # fmt: skip
register("assessments.QuestionImportRun", _("Questions that you imported"), "by", "created_at ended_at state",
         kept_back=f"{LEASE} id by language position total note bank skill difficulty locale live added known renewed"
         " left_out failed")  # fmt: skip
register_not_given("it would tell which answers are right: the result of the whole is given", "assessments.ItemMark")


@run_at_erasure
def erase_reasons(user: User) -> None:
    """What was given stays with the attempt that used it; why goes."""
    Allowance.objects.filter(enrolment__user=user).update(reason="")
