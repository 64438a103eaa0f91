"""How employers behave: one definition, which learners, managers and the overview read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placement import conduct
from placement.employer_history import history_of
from placement.enums import ReferralState as S
from placement.interview_enums import InterviewEnd, InterviewState
from placement.models import Interview, Referral, ReferralEvent
from placement.overview import overview
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def opportunity():
    return make_opportunity(make_employer("Pont Data"))


def sent(opportunity, days, *, answered=None, state=S.FORWARDED, left=None):
    """Sent ``days`` ago; answered, or left by the learner, so many days later. Only the rows: nothing else is asked."""
    referral = make_referral(make_candidate(), opportunity)
    at = timezone.now() - timedelta(days=days)
    Referral.objects.filter(pk=referral.pk).update(
        state=state, forwarded_at=at, answered_at=None if answered is None else at + timedelta(days=answered)
    )
    if left is not None:
        ReferralEvent.objects.create(referral=referral, by="learner", after=state, at=at + timedelta(days=left))
    return referral


def test_who_is_counted_and_what_is_an_answer_in_time(opportunity):
    sent(opportunity, 20, answered=2)
    sent(opportunity, 300, answered=13)
    sent(opportunity, 100, answered=30)  # too late, but an answer
    sent(opportunity, 100)
    sent(opportunity, 13, answered=1)  # not yet two weeks
    sent(opportunity, 400)  # more than a year
    sent(opportunity, 50, state=S.WITHDRAWN, left=3)  # the employer could not answer
    sent(opportunity, 50, state=S.WITHDRAWN, left=40)  # it could, and did not
    sent(opportunity, 50, state=S.OBSOLETE, left=3, answered=1)
    employer = opportunity.employer
    rate = conduct.reply_rates([employer.pk])[employer.pk]
    assert (rate.sent, rate.answered, rate.percent) == (6, 3, 50)
    assert conduct.reply_days([employer.pk]) == {employer.pk: 8}  # of 1, 2, 13, 30


def test_small_numbers_are_not_told(opportunity):
    for _number in range(2):
        sent(opportunity, 20, answered=1)
    for number in range(4):
        interview(sent(opportunity, 13), InterviewEnd.HELD, number)
    found = conduct.conduct_of(opportunity.employer_id)
    assert (found.is_known, found.days, found.interviews, found.at_work) == (False, None, 0, 0)


def interview(referral, end, number=0):
    Interview.objects.create(
        referral=referral, state=InterviewState.PLANNED, how="phone", key=str(number), ended_as=end,
        starts_at=timezone.now() - timedelta(days=3),
    )  # fmt: skip


def test_interviews_at_which_the_employer_was_and_work_that_began(opportunity):
    ends = [InterviewEnd.HELD] * 3 + [InterviewEnd.LEARNER_MISSED, InterviewEnd.EMPLOYER_MISSED, InterviewEnd.DISPUTED]
    for end in ends:
        interview(sent(opportunity, 13, state=S.STARTED), end)
    interview(sent(opportunity, 13), "")  # nobody said how it ended
    found = conduct.conduct_of(opportunity.employer_id)
    assert (found.interviews, found.kept, found.at_work) == (5, 4, 6)


def test_the_same_figures_everywhere(opportunity, client, manager):
    for answered in (1, 3, 5, None):
        sent(opportunity, 40, answered=answered)
    sent(make_opportunity(make_employer("Muette")), 40)
    referral = make_referral(make_candidate(), opportunity)
    client.force_login(referral.profile.user)
    page = client.get(reverse("opportunities:detail", args=[referral.pk]))
    text = page.content.decode()
    assert "en deux semaines\u00a0: 3 pour 4 personnes présentées" in text
    assert "La moitié des réponses est venue en 3 jours au plus" in text
    assert "Comment c’est compté" in text
    index = client.get(reverse("opportunities:index")).content.decode()
    assert "en deux semaines\u00a0: 3 pour 4 personnes présentées" in index
    history = history_of(opportunity.employer).conduct
    assert (history.rate.sent, history.rate.answered, history.days) == (4, 3, 3)
    figures = overview()
    assert [(row.name, row.rate.sent, row.rate.answered, days) for row, days in figures["employers"]] == [
        ("Muette", 1, 0, None), ("Pont Data", 4, 3, 3),
    ]  # fmt: skip
    assert (figures["sent"], figures["answered"], figures["median_days"]) == (5, 3, 3)
    client.force_login(manager)
    assert "75" in client.get(reverse("placement_overview")).content.decode()


def test_the_usual_time_is_of_all_and_not_of_those_who_are_listed(opportunity, monkeypatch):
    for _each in range(3):
        sent(opportunity, 40, answered=1)
    slow = make_opportunity(make_employer("Lente"))
    for _each in range(3):
        sent(slow, 40, answered=13)
    sent(slow, 40)
    monkeypatch.setattr("placement.overview.MOST_EMPLOYERS", 1)
    assert [row.name for row, _days in overview()["employers"]] == ["Lente"]
    assert overview()["median_days"] == 7


def test_one_query_for_the_rates_of_many(opportunity, django_assert_num_queries):
    sent(opportunity, 20, answered=2)
    with django_assert_num_queries(1):
        conduct.reply_rates(range(1, 100))
