"""What employers write beside answers: where an interview is, doubtful words, a held change, a plain message."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from lms.accounts.models import OutboundMessage
from placement.enums import ReferralState as S
from placement.models import Interview, Opportunity, Review
from placement.services import held, interviews, threads
from placement.text_checks.advice import advice
from placement.text_checks.checking import check_text
from tests.factories.placement import make_opportunity, make_referral
from tests.placement.test_employer_views import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral(employer):
    return make_referral(opportunity=make_opportunity(employer, pay_min=75_000), state=S.FORWARDED)


def text(response):
    return body(response).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("where", "refused"),
    [
        ("12, rue Carnot, Dakar", False),
        ("https://meet.example.org/abc", False),  # a link and a number are what the field is for
        ("Nous vous appelons au 77 123 45 67", False),
        ("Apportez 5 000 FCFA de frais de dossier", True),
        ("Réservé aux jeunes femmes", True),
        ("Vous êtes trop lente, venez tôt", True),  # doubtful: nobody can look at it first
    ],
)
def test_where_an_interview_is_holds_no_fee_and_no_criterion(where, refused, referral):
    values = {"starts": [timezone.now() + timezone.timedelta(days=2)], "minutes": 30, "how": "video", "where": where}
    if not refused:
        assert interviews.propose(referral=referral, **values).where == where
        return
    with pytest.raises(ValidationError) as problem:
        interviews.propose(referral=referral, **values)
    assert list(problem.value.error_dict) == ["where"]
    assert not Interview.objects.exists()


def test_the_form_of_an_interview_says_so_beside_the_field(referral, employer, sign_in):
    claire = sign_in(employer.contacts.get().user)
    form = {"slot_1": (timezone.now() + timezone.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "zone": "Africa/Dakar",
            "minutes": "30", "how": "place", "where": "Frais de dossier : 5 000 FCFA"}  # fmt: skip
    answer = claire.post(reverse("placement:interview", args=[referral.pk]), form)
    assert answer.status_code == 422
    assert "where" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("words", "language", "sure"),
    [("Vous êtes trop lente.", "fr", False), ("Vous êtes nulle", "fr", True), ("You are useless", "en", True)],
)
def test_doubtful_words_are_not_spoken_of_as_sure_ones(words, language, sure):
    (found,) = check_text(words)
    with translation.override(language):
        told = advice(found)
    hedge = "peut se lire autrement" if language == "fr" else "can be read otherwise"
    assert (hedge in told) is not sure


def test_a_held_change_shows_old_beside_new_to_the_manager(employer, manager, sign_in):
    row = make_opportunity(employer, pay_min=75_000, pay_max=90_000)
    fields = {"pay_min": 60_000, "hours_per_week": 30, "descriptions": {"fr": "Vous êtes trop lente."},
              "titles": row.titles, "region": ""}  # fmt: skip
    skills = [(each.skill, each.level, each.essential) for each in row.skills.all()]
    _row, is_saved = held.save_opportunity(
        opportunity=Opportunity.objects.get(pk=row.pk), employer=employer, skills=skills, languages={},
        actor=employer.contacts.get().user, **fields,
    )  # fmt: skip
    assert not is_saved
    page = text(sign_in(manager).get(reverse("placement_reviews")))
    for words in (
        "75 000 à 90 000 FCFA par mois",
        "60 000 à 90 000 FCFA par mois",
        "20 h par semaine",
        "30 h par semaine",
    ):
        assert words in page
    assert [line.name for line in Review.objects.get().changes] == ["Paie", "Heures"]


def test_a_plain_message_is_not_called_a_question(referral, employer, sign_in):
    threads.write(referral=referral, by="employer", text="Bonjour, merci pour votre profil.", key="one")
    pages = (
        sign_in(referral.profile.user).get(reverse("opportunities:detail", args=[referral.pk])),
        sign_in(referral.profile.user).get(reverse("opportunities:index")),
        sign_in(employer.contacts.get().user).get(reverse("placement:referral", args=[referral.pk])),
        sign_in(employer.contacts.get().user).get(reverse("placement:referrals")),
    )
    for page in pages:
        assert "a une question" not in text(page)
        assert "posé une question" not in text(page)
    told = OutboundMessage.objects.filter(user=referral.profile.user, kind="referral-question")
    assert told.exists()
    assert not any("question" in f"{row.subject} {row.body}" for row in told)
