"""Migrations that rename: every row is still there, under the new name, and the way back works."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from django.utils import timezone

from placement.data_protection import KNOWN
from placement.models import CandidateProfile, PlacementCountry, ReferralEvent, ThreadMessage
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_referral

BEFORE, AFTER = ("placement", "0008_words_of_remote_work"), ("placement", "0009_one_name_for_one_thing")


@pytest.mark.django_db
def test_states_take_their_new_name_and_the_old_one_back():
    migration = import_module("placement.migrations.0009_one_name_for_one_thing")
    referral = make_referral()
    migration.backwards(apps, None)
    referral.refresh_from_db()
    assert (referral.state, referral.events.get().after) == ("suggested", "suggested")
    migration.forwards(apps, None)
    referral.refresh_from_db()
    assert (referral.state, referral.events.get().after) == ("proposed", "proposed")


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_come_all_the_way():
    """Back to the first of these versions and up again, with rows that each version wrote; one walk: it is slow."""
    latest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == "placement"]
    try:
        tables_of_before_keep_their_rows()
        words_of_before_stand_in_the_thread(latest)
    finally:
        MigrationExecutor(connection).migrate(latest)


def migrated(target: list[tuple[str, str]]) -> StateApps:
    """The models as they were there."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


def opportunity_of_before(models: StateApps, **fields: Any) -> Any:
    employer = models.get_model("placement", "Employer").objects.create(name="Jokko", slug="jokko", country="SN")
    rows = models.get_model("placement", "Opportunity").objects
    return rows.create(employer=employer, kind="job", titles={"fr": "Saisie"}, **fields)


def tables_of_before_keep_their_rows() -> None:
    opportunity = opportunity_of_before(migrated([BEFORE]), seats=3)
    new = migrated([AFTER])
    assert new.get_model("placement", "Opportunity").objects.get(pk=opportunity.pk).positions == 3
    assert not new.get_model("placement", "MatchedCertificate").objects.exists()
    new.get_model("placement", "Opportunity").objects.all().delete()
    new.get_model("placement", "Employer").objects.all().delete()


def words_of_before_stand_in_the_thread(latest: list[tuple[str, str]]) -> None:
    old = migrated([("placement", "0014_database_clock")])
    opportunity, people = opportunity_of_before(old), old.get_model("placement", "CandidateProfile").objects
    referral, silent = (
        old.get_model("placement", "Referral").objects.create(
            opportunity=opportunity, state="forwarded", forwarded_at=timezone.now(), refusal_shared=False,
            score=80, employer_message=words,
            profile=people.create(user_id=make_user(name).pk, pseudonym=name),
        )
        for name, words in (("awa", "Le matin ?"), ("binta", "Bonjour"))
    )  # fmt: skip
    log = old.get_model("placement", "ReferralEvent").objects
    log.create(referral_id=referral.pk, by="employer", before="seen", after="question", note="Le matin ?")
    log.create(referral_id=referral.pk, by="learner", before="question", after="seen", note="Oui")
    log.create(referral_id=referral.pk, by="employer", before="seen", after="refused", note="Entre nous")
    log.create(referral_id=referral.pk, by="clock", before="", after="obsolete", note="filled")
    migrated(latest)
    found = ThreadMessage.objects.filter(referral=referral.pk)
    assert list(found.values_list("by", "text", "for_learner")) == [
        ("employer", "Le matin ?", True), ("learner", "Oui", True), ("employer", "Entre nous", False),
    ]  # fmt: skip
    assert ThreadMessage.objects.get(referral=silent.pk).text == "Bonjour"
    assert set(ReferralEvent.objects.exclude(note="").values_list("note", flat=True)) == {"filled"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "is_kept"),
    [({}, False), ({"region": "Thiès"}, True), ({"hours_per_week": 30}, True),
     ({"equipment": ["phone", "power"]}, True),
     ({"is_searchable": True}, True), ({"available_from": "2026-12-01"}, True), ({"pay_floor": 1}, True)],
)  # fmt: skip
def test_only_what_its_owner_never_saved_becomes_unknown(given, is_kept):
    migration = import_module("placement.migrations.0025_facts_given")
    profile = make_candidate()
    made = {**migration.DEFAULTS, "equipment": ["phone"], "country": "SN", **given}
    CandidateProfile.objects.filter(pk=profile.pk).update(**made)
    migration.forget_defaults(apps, None)
    profile.refresh_from_db()
    assert (profile.country == "SN") == is_kept
    assert (profile.hours_per_week is not None) == is_kept
    assert (profile.connectivity is not None) == is_kept
    assert profile.languages.exists() == is_kept


@pytest.mark.django_db
def test_a_language_they_corrected_shows_that_they_saved():
    migration = import_module("placement.migrations.0025_facts_given")
    profile = make_candidate()
    made = {**migration.DEFAULTS, "equipment": ["phone"], "country": "SN"}
    CandidateProfile.objects.filter(pk=profile.pk).update(**made)
    profile.languages.update(level=5)
    migration.forget_defaults(apps, None)
    profile.refresh_from_db()
    assert profile.hours_per_week == 20


@pytest.mark.django_db
def test_countries_where_people_live_stay_open_with_what_is_known():
    migration = import_module("placement.migrations.0043_countries")
    make_candidate()
    make_candidate(country="ML", user=make_user("demo-ml", is_demo=True))
    make_candidate(country="")
    PlacementCountry.objects.all().delete()
    migration.keep_open(apps, None)
    rows = {row.country: row for row in PlacementCountry.objects.all()}
    assert {code: (row.is_open, row.is_demo) for code, row in rows.items()} == {"SN": (True, False), "ML": (True, True)}
    assert rows["SN"].law == "Loi n° 2008-12"
    assert "filing" in rows["SN"].missing
    assert {code: tuple(known) for code, known in KNOWN.items()} == migration.KNOWN
