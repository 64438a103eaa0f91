"""The contact of the centre: who sets it, who reads it, and that it outlives the database."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Site

from cms import contacts
from cms.models import CentreContact
from courses.models import CohortMember
from lms.accounts.enums import Role
from tests.factories.courses import make_cohort
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(site, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return CentreContact.objects.create(
            site=Site.objects.get(is_default_site=True), name="Centre Keur", whatsapp="+221771112233",
            phone="+221338001122", places={"fr": "Thiès, rue 7"}, hours={"fr": "9 h à 17 h", "en": "9 to 5"},
        )  # fmt: skip


def test_the_sign_in_page_has_links_that_work_on_a_phone(client, centre):
    page = client.get("/fr/accounts/login/").content.decode()
    assert 'href="https://wa.me/221771112233"' in page
    assert 'href="tel:+221338001122"' in page
    assert "+221 33 800 11 22" in page
    assert "Thiès, rue 7" in page
    assert "9 h à 17 h" in page


def test_each_reader_gets_the_words_of_their_language_or_those_that_there_are(client, centre):
    page = client.get("/en/accounts/login/").content.decode()
    assert "9 to 5" in page
    assert "Thiès, rue 7" in page


def test_nobody_wrote_one_and_the_sentence_stands_alone(client, site):
    page = client.get("/fr/no-such-page/").content.decode()
    assert "la personne qui vous forme" in page
    assert "wa.me" not in page
    assert "tel:" not in page


def test_a_learner_reaches_their_group_first(client, centre):
    group = make_cohort(name="Groupe de Fatou", contact_whatsapp="+221770000001")
    learner = make_user("awa")
    CohortMember.objects.create(cohort=group, user=learner)
    client.force_login(learner)
    page = client.get("/fr/no-such-page/").content.decode()
    assert "https://wa.me/221770000001" in page
    assert "221771112233" not in page


def test_a_group_that_is_over_or_has_no_number_leaves_the_centre(client, centre):
    learner, day = make_user("awa"), timezone.localdate() - timedelta(days=1)
    over = make_cohort(contact_phone="+221770000001", ends_on=day)
    for group in (over, make_cohort()):
        CohortMember.objects.create(cohort=group, user=learner)
    client.force_login(learner)
    assert "https://wa.me/221771112233" in client.get("/fr/no-such-page/").content.decode()


def test_another_site_has_its_own(rf, centre, site, django_capture_on_commit_callbacks, settings):
    settings.ALLOWED_HOSTS = ["*"]
    with django_capture_on_commit_callbacks(execute=True):
        other = Site.objects.create(hostname="autre.example", root_page=site)
        CentreContact.objects.create(site=other, phone="+221338009999")
    at_other = contacts.for_request(rf.get("/", headers={"host": "autre.example"}))
    at_third = contacts.for_request(rf.get("/", headers={"host": "third.example"}))
    assert (at_other.phone, at_third.phone) == ("+221338009999", "+221338001122")


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html", "503.html"])
def test_a_page_of_a_failure_knows_it_without_a_database(centre, name, django_assert_num_queries, rf):
    with django_assert_num_queries(0), translation.override("fr"):
        page = render_to_string(name, {"request": rf.get("/")})
        assert "https://wa.me/221771112233" in page
        assert "https://wa.me/221771112233" in render_to_string(name, {})


def test_a_page_of_a_failure_remembers_it_when_the_cache_is_empty_too(centre):
    contacts.without_database(None)
    caches["sessions"].clear()
    assert contacts.without_database(None).phone == "+221338001122"


def test_a_change_shows_at_once(client, centre, django_capture_on_commit_callbacks):
    client.get("/fr/accounts/login/")
    with django_capture_on_commit_callbacks(execute=True):
        centre.whatsapp = "+221779999999"
        centre.save()
    assert "wa.me/221779999999" in client.get("/fr/accounts/login/").content.decode()


def test_reading_it_twice_asks_the_database_once(rf, centre, django_assert_num_queries):
    caches["sessions"].clear()
    with django_assert_num_queries(1):
        contacts.for_request(rf.get("/"))
        contacts.for_request(rf.get("/"))


# --- who sets it


def edit_url(client) -> str:
    answer = client.get(reverse("wagtailsettings:edit", args=["cms", "centrecontact"]))
    return answer.headers.get("Location", "")


def test_a_manager_sets_it_in_the_admin(client, site):
    client.force_login(make_user("chef", role=Role.MANAGER))
    url = edit_url(client)
    form = form_of(client.get(url).content.decode(), whatsapp="77 111 22 33")
    place = next(name for name in form if name.startswith("places"))
    assert client.post(url, form | {place: "Thiès"}).status_code == 302
    row = CentreContact.objects.get()
    assert (row.whatsapp, list(row.places.values())) == ("+221771112233", ["Thiès"])


def form_of(page: str, **changes):
    names = re.findall(r'<(?:input|textarea)[^>]* name="((?:name|whatsapp|phone|places|hours)[^"]*)"', page)
    return dict.fromkeys(names, "") | changes


def test_the_menu_of_the_admin_offers_it_to_managers_only(client, site):
    for name, role, offered in (("chef", Role.MANAGER, True), ("formatrice", Role.TRAINER, False)):
        client.force_login(make_user(name, role=role))
        assert ("cms/centrecontact" in client.get("/cms/").content.decode()) is offered


def test_a_number_that_is_none_is_refused_beside_its_field(client, site):
    client.force_login(make_user("chef", role=Role.MANAGER))
    url = edit_url(client)
    answer = client.post(url, form_of(client.get(url).content.decode(), phone="12"))
    assert answer.status_code == 200
    assert not CentreContact.objects.exclude(phone="").exists()


def test_a_trainer_does_not_set_it(client, site):
    client.force_login(make_user("formatrice", role=Role.TRAINER))
    answer = client.get(reverse("wagtailsettings:edit", args=["cms", "centrecontact"]))
    assert answer.status_code in (302, 404)
    assert "centrecontact" not in answer.headers.get("Location", "")


def test_a_trainer_sets_the_number_of_their_group(client, site):
    trainer = make_user("formatrice", role=Role.TRAINER)
    client.force_login(trainer)
    answer = client.post(
        reverse("courses_cohort_new"),
        {"name": "Groupe", "place": "", "contact_whatsapp": "77 111 22 33", "trainers": [trainer.pk]},
    )
    assert answer.status_code == 302
    assert trainer.cohorts_led.get().contact_whatsapp == "+221771112233"
