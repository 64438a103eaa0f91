"""Who answers for an employer: owners and members, invitations, and what somebody who was removed can still do."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from lms.accounts.enums import Channel, Role
from lms.accounts.messages import NO_LONGER_TRUE
from lms.accounts.models import OutboundMessage, User
from placement import rules
from placement.enums import OpportunityState, Vetting
from placement.enums import ReferralState as S
from placement.models import EmployerContact, Invitation, Opportunity
from placement.services import colleagues, invitations, link_secrets
from placement.services.deadlines import with_old_links
from placement.services.transitions import NotAllowedError, TransitionError
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
ADDRESS = "lea@example.org"
PASSWORD = "tilleul-bateau-29"
PAGE = "/fr/employers/organisation/"


def body(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


@pytest.fixture
def colleague(employer):
    """A member."""
    user = make_user("paul", Role.EMPLOYER, email="paul@example.org", full_name="Paul Ndiaye")
    return EmployerContact.objects.create(employer=employer, user=user)


@pytest.fixture
def paul(colleague, sign_in):
    return sign_in(colleague.user)


@pytest.fixture
def owner(employer):
    return employer.contacts.get(is_owner=True)


@pytest.fixture
def invitation(employer, owner):
    return colleagues.invite(employer=employer, address=ADDRESS, by=owner.user)


def link_to(invitation):
    return colleagues.join_path(Invitation.objects.get(pk=invitation.pk))


def later(invitation, **span):
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now() - timedelta(**span))


class TestInviting:
    def test_by_mail_with_a_link_and_the_same_words_whoever_has_the_address(self, claire, employer):
        make_employer("Autre", user=make_user("autre", Role.EMPLOYER, email="autre@example.org"))
        pages = []
        for address in ("NEUVE@example.org", "autre@example.org"):
            answer = claire.post(reverse("placement:invite_colleague"), {"email": address}, follow=True)
            page = body(answer)
            pages.append(told(answer).replace(address, "X"))
            assert address in page
            message = OutboundMessage.objects.get(address=address)
            assert (message.kind, message.user) == (colleagues.KIND, None)
            assert message.link == link_to(Invitation.objects.get(email=address))
            assert "Claire" in message.body
        assert pages[0] == pages[1]
        assert "Autre" not in page

    def test_one_who_answers_already_a_bad_address_or_too_many(self, claire, owner, colleague, monkeypatch):
        url = reverse("placement:invite_colleague")
        for address, words in (
            (colleague.user.email, "déjà"),
            ("pas une adresse", "valide"),
            ("", 'aria-invalid="true"'),
        ):
            answer = claire.post(url, {"email": address})
            assert answer.status_code == 422
            assert words in body(answer)
        monkeypatch.setattr(colleagues, "MOST_PEOPLE", 2)
        assert "2" in body(claire.post(url, {"email": ADDRESS}))
        monkeypatch.setattr(colleagues, "MOST_PEOPLE", 9)
        monkeypatch.setattr(colleagues, "MOST_A_DAY", 1)
        assert claire.post(url, {"email": ADDRESS}).status_code == 302
        assert claire.post(url, {"email": "b@example.org"}).status_code == 422

    def test_again_ends_the_link_before_and_not_within_the_hour(self, claire, invitation):
        act = reverse("placement:invitation", args=[invitation.pk])
        assert "Elle est partie" in told(claire.post(act, {"act": "send"}, follow=True))
        later(invitation, hours=2)
        before = link_to(invitation)
        claire.post(act, {"act": "send"})
        assert link_to(invitation) != before
        assert claire.get(before).status_code == 404
        assert OutboundMessage.objects.filter(kind=colleagues.KIND, stopped="").count() == 1

    @pytest.mark.parametrize(("hours_before", "hours_ago", "is_sent"), [(0, 2, True), (7, 6, False), (90, 23, False),
                                                                         (90, 25, True)])  # fmt: skip
    def test_again_and_again_takes_longer_up_to_a_day(self, claire, invitation, hours_before, hours_ago, is_sent):
        sent_at = timezone.now() - timedelta(hours=hours_ago)
        Invitation.objects.update(created_at=sent_at - timedelta(hours=hours_before), sent_at=sent_at)
        claire.post(reverse("placement:invitation", args=[invitation.pk]), {"act": "send"})
        assert (Invitation.objects.get().sent_at > sent_at) == is_sent

    def test_one_that_ran_out_needs_room_again(self, claire, invitation, monkeypatch):
        later(invitation, days=8)
        monkeypatch.setattr(colleagues, "MOST_PEOPLE", 1)
        url = reverse("placement:invite_colleague")
        assert claire.post(url, {"email": ADDRESS}).status_code == 422
        monkeypatch.setattr(colleagues, "MOST_PEOPLE", 9)
        assert claire.post(url, {"email": ADDRESS}).status_code == 302
        assert Invitation.objects.count() == 1

    @pytest.mark.parametrize("how", ["removed by the programme", "no owner any more", "account closed"])
    def test_it_ends_with_the_right_of_whoever_invited(self, client, owner, invitation, how):
        link = link_to(invitation)
        assert client.get(link).status_code == 200
        if how == "removed by the programme":
            EmployerContact.objects.filter(pk=owner.pk).delete()
        elif how == "no owner any more":
            EmployerContact.objects.filter(pk=owner.pk).update(is_owner=False)
        else:
            User.objects.filter(pk=owner.user_id).update(is_active=False)
        assert client.get(link).status_code == 404
        client.post(link, {"full_name": "Léa Sow", "password1": PASSWORD})
        assert not User.objects.filter(email=ADDRESS).exists()

    def test_withdrawn_it_opens_nothing_and_its_mail_does_not_leave(self, claire, invitation, client):
        link = link_to(invitation)
        claire.post(reverse("placement:invitation", args=[invitation.pk]), {"act": "withdraw"})
        assert client.get(link).status_code == 404
        assert OutboundMessage.objects.get(kind=colleagues.KIND).stopped == NO_LONGER_TRUE
        assert ADDRESS not in body(claire.get(PAGE))

    def test_the_link_leaves_the_row_after_a_day(self, invitation):
        OutboundMessage.objects.update(sent_at=timezone.now() - timedelta(days=2))
        assert with_old_links(timezone.now()).count() == 1
        OutboundMessage.objects.update(link="")
        assert with_old_links(timezone.now()).count() == 0


class TestTheLink:
    def accept(self, client, invitation, **data):
        return client.post(link_to(invitation), {"full_name": "Léa Sow", "password1": PASSWORD, **data})

    def test_reading_changes_nothing_and_a_new_person_joins_once_as_a_member(self, site, client, invitation, employer):
        link = link_to(invitation)
        for _ in range(2):
            assert ADDRESS in body(client.get(link))
        assert not User.objects.filter(email=ADDRESS).exists()
        assert self.accept(client, invitation).status_code == 302
        user = User.objects.get(email=ADDRESS)
        assert (user.role, user.full_name, user.check_password(PASSWORD)) == (Role.EMPLOYER, "Léa Sow", True)
        assert employer.contacts.get(user=user).is_owner is False
        for method in (client.get, client.post):  # replayed
            assert method(link).status_code == 404
        assert client.login(username=user.username, password=PASSWORD)
        assert ADDRESS in body(client.get(PAGE))
        assert OutboundMessage.objects.filter(kind="colleague-joined").exists()

    @pytest.mark.parametrize("fields", [{"password1": "123456"}, {"full_name": ""}, {"password1": ""}])
    def test_a_bad_name_or_password_is_shown(self, site, client, invitation, fields):
        answer = self.accept(client, invitation, **fields)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in body(answer)
        assert EmployerContact.objects.count() == 1

    def test_forged_too_old_or_of_a_suspended_employer(self, site, client, invitation, employer):
        link = link_to(invitation)
        wrong = link[:-3] + ("AA/" if link[-3:] != "AA/" else "BB/")
        for forged in (wrong, link.replace(f"/{invitation.pk}-", "/999999-"), "/fr/employers/join/x/"):
            assert client.get(forged).status_code == 404
        employer.vetting = Vetting.SUSPENDED
        employer.save(update_fields=["vetting"])
        assert client.get(link).status_code == 404
        employer.vetting = Vetting.VETTED
        employer.save(update_fields=["vetting"])
        assert client.get(link).status_code == 200
        later(invitation, days=8)
        assert self.accept(client, invitation).status_code == 404

    def test_an_account_with_the_address_signs_in_first(self, site, client, invitation, employer):
        user = make_user("lea", Role.EMPLOYER, email=ADDRESS)
        page = body(client.get(link_to(invitation)))
        assert reverse("account_login") in page
        assert 'name="password1"' not in page
        assert self.accept(client, invitation).status_code == 422
        client.force_login(user)
        assert client.post(link_to(invitation)).status_code == 302
        assert employer.contacts.filter(user=user).exists()

    @pytest.mark.parametrize(
        ("who", "words"),
        [
            ("elsewhere", "une autre organisation"),
            ("learner", "n’est pas celui d’un employeur"),
            ("other-address", "une autre adresse"),
            ("member", "rien à accepter"),
        ],
    )
    def test_whoever_cannot_accept_is_told_why_and_nothing_changes(
        self, site, client, invitation, employer, colleague, who, words
    ):
        if who == "member":
            user = colleague.user
        else:
            role = Role.LEARNER if who == "learner" else Role.EMPLOYER
            user = make_user(who, role, email="c@example.org" if who == "other-address" else ADDRESS)
        if who == "elsewhere":
            make_employer("Autre", user=user)
        client.force_login(user)
        assert words in body(client.get(link_to(invitation)))
        assert client.post(link_to(invitation)).status_code == 422
        assert sorted(employer.contacts.values_list("user__username", flat=True)) == ["claire", "paul"]
        assert Invitation.objects.get().ended_at is None


class TestRights:
    @pytest.fixture
    def rows(self, employer, owner, colleague):
        """One of the owner, one of the colleague."""
        return [make_opportunity(employer, created_by=each.user) for each in (owner, colleague)]

    def test_a_member_changes_and_ends_what_they_wrote(self, paul, rows, colleague):
        theirs = rows[1]
        assert paul.get(reverse("placement:edit_opportunity", args=[theirs.pk])).status_code == 200
        paul.post(reverse("placement:opportunity_state", args=[theirs.pk]), {"state": "closed"})
        assert Opportunity.objects.get(pk=theirs.pk).state == OpportunityState.CLOSED
        assert "Paul Ndiaye" in body(paul.get(reverse("placement:opportunity", args=[theirs.pk])))

    def test_of_a_colleague_they_read_and_copy_it(self, paul, rows):
        other = rows[0]
        page = body(paul.get(reverse("placement:opportunity", args=[other.pk])))
        assert reverse("placement:edit_opportunity", args=[other.pk]) not in page
        assert reverse("placement:opportunity_state", args=[other.pk]) not in page
        assert "l’a écrite" in page
        for state in ("closed", "filled", "open", "undo"):
            answer = paul.post(reverse("placement:opportunity_state", args=[other.pk]), {"state": state}, follow=True)
            assert "l’a écrite" in told(answer)
        edit = reverse("placement:edit_opportunity", args=[other.pk])
        for answer in (paul.get(edit), paul.post(edit, {"title": "Autre"})):
            assert answer.url == reverse("placement:opportunity", args=[other.pk])
        assert Opportunity.objects.get(pk=other.pk).state == OpportunityState.OPEN
        paul.post(reverse("placement:copy_opportunity", args=[other.pk]))
        assert Opportunity.objects.order_by("-pk").first().created_by.username == "paul"

    def test_an_owner_changes_every_one_and_reads_who_wrote_it(self, claire, rows):
        assert "Paul Ndiaye" in body(claire.get(reverse("placement:opportunities")))
        claire.post(reverse("placement:opportunity_state", args=[rows[1].pk]), {"state": "closed"})
        assert Opportunity.objects.get(pk=rows[1].pk).state == OpportunityState.CLOSED

    def test_only_owners_do_what_owners_do(self, paul, owner, colleague, invitation):
        page = body(paul.get(PAGE))
        assert ADDRESS not in page
        assert reverse("placement:remove_contact", args=[owner.pk]) not in page
        for name, args, data in (
            ("invite_colleague", [], {"email": "x@example.org"}),
            ("invitation", [invitation.pk], {"act": "withdraw"}),
            ("change_role", [colleague.pk], {"role": "owner"}),
            ("remove_contact", [owner.pk], {}),
        ):
            answer = paul.post(reverse(f"placement:{name}", args=args), data, follow=True)
            assert "propriétaire" in told(answer)
        assert [row.is_owner for row in EmployerContact.objects.order_by("pk")] == [True, False]
        assert Invitation.objects.get().ended_at is None
        with pytest.raises(NotAllowedError):
            colleagues.set_owner(contact=colleague, is_owner=True, by=colleague.user)

    def test_of_another_employer_there_is_nothing(self, rival, owner, invitation):
        for name, args in (
            ("invitation", [invitation.pk]),
            ("change_role", [owner.pk]),
            ("remove_contact", [owner.pk]),
        ):
            assert rival.post(reverse(f"placement:{name}", args=args)).status_code == 404


class TestOwners:
    def role(self, client, contact, role):
        return client.post(reverse("placement:change_role", args=[contact.pk]), {"role": role}, follow=True)

    def leave(self, client, contact):
        return client.post(reverse("placement:remove_contact", args=[contact.pk]), follow=True)

    def test_ownership_is_handed_over_and_the_last_owner_stays(self, site, claire, owner, colleague):
        for answer in (self.role(claire, owner, "member"), self.leave(claire, owner)):
            assert "a besoin d’au moins" in told(answer)
        assert "pour partir" in body(claire.get(PAGE)).lower()
        self.role(claire, colleague, "owner")
        assert self.leave(claire, owner).status_code == 200
        assert [row.user.username for row in EmployerContact.objects.filter(is_owner=True)] == ["paul"]
        assert claire.get(PAGE).status_code == 302  # signed out

    def test_a_closed_account_is_no_other_owner(self, claire, owner, colleague):
        colleague.user.is_active = False
        colleague.user.save(update_fields=["is_active"])
        EmployerContact.objects.filter(pk=colleague.pk).update(is_owner=True)
        assert "a besoin d’au moins" in told(self.role(claire, owner, "member"))

    def test_who_is_no_owner_any_more_has_invited_nobody(self, claire, owner, colleague, employer):
        EmployerContact.objects.filter(pk=colleague.pk).update(is_owner=True)
        made = colleagues.invite(employer=employer, address=ADDRESS, by=colleague.user)
        self.role(claire, colleague, "member")
        assert colleagues.find(colleagues.secret_of(made)) is None

    def test_nor_does_the_programme_leave_one_without(self, owner, colleague, employer):
        with pytest.raises(ValidationError):
            rules.check_owner(owner.pk, employer, is_owner=False)
        rules.check_owner(colleague.pk, employer, is_owner=False)

    def test_the_first_person_that_the_programme_invites_is_an_owner(self, site, manager):
        fresh = make_employer("Neuve")
        EmployerContact.objects.filter(employer=fresh).delete()
        made = [
            invitations.invite(employer=fresh, name="Ada", address=f"ada{number}@example.org", by=manager)
            for number in range(2)
        ]
        assert [row.is_owner for row in made] == [True, False]

    def test_without_an_owner_the_page_says_whom_to_ask(self, paul, owner, manager):
        owner.user.is_active = False
        owner.user.save(update_fields=["is_active"])
        manager.email = "fatou@example.org"
        manager.save(update_fields=["email"])
        assert "fatou@example.org" in body(paul.get(PAGE))


class TestRemoved:
    def test_nothing_opens_any_more_and_what_they_wrote_stays(self, claire, paul, colleague, employer):
        row = make_opportunity(employer, created_by=colleague.user)
        referral = make_referral(make_candidate(), row, state=S.FORWARDED)
        link = link_secrets.reply_path(referral, colleague, at=timezone.now())
        assert paul.get(link).status_code == 200
        OutboundMessage.objects.create(key="x", user=colleague.user, channel=Channel.EMAIL, kind="referral-forwarded",
                                       body="Awa Diop", address="paul@example.org")  # fmt: skip
        remove = reverse("placement:remove_contact", args=[colleague.pk])
        assert "Paul Ndiaye" in body(claire.get(remove))
        assert EmployerContact.objects.filter(pk=colleague.pk).exists()
        claire.post(remove)
        for path in (PAGE, reverse("placement:search"), reverse("placement:referral", args=[referral.pk])):
            assert paul.get(path).url.startswith(reverse("account_login"))
        assert paul.get(link).status_code == 404
        assert OutboundMessage.objects.get(key="x").body == ""
        assert "Paul Ndiaye" in body(claire.get(reverse("placement:opportunity", args=[row.pk])))
        assert OutboundMessage.objects.filter(user=colleague.user, kind="contact-removed").count() == 2
        paul.force_login(User.objects.get(pk=colleague.user_id))
        assert paul.get(PAGE).status_code == 404
        with pytest.raises(TransitionError):
            colleagues.remove(contact=colleague, by=claire_of(employer))
        assert not mail.outbox


def claire_of(employer):
    return employer.contacts.get(is_owner=True).user
