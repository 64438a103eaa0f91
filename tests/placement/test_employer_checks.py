"""What was checked of an employer: written down once, holding for a time, told to learners as it is."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from lms.lib.moments import site_day
from placement.check_enums import CheckKind, CheckResult
from placement.desk import tasks_of
from placement.employer_checks import checks_of, not_holding_among
from placement.enums import OpportunityState
from placement.models import EmployerCheck, Opportunity
from placement.services import checks, decisions, opportunities, reviews
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
GOOD, WRONG, UNCLEAR = CheckResult
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def a_year(settings):
    settings.VETTING_DAYS = 365


@pytest.fixture
def employer():
    return make_employer("Pont Data")


@pytest.fixture
def desk(site, manager, sign_in):
    return sign_in(manager)


def check(employer, manager, *, kind=CheckKind.REGISTER, result=GOOD, age=0, left=300, note=""):
    today = site_day()
    return checks.note_check(
        employer=employer, kind=kind, result=result, done_on=today - age * DAY, valid_until=today + left * DAY,
        by=manager, note=note,
    )  # fmt: skip


def body(response):
    return response.content.decode()


def as_read(referral, client):
    client.force_login(referral.profile.user)
    return body(client.get(reverse("opportunities:detail", args=[referral.pk])))


class TestWhetherItHolds:
    def test_who_did_nothing_was_not_checked(self, employer):
        found = checks_of(employer.pk)
        assert (found.holds, found.done, found.ends_on) == (False, [], None)
        assert {line.latest for line in found.lines} == {None}
        assert CheckKind.EARLIER.label not in {line.label for line in found.lines}

    @pytest.mark.parametrize(
        ("rows", "holds"),
        [
            ([{}], True),
            ([{"left": 0}], True),
            ([{"age": 400, "left": -1}], False),
            ([{"age": 400, "left": -1}, {"kind": CheckKind.CALL}], True),
            ([{"result": UNCLEAR}], False),
            ([{"kind": CheckKind.CALL}, {"result": UNCLEAR}], True),
            ([{"kind": CheckKind.CALL}, {"result": WRONG}], False),
            ([{"result": WRONG}, {"result": GOOD}], True),
            ([{"result": GOOD}, {"result": UNCLEAR}], False),
            ([{"result": GOOD, "age": 1}, {"result": WRONG, "age": 9}], True),
        ],
    )
    def test_the_latest_of_each_kind_counts(self, employer, manager, rows, holds):
        for row in rows:
            check(employer, manager, **row)
        assert checks_of(employer.pk).holds is holds
        assert not_holding_among([employer.pk]) == (set() if holds else {employer.pk})

    def test_the_database_asks_for_the_day_of_what_is_in_order(self, employer):
        row = EmployerCheck(employer=employer, kind=CheckKind.CALL, result=GOOD, done_on=site_day())
        with pytest.raises(IntegrityError):
            row.save()

    def test_without_a_time_none_ends(self, employer, settings):
        settings.VETTING_DAYS = 0
        assert not_holding_among([employer.pk]) == set()


class TestOpportunities:
    def draft(self, employer):
        return make_opportunity(employer, state=OpportunityState.DRAFT)

    def publish(self, row):
        contact = row.employer.contacts.get().user
        is_open = opportunities.publish(opportunity=row, actor=contact)
        return is_open, Opportunity.objects.get(pk=row.pk).state

    def test_they_open_while_the_check_holds(self, employer, manager):
        check(employer, manager)
        assert self.publish(self.draft(employer)) == (True, OpportunityState.OPEN)

    def test_they_wait_after_its_last_day_until_a_manager_decides(self, employer, manager, desk):
        check(employer, manager, age=366, left=-1)
        running = make_opportunity(employer)
        row = self.draft(employer)
        assert self.publish(row) == (False, OpportunityState.WAITING)
        assert running in Opportunity.objects.open()
        page = body(desk.get(reverse("placement_reviews")))
        assert "la vérification de cet employeur n’est plus valable" in page
        assert reverse("placement_employer_checks", args=[employer.pk]) in page
        decisions.approve(review=reviews.waiting().get(), by=manager)
        assert Opportunity.objects.get(pk=row.pk).state == OpportunityState.OPEN

    def test_a_new_check_opens_them_again(self, employer, manager):
        check(employer, manager, age=366, left=-1)
        check(employer, manager, kind=CheckKind.CALL)
        assert self.publish(self.draft(employer))[0]


class TestLearners:
    @pytest.fixture
    def referral(self, employer):
        return make_referral(make_candidate(), make_opportunity(employer))

    def test_read_what_was_checked_and_when(self, referral, employer, manager, client):
        done_on = check(employer, manager, note="Vu avec Awa, 77 000 00 00.").done_on
        page = as_read(referral, client)
        assert "Numéro trouvé au registre officiel des entreprises" in page
        assert str(done_on.year) in page
        assert "Nous n’avons rien vérifié d’autre." in page
        assert "77 000" not in page

    def test_read_that_nothing_was(self, referral, employer, manager, client):
        check(employer, manager, result=WRONG, note="Numéro d’une autre société.")
        page = as_read(referral, client)
        assert "Rien : nous n’avons pas vérifié cet employeur." in page.replace("\xa0", " ")
        assert "autre société" not in page

    def test_read_that_it_is_too_long_ago(self, referral, employer, manager, client):
        check(employer, manager, kind=CheckKind.VISIT, age=366, left=-1)
        page = as_read(referral, client)
        assert "Visite de ses locaux" in page
        assert "trop ancien pour compter" in page
        assert "Cela ne compte plus" in page


class TestManagers:
    def url(self, employer):
        return reverse("placement_employer_checks", args=[employer.pk])

    def post(self, desk, employer, **fields):
        data = {"kind": "visit", "result": "good", "done_on": site_day().isoformat(), "valid_until": "", "note": ""}
        return desk.post(self.url(employer), {**data, **fields})

    def test_write_a_check_down(self, desk, employer, manager):
        assert "Aucune vérification valable n’est notée." in body(desk.get(self.url(employer)))
        assert self.post(desk, employer, note="Quatre bureaux, neuf personnes.").status_code == 302
        row = EmployerCheck.objects.get()
        assert (row.actor, row.kind, row.valid_until) == (manager, "visit", site_day() + 365 * DAY)
        for page in (self.url(employer), reverse("placement_vetting", args=[employer.pk])):
            shown = body(desk.get(page))
            assert "Quatre bureaux, neuf personnes." in shown
            assert "non vérifié" in shown

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({"kind": ""}, "kind"),
            ({"kind": "earlier"}, "kind"),
            ({"done_on": (site_day() + 9 * DAY).isoformat()}, "done_on"),
            ({"valid_until": site_day().isoformat()}, "valid_until"),
            ({"valid_until": "demain"}, "valid_until"),
            ({"result": "wrong"}, "note"),
        ],
    )
    def test_what_is_typed_wrongly_stays(self, desk, employer, fields, problem):
        answer = self.post(desk, employer, **{"note": "" if problem == "note" else "Mot gardé", **fields})
        assert answer.status_code == 422
        assert ("Mot gardé" in body(answer)) is (problem != "note")
        assert re.findall(r'<[^>]*aria-invalid="true"[^>]* id="id_(\w+)"', body(answer)) == [problem]
        assert not EmployerCheck.objects.exists()

    def test_are_warned_thirty_days_before(self, desk, manager):
        sure, soon, over, never = (make_employer(name) for name in ("Sure", "Bientôt", "Finie", "Jamais"))
        check(sure, manager, left=31)
        check(soon, manager, left=29)
        check(over, manager, age=400, left=-1)
        url = reverse("placement_checks")
        (task,) = [task for task in tasks_of(manager, timezone.now()) if task.url == url]
        assert task.count == 3
        page = body(desk.get(url))
        places = [page.index(f">{row.name}</a>") for row in (never, over, soon)]
        assert places == sorted(places)
        assert ">Sure</a>" not in page

    def test_have_nothing_to_do(self, desk):
        assert "Rien à faire" in body(desk.get(reverse("placement_checks")))

    def test_are_told_before_they_say_yes_to_somebody_unchecked(self, desk, manager):
        asked = make_employer("Neuve", vetting="waiting")
        page = reverse("placement_vetting", args=[asked.pk])
        assert "Aucune vérification valable n’est notée. Si vous dites oui" in body(desk.get(page))
        check(asked, manager)
        assert "Si vous dites oui" not in body(desk.get(page))


def test_whoever_was_checked_before_stays_so_with_the_note_and_the_day(manager):
    """Nobody’s check ends on the day of the upgrade."""
    migration = import_module("placement.migrations.0044_employer_checks")
    at = timezone.now() - 800 * DAY
    old = make_employer(vetted_at=at, vetted_by=manager, vetting_note="Site et RCCM vus.")
    make_employer(vetting="waiting")
    migration.write_down(apps, None)
    row = EmployerCheck.objects.get()
    assert (row.employer, row.actor, row.note) == (old, manager, "Site et RCCM vus.")
    assert (row.kind, row.result, row.done_on) == (CheckKind.EARLIER, GOOD, site_day(at))
    assert row.valid_until == site_day() + 60 * DAY
    assert checks_of(old.pk).holds
