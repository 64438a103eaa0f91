"""A yes that ends, ends everywhere at once: every byte that an employer gets, before and after, against one table.

Each personal field of a learner holds a word of its own. In every state of a referral, and after every way in which it
may end, all addresses of the employers' area (read from the URL conf), the links of e-mails, their home page and their
messages are searched for those words.
"""

import pickle
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pyroaring import BitMap

from certificates.models import Certificate
from lms.accounts.enums import Channel
from lms.accounts.messages import send_message, unsent
from lms.accounts.models import User
from placement.enums import SHARED_FIELDS, SHARING_STATES
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, EmployerContact, Opportunity, Outcome, Referral, SavedSearch
from placement.search import PAGE
from placement.services import (
    employers,
    follow_up,
    link_secrets,
    objections,
    profiles,
    proposals,
    referrals,
    withdrawals,
)
from placement.services.code_names import code_names
from placement.services.disclosure import Basis, of_referral, show_people
from tests.factories.courses import make_skill
from tests.factories.placement import code_name, give_certificate, make_candidate, make_opportunity
from tests.flows.routes import own_routes
from tests.flows.test_hidden_from_employers import CONSENTED, PATHS, learner
from tests.flows.world import World
from tests.worlds import put_back

pytestmark = pytest.mark.pages

# --- one word for each personal field
MARKS = {
    "name": r"MARKNAME",
    "user name": r"markuser",
    "programme’s name": r"MARKPSEUDO",
    "phone": r"7712345\d\d|77 123 45 \d\d",
    "mail": r"markmail\d+@",
    "answer": r"MARKNOTE",
    "decline": r"MARKNO\b",
    "title": r"MARKTITLE",
    "code": r"MARKCODE",
    "skill": r"MARKSKILL",
    "level": r"niveau 3 prouvé|MARKNEED, niveau 3",
    "later": r"MARKLATE",
    "region": r"Ziguinchor, Sénégal",
    "language": r"Wolof C1",
    "hours": r"\b37 h\b",
    "day": r"9 juillet 2031",
    "pay": r"987.?654",
    "certificate day": r"\b1?7 (?:mars|mars\.) 2026|2026-03-17",
}
NEVER = {"user name", "programme’s name", "pay", "decline", "certificate day"}
FOUND = {"skill", "level", "later", "region", "language", "hours", "day"}
AGREED = {"name", "phone", "mail", "skill", "level", "region", "language", "hours", "day", "title", "code"}

# --- what the employer of the referral may see, in its pages, links and messages, while nothing has ended
ASKED, SENT, ANSWERED, OVER, NOT_THEIRS = FOUND, AGREED, AGREED | {"answer"}, set(), set()
ALLOWED: dict[S, set[str]] = {
    S.PROPOSED: ASKED,  # by the employer, who found them
    S.CONSENTED: ASKED,
    S.FORWARDED: SENT,
    S.SEEN: ANSWERED,
    S.QUESTION: ANSWERED,
    S.INTERESTED: ANSWERED,
    S.INTERVIEW: ANSWERED,
    S.OFFER: ANSWERED,
    S.ACCEPTED: ANSWERED,
    S.STARTED: ANSWERED,
    S.REFUSED: OVER,
    S.OFFER_DECLINED: OVER,
    S.WITHDRAWN: OVER,
    S.OBSOLETE: OVER,
    S.AUTO_CLOSED: OVER,
    S.DECLINED: NOT_THEIRS,
    S.EXPIRED: NOT_THEIRS,
}
ENDED_BY_THEMSELVES = {S.REFUSED, S.OFFER_DECLINED, S.WITHDRAWN, S.OBSOLETE, S.AUTO_CLOSED}
NOT_ASKED = {S.DECLINED, S.EXPIRED, S.PROPOSED}
"""Nothing to withdraw; what ended by itself shows as little while nothing else has ended."""


def test_the_table_names_every_state():
    assert ALLOWED.keys() == set(S)


# --- the channels: every address of the employers' area with every row that its arguments may name
WORDS = {
    "answer": "interested", "message": "Bonjour", "reason": "other", "in_work": "yes", "wanted": "1",
    "on": timezone.localdate().isoformat(), "state": "closed",
}  # fmt: skip
QUERIES = {
    "placement:search": ("for={opportunity}", "region=SN-ZG"),
    "placement:profile": ("for={opportunity}",),
    "placement:referrals": ("for={opportunity}",),
}
ABOUT_ALL = {
    "placement:search", "placement:profile", "placement:request_referral", "placement:toggle_shortlist",
    "placement:shortlist", "placement:export_shortlist", "placement:opportunity", "placement:opportunity_state",
    "placement:home", "placement:new_opportunity", "placement:edit_opportunity", "placement:copy_opportunity",
    "placement:saved_searches", "placement:save_search", "placement:saved_search", "placement:delete_search",
    "placement:add_note", "placement:delete_note", "placement:missions", "placement:new_mission", "placement:mission",
    "placement:edit_mission", "placement:open_mission",
}  # fmt: skip
"""Shows whoever may be found: another rule than the referral's."""
WITH_NAMES = {
    "placement:opportunity", "placement:opportunity_state", "placement:edit_opportunity", "placement:request_referral",
    "placement:profile", "placement:add_note", "placement:delete_note",
}  # fmt: skip
"""Of these, those that also lead to a page with the names of who was sent."""
IN_PARTS = {"placement:search", "placement:profile", "placement:referral", "placement:toggle_shortlist"}
WITH_CATALOGUE = {
    "placement:new_mission",
    "placement:edit_mission",
    "placement:new_opportunity",
    "placement:edit_opportunity",
    "placement:copy_opportunity",
}
"""Offers every skill there is, whoever holds it."""


@dataclass
class Place:
    """A world in which an employer asked for a marked person, for others ``beside`` them, and its readers."""

    world: World
    person: CandidateProfile
    opportunity: Opportunity
    referral: Referral
    secret: str
    outcome: Outcome | None = None
    readers: dict[str, Client] = field(default_factory=dict)
    beside: list["Place"] = field(default_factory=list)

    def read_by(self, *roles: str) -> "Place":
        """The same; these people of the world are the readers."""
        self.readers = {role: self.world.client(role) for role in roles}
        return self

    @property
    def all(self) -> list["Place"]:
        return [self, *self.beside]

    def values(self) -> dict[str, list[Any]]:
        """What may stand in an address. A new argument of a URL needs its line."""
        return {
            "pk": [self.referral.pk, self.opportunity.pk, self.world.saved_search.pk, self.world.note.pk],
            "code_name": [
                code_name(self.person, self.world.employer),
                code_name(self.person, self.world.other_employer),
            ],
            "secret": [
                self.secret,
                link_secrets.of_contact(self.outcome, self.contact) if self.outcome else self.secret,
            ],
            "outcome": [self.outcome.pk if self.outcome else 0],
        }

    @property
    def contact(self) -> EmployerContact:
        return self.world.employer.contacts.order_by("pk")[0]

    def own_values(self, pattern: str) -> dict[str, list[Any]]:
        """Of these, what stands for its own rows; nothing where the address asks for a row of another kind."""
        rows = {"opportunities/<": self.opportunity, "referrals/<": self.referral}
        values = self.values()
        own = [row.pk for kind, row in rows.items() if kind in pattern]
        return values | {"pk": own, "code_name": values["code_name"][:1]}

    def addresses(self) -> Iterator[tuple["Place", str, str]]:
        """(whose, route, address) of the whole area, from the URL conf: of the first person with any row that it may
        name, of those beside them with their own.
        """
        seen = set()
        for place in self.all:
            for route, patterns in own_routes().items():
                if route.startswith(("placement:", "reply:")):
                    values = place.values() if place is self else place.own_values(patterns[0])
                    names = re.findall(r"<\w+:(\w+)>", patterns[0])
                    for given in product(*(dict.fromkeys(values[name]) for name in names)):
                        path = reverse(route, kwargs=dict(zip(names, given, strict=True)))
                        asked = QUERIES.get(route, ())
                        queries = [f"?{query.format(opportunity=place.opportunity.pk)}" for query in asked]
                        for address in (path, *(path + query for query in queries)):
                            if address not in seen:
                                seen.add(address)
                                yield place, route, address
        yield self, "courses:my_courses", reverse("courses:my_courses")

    def answers(self, reader: str) -> Iterator[tuple["Place", str, str, str]]:
        """(whose, route, request, what was answered) for GET, GET of a part, POST.

        The first person's forms are followed to the page they lead to; those of others, whose pages are asked anyway,
        to what that page says of them. A method that a route refused to the first is not tried again.
        """
        client, first = self.readers[reader], next(iter(self.readers))
        form = {**WORDS, "opportunity": self.opportunity.pk}
        methods: dict[tuple[str, str], set[int]] = {}
        for place, route, path in self.addresses():
            if place is not self and reader != first and route.startswith("reply:"):
                continue  # who holds the link was answered: the first reader
            ways = ["GET", "POST"] + ["GET part"] * (route in IN_PARTS and "?" not in path)
            for way in ways:
                if place is not self and methods.get((way, route)) == {405}:
                    continue
                with transaction.atomic():
                    if way == "POST":
                        response = client.post(path, form, follow=place is self)
                    else:
                        response = client.get(path, headers={"HX-Request": "true"} if way == "GET part" else {})
                    content = b"".join(response.streaming_content) if response.streaming else response.content
                    transaction.set_rollback(True)
                methods.setdefault((way, route), set()).add(response.status_code)
                text = content.decode(errors="replace") + messages_of(response)
                text = text.replace("\u00a0", " ").replace("\u202f", " ")
                if route in WITH_CATALOGUE:
                    text = re.sub(r"<option[^>]*>[^<]*", "", text)
                yield place, route, f"{way} {path}", text

    def mails(self, reader: str) -> str:
        """What still goes out to them."""
        mail.outbox.clear()
        for row in unsent().filter(user=self.world.person(reader), channel=Channel.EMAIL):
            with transaction.atomic():
                send_message(message_id=row.pk)
                transaction.set_rollback(True)
        return "\n".join(f"{one.subject}\n{one.body}" for one in mail.outbox).replace("\u00a0", " ")


def messages_of(response: Any) -> str:
    """What the next page will say of what was done, and where it is."""
    queued = getattr(getattr(response.wsgi_request, "_messages", None), "_queued_messages", [])
    return "".join(f"\n{one}" for one in (*queued, response.headers.get("Location", "")))


def make_marked(number: int = 0) -> CandidateProfile:
    """A certified person to be found, with a word of its own in each field; of another number, somebody beside them."""
    need = make_skill("mark.need", fr="MARKNEED", en="MARKNEED")
    extra = make_skill("mark.skill", fr="MARKSKILL", en="MARKSKILL")
    profile = make_candidate(
        skills=((need.code, 3), (extra.code, 2)), region="SN-ZG", works_on_site=True, hours_per_week=37,
        pay_floor=987_654, available_from="2031-07-09",
    )  # fmt: skip
    User.objects.filter(pk=profile.user_id).update(
        full_name="MARKNAME Diop", phone=f"+2217712345{number:02}", email=f"markmail{number}@example.org",
        username=f"markuser{number}",
    )  # fmt: skip
    Certificate.objects.filter(user=profile.user_id).update(
        title="MARKTITLE", code=f"MARKCODE{number:02}", issued_at=timezone.now().replace(year=2026, month=3, day=17)
    )
    CandidateProfile.objects.filter(pk=profile.pk).update(pseudonym=f"MARKPSEUDO-{number}")
    profile = CandidateProfile.objects.get(pk=profile.pk)
    profile.languages.create(language="wo", level=5)
    profiles.index_profile(profile=profile)
    return profile


@pytest.fixture
def marked(world) -> CandidateProfile:
    return make_marked()


def placed(
    world: World, person: CandidateProfile, state: S, readers: tuple[str, ...] = ("employer", "other employer")
) -> Place:
    """The employer asked for them; everything up to this state has happened; later they earned another certificate."""
    employer = world.employer
    opportunity = make_opportunity(
        employer, skills=(("mark.need", 1, True),), place="on-site", country="SN", region="Dakar",
        titles={"fr": "Relecture", "en": "Proofreading"}, kind="mission",
    )  # fmt: skip
    employers.set_shortlisted(profile=person, employer=employer, user=world.employer_user, wanted=True)
    referral = proposals.request_referral(opportunity=opportunity, profile=person, actor=world.employer_user)
    steps = PATHS[state]
    if steps and steps[0] is CONSENTED[0]:
        steps = (learner("consent", fields=SHARED_FIELDS), *steps[1:])
    for step in steps:
        step(Referral.objects.with_page_data().get(pk=referral.pk))
    referral = Referral.objects.with_page_data().get(pk=referral.pk)
    assert referral.state == state
    outcome = None
    if state == S.STARTED:
        outcome = referral.outcomes.get(mark="day30")
        Outcome.objects.filter(pk=outcome.pk).update(due_on=timezone.localdate())
        assert follow_up.ask(outcome_id=outcome.pk, now=timezone.now())
        outcome.refresh_from_db()
    make_skill("mark.later", fr="MARKLATE", en="MARKLATE")
    give_certificate(person.user, (("mark.later", 2),), title="MARKLATE")
    profiles.index_profile(profile=person)
    fresh = {"fresh": BitMap([person.pk]).serialize(), "fresh_at": timezone.now(), "due_at": timezone.now()}
    SavedSearch.objects.filter(pk=world.saved_search.pk).update(**fresh)
    place = Place(world, person, opportunity, referral, world.reply, outcome)
    if referral.forwarded_at:
        place.secret = link_secrets.of_contact(referral, place.contact)
    return place.read_by(*readers)


def placed_together(world: World, states: tuple[S, ...], readers: tuple[str, ...]) -> Place:
    """A marked person in each of these states, side by side: for what holds of all of them alike."""
    first, *others = (placed(world, make_marked(number), state, readers=()) for number, state in enumerate(states))
    first.beside = others
    first.read_by(*readers)
    found = BitMap([place.person.pk for place in first.all])
    assert CandidateProfile.objects.searchable().count() <= PAGE, "some would stand on a page that nobody reads"
    SavedSearch.objects.filter(pk=world.saved_search.pk).update(fresh=found.serialize())
    return first


def by_nine(states: list[S]) -> list[Any]:
    """Few enough for a page to show them all, enough for pages that name nobody to be asked seldom."""
    groups = [tuple(states[start : start + 9]) for start in range(0, len(states), 9)]
    return [pytest.param(group, id=f"{group[0]} to {group[-1]}") for group in groups]


def words_in(text: str) -> set[str]:
    return {name for name, mark in MARKS.items() if re.search(mark, text)}


def check(place: Place, *, referral: set[str], people: set[str], others: set[str]) -> dict[int, set[str]]:
    """Nothing more than allowed about the referral, where people are found, to another employer. Gives what is seen at
    the addresses of each referral.
    """
    seen, wrong = {each.referral.pk: set() for each in place.all}, []
    for reader in place.readers:
        is_theirs = reader == "employer"
        for each, route, request, text in place.answers(reader):
            if route.startswith("reply:"):  # who holds the link is who it was sent to
                allowed = referral
            elif not is_theirs:
                allowed = others
            elif route in WITH_NAMES:
                allowed = people | (referral & {"name"})
            else:
                allowed = people if route in ABOUT_ALL else referral
            found = words_in(text)
            seen[each.referral.pk] |= found if is_theirs else set()
            wrong += [f"{reader}: {request}: {sorted(found - allowed)}"] if found - allowed else []
        found, allowed = words_in(place.mails(reader)), referral & {"level", "answer"} if is_theirs else set()
        wrong += [f"{reader}: mails: {sorted(found - allowed)}"] if found - allowed else []
    assert wrong == []
    return seen


def alike(states: Iterable[S]) -> list[Any]:
    """Those in which the same is allowed, side by side."""
    groups: dict[tuple[list[str], bool], list[S]] = {}
    for state in states:
        groups.setdefault((tuple(sorted(ALLOWED[state])), state in SHARING_STATES), []).append(state)
    return [pytest.param(tuple(group), id=" ".join(group)) for group in groups.values()]


@pytest.mark.parametrize("states", alike(S))
def test_while_nothing_has_ended(world, states):
    place = placed_together(world, states, ("employer",))
    people = FOUND | (AGREED - {"name", "phone", "mail", "code", "title"} if states[0] in SHARING_STATES else set())
    seen = check(place, referral=ALLOWED[states[0]], people=people, others=FOUND)
    blind = {pk: missing for pk, found in seen.items() if (missing := (FOUND | ALLOWED[states[0]]) - found)}
    assert blind == {}, "this test no longer sees what is shown"


@pytest.fixture(scope="class", params=by_nine(list(S)))
def made_together(request, built_world, django_db_blocker) -> Iterator[bytes]:
    """People in so many states, to be read with ``pickle``: made once for what may end them, as the world is."""
    with django_db_blocker.unblock(), put_back():
        translation.activate(settings.LANGUAGE_CODE)
        world = pickle.loads(built_world)  # noqa: S301  (made a moment ago, in this process)
        yield pickle.dumps(placed_together(world, request.param, ()))


class TestInEveryState:
    @pytest.fixture
    def place(self, made_together, world) -> Place:
        """``world``: puts back what the test before did."""
        return pickle.loads(made_together)  # noqa: S301  (made a moment ago, in this process)

    def test_another_employer_finds_them_and_no_more(self, place):
        """But for the links of the other's e-mails, which tell whoever holds them what they told above."""
        told = set().union(*(ALLOWED[S(each.referral.state)] for each in place.all))
        check(place.read_by("other employer"), referral=told, people=set(), others=FOUND)

    def test_after_an_objection(self, place):
        """The employer they keep away gets nothing; another one goes on finding them."""
        for each in place.all:
            objections.object_to(profile=each.person, employer=place.world.employer, user=each.person.user)
        check(place.read_by("employer", "other employer"), referral=set(), people=set(), others=FOUND)

    def test_after_hiding_the_profile(self, place):
        """They chose to end what they had sent too."""
        for each in place.all:
            hide(each.person)
            withdrawals.end_all(user=each.person.user)
        check(place.read_by("employer"), referral=set(), people=set(), others=set())

    def test_after_closing_the_account(self, place):
        for each in place.all:
            close(each)
        check(place.read_by("employer"), referral=set(), people=set(), others=set())


@pytest.mark.parametrize("states", by_nine([s for s in S if s not in ENDED_BY_THEMSELVES | NOT_ASKED]))
def test_after_withdrawal(world, states):
    """They go on being found by everybody: what was sent is no longer there."""
    place = placed_together(world, states, ("employer", "other employer"))
    for each in place.all:
        referrals.withdraw(referral=Referral.objects.with_page_data().get(pk=each.referral.pk), user=each.person.user)
    check(place, referral=set(), people=FOUND, others=FOUND)


@pytest.mark.parametrize("states", alike(sorted(SHARING_STATES)))
def test_hidden_but_those_who_got_a_yes_keep_it(world, states):
    place = placed_together(world, states, ("employer",))
    for each in place.all:
        hide(each.person)
    kept = ALLOWED[states[0]] - {"later"}
    seen = check(place, referral=kept, people=kept - {"phone", "mail", "code", "title", "answer"}, others=set())
    assert {pk: missing for pk, found in seen.items() if (missing := kept - found)} == {}


@pytest.mark.parametrize("states", by_nine(sorted(SHARING_STATES)))
def test_hidden_from_another_employer(world, states):
    place = placed_together(world, states, ("other employer",))
    for each in place.all:
        hide(each.person)
    check(place, referral=set().union(*(ALLOWED[state] for state in states)) - {"later"}, people=set(), others=set())


def hide(person: CandidateProfile) -> None:
    profiles.update_profile(profile=person, languages={"wo": 5}, is_searchable=False)


def close(place: Place) -> None:
    User.objects.filter(pk=place.person.user_id).update(is_active=False)


def erase(place: Place) -> None:
    """As ``lms.accounts.merging.erase_closed_account`` leaves it."""
    close(place)
    changed = {"username": f"merged.{place.person.pk}", "full_name": "", "email": "", "phone": None, "country": ""}
    User.objects.filter(pk=place.person.user_id).update(**changed)


def test_after_erasure(world):
    place = placed_together(world, (S.PROPOSED, S.SEEN, S.STARTED, S.REFUSED), ("employer", "other employer"))
    for each in place.all:
        erase(each)
    check(place, referral=set(), people=set(), others=set())


# --- what is not written in words: with other facts about them, the employer gets the same bytes
CHANCE = re.compile(
    r'name="(?:csrfmiddlewaretoken|key)" value="[\w-]+"|/r/[\w-]+|nonce[-=]"?[\w-]+|csrf\w*&quot;:[^}]*'
    r"|<small>dans \d+ min</small>"  # what is written now, by the clock of the database, which no test holds
)


def test_afterwards_nothing_depends_on_them(world, one_minute):
    place = placed_together(world, (S.PROPOSED, S.SEEN, S.OFFER, S.STARTED, S.REFUSED), ("employer",))
    for each in place.all:
        hide(each.person)
        withdrawals.end_all(user=each.person.user)
    for employer in (world.employer, world.other_employer):  # names are drawn: once for both
        code_names(employer.pk, CandidateProfile.objects.values_list("pk", flat=True))
    got = []
    for changed in (False, True):
        with transaction.atomic():
            for number, each in enumerate(place.all if changed else []):
                User.objects.filter(pk=each.person.user_id).update(
                    full_name="X", phone=f"+22177000099{number}", email=f"x{number}@y.org"
                )
                CandidateProfile.objects.filter(pk=each.person.pk).update(
                    region="SN-DB", hours_per_week=5, works_remote=False, connectivity=4, equipment=[], country="ML"
                )
                Certificate.objects.filter(user=each.person.user_id).update(
                    title="X", revoked_at=timezone.now(), revoked_reason="x"
                )
            rows = [(request, CHANCE.sub("", text)) for _place, _route, request, text in place.answers("employer")]
            got.append([*rows, ("messages", place.mails("employer"))])
            transaction.set_rollback(True)
    assert [one[0] for one, other in zip(*got, strict=True) if one != other] == []


# --- what the employer wrote itself stays, with neutral words for what happened
@pytest.mark.parametrize("end", ["withdraw", "close"])
def test_the_writer_keeps_their_own_words(world, marked, end):
    place = placed(world, marked, S.INTERVIEW)
    if end == "withdraw":
        referrals.withdraw(referral=place.referral, user=marked.user)
    else:
        close(place)
    page = place.readers["employer"].get(reverse("placement:referral", args=[place.referral.pk])).content.decode()
    assert "Bonjour" in page
    assert "Cette personne s’est retirée" in page


@pytest.mark.parametrize("state", list(S))
def test_the_query_and_the_rule_say_the_same(world, marked, state):
    """``visible_to`` fetches those of whom the disclosure shows something; it may fetch more, which is not shown."""
    place = placed(world, marked, state, readers=())
    employer = world.employer
    for is_searchable, is_kept_away in product((True, False), (False, True)):
        CandidateProfile.objects.filter(pk=marked.pk).update(is_searchable=is_searchable)
        if is_kept_away:
            objections.object_to(profile=marked, employer=employer, user=marked.user)
        for is_active in (True, False):
            User.objects.filter(pk=marked.user_id).update(is_active=is_active)
            everybody = CandidateProfile.objects.all()
            fetched = set(everybody.visible_to(world.employer_user).values_list("pk", flat=True))
            assert {row.pk for row in show_people(everybody, employer.pk)} <= fetched
            referral = Referral.objects.with_page_data().get(pk=place.referral.pk)
            agreed = Referral.objects.agreed_to(employer.pk).filter(pk=referral.pk).exists()
            assert (of_referral(referral).basis == Basis.AGREED) == agreed
            assert not (is_kept_away and (fetched & {marked.pk} or agreed))
        objections.take_back(profile=marked, employer=employer, user=marked.user)


def test_templates_of_employers_name_nobody_themselves():
    """Names, words and numbers of a person come through the disclosure only."""
    direct = re.compile(r"referral\.profile|profile\.user|get_full_name|event\.note")
    texts = {path.name: path.read_text() for path in Path("templates/placement").glob("*.html")}
    assert [name for name, text in texts.items() if direct.search(text)] == []
