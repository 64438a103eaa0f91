"""The suggested order looks at everybody: bitmaps and columns say what the match of each person says."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.lib.moments import site_day
from placement.evidence import employers_match_of, wanted_by, with_evidence
from placement.filters import Filters
from placement.index import memory, ranking
from placement.index.memory import Index, as_array, current
from placement.matching import best_matches, tie_rank
from placement.models import CandidateLanguage, CandidateProfile, Opportunity, SearchEntry
from placement.search import PAGE, search
from placement.services.indexing import index_profile, take_out
from placement.services.profiles import update_profile
from tests.factories.placement import ENTRY, facts_of, give_certificate, make_candidate, make_opportunity
from tests.placement.test_proposals import random_opportunity, random_person

pytestmark = pytest.mark.django_db


def people():
    return CandidateProfile.objects.searchable()


def with_needs(opportunity: Opportunity) -> Opportunity:
    return Opportunity.objects.with_needs().get(pk=opportunity.pk)


def by_the_rows(opportunity: Opportunity) -> tuple[list[str], set[str]]:
    """Who fits, in order, and whom exactly one need is missing: every person matched, one by one."""
    wanted, seed = wanted_by(opportunity), site_day().toordinal()
    rows = with_evidence(people())
    found = [(employers_match_of(wanted, row), row) for row in rows]
    fit = best_matches(found, tie=lambda row: tie_rank(seed, row.pk))
    return [row.pseudonym for _match, row in fit], {row.pseudonym for m, row in found if len(m.unmet) == 1}


def by_search(opportunity: Opportunity) -> tuple[list[str], set[str], int]:
    names, near, page, total = [], set(), 1, 0
    while True:
        found = search(people=people(), filters=Filters(), opportunity=opportunity, page=page)
        names += [row.pseudonym for row in found.profiles]
        near |= {row.pseudonym for row in found.near}
        total = found.near_total
        assert not found.is_about
        if not found.has_next:
            return names, near, total
        page += 1


@pytest.mark.parametrize("seed", range(4))
def test_the_order_is_that_of_matching_everybody(seed):
    dice = random.Random(seed)
    for _number in range(45):
        random_person(dice)
    for _number in range(12):
        opportunity = with_needs(random_opportunity(dice, None))
        names, near = by_the_rows(opportunity)
        found, shown_near, near_total = by_search(opportunity)
        assert found == names
        assert near_total == len(near)
        assert shown_near <= near
        assert len(shown_near) == min(len(near), 5)


def test_whoever_fits_and_was_silent_for_long_is_found_among_many():
    """Before, three hundred were looked at, those who had been there last."""
    for _number in range(PAGE):
        make_candidate(skills=[("dw.typing", 1)])
    quiet = make_candidate(skills=[(ENTRY, 3)], last_active_at=timezone.now() - timedelta(days=900))
    opportunity = with_needs(make_opportunity(skills=[(ENTRY, 3, True)]))
    found = search(people=people(), filters=Filters(), opportunity=opportunity)
    assert ([row.pseudonym for row in found.profiles], found.total) == ([quiet.pseudonym], 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**31), st.lists(st.integers(0, 2**40), min_size=1, max_size=20))
def test_lots_are_drawn_alike_one_by_one_and_a_million_at_once(seed, keys):
    import numpy as np

    assert ranking.lots(np.array(keys), seed).tolist() == [tie_rank(seed, key) for key in keys]


def random_change(dice, rows) -> None:
    """Whatever happens to somebody: of the services, or of time and the administration."""
    profile = dice.choice(rows)
    profile.refresh_from_db()
    act = dice.randrange(7)
    if act == 0:
        update_profile(profile=profile, languages={"fr": dice.randint(1, 6)}, is_searchable=dice.random() < 0.6)
    elif act == 1:
        give_certificate(profile.user, [(dice.choice([ENTRY, "dw.typing"]), dice.randint(1, 3))])
        index_profile(profile=profile)
    elif act == 2:
        profile.user.certificates.update(revoked_at=timezone.now(), revoked_reason="Fraude")
        index_profile(profile=profile)
    elif act == 3:
        profile.user.is_active = dice.random() < 0.5
        profile.user.save(update_fields=["is_active"])
    elif act == 4:
        update_profile(profile=profile, languages={"wo": 3}, hours_per_week=dice.choice([10, 25]), is_searchable=True)
    elif act == 5:
        rows.append(random_person(dice))
    else:
        CandidateLanguage.objects.filter(profile=profile).delete()
        index_profile(profile=profile)


def state_of(index: Index) -> dict[str, object]:
    """Everything that a search can tell of this index."""
    words = {number: token for token, number in index.numbers.items()}
    listed = as_array(index.listed)
    return {
        "held": {words[n]: sorted(held) for n, held in index.held.items() if held},
        "listed": listed.tolist(),
        "columns": [column[listed].tolist() for column in (index.active, index.hours, index.free_from, index.steady)],
        "proofs": {
            words[skill]: sorted(zip(each.people.tolist(), each.levels.tolist(), each.at.tolist(), strict=True))
            for skill, each in index.proofs.items()
            if len(each.people)
        },
    }


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_a_patched_index_is_one_that_was_loaded_now(seed):
    dice = random.Random(seed)
    rows = [random_person(dice) for _number in range(12)]
    current()
    for _round in range(25):
        random_change(dice, rows)
        if dice.random() < 0.5:
            current()
    patched, fresh = current(), Index()
    fresh.refresh()
    assert state_of(patched) == state_of(fresh)
    truth = {row.pk: facts_of(row) for row in people()}
    assert {key: {w for w, held in state_of(fresh)["held"].items() if key in held} for key in fresh.listed} == truth


def test_two_processes_hear_of_each_others_changes():
    person, mine, theirs = make_candidate(), Index(), Index()
    for index in (mine, theirs):
        index.refresh()
        assert person.pk in index.listed
    take_out(SearchEntry.objects.filter(pk=person.pk))
    late = make_candidate()
    for index in (mine, theirs):
        index.refresh()
        assert list(index.listed) == [late.pk]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_long_under_way_is_not_missed():
    """Committed last, begun first: a reader that remembers the highest number it saw would never see it."""
    if connection.vendor != "postgresql":
        pytest.skip("one writes at a time here")
    slow, quick, reader = make_candidate(), make_candidate(), Index()
    reader.refresh()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "UPDATE placement_searchentry SET is_listed = false, changed = pg_current_xact_id()::text::bigint"
                " WHERE profile_id = %s",
                [slow.pk],
            )
            take_out(SearchEntry.objects.filter(pk=quick.pk))
            reader.refresh()
            assert list(reader.listed) == [slow.pk]
            cursor.execute("COMMIT")
        reader.refresh()
        assert not reader.listed
    finally:
        other.close()


def test_an_index_behind_the_rows_says_about_and_shows_nobody_who_left():
    stays, gone = make_candidate(), make_candidate()
    current()
    CandidateProfile.objects.filter(pk=gone.pk).update(is_searchable=False)
    found = search(people=people(), filters=Filters())
    assert [row.pk for row in found.profiles] == [stays.pk]
    assert (found.total, found.is_about) == (1, True)
    assert not search(people=people(), filters=Filters()).is_about


def test_a_fact_that_is_no_longer_true_is_not_shown_either():
    """The hours were changed past the services: the card would say otherwise than the filter."""
    person = make_candidate(hours_per_week=40)
    CandidateProfile.objects.filter(pk=person.pk).update(hours_per_week=10)
    found = search(people=people(), filters=Filters({"hours": ["35"]}))
    assert (found.profiles, found.total, found.is_about) == ([], 0, True)
    assert search(people=people(), filters=Filters({"hours": ["10"]})).total == 1


def test_a_deleted_profile_leaves_every_index():
    person = make_candidate()
    index = current()
    CandidateLanguage.objects.filter(profile=person).delete()
    person.delete()
    index.refresh()
    assert not index.listed


def test_the_index_is_loaded_in_lots(monkeypatch):
    monkeypatch.setattr(memory, "ROWS_AT_ONCE", 3)
    rows = [make_candidate() for _number in range(8)]
    assert list(current().listed) == sorted(row.pk for row in rows)


@pytest.mark.parametrize("seed", range(3))
def test_every_person_in_memory_scores_as_matching_says(seed):
    dice = random.Random(seed + 50)
    for _number in range(20):
        random_person(dice)
    index = current()
    for _number in range(6):
        wanted = wanted_by(with_needs(random_opportunity(dice, None)))
        found = ranking.all_of(index, [need.people for need in ranking.needs_of(index, wanted)])
        scores = ranking.scores(index, as_array(found), wanted, timezone.now()).tolist()
        rows = with_evidence(people().filter(pk__in=list(found)).order_by("pk"))
        assert scores == [employers_match_of(wanted, row).score for row in rows]
