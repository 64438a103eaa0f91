"""The admin's pages of learners: for the team, and each trainer for their own."""

import html
import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lms.accounts.cards import find_card
from lms.accounts.models import AuditEvent, ImportRun, SignInCard, User
from lms.lib.runs import RunState
from lms.lib.tables import MAX_BYTES
from tests.factories.people import make_user
from tests.factories.runs import work_off

LIST, IMPORT, PRINT = "/cms/learners/", "/cms/learners/import/", "/cms/learners/cards/"

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def awa(trainer) -> User:
    return make_user("awa.ndiaye", full_name="Awa Ndiaye", created_by=trainer, phone="+221771234567")


@pytest.fixture
def desk(trainer, sign_in) -> Client:
    return sign_in(trainer)


def test_from_list_to_printed_cards(desk, trainer):
    file = SimpleUploadedFile("liste.csv", "Nom complet;Téléphone\nAwa Ndiaye;77 123 45 67\nFatou;9".encode())
    preview = desk.post(IMPORT, {"file": file})
    page = desk.get(preview["Location"]).content.decode()
    assert "Contrôle en cours" in page
    assert 'http-equiv="refresh"' in page
    work_off(ImportRun.objects.get())
    page = desk.get(preview["Location"]).content.decode()
    assert 'http-equiv="refresh"' not in page
    assert "Awa Ndiaye" in page
    assert "Numéro de téléphone" in page
    assert not User.objects.filter(role="learner").exists()
    assert desk.post(preview["Location"], {"step": "go"})["Location"] == preview["Location"]
    run = work_off(ImportRun.objects.get())
    page = desk.get(preview["Location"]).content.decode()
    assert f"{preview['Location']}file/" in page
    returned = desk.get(f"{preview['Location']}file/")
    assert returned["Content-Disposition"].startswith("attachment")
    assert "no-store" in returned["Cache-Control"]
    cards = desk.get(desk.post(PRINT, {"import": str(run.pk), "start": "0"})["Location"])
    page = cards.content.decode()
    assert "awa.ndiaye" in page
    assert page.count("data:image/png;base64,") == 1
    assert "no-store" in cards["Cache-Control"]
    assert SignInCard.objects.filter(user__username="awa.ndiaye", created_by=trainer).count() == 1
    code = re.search(r"<code>((?:\w{5}-){3}\w{5})</code>", page).group(1)
    assert Client().post("/fr/accounts/card/", {"code": code}).status_code == 302
    desk.post(preview["Location"], {"step": "go"})  # the way back does nothing
    assert work_off(run).state == RunState.DONE


def test_another_trainer_gets_nothing(awa, desk, sign_in):
    preview = desk.post(IMPORT, {"text": "Fatou Sow"})["Location"]
    other = sign_in(make_user("other.trainer", "trainer"))
    assert other.get(f"{LIST}{awa.pk}/").status_code == 404
    assert other.post(f"{LIST}{awa.pk}/", {"full_name": "X Y", "language": "fr"}).status_code == 404
    assert other.post(PRINT, {"learner": [awa.pk]})["Location"] == LIST
    assert not SignInCard.objects.exists()
    assert "Awa" not in other.get(LIST).content.decode()
    assert other.get(preview, follow=True).status_code == 404
    assert other.post(preview, follow=True).status_code == 404
    assert not User.objects.filter(full_name="Fatou Sow").exists()
    desk.post(preview, {"step": "go"})
    run = work_off(ImportRun.objects.get())
    assert other.get(f"{preview}file/").status_code == 404
    assert other.post(PRINT, {"import": str(run.pk), "start": "0"}).status_code == 404
    assert "Aucun traitement" in other.get("/cms/runs/").content.decode()


@pytest.mark.parametrize("person", ["learner", "employer_user"])
def test_only_the_team(request, sign_in, person, awa):
    client = sign_in(request.getfixturevalue(person))
    for path in (LIST, IMPORT, f"{LIST}{awa.pk}/", "/cms/runs/", f"/cms/runs/{UUID(int=1)}/", f"{IMPORT}example/"):
        assert client.get(path).status_code in {302, 403}, path
    assert client.post(PRINT, {"learner": [awa.pk]}).status_code in {302, 403}
    assert not SignInCard.objects.exists()


def test_staff_are_never_listed_or_given_cards(sign_in, manager, trainer):
    client = sign_in(manager)
    assert trainer.full_name not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{trainer.pk}/").status_code == 404
    client.post(PRINT, {"learner": [trainer.pk, manager.pk]})
    assert not SignInCard.objects.exists()


def test_search_and_states(desk, awa, trainer):
    make_user("fatou.sow", full_name="Fatou Sow", created_by=trainer, is_active=False)
    for query, found in (("q=ndia", True), ("q=77 123 45 67", True), ("q=zzz", False), ("state=closed", False),
                         ("state=new", True), ("state=card", False)):  # fmt: skip
        assert ("Awa Ndiaye" in desk.get(f"{LIST}?{query}").content.decode()) is found, query
    assert "Fatou Sow" in desk.get(f"{LIST}?state=closed").content.decode()


def test_empty_list(desk):
    assert IMPORT in desk.get(LIST).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(desk, trainer, awa, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(LIST)
    for n in range(20):
        make_user(f"more{n}", full_name=f"More {n}", created_by=trainer)
    with django_assert_num_queries(len(one)):
        desk.get(LIST)


def test_editing_a_learner_is_kept_in_the_trail(desk, awa, trainer, sign_in):
    own_client = sign_in(awa)
    fields = {"full_name": "Awa Ba", "phone": "77 765 43 21", "language": "en", "is_active": "on", "role": "manager"}
    assert desk.post(f"{LIST}{awa.pk}/", fields)["Location"] == LIST
    awa.refresh_from_db()
    assert (awa.full_name, awa.phone, awa.language, awa.role) == ("Awa Ba", "+221777654321", "en", "learner")
    event = AuditEvent.objects.get(verb="change-learner")
    assert event.actor == trainer
    assert set(event.fields) == {"full_name", "phone", "language"}
    desk.post(f"{LIST}{awa.pk}/", {"full_name": "Awa Ba", "phone": "", "language": "en"})
    awa.refresh_from_db()
    assert (awa.is_active, awa.phone) == (False, None)
    assert own_client.get("/fr/accounts/").status_code == 302


def test_a_number_in_use_is_refused_without_naming_its_owner(desk, awa, stranger):
    User.objects.filter(pk=stranger.pk).update(phone="+221770000001", phone_verified_at=timezone.now())
    page = desk.post(f"{LIST}{awa.pk}/", {"full_name": "Awa", "phone": "770000001", "language": "fr"})
    assert page.status_code == 200
    assert stranger.full_name not in page.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"text": "   "}, {"file": SimpleUploadedFile("x.csv", b"x" * (MAX_BYTES + 1))}]
)  # fmt: skip
def test_what_is_no_list_is_reported_on_the_form(desk, data):
    page = desk.post(IMPORT, data)
    assert page.status_code == 200
    assert "help-critical" in page.content.decode() or "error" in page.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "content", ["Téléphone;Ville\n1;2".encode(), b"PK\x03\x04 no", b"%PDF-1.7 pretending"]
)  # fmt: skip
def test_what_cannot_be_read_is_reported_on_the_page(desk, content):
    page = desk.post(IMPORT, {"file": SimpleUploadedFile("x.csv", content)})["Location"]
    run = work_off(ImportRun.objects.get())
    assert run.state == RunState.REFUSED
    assert not run.has("upload")
    text = desk.get(page).content.decode()
    assert "help-critical" in text
    assert html.escape(run.note) in text


def test_the_list_of_runs(desk, sign_in, manager, django_assert_max_num_queries):
    assert "Aucun traitement" in desk.get("/cms/runs/").content.decode()
    page = desk.post(IMPORT, {"text": "Fatou Sow"})["Location"]
    assert page in desk.get("/cms/runs/").content.decode()
    assert page not in sign_in(manager).get("/cms/runs/").content.decode()
    assert sign_in(manager).get(page).status_code == 404


def test_an_example_file(desk):
    answer = desk.get(f"{IMPORT}example/")
    assert answer["Content-Type"].startswith("text/csv")
    assert "'+221" in answer.content.decode("utf-8-sig")


def test_the_menu_shows_learners(desk):
    assert "En formation" in desk.get("/cms/").content.decode()


def test_other_methods_and_forged_ids(desk):
    assert desk.get(PRINT).status_code == 405
    assert desk.post(PRINT, {"learner": ["x", "-1", "9" * 10]})["Location"] == LIST
    assert desk.post(PRINT, {"import": "../../etc/passwd", "start": "0"}).status_code == 404
    assert desk.get(f"{IMPORT}{'z' * 32}/", follow=True).status_code == 404


def test_reloading_printed_cards_makes_no_others(desk, awa):
    """The codes are shown once, at an address of their own, and are kept nowhere in plain text."""
    shown = desk.post(PRINT, {"learner": [awa.pk]})["Location"]
    assert shown.startswith(PRINT)
    assert len(shown) > len(PRINT)
    kept = str(dict(desk.session))
    page = desk.get(shown)
    assert page.headers["Cache-Control"].count("no-store")
    code = page.context["cards"][0].code
    assert code in page.content.decode()
    assert code.replace("-", "") not in kept
    again = desk.get(shown)
    assert again.status_code == 404
    assert "ont été montrées" in again.content.decode()
    assert SignInCard.objects.count() == 1
    assert find_card(code)
