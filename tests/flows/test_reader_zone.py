"""Server, site and reader live in three zones: what is shown is the reader's, and says so."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from certificates import services as certificates
from certificates.models import Certificate
from lms.accounts import cards
from lms.accounts.enums import Role
from lms.accounts.models import OutboundMessage, User
from lms.accounts.recipient import in_language_of
from lms.lib.moments import in_zone, site_day, timestamp
from placement.enums import ActorKind, ReferralState
from placement.link_access import read_by
from placement.models import EmployerContact, Opportunity, ThreadMessage
from placement.services import link_secrets, threads
from tests.factories.people import make_user
from tests.factories.placement import give_certificate, make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_zones(settings, monkeypatch):
    settings.TIME_ZONE = "America/Port-au-Prince"
    timezone.get_default_timezone.cache_clear()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    yield
    timezone.get_default_timezone.cache_clear()


def test_a_page_tells_hours_of_its_reader(sign_in):
    person = make_user("espe", full_name="Espérance Ilunga", phone="+243812345678")
    assert person.time_zone == "Africa/Kinshasa"
    referral = make_referral(make_candidate(person), state=ReferralState.FORWARDED)
    message = threads.write(referral=referral, by=ActorKind.EMPLOYER, text="Bonjour", key="form")
    at = timezone.now() - timedelta(days=3)
    ThreadMessage._base_manager.filter(pk=message.pk).update(at=at)
    path = f"/fr/opportunities/{referral.pk}/thread/"
    page = sign_in(person).get(path).content.decode()
    local = at.astimezone(ZoneInfo("Africa/Kinshasa"))
    assert f"{local:%H:%M} (heure de Kinshasa)" in page
    User.objects.filter(pk=person.pk).update(time_zone="")
    page = sign_in(person).get(path).content.decode()
    assert "(heure de Port-au-Prince)" in page


def test_the_zone_of_one_reader_is_not_that_of_the_next(sign_in, client):
    person = make_user("espe", phone="+243812345678")
    sign_in(person).get("/fr/learn/")
    assert timezone.get_current_timezone_name() == "America/Port-au-Prince"


def test_a_mail_speaks_in_the_zone_of_who_gets_it():
    person = make_user("paul", time_zone="Europe/Paris", language="en")
    with in_language_of(person):
        assert "(Paris time)" in timestamp(timezone.now())
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize(("fields", "zone"), [
    ({"phone": "+2250701020304"}, "Africa/Abidjan"), ({"country": "BJ"}, "Africa/Porto-Novo"), ({}, ""),
    ({"phone": "+221771234567", "time_zone": "Europe/Paris"}, "Europe/Paris"),
])  # fmt: skip
def test_an_account_begins_in_the_zone_of_its_number(fields, zone):
    assert make_user("a", **fields).time_zone == zone
    User.objects.all().delete()
    User.objects.bulk_create([User(username="b", **fields)])
    assert User.objects.get().time_zone == zone


def test_the_migration_gives_zones_to_accounts_of_before():
    migration = import_module("lms.accounts.migrations.0016_zones_of_before")
    people = [make_user("ci", phone="+2250701020304"), make_user("bj", country="BJ"), make_user("x"),
              make_user("own", phone="+221771234567")]  # fmt: skip
    User.objects.exclude(username="own").update(time_zone="")
    User.objects.filter(username="own").update(time_zone="Europe/Paris")
    migration.write_zones(apps, None)
    zones = [User.objects.get(pk=person.pk).time_zone for person in people]
    assert zones == ["Africa/Abidjan", "Africa/Porto-Novo", "", "Europe/Paris"]


def test_a_certificate_has_one_date_wherever_it_is_read(sign_in, client):
    """That of the centre: the site's place. It was issued at 23:30 there, when it was the next day in Kinshasa."""
    person = make_user("espe", full_name="Espérance Ilunga", phone="+243812345678")
    certificate = give_certificate(person)
    at = datetime(2026, 11, 28, 23, 30, tzinfo=ZoneInfo("America/Port-au-Prince"))
    Certificate.objects.filter(pk=certificate.pk).update(issued_at=at)
    certificate.refresh_from_db()
    assert "28 novembre 2026" in sign_in(person).get("/fr/certificates/").content.decode()
    assert "28 novembre 2026" in client.get(f"/fr/verify/{certificate.code}/").content.decode()
    with in_language_of(person):
        assert str(certificates.words_of(certificate).issued_on) == "2026-11-28"


def test_rules_go_by_the_day_of_the_site(sign_in):
    """What closes today is open for who reads it where tomorrow has begun."""
    with in_zone("Pacific/Kiritimati"):
        opportunity = make_opportunity(closes_on=site_day())
        assert Opportunity.objects.open().filter(pk=opportunity.pk).exists()


def test_a_card_says_its_last_day_where_the_learner_is(sign_in, manager):
    learner = make_user("espe", phone="+243812345678", created_by=manager)
    card = cards.PrintedCard(learner, "A" * 20, datetime(2026, 11, 28, 23, 30, tzinfo=UTC))
    page = render_to_string("accounts/admin/cards.html", {"cards": [card]})
    assert "29 novembre 2026" in page


def test_who_answers_from_a_mail_reads_days_of_their_zone(client):
    """Each of those whose link it is, not of their colleague."""
    employer = make_employer()
    paul = make_user("paul", Role.EMPLOYER, email="p@example.org", time_zone="Asia/Tokyo")
    contact = EmployerContact.objects.create(employer=employer, user=paul)
    referral = make_referral(opportunity=make_opportunity(employer), state=ReferralState.FORWARDED)
    seen = []
    with read_by(link_secrets.of_contact(referral, contact), referral, RequestFactory().get("/")):
        seen.append(timezone.get_current_timezone_name())
    assert seen == ["Asia/Tokyo"]
    assert timezone.get_current_timezone_name() == "America/Port-au-Prince"


@pytest.mark.parametrize(("cookie", "kept"), [
    ("Africa%2FLome", "Africa/Lome"), ("Africa/Lome", "Africa/Lome"), ("Nowhere/Atlantis", ""), ("%00", ""),
    ("UTC", ""),
    ("../../etc/passwd", ""), ("A" * 3000, ""),
])  # fmt: skip
def test_the_zone_of_a_browser_is_kept_where_none_was_known(sign_in, cookie, kept):
    person = make_user("ayele", Role.MANAGER)
    client = sign_in(person)
    client.cookies["zone"] = cookie
    answer = client.get("/fr/accounts/")
    assert answer.status_code == 200
    assert answer.cookies["zone"].value == "", "told once"
    person.refresh_from_db()
    assert person.time_zone == kept
    client.cookies["zone"] = "Europe%2FParis"
    User.objects.filter(pk=person.pk).update(time_zone="Africa/Dakar")
    client.get("/fr/accounts/")
    person.refresh_from_db()
    assert person.time_zone == "Africa/Dakar", "what is known stays"


def test_only_pages_with_scripts_ask_a_browser_for_its_zone(sign_in, site, learner, manager):
    employer = make_employer()
    contact = employer.contacts.get().user
    User.objects.update(time_zone="")
    for person, address, asked in ((learner, "/fr/learn/", False), (contact, "/fr/employers/", True),
                                   (manager, "/cms/", True)):  # fmt: skip
        page = sign_in(person).get(address, follow=True).content.decode()
        assert ("zone.js" in page or "js/zone." in page) == asked, address
    User.objects.update(time_zone="Africa/Dakar")
    assert "js/zone" not in sign_in(manager).get("/cms/", follow=True).content.decode()


def test_a_person_says_their_place_on_their_settings_page(sign_in, learner):
    client = sign_in(learner)
    data = {"full_name": learner.full_name, "language": "fr", "time_zone": "ABIDJAN"}
    client.post("/fr/accounts/", data)
    learner.refresh_from_db()
    assert learner.time_zone == "Africa/Abidjan"
    assert 'value="Abidjan"' in client.get("/fr/accounts/").content.decode()
    page = client.post("/fr/accounts/", data | {"time_zone": "Atlantide"}).content.decode()
    assert "Atlantide" in page
