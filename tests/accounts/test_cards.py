"""Sign-in cards: one use, thirty days, a PIN of their own; nobody else's learners."""

import base64
import io
from datetime import timedelta

import pytest
import zxingcpp
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from PIL import Image

from lms.accounts import cards, visibility
from lms.accounts.models import AuditEvent, SignInCard, User
from lms.lib.runs import ROWS_AT_ONCE
from tests.factories.people import PASSWORD, make_user
from tests.writes import rows_by_transaction


@pytest.fixture
def awa(trainer) -> User:
    user = make_user("awa.ndiaye", full_name="Awa Ndiaye", created_by=trainer)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def card(awa, trainer) -> cards.PrintedCard:
    return cards.issue(users=[awa], by=trainer)[0]


def path_of(card: cards.PrintedCard) -> str:
    return f"/fr/accounts/card/{card.secret}/"


def test_only_a_hash_is_kept(card):
    row = SignInCard.objects.get()
    assert card.secret not in str(vars(row))
    assert row.secret_hash == cards.hash_of(card.secret)
    assert len(card.secret) == 20
    assert AuditEvent.objects.filter(verb="issue-card", target=f"accounts.User:{card.user.pk}").count() == 1


def test_looking_does_not_use_it_choosing_a_pin_does(card, awa):
    client = Client()
    for _look in range(3):
        page = client.get(path_of(card))
        assert page.status_code == 200
        assert "awa.ndiaye" in page.content.decode()
        assert "no-store" in page["Cache-Control"]
    assert "facile" in client.post(path_of(card), {"pin": "123456"}).content.decode()
    answer = client.post(path_of(card), {"pin": "le-pin-d-awa"})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(awa.pk)
    awa.refresh_from_db()
    assert awa.check_password("le-pin-d-awa")


def test_a_used_card_is_dead(card):
    Client().post(path_of(card), {"pin": "le-pin-d-awa"})
    thief = Client()
    assert thief.get(path_of(card)).status_code == 404
    assert thief.post(path_of(card), {"pin": "le-pin-du-voleur"}).status_code == 404
    assert "_auth_user_id" not in thief.session


def test_two_at_once_only_one_wins(card, awa):
    row = cards.find_card(card.secret)
    assert cards.use(card=row, pin="le-premier-pin")
    assert not cards.use(card=row, pin="le-second-pin")
    awa.refresh_from_db()
    assert awa.check_password("le-premier-pin")


def test_an_expired_or_replaced_card_is_dead(card, awa, trainer):
    cards.issue(users=[awa], by=trainer)
    assert Client().get(path_of(card)).status_code == 404
    SignInCard.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert SignInCard.objects.count() == 2
    assert all(cards.find_card(secret) is None for secret in (card.secret, "A" * 20))


@pytest.mark.parametrize("secret", ["A" * 20, "x", "é" * 20, "..%2f..", "A" * 4000])
def test_a_forged_card_is_refused(db, secret):
    assert Client().get(f"/fr/accounts/card/{secret}/").status_code == 404
    assert Client().post(f"/fr/accounts/card/{secret}/", {"pin": "un-bon-pin"}).status_code == 404


def test_a_card_of_a_closed_account_or_of_staff_opens_nothing(card, awa):
    awa.is_active = False
    awa.save()
    assert Client().get(path_of(card)).status_code == 404
    awa.is_active, awa.role = True, "manager"
    awa.save()
    assert Client().get(path_of(card)).status_code == 404


def test_typed_code_with_dashes_and_small_letters(card):
    client = Client()
    answer = client.post("/fr/accounts/card/", {"code": f" {card.code.lower().replace('-', ' ')} "})
    assert answer["Location"] == path_of(card)
    wrong = client.post("/fr/accounts/card/", {"code": "ABCDE-ABCDE-ABCDE-ABCDE"})
    assert wrong.status_code == 200
    assert "ABCDE-ABCDE" in wrong.content.decode()


def test_on_a_shared_phone_the_one_before_leaves(card, awa, sign_in, stranger):
    client = sign_in(stranger)
    client.post(path_of(card), {"pin": "le-pin-d-awa"})
    assert client.session["_auth_user_id"] == str(awa.pk)


def test_a_reset_card_ends_old_sessions_only_when_used(awa, trainer, sign_in):
    awa.set_password(PASSWORD)
    awa.save()
    client = sign_in(awa)
    card = cards.issue(users=[awa], by=trainer)[0]
    assert client.get("/fr/accounts/").status_code == 200
    Client().post(path_of(card), {"pin": "le-nouveau-pin"})
    assert client.get("/fr/accounts/").status_code == 302


def test_the_qr_leads_to_the_card(card):
    assert card.address.endswith(path_of(card))
    picture = Image.open(io.BytesIO(base64.b64decode(card.qr.removeprefix("data:image/png;base64,"))))
    assert zxingcpp.read_barcode(picture.convert("L")).text == card.address


def test_a_trainer_gives_cards_only_to_learners_they_may_see(awa, trainer, manager, stranger, learner):
    other = make_user("other.trainer", "trainer")
    assert cards.issue(users=[awa], by=other) == []
    assert cards.issue(users=[stranger, trainer], by=trainer) == []
    assert cards.issue(users=[awa], by=learner) == []
    assert len(cards.issue(users=[awa, stranger], by=manager)) == 2
    assert cards.issue(users=[trainer], by=manager) == []


def test_apps_above_entrust_learners(awa, stranger, monkeypatch):
    other = make_user("other.trainer", "trainer")
    monkeypatch.setattr(visibility, "RULES", [])
    visibility.register(lambda user: Q(username="awa.ndiaye") if user == other else Q(pk__in=[]))
    assert list(visibility.visible_to(other)) == [awa]
    assert stranger not in visibility.visible_to(other)


def test_two_hundred_cards_are_small_transactions_of_few_queries(trainer, django_assert_max_num_queries):
    people = User.objects.bulk_create(User(username=f"n{number}", created_by=trainer) for number in range(200))
    cards.issue(users=people, by=trainer)
    with rows_by_transaction() as written, django_assert_max_num_queries(40):
        printed = cards.issue(users=people, by=trainer)
    assert [card.user for card in printed] == people
    assert max(written) <= ROWS_AT_ONCE
    assert SignInCard.objects.filter(expires_at__gt=timezone.now()).count() == 200
