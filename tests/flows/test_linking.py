"""Nobody finds out who a card is: every byte that an employer gets before a yes against everything that is public.

The public check of a certificate, which its code opens, names the holder, the skills with their levels and the day. An
employer who has been shown such a page looks for the card that it belongs to. What a card says may leave it with the
people who proved the same, never with one of them.
"""

import html
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from certificates.models import Certificate
from lms.accounts.models import User
from lms.lib.moments import site_day
from placement.index import spans
from placement.models import CandidateProfile, Employer, Opportunity, Referral, Shortlisted
from placement.services.code_names import code_names
from tests.factories.demo import load_demo
from tests.flows.routes import own_routes
from tests.worlds import built, put_back

pytestmark = pytest.mark.pages

PEOPLE = 120
MONTHS = {
    date_format(date(year, month, 1), "N Y"): 12 * year + month - 1
    for year in range(2020, 2041) for month in range(1, 13)
}  # fmt: skip
ROW = re.compile(r"<tr><td>(.*?), niveau (\d)</td><td[^>]*>(?:<span>)?<small>(.*?)</small>")


@pytest.fixture(scope="module")
def loaded_demo(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), built(lambda: load_demo(PEOPLE)):
        yield


@pytest.fixture
def db(loaded_demo, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), put_back():
        yield


@pytest.fixture
def crowd(db, settings) -> list[CandidateProfile]:
    """The people of the demo who may be found, and an employer that may look at all of them."""
    for name in (
        "CONTACT_PEOPLE_PER_HOUR",
        "CONTACT_PEOPLE_PER_DAY",
        "EMPLOYER_PEOPLE_PER_HOUR",
        "EMPLOYER_PEOPLE_PER_DAY",
    ):
        setattr(settings, name, 100_000)
    found = list(CandidateProfile.objects.searchable().select_related("user").order_by("pk"))
    assert len(found) > PEOPLE // 2
    return found


@pytest.fixture
def employer(crowd) -> Employer:
    """With everybody on its list, in touch with nobody."""
    row = Employer.objects.filter(contacts__user__username="employer").get()
    Shortlisted.objects.bulk_create(
        (Shortlisted(employer=row, profile=person) for person in crowd), ignore_conflicts=True
    )
    return row


@dataclass(frozen=True)
class Card:
    """What one card says: skill, level, and the months it may have been; None where it says no time."""

    proofs: frozenset[tuple[str, int, tuple[int, int] | None]]

    def may_be_of(self, page: "CheckPage", *, by_time: bool) -> bool:
        """Could this be the holder of that certificate? Somebody may have proven more since."""
        return all(any(self.fits(proof, skill, level, page.month, by_time) for proof in self.proofs)
                   for skill, level in page.skills)  # fmt: skip

    @staticmethod
    def fits(proof: tuple, skill: str, level: int, month: int, by_time: bool) -> bool:
        name, shown, when = proof
        if name != skill or shown < level:
            return False
        if not by_time or when is None or shown > level:
            return True
        return when[0] <= month <= when[1] or when[0] > month  # a newer proof of the same level


@dataclass(frozen=True)
class CheckPage:
    """What the public check of a certificate says of its holder."""

    skills: frozenset[tuple[str, int]]
    month: int


@pytest.fixture(scope="module")
def check_pages() -> dict[str, CheckPage]:
    """By code, read once: they say the same whatever a card says."""
    return {}


def told(client: Client, address: str) -> str:
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return html.unescape(content.decode(errors="replace"))


def span_in(text: str) -> tuple[int, int] | None:
    parts = text.split(" – ")
    return (MONTHS[parts[0]], MONTHS[parts[-1]]) if parts[0] in MONTHS else None


def card_of(client: Client, name: str) -> Card:
    rows = ROW.findall(told(client, reverse("placement:profile", args=[name])))
    assert rows, name
    return Card(frozenset((skill, int(level), span_in(when.strip())) for skill, level, when in rows))


def check_page_of(certificate: Certificate) -> CheckPage:
    text = told(Client(), reverse("verify:check", args=[certificate.code]))
    assert certificate.holder_name in text
    assert date_format(site_day(certificate.issued_at), "j F Y") in text, "the page says less now: so may this law"
    skills = frozenset((row.name, row.level) for row in certificate.skills.all())
    assert all(name in text for name, _level in skills)
    day = site_day(certificate.issued_at)
    return CheckPage(skills, 12 * day.year + day.month - 1)


def linked(
    client: Client, employer: Employer, people: list[CandidateProfile], pages: dict[str, CheckPage]
) -> list[str]:
    """Whom their public page leads to one card that the skills alone do not lead to."""
    names = code_names(employer.pk, [person.pk for person in people])
    cards = {person.pk: card_of(client, names[person.pk]) for person in people}
    found = []
    rows = Certificate.objects.filter(user__in=[person.user_id for person in people], revoked_at=None)
    for certificate in rows.prefetch_related("skills"):
        page = pages[certificate.code] = pages.get(certificate.code) or check_page_of(certificate)
        by_skill = [key for key, card in cards.items() if card.may_be_of(page, by_time=False)]
        by_all = [key for key in by_skill if cards[key].may_be_of(page, by_time=True)]
        if len(by_all) == 1 < len(by_skill):
            found.append(f"{certificate.holder_name}: one of {len(by_skill)}")
    return found


@pytest.fixture
def reader(employer) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="employer"))
    return client


def test_no_card_is_found_by_a_public_page(crowd, employer, reader, check_pages):
    assert linked(reader, employer, crowd, check_pages) == []


def test_this_law_sees_a_month_that_one_has_alone(crowd, employer, reader, check_pages, monkeypatch):
    """With months as they are, as cards said them before: some have one alone."""
    plain = lambda people, fewest=1: {month: spans.Span(month, month) for month in people}  # noqa: E731
    monkeypatch.setattr(spans, "spans_of", plain)
    monkeypatch.setattr(spans, "_spans", None)
    assert linked(reader, employer, crowd, check_pages)


def addresses_before_a_yes(employer: Employer, names: list[str]) -> Iterator[str]:
    """Every address of the employers' area that shows people by code name: new ones come by themselves."""
    own = Opportunity.objects.filter(employer=employer)
    for route, patterns in own_routes().items():
        if not route.startswith("placement:"):
            continue
        arguments = re.findall(r"<\w+:(\w+)>", patterns[0])
        if not arguments:
            yield reverse(route)
        elif arguments == ["code_name"]:
            yield from (reverse(route, args=[name]) for name in names)
        elif arguments == ["pk"] and "opportunit" in patterns[0]:
            yield from (reverse(route, args=[row.pk]) for row in own)
    yield from (f"{reverse('placement:search')}?page={number}" for number in range(1, 10))


def test_nothing_that_names_somebody_reaches_an_employer(crowd, employer, reader):
    """Neither name nor number, nor the day of a certificate, its title or its code."""
    referrals = Referral.objects.filter(opportunity__employer=employer)
    own = set(referrals.values_list("profile_id", flat=True))
    strangers = [person for person in crowd if person.pk not in own]
    names = code_names(employer.pk, [person.pk for person in strangers])
    met = {person.user.full_name for person in crowd if person.pk in own}  # names that two people have
    days = {site_day(at) for row in referrals for at in (row.created_at, row.forwarded_at) if at}
    met |= {date_format(day, "j F Y") for day in days}  # of what it did itself, which pages of people say too
    text = "\n".join(told(reader, address) for address in addresses_before_a_yes(employer, sorted(names.values())))
    assert all(name in text for name in names.values()), "this law no longer reads what employers read"
    for person in strangers:
        user = person.user
        words = [user.full_name, user.username, user.phone, user.email, person.pseudonym]
        for row in user.certificates.all():
            words += [row.code, row.printed_code, date_format(site_day(row.issued_at), "j F Y"),
                      site_day(row.issued_at).isoformat()]  # fmt: skip
        assert [word for word in words if word and word not in met and stands_in(word, text)] == []


def stands_in(word: str, text: str) -> bool:
    """By itself: ``Tisserin-600`` does not stand in ``Tisserin-6001``, which is somebody else's code name."""
    return word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


MOST = 400


def test_no_public_page_lists_people(crowd):
    """Whatever anybody may open without a code: from every address without arguments, by every link."""
    names = {str(person.user.full_name) for person in crowd}
    codes = set(Certificate.objects.values_list("code", flat=True))
    waiting = deque(["/fr/", "/robots.txt", "/sitemap.xml"])
    for route, patterns in own_routes().items():
        if "<" not in patterns[0] and "(" not in patterns[0]:
            waiting.append(reverse(route) if ":" in route or "/" not in route else f"/fr/{route}")
    seen, client = set(), Client()
    while waiting and len(seen) < MOST:
        path = waiting.popleft()
        if path in seen or "/cms/" in path:
            continue
        seen.add(path)
        response = client.get(path)
        if response.status_code != 200 or response.streaming:
            continue
        text = html.unescape(response.content.decode(errors="replace"))
        assert [word for word in names | codes if word in text] == [], path
        waiting += [urlsplit(to).path for to in re.findall(r'href="(/[^"#]*)', text) if not to.startswith("//")]
    assert len(seen) > 30
