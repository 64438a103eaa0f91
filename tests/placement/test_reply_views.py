from datetime import timedelta

import pytest
from django.utils import timezone

from lms.accounts.enums import Role
from lms.accounts.models import User
from placement.enums import ReferralState as S
from placement.models import EmployerContact, Outcome, Referral, ReferralEvent
from placement.services import follow_up, link_secrets, referrals
from placement.tasks import run_referral_deadlines
from tests.factories.people import make_user
from tests.factories.placement import make_employer, make_hired, make_referral, offer_work

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.fixture
def referral():
    return make_referral(state=S.FORWARDED)


def contact_of(referral: Referral) -> EmployerContact:
    return referral.opportunity.employer.contacts.get()


@pytest.fixture
def url(referral):
    return link_secrets.reply_path(referral, contact_of(referral))


def test_reading_changes_nothing_however_often(client, referral, url):
    for method in (client.get, client.head, client.get):
        answer = method(url)
        assert answer.status_code == 200
    assert Referral.objects.get().state == S.FORWARDED
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert referral.profile.user.full_name in answer.content.decode()


@pytest.mark.parametrize("asked", ["de", "ar", "zz", "../fr", "%00"])
def test_the_page_speaks_the_languages_of_the_site_only(client, url, asked):
    page = client.get(f"{url}?lang={asked}").content.decode()
    assert '<html lang="fr"' in page or '<html lang="en"' in page
    assert '<html lang="en"' in client.get(f"{url}?lang=en").content.decode()


def test_one_click_answers_without_an_account(client, url):
    client.post(url, {"answer": "interested"})
    assert Referral.objects.get().state == S.INTERESTED


def test_a_no_with_its_reason(client, url):
    assert client.post(url, {"answer": "refused"}).status_code == 422
    client.post(url, {"answer": "refused", "reason": "skills", "message": "Merci", "shared": "on"})
    referral = Referral.objects.get()
    assert (referral.state, referral.refusal_reason, referral.thread.get().text) == (S.REFUSED, "skills", "Merci")


@pytest.mark.parametrize(
    "sent",
    [{"answer": "interested"}, {"answer": "question", "message": "?"}, {"answer": "refused", "reason": "skills"}],
)
def test_a_replay_is_harmless(client, url, sent):
    client.post(url, sent)
    before = ReferralEvent.objects.count(), Referral.objects.values().get()
    again = client.post(url, sent, follow=True)
    assert again.status_code == 200
    assert (ReferralEvent.objects.count(), Referral.objects.values().get()) == before


def test_after_one_answer_the_next_is_possible_and_an_old_one_is_not(client, url):
    client.post(url, {"answer": "interested"})
    client.post(url, {"answer": "interview", "message": "Lundi à 10 h, par téléphone"})
    offer_work(Referral.objects.get())
    assert Referral.objects.get().state == S.OFFER
    assert client.post(url, {"answer": "interested"}).status_code == 422
    client.post(url, {"answer": "refused", "reason": "filled"})
    assert "déjà été donnée" in client.post(url, {"answer": "interested"}).content.decode()
    assert Referral.objects.get().state == S.REFUSED


@pytest.mark.parametrize("choice", ["seen", "withdrawn", "accepted", "started", ""])
def test_the_link_serves_answers_only(client, url, choice):
    assert client.post(url, {"answer": choice, "message": "x"}).status_code == 422
    assert Referral.objects.get().state == S.FORWARDED


def test_a_wrong_or_old_link_says_so(client, url):
    assert client.get("/r/not-a-secret/").status_code == 404
    Referral.objects.update(forwarded_at=timezone.now() - timedelta(days=61))
    assert client.post(url, {"answer": "interested"}).status_code == 404
    assert Referral.objects.get().state == S.FORWARDED


def test_after_withdrawal_the_link_shows_nobody(client, referral, url):
    referrals.withdraw(referral=referral, user=referral.profile.user)
    page = client.get(url)
    assert page.status_code == 404
    assert referral.profile.user.full_name not in page.content.decode()


def test_no_row_of_a_referral_holds_the_secret(referral, url):
    kept = str(Referral.objects.values().get())
    assert link_secrets.reply_secret(referral) not in kept
    assert url.split("/")[2].rpartition("-")[2] not in kept


def closed(referral: Referral) -> None:
    type(contact_of(referral).user).objects.filter(employer_contact__employer=referral.opportunity.employer).update(
        is_active=False
    )


def removed(referral: Referral) -> None:
    contact_of(referral).delete()


def moved(referral: Referral) -> None:
    EmployerContact.objects.filter(pk=contact_of(referral).pk).update(employer=make_employer("Autre"))


def learner_left(referral: Referral) -> None:
    type(referral.profile.user).objects.filter(pk=referral.profile.user_id).update(is_active=False)


@pytest.mark.parametrize("leave", [closed, removed, moved, learner_left])
@pytest.mark.parametrize("asks", ["answer", "outcome"])
def test_a_link_ends_with_its_contact_and_with_the_learner_s_account(client, leave, asks):
    """Also for links from before each contact had their own: nobody of that employer is left to have one."""
    referral = make_hired(days=30) if asks == "outcome" else make_referral(state=S.FORWARDED)
    urls = links_of(referral, contact_of(referral), asks)
    assert [client.get(url).status_code for url in urls] == [200, 200]
    leave(referral)
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 404
        assert referral.profile.user.full_name not in answer.content.decode()
        assert client.post(url, {"answer": "interested", "in_work": "yes"}).status_code == 404


def links_of(referral: Referral, contact: EmployerContact, asks: str) -> list[str]:
    """The contact's own link, and the one that older messages hold."""
    if asks == "answer":
        return [link_secrets.reply_path(referral, contact), f"/r/{link_secrets.reply_secret(referral)}/"]
    run_referral_deadlines()
    outcome = Outcome.objects.get(mark="day30")
    return [link_secrets.outcome_path(outcome, contact), f"/r/{link_secrets.outcome_secret(outcome)}/outcome/"]


def test_a_colleague_s_link_goes_on(client, referral, url):
    colleague = EmployerContact.objects.create(
        employer=referral.opportunity.employer, user=make_user("collegue", Role.EMPLOYER, language="en")
    )
    theirs = link_secrets.reply_path(referral, colleague)
    contact_of_it, _other = sorted(referral.opportunity.employer.contacts.all(), key=lambda contact: contact.pk)
    contact_of_it.delete()
    assert client.get(url).status_code == 404
    assert '<html lang="en"' in client.get(theirs).content.decode()


def test_no_link_opens_another_row_or_stands_for_another_contact(client, referral, url):
    row, contact, mac = url.split("/")[2].split("-", 2)
    other = make_referral(state=S.FORWARDED)
    for forged in (
        f"{other.pk}-{contact}-{mac}",
        f"{row}-{contact_of(other).pk}-{mac}",
        f"{row}-{contact}-{mac[:-1]}",
        f"{row}-{contact}-{'A' * 43}",
        f"{'9' * 40}-{contact}-{mac}",
        f"{row}-{'9' * 15}-{mac}",
        f"{row}-{contact}-{mac}0",
    ):
        assert client.get(f"/r/{forged}/").status_code == 404
        assert client.get(f"/r/{forged}/outcome/").status_code == 404
    assert client.get(f"{url}outcome/").status_code == 404


def test_a_form_from_another_site_is_refused(url):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(url, {"answer": "interested"}).status_code == 403
    assert Referral.objects.get().state == S.FORWARDED


class TestNoLongerAvailable:
    """After a withdrawal the link says so plainly, not that it may be old or cut short."""

    GONE = "Cette personne n’est plus disponible"

    def end(self, referral: Referral, how: str) -> None:
        if how == "withdraw":
            referrals.withdraw(referral=referral, user=referral.profile.user)
        else:
            User.objects.filter(pk=referral.profile.user_id).update(is_active=False)

    @pytest.mark.parametrize("how", ["withdraw", "close"])
    def test_the_link_of_a_referral(self, client, referral, url, how):
        self.end(referral, how)
        for answer in (client.get(url), client.post(url, {"answer": "interested"})):
            assert answer.status_code == 404
            page = answer.content.decode()
            assert self.GONE in page
            assert referral.opportunity.title in page
            assert referral.profile.user.full_name not in page
            assert "coupé" not in page
        assert '<html lang="en"' in client.get(f"{url}?lang=en").content.decode()

    @pytest.mark.parametrize("path", ["write/", "interview/", "interview.ics"])
    def test_what_hangs_on_the_link(self, client, referral, url, path):
        self.end(referral, "withdraw")
        ask = client.post if path == "write/" else client.get
        answer = ask(f"{url}{path}")
        assert answer.status_code == 404
        assert self.GONE in answer.content.decode()

    def test_the_question_whether_they_still_work_there(self, client):
        referral = make_hired(days=31)
        outcome = referral.outcomes.get(mark="day30")
        assert follow_up.ask(outcome_id=outcome.pk, now=timezone.now())
        outcome.refresh_from_db()
        link = link_secrets.outcome_path(outcome, contact_of(referral))
        assert client.get(link).status_code == 200
        self.end(referral, "withdraw")
        assert self.GONE in client.get(link).content.decode()

    def test_nobody_learns_it_from_a_forged_link(self, client, referral, url):
        self.end(referral, "withdraw")
        forged = url[:-3] + ("AA/" if not url.endswith("AA/") else "BB/")
        assert self.GONE not in client.get(forged).content.decode()

    def test_nor_from_one_whose_contact_has_left(self, client, referral, url):
        self.end(referral, "withdraw")
        contact_of(referral).delete()
        assert self.GONE not in client.get(url).content.decode()
