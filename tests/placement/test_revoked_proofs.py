"""What was proven when a referral was proposed may be revoked before anybody reads of it."""

import re

import pytest
from django.urls import reverse

from certificates import services as certificates
from lms.accounts.enums import Channel, Role
from lms.accounts.models import OutboundMessage
from placement.enums import ReferralState as S
from placement.models import Consent, Referral
from placement.services import referrals, sending
from placement.services.transitions import NotAllowedError
from tests.factories.people import make_user
from tests.factories.placement import give_certificate, make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
PROVEN = "Saisie de données, niveau 2, en autonomie : niveau 2 prouvé par un certificat"


@pytest.fixture
def referral(employer):
    return make_referral(make_candidate(), make_opportunity(employer))


def revoke(referral: Referral, **skills: int) -> None:
    """All certificates of the candidate; a new one for each skill that is named."""
    manager = make_user("fatou", Role.MANAGER)
    for row in list(referral.profile.user.certificates.all()):
        assert certificates.revoke(certificate=row, reason="fraude", by=manager)
    for code, level in skills.items():
        give_certificate(referral.profile.user, [(f"dw.{code.replace('_', '-')}", level)])


def say_yes(referral: Referral) -> None:
    referrals.consent(referral=referral, fields=["name"], user=referral.profile.user)
    assert sending.send(referral_id=referral.pk)


def mail() -> str:
    return OutboundMessage.objects.get(kind="referral-forwarded", channel=Channel.EMAIL).body


def page(client, referral: Referral) -> str:
    text: str = client.get(reverse("placement:referral", args=[referral.pk])).content.decode()
    return text.replace("\u00a0", " ")


def test_a_valid_certificate_is_told(claire, referral):
    say_yes(referral)
    assert "Saisie de données" in mail()
    assert PROVEN in page(claire, referral)


def test_whoever_holds_no_certificate_any_more_is_sent_to_nobody(referral):
    revoke(referral)
    with pytest.raises(NotAllowedError):
        referrals.consent(referral=referral, fields=["name"], user=referral.profile.user)
    referral.refresh_from_db()
    assert referral.state == S.PROPOSED
    assert not Consent.objects.exists()


def test_and_their_page_offers_no_yes_and_says_why(referral, sign_in):
    browser = sign_in(referral.profile.user)
    before = browser.get(reverse("opportunities:detail", args=[referral.pk])).content.decode()
    revoke(referral)
    after = browser.get(reverse("opportunities:detail", args=[referral.pk])).content.decode()
    yes, no = (reverse(f"opportunities:{name}", args=[referral.pk]) for name in ("consent", "decline"))
    assert yes in before
    assert no in before
    assert yes not in after
    assert no in after
    assert "pas de certificat valable" in after
    tried = browser.post(yes, {}, follow=True).content.decode()  # the page was open before
    assert tried.count("pas de certificat valable") == 2


def test_points_add_up_on_both_sides_after_it(claire, referral, sign_in):
    """The printed points of the lines are the score in the heading, also when a proof has gone."""
    say_yes(referral)
    browser, address = sign_in(referral.profile.user), reverse("opportunities:detail", args=[referral.pk])
    printed = re.compile(r"(\d+) sur \d+\)|−(\d+) points?\)")
    heading = re.compile(r"(?:Correspondance|Pourquoi cette opportunité) : (\d+) points? sur 100")
    scores = []
    for act in (None, revoke):
        if act:
            act(referral)
        for shown in (page(claire, referral), browser.get(address).content.decode().replace("\u00a0", " ")):
            scores.append(int(heading.search(shown)[1]))
            assert sum(int(plus or 0) - int(minus or 0) for plus, minus in printed.findall(shown)) == scores[-1]
    assert scores[2] < scores[0]
    assert scores[3] < scores[1]


def test_a_page_without_proofs_says_so(claire, referral):
    say_yes(referral)
    assert "aucun certificat valable" not in page(claire, referral)
    revoke(referral)
    assert "aucun certificat valable" in page(claire, referral)


def test_one_revoked_before_the_yes_is_no_proof(claire, referral, sign_in):
    revoke(referral, image_annotation=1)
    say_yes(referral)
    assert "Saisie de données" not in mail()
    for shown in (
        page(claire, referral),
        sign_in(referral.profile.user).get(reverse("opportunities:detail", args=[referral.pk])).content.decode(),
    ):
        assert "niveau 2 prouvé" not in shown.replace("\u00a0", " ")
        assert "Saisie de données, niveau 2, en autonomie" in shown.replace("\u00a0", " ")


def test_one_revoked_after_it_was_sent_is_no_proof(claire, referral):
    say_yes(referral)
    points = page(claire, referral)
    revoke(referral)
    shown = page(claire, referral)
    assert PROVEN in points
    assert PROVEN not in shown
    assert "pas encore prouvé" in shown


def test_another_certificate_for_the_same_skill_takes_its_place(claire, referral):
    revoke(referral, data_entry=3)
    say_yes(referral)
    assert "Saisie de données" in mail()
    assert "niveau 3 prouvé par un certificat" in page(claire, referral)
