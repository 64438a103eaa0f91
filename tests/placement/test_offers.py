"""An offer of work: its terms, beside what was announced, made and answered on the pages of both sides."""

import gzip
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from lms.lib.moments import site_day
from placement.enums import ReferralState as S
from placement.models import Consent, Offer, Opportunity, Referral, Review
from placement.offer_enums import OfferAnswer
from placement.offer_rules import MOST_OFFERS
from placement.services import link_secrets, offer_answers, offers, opportunities, referrals, terms_agreed
from placement.services.transitions import NotAllowedError
from tests.factories.placement import make_opportunity, make_referral, offer_terms, offer_work
from tests.placement.test_employer_views import body

pytestmark = pytest.mark.django_db
PAY = {"pay_min": 75_000, "pay_max": 90_000, "pay_period": "month", "country": "SN"}


@pytest.fixture
def referral(employer):
    return make_referral(opportunity=make_opportunity(employer, **PAY), state=S.FORWARDED)


@pytest.fixture
def claire(sign_in, employer):
    return sign_in(employer.contacts.get().user)


@pytest.fixture
def awa(sign_in, referral):
    return sign_in(referral.profile.user)


def again(referral):
    return Referral.objects.with_page_data().get(pk=referral.pk)


def typed(**more):
    return {**{name: value for name, value in offer_terms().items() if value is not None}, "key": "one", **more}


def text(response):
    return body(response).replace("\u202f", " ").replace("\xa0", " ")


def ways(referral, client):
    """The portal and the link of an e-mail: (client, address, page to go back to)."""
    contact = referral.opportunity.employer.contacts.get()
    secret = link_secrets.of_contact(referral, contact, at=timezone.now())
    return {
        "portal": (reverse("placement:offer", args=[referral.pk]), reverse("placement:referral", args=[referral.pk])),
        "link": (reverse("reply:offer", args=[secret]), reverse("reply:answer", args=[secret])),
    }


class TestMaking:
    @pytest.mark.parametrize("way", ["portal", "link"])
    def test_in_the_portal_and_by_the_link_without_an_account(self, way, referral, claire, client):
        reader = claire if way == "portal" else client
        path, back = ways(referral, reader)[way]
        form = text(reader.get(path))
        assert 'value="75000"' in form  # begins with what was announced
        assert "75 000 à 90 000 FCFA par mois" in form
        answer = reader.post(path, typed(message="Bienvenue"))
        assert answer.headers["Location"] == f"{back}#offer"
        offer = Offer.objects.get()
        assert (offer.version, offer.amount, offer.made_by) == (
            1,
            80_000,
            referral.opportunity.employer.contacts.get().user,
        )
        assert again(referral).state == S.OFFER
        page = text(reader.get(back))
        assert "80 000 FCFA par mois" in page
        assert "Bienvenue" in page

    def test_the_same_form_twice_and_the_same_terms_again_are_one_offer(self, referral, claire):
        path, _back = ways(referral, claire)["portal"]
        for key in ("one", "one", "two"):
            assert claire.post(path, typed(key=key)).status_code == 302
        assert Offer.objects.count() == 1
        assert referral.events.filter(after=S.OFFER).count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"amount": "0"}, "amount"),
            ({"hours_per_week": "60"}, "hours_per_week"),
            ({"unit": "day", "amount": "9000"}, "day_hours"),
            ({"unit": "day", "amount": "9000", "day_hours": "15"}, "day_hours"),
            ({"starts_on": "2020-01-01"}, "starts_on"),
            ({"starts_on": "2031-01-01"}, "starts_on"),
            ({"contract": "fixed"}, "ends_on"),
            ({"ends_on": "2020-01-01"}, "ends_on"),
            ({"place": "on-site", "confirm": "on"}, "where"),
            ({"place": "on-site", "where": "Jeune femme de Dakar", "confirm": "on"}, "where"),
            ({"message": "Frais de dossier : 5 000 FCFA"}, "message"),
            ({"unit": "year"}, "unit"),
        ],
    )
    def test_what_is_wrong_is_named_and_what_was_typed_stays(self, change, field, referral, claire):
        path, _back = ways(referral, claire)["portal"]
        answer = claire.post(path, typed(**change))
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert not Offer.objects.exists()
        assert f'value="{offer_terms()["starts_on"].isoformat()}"' in body(answer) or "starts_on" in change

    @pytest.mark.parametrize(
        ("terms", "refused"),
        [
            ({"amount": 30_000}, True),  # 370.526 an hour, 20 h a week: 32 113 a month
            ({"amount": 33_000}, False),
            ({"unit": "hour", "amount": 300}, True),
            ({"unit": "day", "amount": 2_000, "day_hours": 8}, True),
            ({"unit": "day", "amount": 3_000, "day_hours": 8}, False),
            ({"unit": "task", "amount": 10}, False),  # nobody can say what an hour of it brings
            ({"amount": 30_000, "contract": "internship", "ends_on": site_day() + timedelta(days=90)}, True),
        ],
    )
    def test_the_lowest_pay_of_the_country_is_a_refusal_with_the_sum(self, terms, refused, referral):
        if not refused:
            offers.make(referral=referral, terms=offer_terms(**terms), is_confirmed=True)
            return
        with pytest.raises(ValidationError) as problem:
            offers.make(referral=referral, terms=offer_terms(**terms), is_confirmed=True)
        words = " ".join(problem.value.message_dict["amount"])
        assert "Sénégal" in words or "Senegal" in words
        assert any(char.isdigit() for char in words)
        assert not Offer.objects.exists()

    def test_below_what_was_announced_it_is_asked_first_and_then_seen(self, referral, claire, awa):
        path, _back = ways(referral, claire)["portal"]
        asked = claire.post(path, typed(amount="60000"))
        assert asked.status_code == 422
        assert "75 000 à 90 000 FCFA par mois" in text(asked)
        assert "60 000 FCFA par mois" in text(asked)
        assert not Offer.objects.exists()
        assert claire.post(path, typed(amount="60000", confirm="on")).status_code == 302
        for name in ("detail", "thread"):
            page = text(awa.get(reverse(f"opportunities:{name}", args=[referral.pk])))
            assert "75 000 à 90 000 FCFA par mois" in page
            assert "60 000 FCFA par mois" in page
            assert "en dessous de ce qui vous était annoncé" in page.lower() or "moins que ce qui vous" in page.lower()

    def test_it_is_compared_with_what_they_agreed_to(self, referral):
        """The announcement went down after the yes, and they have not agreed: no offer at all; then, with theirs."""
        terms = Opportunity.objects.get(pk=referral.opportunity_id)
        opportunities.save_opportunity(
            opportunity=terms, employer=terms.employer, skills=[], languages={},
            actor=terms.employer.contacts.get().user, pay_min=50_000,
        )  # fmt: skip
        with pytest.raises(terms_agreed.AskedAgainError):
            offer_work(referral)
        terms_agreed.agree(referral=referral, user=referral.profile.user)
        assert not offer_work(referral, amount=55_000).is_worse

    def test_doubtful_words_wait_and_the_terms_go(self, referral, awa):
        offer_work(referral, message="Vous êtes trop lente.")
        assert Review.objects.get().payload["message"] == "Vous êtes trop lente."
        page = text(awa.get(reverse("opportunities:thread", args=[referral.pk])))
        assert "80 000 FCFA par mois" in page
        assert "trop lente" not in page

    def test_before_it_was_sent_and_after_its_end_there_is_none(self, employer, claire):
        proposed = make_referral(opportunity=make_opportunity(employer))
        with pytest.raises(NotAllowedError):
            offer_work(proposed)
        over = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        referrals.withdraw(referral=over, user=over.profile.user)
        with pytest.raises(NotAllowedError):
            offer_work(over)
        path, _back = ways(over, claire)["portal"]
        assert claire.post(path, typed()).status_code == 422

    def test_versions_have_an_end(self, referral):
        for number in range(MOST_OFFERS):
            offer_work(referral, amount=80_000 + number)
        with pytest.raises(offers.OfferedOftenError):
            offer_work(referral, amount=99_000)


class TestANewVersion:
    def test_the_old_one_stays_visible_to_both(self, referral, claire, awa):
        offer_work(referral, amount=80_000)
        offer_work(referral, amount=85_000)
        assert [row.version for row in referral.offers.all()] == [2, 1]
        _path, back = ways(referral, claire)["portal"]
        for page in (
            text(awa.get(reverse("opportunities:detail", args=[referral.pk]))),
            text(awa.get(reverse("opportunities:thread", args=[referral.pk]))),
            text(claire.get(back)),
        ):
            assert "80 000 FCFA par mois" in page
            assert "85 000 FCFA par mois" in page
        told = OutboundMessage.objects.filter(user=referral.profile.user, kind="referral-offer", channel="app")
        assert [row.subject for row in told.order_by("created_at")] == [
            "Vous avez une offre d’embauche", "L’offre d’embauche a changé"
        ]  # fmt: skip

    @pytest.mark.parametrize("answer", [{"answer": "yes"}, {"answer": "no", "reason": "pay"}])
    def test_an_answer_to_what_changed_meanwhile_is_asked_again(self, answer, referral, awa):
        old = offer_work(referral).fingerprint
        offer_work(referral, amount=76_000)
        url = reverse("opportunities:answer_offer", args=[referral.pk])
        page = text(awa.post(url, {**answer, "seen": old}, follow=True))
        assert "Les conditions ont changé pendant votre lecture" in page
        assert again(referral).state == S.OFFER
        assert not Offer.objects.exclude(answer="").exists()
        awa.post(url, {**answer, "seen": Offer.objects.first().fingerprint})
        assert again(referral).state in {S.ACCEPTED, S.OFFER_DECLINED}

    def test_a_form_that_does_not_say_what_was_read_is_asked_again(self, referral, awa):
        offer_work(referral)
        awa.post(reverse("opportunities:answer_offer", args=[referral.pk]), {"answer": "yes"})
        assert again(referral).state == S.OFFER


class TestAnswering:
    @pytest.mark.parametrize("name", ["detail", "thread"])
    def test_accepted_from_the_opportunity_and_from_the_messages(self, name, referral, awa, claire, client):
        offer = offer_work(referral)
        page = body(awa.get(reverse(f"opportunities:{name}", args=[referral.pk])))
        assert f'name="seen" value="{offer.fingerprint}"' in page
        url = reverse("opportunities:answer_offer", args=[referral.pk])
        awa.post(url, {"answer": "yes", "seen": offer.fingerprint})
        offer.refresh_from_db()
        assert (again(referral).state, offer.answer) == (S.ACCEPTED, OfferAnswer.ACCEPTED)
        first = f"{offer.starts_on.day} "
        for way, reader in (("portal", claire), ("link", client)):
            shown = text(reader.get(ways(again(referral), reader)[way][1]))
            assert "Acceptée le" in shown
            assert f"Premier jour : {first}" in shown
        letter = OutboundMessage.objects.filter(kind="referral-accepted", channel="email").get()
        assert "80 000 FCFA" in letter.body.replace("\xa0", " ").replace("\u202f", " ")

    def test_declined_with_a_reason_that_the_employer_reads(self, referral, awa, claire):
        offer = offer_work(referral)
        url = reverse("opportunities:answer_offer", args=[referral.pk])
        missing = awa.post(url, {"answer": "no", "seen": offer.fingerprint})
        assert missing.status_code == 422
        assert "Choisissez un motif" in text(missing)
        assert again(referral).state == S.OFFER
        awa.post(url, {"answer": "no", "reason": "pay", "seen": offer.fingerprint})
        offer.refresh_from_db()
        assert (again(referral).state, offer.declined_for) == (S.OFFER_DECLINED, "pay")
        letter = OutboundMessage.objects.filter(kind="referral-offer-declined", channel="email").get()
        assert "la paie est trop basse" in letter.body
        assert "la paie est trop basse" in text(claire.get(ways(again(referral), claire)["portal"][1]))

    def test_a_question_leaves_the_offer_standing(self, referral, awa):
        offer_work(referral)
        awa.post(reverse("opportunities:thread", args=[referral.pk]), {"text": "Qui paie le trajet ?", "key": "q"})
        assert again(referral).state == S.OFFER
        assert referral.thread.filter(by="learner").get().text == "Qui paie le trajet ?"

    def test_nobody_accepts_for_somebody_else(self, referral, sign_in, stranger, claire):
        offer = offer_work(referral)
        url = reverse("opportunities:answer_offer", args=[referral.pk])
        for reader in (sign_in(stranger), claire):
            assert reader.post(url, {"answer": "yes", "seen": offer.fingerprint}).status_code == 404

    def test_an_offer_in_words_from_before_is_answered_as_before(self, referral, awa):
        Referral.objects.filter(pk=referral.pk).update(state=S.OFFER, answered_at=timezone.now())
        page = body(awa.get(reverse("opportunities:detail", args=[referral.pk])))
        assert f'name="seen" value="{offer_answers.WITHOUT_TERMS}"' in page
        form = {"answer": "yes", "seen": offer_answers.WITHOUT_TERMS}
        awa.post(reverse("opportunities:answer_offer", args=[referral.pk]), form)
        assert again(referral).state == S.ACCEPTED

    @pytest.mark.parametrize("words", [1, 6])
    def test_the_page_on_the_phone_stays_below_four_kilobytes(self, words, referral, awa):
        offer_work(referral, amount=60_000, place="hybrid", where="12, rue Carnot, Dakar")
        offer_work(referral, amount=65_000, place="hybrid", where="12, rue Carnot, Dakar", message="Bonjour, " * 20)
        for number in range(words):
            form = {"text": f"Message {number} : qui paie le trajet et le repas de midi ?", "key": str(number)}
            awa.post(reverse("opportunities:thread", args=[referral.pk]), form)
        page = awa.get(reverse("opportunities:thread", args=[referral.pk]))
        assert body(page).count("<script") == 1, "what keeps drafts, and nothing else"
        assert len(gzip.compress(page.content)) < 4096


class TestAYesSaysWhatWasRead:
    """The fingerprint of the terms stands in every form of a yes."""

    def test_to_a_proposal(self, employer, sign_in):
        proposal = make_referral(opportunity=make_opportunity(employer, **PAY))
        learner = sign_in(proposal.profile.user)
        page = body(learner.get(reverse("opportunities:detail", args=[proposal.pk])))
        seen = terms_agreed.seen_of(proposal)
        assert f'name="seen" value="{seen}"' in page
        Opportunity.objects.filter(pk=proposal.opportunity_id).update(pay_min=40_000)
        url = reverse("opportunities:consent", args=[proposal.pk])
        shown = text(learner.post(url, {"seen": seen}, follow=True))
        assert "Les conditions ont changé pendant votre lecture" in shown
        assert "40 000 à 90 000 FCFA" in shown
        assert not Consent.objects.exists()
        learner.post(url, {"seen": terms_agreed.seen_of(proposal)})
        assert Consent.objects.exists()

    def test_to_changed_terms(self, referral, awa):
        row = Opportunity.objects.get(pk=referral.opportunity_id)
        actor = row.employer.contacts.get().user

        def change(pay):
            opportunities.save_opportunity(opportunity=Opportunity.objects.get(pk=row.pk), employer=row.employer,
                                           skills=[], languages={}, actor=actor, pay_min=pay)  # fmt: skip

        change(70_000)
        seen = terms_agreed.seen_of(referral)
        change(40_000)
        url = reverse("opportunities:agree_terms", args=[referral.pk])
        awa.post(url, {"answer": "yes", "seen": seen})
        assert terms_agreed.is_asked(referral)
        awa.post(url, {"answer": "yes", "seen": terms_agreed.seen_of(referral)})
        assert not terms_agreed.is_asked(referral)


def test_the_manager_reads_every_version(referral, manager, sign_in):
    offer_work(referral, amount=60_000)
    offer_work(referral, amount=85_000)
    page = text(sign_in(manager).get(reverse("wagtailsnippets_placement_referral:inspect", args=[referral.pk])))
    assert "60 000 FCFA par mois" in page
    assert "85 000 FCFA par mois" in page
