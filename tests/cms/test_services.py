from django.conf import settings
from django.contrib.auth.models import Group
from wagtail.models import Collection, Page

from cms.models import HomePage, PlainPage
from cms.services import ensure_site
from lms.accounts.services import MANAGERS, TRAINERS


def test_a_home_in_each_language_linked_as_translations(site):
    homes = HomePage.objects.all()
    assert {home.locale.language_code for home in homes} == set(dict(settings.LANGUAGES)) >= {"fr", "en"}
    assert len({home.translation_key for home in homes}) == 1


def test_help_and_privacy_answer_in_both_languages(site, client):
    for language, word in (("fr", "Se connecter"), ("en", "Signing in")):
        page = client.get(f"/{language}/help/")
        assert page.status_code == 200
        assert word in page.content.decode()
        assert client.get(f"/{language}/privacy/").status_code == 200


def test_running_it_again_changes_nothing(site):
    page = PlainPage.objects.get(slug="help", locale__language_code="fr")
    page.title = "Notre aide"
    page.save_revision().publish()
    before = Page.objects.count()
    ensure_site()
    assert Page.objects.count() == before
    assert PlainPage.objects.get(pk=page.pk).title == "Notre aide"


def test_trainers_and_managers_reach_the_admin(site, trainer, manager, learner, sign_in):
    assert sign_in(trainer).get("/cms/").status_code == 200
    assert sign_in(manager).get("/cms/").status_code == 200
    assert sign_in(learner).get("/cms/").status_code in {302, 403}
    assert Group.objects.filter(name__in=[TRAINERS, MANAGERS]).count() == 2


def test_no_trainer_meets_a_place_called_root(site):
    for root in (Page.get_first_root_node(), Collection.get_first_root_node()):
        assert str(root) == "Passerelle"
