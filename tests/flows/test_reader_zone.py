"""Server, site and reader live in three zones: what is shown is the reader's, and says so."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lms.accounts.models import OutboundMessage, User
from lms.accounts.reader import speaking_to
from lms.lib.moments import stamp
from placement.models import ProfileView
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_employer

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
    profile = make_candidate(person)
    at = timezone.now() - timedelta(days=3)
    ProfileView.objects.create(employer=make_employer(), profile=profile, at=at)
    page = sign_in(person).get("/fr/opportunities/profile/seen/").content.decode()
    local = at.astimezone(ZoneInfo("Africa/Kinshasa"))
    assert f"{local:%H:%M} (heure de Kinshasa)" in page
    User.objects.filter(pk=person.pk).update(time_zone="")
    page = sign_in(person).get("/fr/opportunities/profile/seen/").content.decode()
    assert "(heure de Port-au-Prince)" in page


def test_the_zone_of_one_reader_is_not_that_of_the_next(sign_in, client):
    person = make_user("espe", phone="+243812345678")
    sign_in(person).get("/fr/learn/")
    assert timezone.get_current_timezone_name() == "America/Port-au-Prince"


def test_a_mail_speaks_in_the_zone_of_who_gets_it():
    person = make_user("paul", time_zone="Europe/Paris", language="en")
    with speaking_to(person):
        assert "(Paris time)" in stamp(timezone.now())
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


def test_a_person_says_her_place_on_her_settings_page(sign_in, learner):
    client = sign_in(learner)
    data = {"full_name": learner.full_name, "language": "fr", "time_zone": "ABIDJAN"}
    client.post("/fr/accounts/", data)
    learner.refresh_from_db()
    assert learner.time_zone == "Africa/Abidjan"
    assert 'value="Abidjan"' in client.get("/fr/accounts/").content.decode()
    page = client.post("/fr/accounts/", data | {"time_zone": "Atlantide"}).content.decode()
    assert "Atlantide" in page
