"""One thread for each referral: every word of the two sides, once, for both and for the team."""

import gzip
import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from lms.lib.append_only import AppendOnly
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.models import Referral, ThreadMessage
from placement.services import answers, deadlines, link_secrets, referrals, thread_rules, threads
from placement.services.transitions import NotAllowedError
from tests.factories.people import make_user
from tests.factories.placement import code_name, make_opportunity, make_referral, offer_work

pytestmark = pytest.mark.django_db
LEARNER, EMPLOYER = ActorKind.LEARNER, ActorKind.EMPLOYER


def again(referral: Referral) -> Referral:
    return Referral.objects.with_page_data().get(pk=referral.pk)


def body(response) -> str:
    return response.content.decode()


@pytest.fixture
def referral():
    return make_referral(state=S.FORWARDED)


@pytest.fixture
def contact(referral):
    return referral.opportunity.employer.contacts.get()


@pytest.fixture
def link(referral, contact):
    return link_secrets.reply_path(referral, contact)


@pytest.fixture
def awa(referral, sign_in):
    """A browser where the learner of the referral is signed in."""
    return sign_in(referral.profile.user)


def texts(referral: Referral) -> list[tuple[str, str]]:
    return list(referral.thread.values_list("by", "text"))


class TestWrite:
    def test_the_words_of_both_sides_stand_once_and_in_order(self, referral, contact):
        user = referral.profile.user
        answers.answer(referral=referral, to=S.QUESTION, message="Le matin ?", actor=contact.user)
        referrals.answer_question(referral=again(referral), user=user, text="Oui, dès 8 h.")
        threads.write(referral=again(referral), by=EMPLOYER, actor=contact.user, text="Parfait, merci.")
        threads.write(referral=again(referral), by=LEARNER, actor=user, text="Je suis prête.")
        assert texts(referral) == [
            ("employer", "Le matin ?"), ("learner", "Oui, dès 8 h."), ("employer", "Parfait, merci."),
            ("learner", "Je suis prête."),
        ]  # fmt: skip
        assert set(referral.events.values_list("note", flat=True)) == {""}
        assert [row.author for row in referral.thread.all()] == [contact.user, user, contact.user, user]

    def test_it_is_written_once_and_for_all(self, referral):
        message = threads.write(referral=referral, by=EMPLOYER, text="Bonjour")
        assert isinstance(message, AppendOnly)
        with pytest.raises(TypeError):
            message.save()

    def test_the_first_words_of_an_employer_are_an_answer(self, referral):
        threads.write(referral=referral, by=EMPLOYER, text="Bonjour, êtes-vous libre lundi ?")
        found = again(referral)
        assert found.state == S.QUESTION
        assert found.answered_at
        threads.write(referral=found, by=LEARNER, actor=found.profile.user, text="Oui")
        assert again(referral).state == S.SEEN

    def test_the_same_form_twice_is_one_message(self, referral):
        for _twice in range(2):
            threads.write(referral=again(referral), by=EMPLOYER, text="Bonjour", key="form-1")
        assert referral.thread.count() == 1
        told = OutboundMessage.objects.count()
        threads.write(referral=again(referral), by=EMPLOYER, text="Bonjour", key="form-1")
        assert OutboundMessage.objects.count() == told
        threads.write(
            referral=again(referral), by=EMPLOYER, text="Bonjour et merci", key="form-1"
        )  # gone back, changed
        threads.write(referral=again(referral), by=EMPLOYER, text="Bonjour", key="form-2")
        threads.write(referral=again(referral), by=LEARNER, text="Bonjour", key="form-2")
        assert referral.thread.count() == 4

    @pytest.mark.parametrize("text", ["", "  \r\n\t ", "\u200b \u2060"])
    def test_nothing_is_no_message(self, referral, text):
        with pytest.raises(ValidationError, match="Écrivez"):
            threads.write(referral=referral, by=EMPLOYER, text=text)
        assert not referral.thread.exists()

    def test_what_is_too_long_says_by_how_much(self, referral):
        threads.write(referral=referral, by=EMPLOYER, text="x" * thread_rules.LONGEST)
        with pytest.raises(ValidationError, match="3 caractères de trop"):
            threads.write(referral=referral, by=EMPLOYER, text="x" * (thread_rules.LONGEST + 3))

    def test_lines_count_as_the_person_typed_them(self, referral):
        threads.write(referral=referral, by=EMPLOYER, text=" a\r\n" + "b" * (thread_rules.LONGEST - 2) + "\r\n ")
        assert referral.thread.get().text.startswith("a\nb")

    def test_a_day_has_its_limit_for_each_side(self, referral):
        for number in range(threads.MOST_A_DAY):
            threads.write(referral=again(referral), by=EMPLOYER, text=f"Message {number}")
        with pytest.raises(threads.WroteOftenError):
            threads.write(referral=again(referral), by=EMPLOYER, text="encore")
        threads.write(referral=again(referral), by=LEARNER, text="Et moi ?")
        day_ago = timezone.now() - timedelta(hours=25)
        ThreadMessage._base_manager.filter(by=EMPLOYER).update(at=day_ago)
        threads.write(referral=again(referral), by=EMPLOYER, text="le lendemain")

    @pytest.mark.parametrize("by", [LEARNER, EMPLOYER])
    def test_before_it_is_sent_and_after_it_ended_nobody_writes(self, by):
        proposal = make_referral()
        ended = make_referral(state=S.FORWARDED)
        answers.answer(referral=ended, to=S.REFUSED, reason="other")
        left = make_referral(state=S.FORWARDED)
        referrals.withdraw(referral=left, user=left.profile.user)
        for referral in (proposal, ended, left):
            with pytest.raises(NotAllowedError):
                threads.write(referral=again(referral), by=by, text="Bonjour")
            assert not referral.thread.filter(text="Bonjour").exists()

    def test_a_living_talk_is_not_closed_for_silence(self, referral):
        answers.answer(referral=referral, to=S.INTERESTED)
        old = timezone.now() - timedelta(days=61)
        Referral.objects.update(forwarded_at=old, answered_at=old)
        message = threads.write(referral=again(referral), by=LEARNER, text="Bonjour")
        assert not deadlines.silent(timezone.now()).exists()
        ThreadMessage._base_manager.filter(pk=message.pk).update(at=old)
        assert deadlines.silent(timezone.now()).get() == referral


class TestWhoReads:
    def test_the_learners_words_end_with_the_yes_the_employers_stay(self, referral):
        threads.write(referral=referral, by=EMPLOYER, text="DEMANDE")
        threads.write(referral=again(referral), by=LEARNER, text="REPONSE")
        referrals.withdraw(referral=again(referral), user=referral.profile.user)
        found = again(referral)
        assert [row.text for row in thread_rules.for_employer(found).messages] == ["DEMANDE"]
        assert [row.text for row in thread_rules.for_learner(found).messages] == ["DEMANDE", "REPONSE"]

    def test_what_is_kept_from_the_learner_is_not_in_their_thread(self, referral):
        answers.answer(referral=referral, to=S.REFUSED, reason="other", message="INTERNE", shared=False)
        found = again(referral)
        assert [row.text for row in thread_rules.for_employer(found).messages] == ["INTERNE"]
        assert thread_rules.for_learner(found).messages == []

    def test_the_manager_reads_all_of_it(self, referral, manager, sign_in):
        threads.write(referral=referral, by=EMPLOYER, text="DEMANDE")
        threads.write(referral=again(referral), by=LEARNER, text="REPONSE")
        referrals.withdraw(referral=again(referral), user=referral.profile.user)
        page = body(sign_in(manager).get(reverse("wagtailsnippets_placement_referral:inspect", args=[referral.pk])))
        assert "DEMANDE" in page
        assert "REPONSE" in page


class TestEmployerByLink:
    def test_interested_leads_to_the_thread_and_every_next_act(self, client, link, referral):
        done = client.post(link, {"answer": "interested"}, follow=True)
        page = body(done)
        assert Referral.objects.get().state == S.INTERESTED
        assert 'name="text"' in page  # no phone, no e-mail: they write here
        for act in ("question", "interview", "refused"):
            assert f'value="{act}"' in page
        assert f"{link}offer/" in page
        assert "Cette personne sait que son profil vous intéresse" in page  # what happens next

    def test_a_message_and_its_answer_without_an_account(self, client, link, referral, contact):
        page = client.post(f"{link}write/", {"text": "Quel matin ?", "key": "k1"}, follow=True)
        assert "Quel matin ?" in body(page)
        assert referral.thread.get().author == contact.user
        threads.write(referral=again(referral), by=LEARNER, actor=referral.profile.user, text="Le mardi.")
        mail = OutboundMessage.objects.filter(user=contact.user, channel="email").latest("created_at")
        assert "Le mardi." in mail.body
        assert mail.link.startswith("/r/")
        assert "Le mardi." in body(client.get(mail.link))

    def test_the_link_is_renewed_with_each_mail(self, client, link, referral, contact):
        fresh = link_secrets.reply_path(referral, contact, at=timezone.now() + timedelta(days=40))
        assert fresh != link
        assert client.get(fresh).status_code == 200
        old = link_secrets.reply_path(referral, contact, at=timezone.now() - timedelta(days=61))
        assert client.get(old).status_code == 404
        contact.delete()
        assert client.get(fresh).status_code == 404

    def test_reading_writes_nothing_and_faults_keep_the_words(self, client, link, referral):
        assert client.get(f"{link}write/").status_code == 405
        for _again in range(3):
            client.get(link)
        assert not referral.thread.exists()
        refused = client.post(f"{link}write/", {"text": "y" * (thread_rules.LONGEST + 1)})
        assert refused.status_code == 422
        assert "y" * (thread_rules.LONGEST + 1) in body(refused)
        assert client.post(f"{link}write/", {"text": " "}).status_code == 422

    def test_words_that_harm_are_refused_and_kept(self, client, link, referral):
        text = "Il faut verser 5 000 FCFA de frais de dossier avant l’entretien."
        refused = client.post(f"{link}write/", {"text": text})
        assert refused.status_code == 422
        assert "frais de dossier avant" in body(refused)
        assert not referral.thread.exists()

    def test_after_the_yes_more_than_no_is_offered(self, client, link, referral):
        offer_work(referral)
        referrals.accept_offer(referral=again(referral), user=referral.profile.user)
        page = body(client.get(link))
        assert 'name="text"' in page
        assert 'value="refused"' in page
        assert reverse("placement:referral", args=[referral.pk]) in page


class TestLearnerOnThePhone:
    def test_the_learner_reads_and_writes(self, awa, referral):
        threads.write(referral=referral, by=EMPLOYER, text="Le matin ?")
        url = reverse("opportunities:thread", args=[referral.pk])
        assert url in body(awa.get(reverse("opportunities:detail", args=[referral.pk])))
        assert "Le matin ?" in body(awa.get(url))
        done = awa.post(url, {"text": "Oui.", "key": "a"}, follow=True)
        assert "Oui." in body(done)
        assert "La réponse arrive ici" in body(done)
        assert again(referral).state == S.SEEN

    def test_empty_and_too_much_are_told(self, awa, referral):
        url = reverse("opportunities:thread", args=[referral.pk])
        assert awa.post(url, {"text": ""}).status_code == 422
        for number in range(threads.MOST_A_DAY):
            awa.post(url, {"text": f"m{number}", "key": str(number)})
        more = awa.post(url, {"text": "encore un mot", "key": "z"})
        assert more.status_code == 429
        assert "encore un mot" in body(more)

    def test_what_was_written_stays_after_the_end(self, awa, referral):
        threads.write(referral=referral, by=LEARNER, text="MES MOTS")
        referrals.withdraw(referral=again(referral), user=referral.profile.user)
        page = body(awa.get(reverse("opportunities:thread", args=[referral.pk])))
        assert "MES MOTS" in page
        assert "<textarea" not in page

    def test_a_page_of_a_long_talk_stays_light(self, awa, referral):
        chance = random.Random(7)
        text = "le matin je suis libre pour ce travail de saisie depuis Dakar avec mon telephone demain peut-etre lundi"
        words = text.split()
        for number in range(24):
            text = " ".join(chance.choice(words) + str(chance.randrange(99)) for _ in range(110))[
                : thread_rules.LONGEST
            ]
            threads.write(referral=again(referral), by=(EMPLOYER, LEARNER)[number % 2], text=text)
        url, seen = reverse("opportunities:thread", args=[referral.pk]), 0
        pages = [url]
        for address in pages:
            answer = awa.get(address)
            assert len(gzip.compress(answer.content)) <= 4096
            assert answer.content.count(b"<script") == 1
            seen += len(answer.context["thread"].messages)
            if answer.context["thread"].earlier:
                pages.append(f"{url}?before={answer.context['thread'].earlier}")
        assert seen == 24

    def test_nobody_else_has_a_page_there(self, client, referral, sign_in):
        url = reverse("opportunities:thread", args=[referral.pk])
        assert sign_in(make_user("autre")).get(url).status_code == 404
        assert sign_in(referral.opportunity.employer.contacts.get().user).get(url).status_code == 404


class TestEmployerPortal:
    def test_the_page_holds_the_thread_and_takes_a_message(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:write", args=[referral.pk])
        done = claire.post(url, {"text": "Bonjour Binta", "key": "k"}, follow=True)
        assert "Bonjour Binta" in body(done)
        assert referral.thread.get().author == employer.contacts.get().user
        part = claire.post(url, {"text": ""}, headers={"HX-Request": "true"})
        assert part.status_code == 422
        assert "<html" not in body(part)

    def test_another_employer_cannot_write(self, rival, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        assert rival.post(reverse("placement:write", args=[referral.pk]), {"text": "x"}).status_code == 404

    def test_a_request_that_was_declined_stays_with_who_made_it(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer))
        Referral.objects.filter(pk=referral.pk).update(asked_by_employer=True)
        referrals.decline(referral=again(referral), user=referral.profile.user, note="PRIVE")
        name = referral.profile.user.full_name
        for url in (reverse("placement:referrals"), reverse("placement:referral", args=[referral.pk])):
            page = body(claire.get(url))
            assert code_name(referral.profile) in page
            assert "PRIVE" not in page
            assert name not in page


class TestMail:
    def test_the_words_leave_our_copies_after_a_withdrawal(self, referral, contact):
        answers.answer(referral=referral, to=S.QUESTION, message="Le matin ?")
        referrals.answer_question(referral=again(referral), user=referral.profile.user, text="MARQUE")
        assert OutboundMessage.objects.filter(body__contains="MARQUE").count() == 1  # the e-mail alone
        referrals.withdraw(referral=again(referral), user=referral.profile.user)
        assert not OutboundMessage.objects.filter(body__contains="MARQUE").exists()

    def test_the_learner_is_told_where_to_read(self, referral):
        threads.write(referral=referral, by=EMPLOYER, text="Bonjour")
        threads.write(referral=again(referral), by=LEARNER, text="Oui")
        threads.write(referral=again(referral), by=EMPLOYER, text="Une question")
        threads.write(referral=again(referral), by=EMPLOYER, text="Et encore")  # in the same state: no step
        news = OutboundMessage.objects.filter(user=referral.profile.user, channel="app").latest("created_at")
        assert news.link == reverse("opportunities:thread", args=[referral.pk])
        assert "Et encore" not in news.body  # shared phones
