"""The employers' search: what it finds, in what order, and counts that keep their word."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.models import Certificate
from placement.filters import FILTERS, Filters, Part
from placement.models import CandidateLanguage, CandidateProfile, Opportunity
from placement.search import PAGE, SELECTS_IN_SIGHT, search
from placement.services.indexing import index_profile
from tests.factories.placement import ENTRY, facts_of, make_candidate, make_opportunity

pytestmark = pytest.mark.django_db

SHEET, DIGCOMP = "dw.spreadsheet", "dc.1.3"
VALUES = {
    "skill": [f"{code}:{level}" for code in (ENTRY, SHEET, DIGCOMP) for level in (1, 2, 3)],
    "lang": [f"{language}:{level}" for language in ("fr", "en", "wo", "bm") for level in range(1, 7)],
    "equip": ["phone", "computer", "headset"],
    "hours": ["10", "20", "35"],
    "line": ["1", "3", "4"],
    "place": ["remote", "on-site"],
    "country": ["SN", "CI", "FR"],
    "region": ["SN-DK", "SN-TH", "nowhere"],
}
MANY = {each.name for each in FILTERS if each.is_many}
# The rows are made once for all examples, and no example changes them.
calm = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def some(name: str) -> st.SearchStrategy:
    if name in MANY:
        return st.lists(st.sampled_from(VALUES[name]), max_size=2, unique=True).map(sorted)
    return st.sampled_from([[], [], [], *([value] for value in VALUES[name])])


filters_of = st.fixed_dictionaries({name: some(name) for name in VALUES}).map(Filters)


def test_every_filter_is_tried():
    assert VALUES.keys() == {each.name for each in FILTERS}


def people():
    return CandidateProfile.objects.searchable()


def search_for(filters: Filters | None = None, **kwargs):
    return search(people=people(), filters=filters or Filters(), **kwargs)


def names(found) -> list[str]:
    return [row.pseudonym for row in found.profiles]


def every_group(found) -> list:
    return [group for groups in found.groups.values() for group in groups]


def chosen(filters: Filters, name: str, value: str) -> Filters:
    """The filters after a click on one more choice."""
    return Filters({**filters.chosen, name: sorted({*filters.chosen[name], value}) if name in MANY else [value]})


@pytest.fixture
def crowd() -> list[CandidateProfile]:
    """Sixteen people who may be found, unlike each other; and one of each kind who may not."""
    dice = random.Random(7)
    rows = []
    for number in range(16):
        skills = {code: dice.randint(1, 3) for code in dice.sample([ENTRY, SHEET, DIGCOMP], dice.randint(1, 3))}
        profile = make_candidate(
            skills=skills.items(), country=dice.choice(["SN", "SN", "CI"]), region=dice.choice(["SN-DK", "SN-TH", ""]),
            hours_per_week=dice.choice([10, 20, 38]), connectivity=dice.randint(1, 4),
            equipment=dice.sample(["phone", "computer", "headset"], dice.randint(1, 3)),
            works_on_site=dice.random() < 0.5, last_active_at=timezone.now() - timedelta(days=number),
        )  # fmt: skip
        CandidateLanguage.objects.bulk_create(
            CandidateLanguage(profile=profile, language=language, level=dice.randint(1, 6))
            for language in dice.sample(["en", "wo", "bm"], dice.randint(0, 3))
        )
        index_profile(profile=profile)
        rows.append(profile)
    for hide in (hidden, left, revoked, run_out):
        hide(make_candidate(skills=[(ENTRY, 3)]))
    if connection.vendor == "postgresql":  # which plans by what it was told of the tables, and was told of empty ones
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE placement_searchentry, placement_candidateprofile, accounts_user")
    return rows


def hidden(profile: CandidateProfile) -> None:
    """The learner took the yes back this second, and the index does not know it yet."""
    CandidateProfile.objects.filter(pk=profile.pk).update(is_searchable=False)


def left(profile: CandidateProfile) -> None:
    type(profile.user).objects.filter(pk=profile.user_id).update(is_active=False)


def revoked(profile: CandidateProfile) -> None:
    Certificate.objects.filter(user=profile.user_id).update(revoked_at=timezone.now(), revoked_reason="Erreur")
    index_profile(profile=profile)


def run_out(profile: CandidateProfile) -> None:
    long_ago = timezone.now() - timedelta(days=800)
    Certificate.objects.filter(user=profile.user_id).update(
        issued_at=long_ago, expires_at=long_ago + timedelta(days=700)
    )
    index_profile(profile=profile)


def held_by(rows) -> dict[str, set[str]]:
    """What each of them holds in the index, by their code name."""
    return {row.pseudonym: facts_of(row) for row in rows}


def test_only_people_who_may_be_found_ever_appear(crowd):
    facts = held_by(crowd)

    @calm
    @given(filters=filters_of)
    def law(filters):
        found = search_for(filters)
        expected = {name for name, tokens in facts.items() if tokens >= set(filters.tokens())}
        assert set(names(found)) == expected
        assert found.total == len(expected)

    law()


def test_each_count_is_how_many_hold_the_choice_as_well(crowd):
    facts = held_by(crowd)

    @calm
    @given(filters=filters_of)
    def law(filters):
        wide = Counter(t for tokens in facts.values() if tokens >= set(filters.tokens(but="country")) for t in tokens)
        near = Counter(t for tokens in facts.values() if tokens >= set(filters.tokens()) for t in tokens)
        for group in every_group(search_for(filters)):
            counts = wide if group.name == "country" else near
            for choice in group.choices:
                assert choice.count == counts[f"{group.name}:{choice.value}"]
            assert group.most == max((choice.count for choice in group.choices), default=0)

    law()


def test_a_click_gives_as_many_as_its_count_promised(crowd):
    @calm
    @given(filters=filters_of, data=st.data())
    def law(filters, data):
        groups = [g for g in every_group(search_for(filters)) if g.name in {"country", "equip"} or not g.is_on]
        clicks = [(g.name, choice) for g in groups for choice in g.choices]
        if clicks:
            name, choice = data.draw(st.sampled_from(clicks))
            assert search_for(chosen(filters, name, choice.value)).total == choice.count

    law()


def test_what_is_chosen_stays_on_offer_and_says_so(crowd):
    @calm
    @given(filters=filters_of)
    def law(filters):
        on = {f"{g.name}:{c.value}" for g in every_group(search_for(filters)) for c in g.choices if c.is_on}
        assert on == set(filters.tokens())

    law()


@pytest.mark.parametrize("hide", [hidden, left, revoked, run_out])
def test_whoever_may_no_longer_be_found_is_gone_at_once_from_list_and_counts(hide):
    gone, stays = make_candidate(skills=[(ENTRY, 3)]), make_candidate(skills=[(ENTRY, 2)])
    assert search_for().total == 2
    hide(gone)
    found = search_for()
    assert names(found) == [stays.pseudonym]
    assert {g.most for g in every_group(found) if g.choices} == {1}
    assert f"{ENTRY}:3" not in {choice.value for group in found.groups[Part.SKILLS] for choice in group.choices}


def test_the_most_recently_active_come_first(crowd):
    assert names(search_for()) == [row.pseudonym for row in crowd]


def test_the_suggested_order_is_by_needs_then_points(crowd):
    opportunity = make_opportunity(skills=[(ENTRY, 2, True), (SHEET, 1, False)], languages={"fr": 2}, hours_per_week=20)
    found = search_for(opportunity=opportunity)
    scores = [row.match.score for row in found.profiles]
    assert scores == sorted(scores, reverse=True)
    assert all(row.match.fits for row in found.profiles)
    assert found.near
    assert {len(row.match.unmet) for row in found.near} == {1}


def test_skills_of_digital_work_and_the_most_frequent_come_first():
    make_candidate(skills=[(DIGCOMP, 1), (ENTRY, 1)])
    make_candidate(skills=[(DIGCOMP, 1), (SHEET, 1), (ENTRY, 1)])
    titles = lambda **kwargs: [group.key for group in search_for(Filters(kwargs)).groups[Part.SKILLS]]  # noqa: E731
    assert titles() == ["dw-data-entry", "dw-spreadsheet", "dc-1-3"]
    assert titles(skill=[f"{DIGCOMP}:1"])[0] == "dc-1-3"


def test_three_skills_and_languages_are_in_sight_and_the_rest_folded(crowd):
    skills, languages = search_for().skills, search_for().languages
    assert len(skills.first) == len(languages.first) == SELECTS_IN_SIGHT
    assert (len(skills.rest), len(languages.rest)) == (0, 1)
    assert not languages.is_open
    (folded,) = languages.rest
    opened = search_for(Filters({"lang": [folded.choices[0].value]})).languages
    assert opened.first[0].key == folded.key
    assert search_for(Filters({"hours": ["20"]})).conditions.is_open
    assert not search_for(Filters({"country": ["SN"], "place": ["remote"]})).conditions.is_open


@pytest.mark.parametrize("is_ranked", [False, True])
def test_pages_show_each_person_once(is_ranked):
    opportunity = make_opportunity() if is_ranked else None
    rows = [make_candidate() for _number in range(PAGE + 3)]
    pages = [search_for(opportunity=opportunity, page=number) for number in (1, 2, 3, 0)]
    assert [len(found.profiles) for found in pages] == [PAGE, 3, 3, PAGE]
    assert sorted(names(pages[0]) + names(pages[1])) == sorted(row.pseudonym for row in rows)
    assert [found.has_next for found in pages] == [True, False, False, True]


def test_an_empty_result_names_the_filters_worth_taking_away(crowd):
    @calm
    @given(filters=filters_of)
    def law(filters):
        found = search_for(filters)
        if found.total:
            assert found.loosen == []
        for token, count in found.loosen:
            kept = set(filters.tokens()) - {token}
            assert count == sum(tokens >= kept for tokens in facts.values()) > 0

    facts = held_by(crowd)
    law()


@pytest.mark.parametrize("filters", [Filters(), Filters({"skill": [f"{ENTRY}:1"], "country": ["SN"]})])
@pytest.mark.parametrize("is_ranked", [False, True])
def test_the_number_of_queries_does_not_grow(filters, is_ranked):
    opportunity = Opportunity.objects.with_needs().get(pk=make_opportunity().pk) if is_ranked else None
    counts = []
    for more in (2, PAGE):
        for _number in range(more):
            make_candidate(skills=[(ENTRY, 1), (SHEET, 2)])
        search_for()  # the index is loaded once a process
        with CaptureQueriesContext(connection) as queries:
            search_for(filters, opportunity=opportunity)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
