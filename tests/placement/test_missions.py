"""Work for a team, from the employer's form to the seats."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from lms.accounts.enums import Channel, Role
from lms.accounts.models import OutboundMessage, User
from placement.enums import ActorKind, OpportunityState, Vetting
from placement.enums import ReferralState as S
from placement.mission_forms import MissionForm
from placement.models import (
    CandidateProfile,
    Employer,
    EmployerContact,
    Mission,
    MissionSeat,
    Opportunity,
    PayFloor,
    Referral,
    Review,
)
from placement.services import decisions, missions, objections, opportunities, proposals, referrals, sending, teams
from placement.services.transitions import change_state
from tests.factories.courses import make_skill
from tests.factories.people import make_user
from tests.factories.placement import ENTRY, code_name, give_certificate, make_candidate, make_employer, open_country

pytestmark = pytest.mark.django_db


def typed(**changes):
    """A form of one line of two seats."""
    line = {
        "people": 2, "skill": make_skill(ENTRY).pk, "level": 2, "language": "fr", "language_level": 3, "hours": 20,
        "window": "free", "connectivity": 1, "unit": "Une facture", "price": "25", "units": "60",
    }  # fmt: skip
    whole = {
        "title": "Saisie de factures", "country": "SN", "place": "remote", "reserve_percent": 0, "currency": "XOF",
        "worker_share": 70, "local_share": 15,
    }  # fmt: skip
    return {**whole, **{f"{name}_1": value for name, value in line.items()}, **changes}


@pytest.fixture
def employer():
    open_country()
    return make_employer()


def lowest_pay():
    PayFloor.objects.update_or_create(
        country="SN",
        defaults={"amount": 370, "currency": "XOF", "period": "hour", "since": date(2023, 7, 1), "source": "Décret"},
    )


@pytest.fixture
def portal(client, employer):
    client.force_login(employer.contacts.get().user)
    return client


def test_the_form_makes_a_draft_with_its_seats(portal):
    response = portal.post(reverse("placement:new_mission"), typed(reserve_percent=50))
    mission = Mission.objects.get()
    assert response.headers["Location"] == reverse("placement:mission", args=[mission.pk])
    line = mission.lines.get()
    assert [seat.is_reserve for seat in line.seats.all()] == [False, False, True]
    row = line.opportunity
    assert (row.state, row.pay_min, row.pay_period, row.positions) == ("draft", 1050, "hour", 3)
    assert portal.get(reverse("placement:mission", args=[mission.pk])).status_code == 200


def test_a_price_below_the_lowest_pay_is_refused_with_the_whole_sum(portal):
    lowest_pay()
    response = portal.post(reverse("placement:new_mission"), typed(price_1="10", worker_share=50, local_share=15))
    text = response.context["form"].errors["price_1"][0]
    assert response.status_code == 422
    assert not Mission.objects.exists()
    text = text.replace("\xa0", " ").replace("\u202f", " ")
    assert "10 FCFA × 60 de l’heure × 50 % = 300 FCFA" in text
    assert "370 FCFA" in text
    assert "13 FCFA" in text
    assert "62 %" in text
    assert portal.post(reverse("placement:new_mission"), typed(price_1="13", worker_share=50)).status_code == 302


def test_a_price_in_another_currency_cannot_be_compared(portal):
    lowest_pay()
    response = portal.post(reverse("placement:new_mission"), typed(currency="EUR"))
    assert "FCFA" in response.context["form"].errors["price_1"][0]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"people_1": ""}, "people_1"),
        ({"skill_1": "", "people_1": 2}, "skill_1"),
        ({"unit_1": ""}, "unit_1"),
        ({"unit_1": "jeune femme"}, "unit_1"),
        ({"worker_share": 90}, "local_share"),
        ({"people_1": 60, "people_2": 60, "skill_2": "1"}, "people_2"),
        ({"title": "Jeune femme de 18 à 25 ans"}, "title"),
    ],
)
def test_what_the_form_refuses(portal, changes, name):
    response = portal.post(reverse("placement:new_mission"), typed(**changes))
    assert response.status_code == 422
    assert name in response.context["form"].errors


def draft(employer, **changes):
    """A mission as the form saves it."""
    form = MissionForm(typed(**changes), mission=Mission(country="SN"), language="fr")
    assert form.is_valid(), form.errors
    actor = employer.contacts.get().user
    return missions.save_mission(
        mission=Mission(), employer=employer, lines=form.typed(), actor=actor, **form.values()
    )  # fmt: skip


def opened(employer, **changes):
    """Approved, with its first people asked."""
    mission = draft(employer, **changes)
    for line in mission.lines.all():
        opportunities.open_now(opportunity=line.opportunity, actor=employer.contacts.get().user)
    teams.fill(mission.pk)
    return mission


def asked(mission):
    return [seat.referral for seat in MissionSeat.objects.filter(line__mission=mission, referral__isnull=False)]


def say_yes(referral):
    referral.refresh_from_db()
    referrals.consent(referral=referral, fields=[], user=referral.profile.user)


def test_the_first_missions_of_an_employer_wait_for_the_programme(portal, employer, settings):
    settings.FIRST_OPPORTUNITIES_CHECKED = 1
    mission = draft(employer)
    portal.post(reverse("placement:open_mission", args=[mission.pk]))
    row = Opportunity.objects.get()
    assert row.state == OpportunityState.WAITING
    decisions.approve(review=Review.objects.get(), by=make_user("manager", Role.MANAGER))
    row.refresh_from_db()
    assert row.state == OpportunityState.OPEN


def test_a_line_is_proposed_to_its_team_and_to_nobody_else(employer):
    people = [make_candidate() for _ in range(3)]
    mission = opened(employer)
    proposals.propose_opportunity(opportunity=Opportunity.objects.get())
    give_certificate(people[0].user)
    proposals.propose_matches(certificate=people[0].user.certificates.latest("pk"))
    assert Referral.objects.count() == len(asked(mission)) == 2


def test_whoever_says_no_is_replaced_and_not_asked_again(employer):
    for _ in range(3):
        make_candidate()
    mission = opened(employer)
    first, second = asked(mission)
    referrals.decline(referral=first, user=first.profile.user)
    assert list(teams.to_fill(timezone.now())) == [mission]
    teams.fill(mission.pk)
    now = {referral.profile_id for referral in asked(mission)}
    assert len(now) == 2
    assert first.profile_id not in now
    assert second.profile_id in now
    assert list(teams.to_fill(timezone.now())) == []


@pytest.mark.parametrize("end", ["expired", "withdrawn", "refused", "account"])
def test_a_seat_that_is_left_goes_to_the_reserve(employer, end):
    for _ in range(2):
        make_candidate()
    mission = opened(employer, people_1=1, reserve_percent=100)
    seat, reserve = MissionSeat.objects.order_by("number")
    say_yes(reserve.referral)
    left = seat.referral
    if end == "expired":
        change_state(referral=left, to=S.EXPIRED, by=ActorKind.AUTOMATIC)
    else:
        say_yes(left)
        left.refresh_from_db()
    if end == "withdrawn":
        referrals.withdraw(referral=left, user=left.profile.user)
    elif end == "refused":
        sending.send(referral_id=left.pk)
        left.refresh_from_db()
        change_state(referral=left, to=S.REFUSED, by=ActorKind.EMPLOYER)
    elif end == "account":
        User.objects.filter(pk=left.profile.user_id).update(is_active=False)
    teams.fill(mission.pk)
    seat.refresh_from_db()
    reserve_now = MissionSeat.objects.get(pk=reserve.pk)
    assert (seat.referral_id, reserve_now.referral_id) == (reserve.referral_id, None)


@pytest.mark.parametrize(
    "end", [{"closes_on": date(2026, 1, 1)}, {"state": OpportunityState.FILLED}, {"state": OpportunityState.CLOSED}]
)
def test_the_reserve_steps_in_when_nobody_new_is_asked(portal, employer, end):
    for _ in range(2):
        make_candidate()
    mission = opened(employer, people_1=1, reserve_percent=100)
    seat, reserve = MissionSeat.objects.order_by("number")
    for each in (seat, reserve):
        say_yes(each.referral)
        sending.send(referral_id=each.referral_id)
    late = make_candidate()
    Opportunity.objects.update(**end)
    left = Referral.objects.get(pk=seat.referral_id)
    referrals.withdraw(referral=left, user=left.profile.user)
    assert list(teams.to_fill(timezone.now())) == [mission]
    teams.fill(mission.pk)
    seat.refresh_from_db()
    assert seat.referral_id == reserve.referral_id
    assert [one.profile_id for one in asked(mission)] == [reserve.referral.profile_id]
    assert not Referral.objects.filter(profile=late).exists()
    assert list(teams.to_fill(timezone.now() + timedelta(hours=2))) == []
    assert "Nous cherchons" not in html_text(portal.get(reverse("placement:mission", args=[mission.pk])))


def test_no_seat_changes_hands_at_a_suspended_employer(employer):
    for _ in range(2):
        make_candidate()
    mission = opened(employer, people_1=1, reserve_percent=100)
    Referral.objects.filter(seat__is_reserve=False).update(state=S.EXPIRED)
    Employer.objects.update(vetting=Vetting.SUSPENDED)
    assert list(teams.to_fill(timezone.now())) == []
    before = [one.pk for one in asked(mission)]
    teams.fill(mission.pk)
    assert [one.pk for one in asked(mission)] == before


def test_the_reserve_is_told_once_of_its_seat_and_the_highest_level_leads(employer):
    """Three in the team leave, of whom one led; of the three in the reserve the last proved more since."""
    for _ in range(6):
        make_candidate()
    mission = opened(employer, people_1=3, reserve_percent=100, has_lead="on")
    for row in Referral.objects.filter(seat__is_reserve=False):
        referrals.decline(referral=row, user=row.profile.user)
    reserve = list(Referral.objects.filter(seat__is_reserve=True).order_by("seat__since", "pk"))
    for row in reserve:
        say_yes(row)
    mine = reserve[-1]
    give_certificate(mine.profile.user, [(ENTRY, 3)])
    User.objects.filter(pk=mine.profile.user_id).update(language="en")
    teams.fill(mission.pk)
    teams.fill(mission.pk)
    assert MissionSeat.objects.get(is_lead=True).referral == mine
    told = {row.user_id: row for row in OutboundMessage.objects.filter(kind="team-seat", channel=Channel.APP)}
    assert set(told) == {row.profile.user_id for row in reserve}
    assert len(told) == OutboundMessage.objects.filter(kind="team-seat", channel=Channel.APP).count() == 3
    assert "You lead the team." in told.pop(mine.profile.user_id).body
    for row in told.values():
        assert "vous avez maintenant une place dans l’équipe" in row.body
        assert "dirigez" not in row.body


def test_a_closed_account_keeps_no_seat(employer):
    """Nor when the employer had asked for them by name: whoever is freed does not step in again."""
    gone, other = make_candidate(), make_candidate()
    mission = opened(employer, people_1=1)
    (first,) = asked(mission)
    say_yes(first)
    Referral.objects.filter(pk=first.pk).update(asked_by_employer=True)
    User.objects.filter(pk=first.profile.user_id).update(is_active=False)
    teams.fill(mission.pk)
    assert {one.profile_id for one in asked(mission)} == {gone.pk, other.pk} - {first.profile_id}


def test_the_highest_level_leads_and_a_person_has_one_seat(employer):
    for level in (2, 3, 2):
        make_candidate(skills=[(ENTRY, level)])
    both = {f"{name}_2": value for name, value in
            {"people": 2, "skill": make_skill(ENTRY).pk, "level": 2, "hours": 20, "window": "day", "connectivity": 1,
             "unit": "Une page", "price": "25", "units": "60"}.items()}  # fmt: skip
    mission = opened(employer, has_lead="on", **both)
    lead = MissionSeat.objects.get(is_lead=True)
    assert lead.referral.profile.user.certificates.get().skills.get().level == 3
    keys = [referral.profile_id for referral in asked(mission)]
    assert len(keys) == len(set(keys)) == 3


def test_twelve_seats_of_which_two_stay_empty(portal, employer):
    """Ten people fit; the page says what keeps two seats empty, and fills them once two more fit."""
    for _ in range(10):
        make_candidate()
    for _ in range(5):
        late = make_candidate(hours_per_week=10)
    mission = opened(employer, people_1=12)
    ((line, _sum),) = portal.get(reverse("placement:mission", args=[mission.pk])).context["lines"]
    assert (line.given, line.empty, [gap.people.disclosed_count for gap in line.gaps]) == ([], 12, [5])
    CandidateProfile.objects.filter(hours_per_week=10).exclude(pk=late.pk).update(hours_per_week=20)
    assert list(teams.to_fill(timezone.now())) == []  # looked at a moment ago
    assert list(teams.to_fill(timezone.now() + timedelta(hours=2))) == [mission]
    teams.fill(mission.pk)
    assert len(asked(mission)) == 12


def test_everybody_in_one_region(employer):
    for region in ("SN-DK", "SN-TH", "SN-TH"):
        make_candidate(region=region)
    mission = opened(employer, same_region="on")
    assert {referral.profile.region for referral in asked(mission)} == {"SN-TH"}
    referrals.decline(referral=asked(mission)[0], user=asked(mission)[0].profile.user)
    teams.fill(mission.pk)
    assert {referral.profile.region for referral in asked(mission)} == {"SN-TH"}  # nobody of Dakar fills it up


def test_the_region_is_asked_for_before_the_most_recent_are_taken(employer, monkeypatch):
    monkeypatch.setattr(teams, "LOOKED_AT", 2)
    first = make_candidate(region="SN-TH")
    mission = opened(employer, same_region="on")
    assert [one.profile_id for one in asked(mission)] == [first.pk]
    late = make_candidate(region="Thiès", last_active_at=timezone.now() - timedelta(days=20))
    for _ in range(3):
        make_candidate(region="SN-DK")
    teams.fill(mission.pk)
    assert {one.profile_id for one in asked(mission)} == {first.pk, late.pk}


def test_a_team_on_the_spot_is_of_the_region_of_the_work(employer, monkeypatch):
    monkeypatch.setattr(teams, "LOOKED_AT", 2)
    there = make_candidate(region="SN-TH", last_active_at=timezone.now() - timedelta(days=20))
    for _ in range(3):
        make_candidate(region="SN-DK")
    mission = opened(employer, same_region="on", place="on-site", region="SN-TH")
    assert [one.profile_id for one in asked(mission)] == [there.pk]


def test_who_had_missions_lately_comes_after_who_had_none(employer):
    busy = make_candidate()
    for _ in range(3):
        mission = opened(employer, people_1=1)
        say_yes(asked(mission)[0])
    rested = make_candidate(last_active_at=timezone.now() - timedelta(days=30))  # a few points less
    assert [one.profile_id for one in asked(opened(employer, people_1=1))] == [rested.pk]
    assert busy.pk != rested.pk


def test_the_page_of_a_draft_says_what_keeps_seats_empty(portal, employer):
    make_candidate()
    for _ in range(5):
        make_candidate(equipment=["phone"], hours_per_week=10)
    make_candidate(skills=[(ENTRY, 1)])
    mission = draft(employer)
    page = portal.get(reverse("placement:mission", args=[mission.pk]))
    ((line, _sum),) = page.context["lines"]
    assert (line.could_fill, line.missing) == (1, 1)
    assert [(gap.people.disclosed_count, gap.people.is_few) for gap in line.gaps] == [(5, False), (None, True)]
    text = html_text(page)
    assert "5 personnes" in text
    assert "moins de 5 personnes" in text


def test_hidden_people_are_asked_and_neither_named_nor_counted(portal, employer):
    hidden = make_candidate(searchable=False)
    mission = draft(employer, people_1=1)
    page = portal.get(reverse("placement:mission", args=[mission.pk]))
    assert page.context["could_fill"] == 0
    opportunities.open_now(opportunity=Opportunity.objects.get(), actor=employer.contacts.get().user)
    teams.fill(mission.pk)
    assert [referral.profile_id for referral in asked(mission)] == [hidden.pk]
    page = portal.get(reverse("placement:mission", args=[mission.pk])).content.decode()
    assert code_name(hidden, employer) not in page
    assert "Binta" not in page


def test_nobody_until_the_yes_a_name_after_it_nothing_after_withdrawal(portal, employer):
    person = make_candidate()
    mission = opened(employer, people_1=1)
    link = reverse("placement:mission", args=[mission.pk])
    page = portal.get(link).content.decode()
    assert code_name(person, employer) not in page
    assert "Binta" not in page
    (referral,) = asked(mission)
    say_yes(referral)
    assert "Binta" not in portal.get(link).content.decode()
    sending.send(referral_id=referral.pk)
    page = portal.get(link)
    assert person.user.get_full_name() in page.content.decode()
    assert page.context["taken"] == 1
    referral.refresh_from_db()
    referrals.withdraw(referral=referral, user=person.user)
    page = portal.get(link)
    assert "Binta" not in page.content.decode()
    assert code_name(person, employer) not in page.content.decode()
    assert page.context["taken"] == 0


@pytest.mark.parametrize("answer", ["declined", "expired", "yes", "account", "objection", "nobody"])
def test_what_a_person_answers_to_a_proposal_changes_nothing_on_the_page(portal, employer, answer):
    """The employer did not make it. Of two seats one is asked for: the page is the same when nobody is."""
    person = make_candidate()
    mission = opened(employer, reserve_percent=50)
    link = reverse("placement:mission", args=[mission.pk])
    before = html_text(portal.get(link))
    assert "nous demandons" in before
    (referral,) = asked(mission)
    if answer == "declined":
        referrals.decline(referral=referral, user=person.user)
    elif answer == "expired":
        change_state(referral=referral, to=S.EXPIRED, by=ActorKind.AUTOMATIC)
    elif answer == "yes":  # not sent yet, and may be taken back
        say_yes(referral)
    elif answer == "account":
        User.objects.filter(pk=person.user_id).update(is_active=False)
    elif answer == "objection":
        objections.object_to(profile=person, employer=employer, user=person.user)
    else:
        MissionSeat.objects.update(referral=None, since=None)
    assert html_text(portal.get(link)) == before
    teams.fill(mission.pk)
    assert html_text(portal.get(link)) == before


def test_whom_the_employer_asked_itself_is_shown_until_they_say_no(portal, employer):
    person = make_candidate()
    mission = opened(employer, people_1=1)
    actor = employer.contacts.get().user
    referral = proposals.request_referral(opportunity=Opportunity.objects.get(), profile=person, actor=actor)
    link = reverse("placement:mission", args=[mission.pk])
    page = portal.get(link)
    assert code_name(person, employer) in page.content.decode()
    assert reverse("placement:referral", args=[referral.pk]) in page.content.decode()
    assert page.context["taken"] == 0
    referrals.decline(referral=referral, user=person.user)
    assert code_name(person, employer) not in portal.get(link).content.decode()


def test_the_person_reads_the_team_the_sum_and_the_share(client, employer):
    person = make_candidate()
    mission = opened(employer, people_1=1, has_lead="on")
    client.force_login(person.user)
    text = html_text(client.get(reverse("opportunities:detail", args=[asked(mission)[0].pk])))
    assert "25 FCFA × 60 de l’heure × 70 % = 1 050 FCFA" in text
    assert "70 %" in text
    assert "85 %" in text
    assert "dirig" in text


def test_once_people_are_asked_the_mission_stays_as_it_is(portal, employer):
    mission = opened(employer)
    fields = portal.get(reverse("placement:edit_mission", args=[mission.pk])).context["form"].fields
    assert all(field.disabled for field in fields.values())
    line = mission.lines.get()
    edit = reverse("placement:edit_opportunity", args=[line.opportunity_id])
    assert portal.get(edit).headers["Location"] == reverse("placement:edit_mission", args=[mission.pk])
    with pytest.raises(missions.AskedAlreadyError):
        missions.save_mission(mission=mission, employer=employer, lines=[], actor=employer.contacts.get().user)


def test_lines_that_are_taken_out_of_a_draft_leave_nothing(portal, employer):
    second = {f"{name}_2": value for name, value in
              {"people": 1, "skill": make_skill(ENTRY).pk, "level": 1, "hours": 10, "window": "day", "connectivity": 1,
               "unit": "Une page", "price": "50", "units": "30"}.items()}  # fmt: skip
    mission = draft(employer, **second)
    assert mission.lines.count() == Opportunity.objects.count() == 2
    portal.post(reverse("placement:edit_mission", args=[mission.pk]), typed(people_1=3))
    assert (mission.lines.get().people, Opportunity.objects.count(), MissionSeat.objects.count()) == (3, 1, 3)


def html_text(response):
    text = re.sub(r"\s+", " ", strip_tags(response.content.decode()))
    return unescape(text).replace("\xa0", " ").replace("\u202f", " ")


def test_a_member_reads_a_colleagues_mission_and_changes_nothing_of_it(portal, employer, client):
    portal.post(reverse("placement:new_mission"), typed())
    mission = Mission.objects.get()
    member = make_user("paul", Role.EMPLOYER, email="paul@example.org")
    contact = EmployerContact.objects.create(employer=employer, user=member)
    client.force_login(member)
    edit, ask = (reverse(f"placement:{name}_mission", args=[mission.pk]) for name in ("edit", "open"))
    page = client.get(reverse("placement:mission", args=[mission.pk])).content.decode()
    assert edit not in page
    assert ask not in page
    assert "Une ou un collègue" in page
    for response in (client.get(edit), client.post(edit, typed(title="Autre")), client.post(ask)):
        assert response.headers["Location"] == reverse("placement:mission", args=[mission.pk])
    mission.refresh_from_db()
    assert (mission.title, mission.state) == ("Saisie de factures", OpportunityState.DRAFT)
    Mission.objects.update(created_by=member)
    page = client.get(reverse("placement:mission", args=[mission.pk])).content.decode()
    assert edit in page
    assert ask in page
    Mission.objects.update(created_by=None)
    EmployerContact.objects.filter(pk=contact.pk).update(is_owner=True)
    assert client.get(edit).status_code == 200
