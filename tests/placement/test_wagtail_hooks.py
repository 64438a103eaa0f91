import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from placement.enums import ActorKind, Vetting
from placement.enums import ReferralState as S
from placement.models import Employer, Outcome, Referral
from placement.overview import retention
from placement.services import answers
from placement.wagtail_hooks import ContactViewSet, EmployerViewSet, OpportunityViewSet, ReferralViewSet
from tests.factories.placement import make_employer, make_hired, make_opportunity, make_referral, sent_before

pytestmark = pytest.mark.django_db
LISTS = [EmployerViewSet, ContactViewSet, OpportunityViewSet, ReferralViewSet]


@pytest.fixture
def desk(site, manager, sign_in):
    return sign_in(manager)


@pytest.mark.parametrize("viewset", LISTS)
def test_managers_read_every_list(desk, viewset):
    make_referral(state=S.FORWARDED)
    assert desk.get(reverse(viewset().get_url_name("list"))).status_code == 200


@pytest.mark.parametrize("viewset", LISTS)
def test_trainers_read_none(site, trainer, sign_in, viewset):
    assert sign_in(trainer).get(reverse(viewset().get_url_name("list"))).status_code != 200


@pytest.mark.parametrize("name", ["placement_overview", "placement_vetting"])
def test_trainers_learners_and_employers_are_refused(site, trainer, learner, employer_user, sign_in, name):
    args = [make_employer(vetting=Vetting.WAITING).pk] if name == "placement_vetting" else []
    for person in (trainer, learner, employer_user):
        assert sign_in(person).post(reverse(name, args=args), {"to": "vetted"}).status_code in {302, 403}
    assert not Employer.objects.filter(vetting=Vetting.VETTED).exists()


def test_checking_an_employer_in_invites_the_person_who_asked(desk):
    employer = Employer.objects.create(
        name="Teranga Voix",
        slug="teranga",
        country="SN",
        contact_name="Claire Morel",
        contact_email="claire@example.org",
    )
    assert desk.get(reverse("placement_vetting", args=[employer.pk])).status_code == 200
    desk.post(reverse("placement_vetting", args=[employer.pk]), {"to": "vetted", "note": "Site et RCCM vus."})
    employer.refresh_from_db()
    user = employer.contacts.get().user
    assert (employer.vetting, employer.vetting_note) == (Vetting.VETTED, "Site et RCCM vus.")
    assert (user.role, user.email, user.has_usable_password()) == ("employer", "claire@example.org", False)
    assert reverse("account_reset_password") in OutboundMessage.objects.get(kind="employer-invited").link


def test_an_address_that_has_an_account_is_not_taken_over(desk, learner):
    learner.email = "claire@example.org"
    learner.save()
    employer = Employer.objects.create(name="T", slug="t", country="SN", contact_email="Claire@example.org")
    desk.post(reverse("placement_vetting", args=[employer.pk]), {"to": "vetted"})
    learner.refresh_from_db()
    assert learner.role == "learner"
    assert not employer.contacts.exists()


class TestInviting:
    def url(self, employer):
        return reverse("placement_invite", args=[employer.pk])

    def test_one_more_person_gets_a_mail_in_their_language(self, desk):
        employer = make_employer()
        data = {"name": "Paul Sene", "email": "paul@example.org", "language": "en"}
        assert desk.get(self.url(employer)).status_code == 200
        assert desk.post(self.url(employer), data).status_code == 302
        user = employer.contacts.latest("pk").user
        assert (user.full_name, user.email, user.role, user.language) == (
            "Paul Sene",
            "paul@example.org",
            "employer",
            "en",
        )
        assert "is checked" in OutboundMessage.objects.get(kind="employer-invited", user=user).body

    def test_the_link_of_the_mail_leads_to_a_password_and_in(self, desk, client, settings):
        """With the settings that Passerelle comes with: nobody had to switch anything on."""
        assert not settings.EMAIL_SIGN_IN
        employer = make_employer()
        desk.post(self.url(employer), {"name": "Paul Sene", "email": "paul@example.org", "language": "fr"})
        invitation = OutboundMessage.objects.get(kind="employer-invited")
        client.post(invitation.link, {"email": "Paul@Example.org"})
        key = re.search(r"http://\S+", OutboundMessage.objects.get(kind="password-reset").body)[0]
        form = client.get(key, follow=True).redirect_chain[-1][0]
        client.post(form, {"password1": "une-longue-phrase"})
        client.post(reverse("account_login"), {"login": "paul", "password": "une-longue-phrase"})
        assert client.get(reverse("placement:search")).status_code == 200

    def test_an_address_with_an_account_is_reported_at_its_field(self, desk):
        employer = make_employer()
        address = employer.contacts.get().user.email.upper()
        page = desk.post(self.url(employer), {"name": "Paul", "email": address, "language": "fr"})
        assert "email" in page.context["form"].errors
        assert employer.contacts.count() == 1

    @pytest.mark.parametrize(
        ("field", "typed"), [("email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 30}.org"),
                             ("name", "Paul \u202eeneS"), ("name", "<b>Paul</b>")],
    )  # fmt: skip
    def test_what_an_account_cannot_hold_is_reported_at_its_field(self, desk, field, typed):
        data = {"name": "Paul Sene", "email": "paul@example.org", "language": "fr", field: typed}
        assert field in desk.post(self.url(make_employer()), data).context["form"].errors

    @pytest.mark.parametrize("vetting", [Vetting.WAITING, Vetting.SUSPENDED])
    def test_nobody_is_invited_to_an_employer_that_is_not_checked(self, desk, vetting):
        assert desk.get(self.url(make_employer(vetting=vetting))).status_code == 404


def test_a_contact_is_chosen_among_people_of_employers_who_are_free(desk, learner, employer_user):
    """A select of everybody would hold every learner of the programme."""
    taken = make_employer().contacts.get()
    url = reverse(ContactViewSet().get_url_name("add"))
    people = desk.get(url).context["form"].fields["user"].queryset
    assert list(people) == [employer_user]
    answer = desk.post(url, {"employer": taken.employer_id, "user": learner.pk})
    assert "user" in answer.context["form"].errors
    edit = reverse(ContactViewSet().get_url_name("edit"), args=[taken.pk])
    assert taken.user in desk.get(edit).context["form"].fields["user"].queryset


def test_suspending_closes_what_is_open(desk):
    referral = make_referral(state=S.FORWARDED)
    url = reverse("placement_suspend", args=[referral.opportunity.employer_id])
    desk.post(url, {"act": "suspend", "reason": "Demande de l’argent."})
    referral.refresh_from_db()
    assert referral.state == S.OBSOLETE


def test_an_employer_that_a_colleague_checked_meanwhile_is_not_refused(desk):
    referral = make_referral(state=S.FORWARDED)
    page = desk.post(
        reverse("placement_vetting", args=[referral.opportunity.employer_id]), {"to": "refused"}, follow=True
    )
    assert "Une réponse a déjà été donnée" in page.content.decode()
    referral.refresh_from_db()
    assert (referral.state, referral.opportunity.employer.vetting) == (S.FORWARDED, Vetting.VETTED)


@pytest.mark.parametrize("tell", [True, False])
def test_refusing_gives_no_access_and_says_so_when_asked_to(desk, tell):
    employer = Employer.objects.create(name="T", slug="t", country="SN", contact_email="claire@example.org")
    page = desk.get(reverse("placement_vetting", args=[employer.pk])).content.decode()
    assert 'name="tell"' in page
    desk.post(reverse("placement_vetting", args=[employer.pk]), {"to": "refused", **({"tell": "on"} if tell else {})})
    employer.refresh_from_db()
    assert employer.vetting == Vetting.SUSPENDED
    mails = OutboundMessage.objects.filter(kind="employer-refused").values_list("address", flat=True)
    assert list(mails) == (["claire@example.org"] if tell else [])
    assert 'name="tell"' not in desk.get(reverse("placement_vetting", args=[employer.pk])).content.decode()


def test_the_overview_names_those_who_did_not_answer_in_a_week(desk):
    for days in (6, 8):
        referral = make_hired(days=30)
        referral.outcomes.filter(mark="day30").update(asked_at=timezone.now() - timedelta(days=days))
    page = desk.get(reverse("placement_overview")).content.decode()
    inspect = ReferralViewSet().get_url_name("inspect")
    assert page.count(reverse(inspect, args=[referral.pk])) == 1
    assert page.count("/referral/inspect/") == 1


def test_what_they_agreed_to_show_is_written_in_words(desk):
    referral = make_referral(state=S.FORWARDED, fields=["name", "phone"])
    text = desk.get(reverse(ReferralViewSet().get_url_name("inspect"), args=[referral.pk])).content.decode()
    assert "nom, téléphone" in text
    assert "name, phone" not in text


def test_the_overview_counts_and_says_how_employers_answer(desk):
    referral = make_referral(state=S.FORWARDED)
    answers.answer(referral=referral, to=S.INTERESTED)
    sent_before(referral, days=15)
    Referral.objects.filter(pk=referral.pk).update(answered_at=F("forwarded_at") + timedelta(days=2))
    page = desk.get(reverse("placement_overview"))
    assert page.status_code == 200
    text = page.content.decode()
    assert referral.opportunity.employer.name in text
    assert "<td>1</td><td>1</td><td>–</td><td>–</td>" in text, "a rate of one person says nothing"


def test_the_overview_says_how_many_still_work_of_how_many_answered(desk):
    for in_work in (True, False, None):
        referral = make_referral(state=S.FORWARDED)
        due = Outcome.objects.create(
            referral=referral, mark="day30", due_on=timezone.localdate() - timedelta(days=1), asked_at=timezone.now()
        )
        if in_work is not None:
            assert answers.record_outcome(outcome=due, in_work=in_work, by=ActorKind.LEARNER)
        Outcome.objects.create(referral=referral, mark="day90", due_on=timezone.localdate() + timedelta(days=1))
    by_mark = {row.label: (row.asked, row.answered, row.in_work) for row in retention()}
    assert list(by_mark.values()) == [(3, 2, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0)]
    page = desk.get(reverse("placement_overview")).content.decode()
    retained = page.partition("<tbody>")[2].rpartition("<tbody>")[2]
    assert re.search(r"2 (of|sur) 3</td><td>1 (of|sur) 2", retained)
    assert "%" not in retained


def test_nobody_counts_as_asked_before_the_question_left():
    referral = make_referral(state=S.FORWARDED)
    Outcome.objects.create(referral=referral, mark="day30", due_on=timezone.localdate() - timedelta(days=1))
    assert [row.asked for row in retention()] == [0, 0, 0, 0]


class TestOutcomeByHand:
    @pytest.fixture
    def outcome(self):
        row = make_referral(state=S.FORWARDED)
        return Outcome.objects.create(referral=row, mark="day30", due_on=timezone.localdate() - timedelta(days=1))

    def url(self, outcome):
        return reverse("placement_outcome", args=[outcome.pk])

    def test_the_manager_notes_what_they_heard_and_the_first_answer_stands(self, desk, outcome):
        page = reverse(ReferralViewSet().get_url_name("inspect"), args=[outcome.referral_id])
        assert self.url(outcome) in desk.get(page).content.decode()
        for in_work in ("yes", "no"):
            assert desk.post(self.url(outcome), {"in_work": in_work}).url == page
        outcome.refresh_from_db()
        assert (outcome.in_work, outcome.answered_by) == (True, "manager")

    def test_the_manager_corrects_whosever_answer_and_the_page_shows_both(self, desk, manager, outcome):
        answers.record_outcome(outcome=outcome, in_work=False, by=ActorKind.LEARNER)
        page = reverse(ReferralViewSet().get_url_name("inspect"), args=[outcome.referral_id])
        assert 'name="correct"' in desk.get(page).content.decode()
        desk.post(self.url(outcome), {"in_work": "yes", "correct": "1"})
        outcome.refresh_from_db()
        assert (outcome.in_work, outcome.answered_by) == (True, "manager")
        log = list(outcome.answers.values_list("by", "in_work", "actor"))
        assert log == [("learner", False, None), ("manager", True, manager.pk)]
        text = desk.get(page).content.decode()
        assert text.index(str(ActorKind.LEARNER.label)) < text.rindex(str(ActorKind.MANAGER.label))

    @pytest.mark.parametrize("in_work", ["", "maybe", "\x00"])
    def test_what_is_neither_yes_nor_no_is_not_noted(self, desk, outcome, in_work):
        desk.post(self.url(outcome), {"in_work": in_work})
        outcome.refresh_from_db()
        assert outcome.answered_at is None

    def test_a_day_to_come_takes_no_answer(self, desk, outcome):
        Outcome.objects.update(due_on=timezone.localdate() + timedelta(days=1))
        desk.post(self.url(outcome), {"in_work": "yes"})
        outcome.refresh_from_db()
        assert outcome.answered_at is None

    def test_others_note_nothing(self, site, trainer, learner, employer_user, sign_in, outcome):
        for person in (trainer, learner, employer_user):
            assert sign_in(person).post(self.url(outcome), {"in_work": "yes"}).status_code in {302, 403}
        outcome.refresh_from_db()
        assert outcome.answered_at is None


def test_the_overview_of_nothing(desk):
    assert desk.get(reverse("placement_overview")).status_code == 200


def test_a_referral_shows_its_history(desk):
    referral = make_referral(opportunity=make_opportunity(), state=S.FORWARDED)
    page = desk.get(reverse(ReferralViewSet().get_url_name("inspect"), args=[referral.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert referral.profile.pseudonym in text
    assert text.count("<tr><td>") == referral.events.count() == 3


@pytest.mark.parametrize("viewset", LISTS)
def test_every_row_of_a_list_leads_to_its_page(desk, viewset):
    referral = make_referral(state=S.FORWARDED)
    rows = {
        EmployerViewSet: referral.opportunity.employer,
        OpportunityViewSet: referral.opportunity,
        ContactViewSet: referral.opportunity.employer.contacts.first(),
        ReferralViewSet: referral,
    }
    if (row := rows[viewset]) is None:
        return
    name = "inspect" if viewset is ReferralViewSet else "edit"
    url = reverse(viewset().get_url_name(name), args=[row.pk])
    page = desk.get(reverse(viewset().get_url_name("list"))).content.decode()
    assert f'<a href="{url}"' in page.split('class="listing')[1].split("dropdown")[0] or page.count(f'href="{url}"') > 1
    assert desk.get(url).status_code == 200


@pytest.mark.parametrize("viewset", [EmployerViewSet, OpportunityViewSet])
def test_countries_are_chosen_by_name(desk, viewset):
    opportunity = make_opportunity()
    row = opportunity.employer if viewset is EmployerViewSet else opportunity
    page = desk.get(reverse(viewset().get_url_name("edit"), args=[row.pk])).content.decode()
    chooser = page.partition('<select name="country"')[2].partition("</select>")[0]
    assert re.search(r'value="CM"[^>]*>Cameroun<', chooser)


@pytest.mark.parametrize("viewset", LISTS)
def test_queries_of_a_list_do_not_grow_with_its_rows(desk, viewset):
    url = reverse(viewset().get_url_name("list"))
    make_referral(state=S.FORWARDED)
    counts = []
    for more in (1, 6):
        for _one in range(more):
            make_referral(opportunity=make_opportunity(), state=S.FORWARDED)
        desk.get(url)
        with CaptureQueriesContext(connection) as queries:
            desk.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestCountries:
    def test_the_list_and_its_filter_speak_names(self, desk):
        make_employer("Pont Data", country="SN")
        make_employer("Rivale", country="CM")
        url = reverse(EmployerViewSet().get_url_name("list"))
        page = desk.get(url).content.decode()
        assert "Sénégal" in page
        assert "Cameroun" in page
        rows = re.findall("Pont Data|Rivale", desk.get(url, {"country": "CM"}).content.decode())
        assert set(rows) == {"Rivale"}

    @pytest.mark.parametrize(("country", "name"), [("SN", "Sénégal"), ("US", "US")])
    def test_what_is_stored_stays_chosen(self, desk, country, name):
        employer = make_employer(country=country)
        page = desk.get(reverse(EmployerViewSet().get_url_name("edit"), args=[employer.pk])).content.decode()
        assert re.search(rf'<option value="{country}" selected[^>]*>{name}</option>', page)
