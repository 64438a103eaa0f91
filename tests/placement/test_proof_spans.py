"""How exactly a card says when something was proven: so that at least five people share it."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from placement.enums import ReferralState as S
from placement.evidence import evidence_of
from placement.index.spans import FEWEST, Span, month_of, spans_of
from placement.models import CandidateProfile
from placement.services.disclosure import show_people
from placement.services.indexing import index_profile
from placement.words import span_words
from tests.factories.placement import (
    ENTRY,
    code_name,
    give_certificate,
    make_candidate,
    make_opportunity,
    make_referral,
)

MARCH, MAY = (12 * 2026 + 2, 12 * 2026 + 4)


@given(st.dictionaries(st.integers(24_000, 24_060), st.integers(1, 9), max_size=20))
def test_every_span_holds_enough_people_and_its_own_month(people):
    spans = spans_of(people)
    assert set(spans) == (set(people) if sum(people.values()) >= FEWEST else set())
    for month, span in spans.items():
        assert span.first <= month <= span.last
        assert sum(number for each, number in people.items() if spans[each] == span) >= FEWEST
    ordered = sorted(set(spans.values()))
    assert all(one.last < other.first for one, other in pairwise(ordered))


def test_a_month_that_is_common_stays_a_month():
    assert spans_of({MARCH: 7, MAY: 5}) == {MARCH: Span(MARCH, MARCH), MAY: Span(MAY, MAY)}
    assert spans_of({MARCH: 1, MAY: 5}) == {MARCH: Span(MARCH, MAY), MAY: Span(MARCH, MAY)}
    assert spans_of({MARCH: 4}) == {}


def test_in_words():
    with translation.override("fr"):
        assert span_words(Span(MARCH, MAY)) == "mars 2026 – mai 2026"
        assert span_words(Span(MAY, MAY)) == "mai 2026"
    with translation.override("en"):
        assert span_words(Span(MARCH, MAY)) == "March 2026 – May 2026"
    assert span_words(None) == ""
    assert month_of(datetime(2026, 3, 31, tzinfo=UTC)) == MARCH


def proven(month: int) -> CandidateProfile:
    person = make_candidate()
    person.user.certificates.update(issued_at=datetime(2026, month, 12, tzinfo=UTC))
    index_profile(profile=person)
    return person


@pytest.mark.django_db
class TestPages:
    def told(self, client, person, employer) -> str:
        page = reverse("placement:profile", args=[code_name(person, employer)])
        client.post(reverse("placement:toggle_shortlist", args=[code_name(person, employer)]), {"wanted": "1"})
        pages = [page, *(reverse(f"placement:{name}") for name in ("search", "shortlist", "export_shortlist"))]
        return "".join(client.get(page).content.decode() for page in pages)

    def test_few_people_have_no_month(self, claire, employer):
        text = self.told(claire, proven(3), employer)
        assert "mars 2026" not in text
        assert "mois non indiqué" in text

    def test_five_in_a_month_have_it(self, claire, employer):
        people = [proven(3) for _ in range(5)]
        text = self.told(claire, people[0], employer)
        assert text.count("mars 2026") >= 4, "card, page, list, file"
        assert "–" not in text.split("<main")[1].split("mars 2026")[0][-30:]

    def test_one_alone_in_a_month_shares_a_span(self, claire, employer):
        people = [proven(3) for _ in range(5)]
        alone = proven(4)
        text = self.told(claire, alone, employer)
        assert "mars 2026 – avr. 2026" in text
        assert "mars 2026 – avr. 2026" in self.told(claire, people[0], employer)

    def test_only_the_best_proof_of_a_skill_counts(self, employer):
        """A card shows one line a skill: who has a newer proof does not hide somebody's old month."""
        for person in [proven(3) for _ in range(4)]:
            give_certificate(person.user, ((ENTRY, 3),))
            index_profile(profile=person)
        alone = proven(3)
        (shown,) = show_people([alone], employer.pk)
        assert [shown.disclosure.time_of(line) for line in evidence_of(shown)] == [None]

    def test_after_the_yes_it_is_the_month(self, claire, employer):
        person = proven(3)
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        assert "mars 2026" in claire.get(reverse("placement:referral", args=[referral.pk])).content.decode()
