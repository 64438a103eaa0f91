"""What employers do not learn: what a person keeps to themselves, and anything once a yes has ended.

Every page, file and message that an employer gets, read in every state of a referral.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from certificates.models import Certificate
from lms.accounts.models import OutboundMessage, User
from placement.enums import SHARING_STATES, ActorKind
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Employer, Referral
from placement.services import answers, indexing, link_secrets, opportunities, proposals, referrals, sending
from placement.services.code_names import code_names
from placement.services.transitions import change_state
from tests.factories.placement import make_candidate, make_opportunity, offer_work
from tests.flows.table import living_rows
from tests.flows.world import World

pytestmark = pytest.mark.pages

# --- the columns of a person: each is shown, or says what else it may hold without an employer noticing
SHOWN = {
    CandidateProfile: {
        "is_searchable", "country", "region", "hours_per_week", "works_remote", "works_on_site",
        "equipment", "connectivity", "available_from", "last_active_at",
        "at_work_since",
    },
    User: set(),
}  # fmt: skip
WHICH = {
    CandidateProfile: {"id", "user"},
    User: {"id", "role", "is_active", "is_staff", "is_superuser", "is_demo", "created_by", "merged_into"},
}
"""Which account it is, and whether it is one of a learner's: with another value it would be somebody else."""
HIDDEN: dict[type, dict[str, Any]] = {
    CandidateProfile: {
        "pseudonym": "Somebody-1",
        "pay_floor": 400_000, "pay_currency": "EUR", "searchable_since": timezone.now(), "indexed_at": timezone.now(),
        "mails": "at-once",
    },
    User: {
        "password": "!", "last_login": timezone.now(), "username": "other-name", "date_joined": timezone.now(),
        "full_name": "Nobody Knows", "phone": "+221778889900", "phone_verified_at": timezone.now(),
        "email": "other@example.org", "language": "en", "country": "ML", "must_change_pin": True, "sms_stopped": True,
        "phone_typed": "77 888 99 00", "time_zone": "Asia/Tokyo", "name_key": "nobody", "username_key": "other-name",
        "sort_key": b"zz", "session_epoch": 7, "data_saver": "on", "bundle_price": 900, "bundle_megabytes": 5000,
    },
}  # fmt: skip
AGREED = {"full_name"}  # with the factory's consent, whose only field is the name
PAY = {"pay_min": 100_000, "pay_max": 100_000, "pay_currency": "EUR", "pay_period": "month"}


@pytest.mark.parametrize("model", HIDDEN)
def test_every_column_of_a_person_is_shown_or_hidden(model):
    known = SHOWN[model] | WHICH[model] | set(HIDDEN[model])
    new = {field.name for field in model._meta.concrete_fields} ^ known
    assert not new, f"say in this file whether employers see them: {new}"


# --- how a referral comes to each state; the learner writes what they can on the way
NOTE, PROOF, REGION, NAME = "MARKNOTE", "MARKPROOF", "Ziguinchor, Sénégal", "Markname Diop"


def say(to: S) -> Any:
    return lambda referral: answers.answer(referral=referral, to=to, message="Bonjour", reason="other")


def learner(name: str, **more: Any) -> Any:
    return lambda referral: getattr(referrals, name)(referral=referral, user=referral.profile.user, **more)


def clock(to: S) -> Any:
    return lambda referral: change_state(referral=referral, to=to, by=ActorKind.AUTOMATIC)


def fill(referral: Referral) -> None:
    opportunities.close(opportunity=referral.opportunity, state="filled")


def send(referral: Referral) -> None:
    assert sending.send(referral_id=referral.pk)


CONSENTED = (learner("consent", fields=()),)
FORWARDED = (*CONSENTED, send)
SEEN = (*FORWARDED, say(S.QUESTION), learner("answer_question", text=NOTE))
OFFER = (*SEEN, offer_work)
ACCEPTED = (*OFFER, learner("accept_offer"))
PATHS: dict[S, tuple[Any, ...]] = {
    S.PROPOSED: (),
    S.DECLINED: (learner("decline", note=NOTE),),
    S.EXPIRED: (clock(S.EXPIRED),),
    S.CONSENTED: CONSENTED,
    S.FORWARDED: FORWARDED,
    S.SEEN: SEEN,
    S.QUESTION: (*SEEN, say(S.QUESTION)),
    S.INTERESTED: (*SEEN, say(S.INTERESTED)),
    S.INTERVIEW: (*SEEN, say(S.INTERVIEW)),
    S.OFFER: OFFER,
    S.ACCEPTED: ACCEPTED,
    S.STARTED: (*ACCEPTED, lambda referral: answers.mark_started(referral=referral, on=timezone.localdate())),
    S.REFUSED: (*SEEN, say(S.REFUSED)),
    S.OFFER_DECLINED: (*OFFER, learner("decline_offer", note=NOTE)),
    S.WITHDRAWN: (*SEEN, learner("withdraw")),
    S.OBSOLETE: (*SEEN, fill),
    S.AUTO_CLOSED: (*SEEN, clock(S.AUTO_CLOSED)),
}


def test_every_state_is_reached():
    assert PATHS.keys() == set(S)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def person(world) -> CandidateProfile:
    """Certified, to be found, in no touch with anybody."""
    profile = make_candidate(region="SN-ZG", works_on_site=True)
    User.objects.filter(pk=profile.user_id).update(full_name=NAME)
    Certificate.objects.filter(user=profile.user_id).update(title=PROOF)
    for employer in Employer.objects.all():  # names are drawn: once for all
        code_names(employer.pk, CandidateProfile.objects.values_list("pk", flat=True))
    return CandidateProfile.objects.get(pk=profile.pk)


def brought_to(world: World, person: CandidateProfile, state: S) -> World:
    """The world as it is when the employer has asked for this person, and what follows has happened."""
    employer: Employer = world.employer
    opportunity = make_opportunity(employer, place="on-site", country="SN", region="Dakar", **PAY)
    referral = proposals.request_referral(opportunity=opportunity, profile=person, actor=world.employer_user)
    for step in PATHS[state]:
        referral = Referral.objects.with_page_data().get(pk=referral.pk)
        step(referral)
    referral = Referral.objects.with_page_data().get(pk=referral.pk)
    assert referral.state == state
    link = link_secrets.of_contact(referral, employer.contacts.get()) if referral.forwarded_at else world.reply
    return replace(world, profile=referral.profile, opportunity=opportunity, referral=referral, proposal=referral,
                   reply=link)  # fmt: skip


CHANCE = re.compile(r'name="(?:csrfmiddlewaretoken|key)" value="[\w-]+"|/r/[\w-]+/|nonce[-=]"?[\w-]+')


@contextmanager
def looks_at_parts() -> Iterator[list[str]]:
    """The addresses whose answer looks whether a part of a page is wanted."""
    looked: list[str] = []

    def htmx(request: HttpRequest) -> Any:
        looked.append(request.path)
        return request.__dict__["htmx_details"]

    def set_htmx(request: HttpRequest, details: Any) -> None:
        request.__dict__["htmx_details"] = details

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpRequest, "htmx", property(htmx, set_htmx), raising=False)
        yield looked


def what_the_employer_gets(world: World) -> dict[str, str]:
    """Address -> what it answers, and the messages; without what differs from one answer to the next. Asked in a part
    too where that can change the answer.
    """
    client, found = world.client("employer"), {}
    for row in living_rows(world):
        if row.method != "GET" or not row.route.startswith(("placement:", "reply:")):
            continue
        for way, headers in (("", {}), (" in a part", {"HX-Request": "true"})):
            with looks_at_parts() as looked:
                response = client.get(row.address(world), headers=headers)
                content = b"".join(response.streaming_content) if response.streaming else response.content
            found[f"{row}{way}"] = f"{response.status_code} {CHANCE.sub('', content.decode())}"
            if not looked:
                break
    messages = OutboundMessage.objects.filter(user=world.employer_user)
    found["messages"] = str(sorted(messages.values_list("channel", "kind", "subject", "body")))
    return found


@pytest.mark.parametrize("state", [S.PROPOSED, S.FORWARDED, S.WITHDRAWN])
def test_what_is_hidden_changes_nothing_that_an_employer_gets(world, person, state, monkeypatch):
    answers_given = []
    for with_others in (False, True):
        drawn = count(1)
        monkeypatch.setattr(
            "placement.services.code_names.new_name", lambda round_number, drawn=drawn: f"Nom-{next(drawn)}"
        )
        with undone():
            if with_others:
                CandidateProfile.objects.filter(pk=person.pk).update(**HIDDEN[CandidateProfile])
                shown = AGREED if state in SHARING_STATES else set()
                changed = {name: value for name, value in HIDDEN[User].items() if name not in shown}
                User.objects.filter(pk=person.user_id).update(**changed)
                indexing.index_profile(profile=person)
            answers_given.append(what_the_employer_gets(brought_to(world, person, state)))
    one, other = answers_given
    assert one.keys() == other.keys()
    assert sum(place.endswith(" in a part") for place in one) > 3
    assert [place for place in one if one[place] != other[place]] == []
    assert any(REGION in text for text in one.values()), "this test no longer sees them"


# --- what is shown of a referral in each state
BEFORE = {S.PROPOSED, S.CONSENTED}  # the employer asked: they see what every employer finds


@pytest.mark.parametrize("state", list(S))
def test_what_a_referral_shows_ends_with_the_yes(world, person, state):
    """Nobody finds this person any more: what an employer still reads, they read because of the referral."""
    with undone():
        changed = brought_to(world, person, state)
        CandidateProfile.objects.filter(pk=person.pk).update(is_searchable=False)
        indexing.index_profile(profile=person)
        pages = what_the_employer_gets(changed)
    if state in SHARING_STATES:
        page = next(text for place, text in pages.items() if place.startswith("GET placement:referral pk=referral.pk"))
        assert all(mark in page for mark in (NAME, PROOF, REGION))
        assert (NOTE in page) == (state != S.FORWARDED)
        return
    for mark in (NOTE, PROOF, REGION, NAME):
        assert [place for place, text in pages.items() if mark in text] == []
    for place in ("placement:profile code_name=code_name", "placement:profile code_name=nobody"):
        assert pages[f"GET {place}"].startswith("404")
    page = pages["GET placement:referral pk=referral.pk"]
    assert page.startswith("200")  # they asked: what became of it stays with them
    assert "sur 100" not in page


@pytest.mark.parametrize("state", sorted(BEFORE))
def test_before_the_yes_they_see_what_every_employer_finds(world, person, state):
    with undone():
        page = what_the_employer_gets(brought_to(world, person, state))["GET placement:referral pk=referral.pk"]
    assert REGION in page
    assert NAME not in page
    assert PROOF not in page  # the skill and the month: with title and day, the public check would name them
