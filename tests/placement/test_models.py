"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from placement.enums import WITH_EMPLOYER, ReferralState
from placement.models import CandidateProfile, Opportunity, Outcome, Referral
from placement.services import answers
from placement.services.link_secrets import hash_of
from tests.factories.placement import make_candidate, make_hired, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Opportunity, {"pay_min": 2, "pay_max": 1}),
        (Opportunity, {"positions": 0}),
        (Opportunity, {"hours_per_week": 0}),
        (Opportunity, {"hours_per_week": 169}),
        (CandidateProfile, {"hours_per_week": 169}),
        (Referral, {"score": 101}),
    ],
)
def test_figures_within_reason(model, values):
    make_referral()
    with pytest.raises(IntegrityError):
        model.objects.update(**values)


def test_pay_may_have_one_bound_or_two_alike():
    make_opportunity()
    for pay in ({"pay_min": 5, "pay_max": None}, {"pay_min": None, "pay_max": 5}, {"pay_min": 5, "pay_max": 5}):
        assert Opportunity.objects.update(**pay) == 1


@pytest.mark.parametrize("state", sorted(WITH_EMPLOYER))
def test_nothing_is_with_an_employer_that_was_never_sent(state):
    make_referral(state=ReferralState.CONSENTED)
    with pytest.raises(IntegrityError):
        Referral.objects.update(state=state)


def test_a_candidate_and_an_opportunity_meet_once():
    referral = make_referral()
    with pytest.raises(IntegrityError):
        Referral.objects.create(opportunity=referral.opportunity, profile=referral.profile)


def test_an_outcome_is_due_once_and_answered_with_an_answer():
    outcome = Outcome.objects.create(referral=make_referral(), mark="day30", due_on=timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.update(in_work=True)
    with pytest.raises(IntegrityError):
        Outcome.objects.create(referral=outcome.referral, mark="day30", due_on=timezone.localdate())


@pytest.mark.parametrize("log", ["events", "answers"])
def test_what_happened_is_written_once(log):
    referral = make_hired(days=30)
    if log == "answers":
        outcome = referral.outcomes.get(mark="day30")
        answers.record_outcome(outcome=outcome, in_work=True, by="learner")
    row = (referral.events if log == "events" else outcome.answers).first()
    with pytest.raises(TypeError):
        row.save()


def test_a_reply_link_is_found_by_an_index():
    """Anybody may try addresses: a wrong one must not read the whole table."""
    make_candidate()
    query = Referral.objects.filter(reply_hash=hash_of("wrong")).order_by()
    with connection.cursor() as cursor, transaction.atomic():
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # the table is too small for an index otherwise
        assert "referral_by_link" in query.explain()
