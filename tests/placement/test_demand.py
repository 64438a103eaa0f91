"""What employers ask for against who holds it, by skill and place, with small numbers of people kept back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import CourseSkill
from placement.demand import MIN_PEOPLE, Demand, demand
from placement.enums import OpportunityState, RefusalReason
from placement.enums import ReferralState as S
from placement.models import Opportunity, Referral
from tests.factories.courses import course_page, make_course, make_enrolment, make_skill
from tests.factories.people import make_user
from tests.factories.placement import ENTRY, make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


def only(**wanted: object) -> Demand:
    (row,) = [row for row in demand() if all(getattr(row, name) == value for name, value in wanted.items())]
    return row


def on_site(employer, region="Dakar", **fields) -> Opportunity:
    return make_opportunity(employer, place="on-site", country="SN", region=region, **fields)


def teach(code: str, level: int, *learners) -> None:
    course = make_course(f"cours-{level}")
    course.skills.all().delete()
    CourseSkill.objects.create(course=course, skill=make_skill(code), level=level)
    course_page(course)
    for learner in learners:
        make_enrolment(learner, course)


def test_nothing_asked_is_nothing_told():
    assert demand() == []


def test_positions_of_one_place_come_together_however_it_is_written(employer):
    on_site(employer, "Thiès", positions=2)
    on_site(make_employer("Autre"), "THIES", positions=3)
    on_site(employer, "Dakar", positions=7)
    row = only(country="SN", positions=5)
    assert (row.opportunities, row.level) == (2, 2)


def test_remote_work_is_one_place_wherever_the_employer_is(employer):
    make_opportunity(employer, place="remote", country="SN", region="Dakar")
    make_opportunity(employer, place="remote", country="FR", region="Lille")
    assert only(country="", region="").positions == 2


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"created_at": timezone.now() - timedelta(days=89), "state": OpportunityState.CLOSED}, True),
        ({"created_at": timezone.now() - timedelta(days=91), "state": OpportunityState.CLOSED}, False),
        ({"created_at": timezone.now() - timedelta(days=400), "state": OpportunityState.OPEN}, True),
        ({"state": OpportunityState.DRAFT}, False),
    ],
)
def test_of_the_last_ninety_days_and_open_today(employer, change, counts):
    Opportunity.objects.filter(pk=make_opportunity(employer).pk).update(**change)
    assert bool(demand()) is counts


def test_a_useful_skill_is_no_need(employer):
    make_opportunity(employer, skills=[(ENTRY, 2, True), ("dw.useful", 1, False)])
    assert [row.skill.code for row in demand()] == [ENTRY]


def test_whoever_holds_the_level_or_more_and_lives_there_counts(employer):
    on_site(employer, positions=9)
    for level, fields in [(2, {}), (3, {}), (1, {}), (2, {"region": "Thiès"}), (2, {"country": "FR"}), (3, {}), (2, {}),
                          (2, {"region": "dakar"})]:  # fmt: skip
        make_candidate(skills=[(ENTRY, level)], **fields)
    row = only(country="SN")
    assert (row.holders.exact, row.short) == (5, 4)
    make_opportunity(employer)
    assert only(country="").holders.exact == 7  # remote: from anywhere


def test_two_certificates_are_one_person(employer):
    make_opportunity(employer)
    person = make_candidate()
    make_candidate(person.user, skills=[(ENTRY, 3)])
    assert only(level=2).holders.exact == 1


def test_revoked_and_closed_accounts_hold_nothing(employer):
    make_opportunity(employer)
    make_candidate().user.certificates.update(revoked_at=timezone.now(), revoked_reason="fraude")
    closed = make_candidate().user
    closed.is_active = False
    closed.save()
    assert only(level=2).holders.exact == 0


def test_filled_and_refused_are_those_of_the_same_opportunities(employer):
    opportunity = make_opportunity(employer, positions=6)
    states = [(S.ACCEPTED, ""), (S.STARTED, ""), *[(S.REFUSED, RefusalReason.LEVEL)] * 5,
              (S.REFUSED, RefusalReason.FILLED)]  # fmt: skip
    for state, reason in states:
        referral = make_referral(make_candidate(), opportunity)
        Referral.objects.filter(pk=referral.pk).update(state=state, refusal_reason=reason, forwarded_at=timezone.now())
    row = only(level=2)
    assert (row.filled, row.refused.exact, row.unfilled) == (2, 5, 4)


@pytest.mark.parametrize(("exact", "told", "at_most"), [(0, 0, 0), (1, None, 4), (4, None, 4), (5, 5, 5)])
def test_few_people_are_not_counted_aloud(employer, exact, told, at_most):
    make_opportunity(employer, positions=9)
    for _ in range(exact):
        make_candidate()
    row = only(level=2)
    assert (row.holders.disclosed_count, row.short) == (told, 9 - at_most)
    assert row.is_short


def test_what_is_short_comes_first_and_the_course_is_named(employer):
    make_opportunity(employer, positions=8, skills=[("dw.asked", 3, True)])
    make_opportunity(employer, positions=1)
    make_candidate()
    teach("dw.asked", 3, *[make_user(f"eleve-{number}") for number in range(MIN_PEOPLE)])
    first, second = demand()
    assert (first.skill.code, first.short, first.on_the_way.disclosed_count) == ("dw.asked", 8, 5)
    assert [course.code for course in first.courses] == ["cours-3"]
    assert (second.skill.code, second.courses) == (ENTRY, [])


def test_queries_do_not_grow(employer):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            demand()
        return len(queries)

    on_site(employer)
    few = count()
    for number in range(4):
        on_site(employer, f"Ville {number}", skills=[(f"dw.s{number}", 1, True)])
        make_candidate(skills=[(f"dw.s{number}", 1)])
    assert count() == few <= 8


# --- the page


@pytest.fixture
def asked(site, employer):
    make_opportunity(employer, positions=3)
    make_candidate()


def page(browser, query: str = "") -> str:
    answer = browser.get(reverse("placement_demand") + query)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_trainers_and_managers_read_what_to_write_next(asked, trainer, manager, sign_in):
    for person in (trainer, manager):
        shown = page(sign_in(person))
        assert "moins de 5" in shown
        assert "Partout (à distance)" in shown
        assert "Un cours à écrire" in shown


def test_it_is_empty_before_the_first_opportunity(site, trainer, sign_in):
    assert "Aucune opportunité ne demande" in page(sign_in(trainer))


def test_the_file_has_every_row_and_keeps_the_same_numbers_back(asked, trainer, sign_in):
    answer = sign_in(trainer).get(reverse("placement_demand") + "?format=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "moins de 5" in lines[1]


def test_nobody_else(site, learner, employer_user, sign_in):
    for person in (learner, employer_user):
        assert sign_in(person).get(reverse("placement_demand")).status_code in {302, 403}
