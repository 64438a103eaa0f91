"""Migrations that rename: every row is still there, under the new name, and the way back works."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from placement.enums import ReferralState as S
from placement.models import CandidateProfile, ReferralEvent, ThreadMessage
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
def test_tables_of_before_keep_their_rows():
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "placement"]
    try:
        executor.migrate([BEFORE])
        old = executor.loader.project_state([BEFORE]).apps
        employer = old.get_model("placement", "Employer").objects.create(name="Jokko", slug="jokko", country="SN")
        opportunity = old.get_model("placement", "Opportunity").objects.create(
            employer=employer, kind="job", titles={"fr": "Saisie"}, seats=3
        )
        executor = MigrationExecutor(connection)
        executor.migrate([AFTER])
        new = executor.loader.project_state([AFTER]).apps
        assert new.get_model("placement", "Opportunity").objects.get(pk=opportunity.pk).positions == 3
        assert not new.get_model("placement", "MatchedCertificate").objects.exists()
        new.get_model("placement", "Opportunity").objects.all().delete()
        new.get_model("placement", "Employer").objects.all().delete()
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)


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


@pytest.mark.django_db(transaction=True)
def test_words_of_before_stand_in_the_thread():
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "placement"]
    referral = make_referral(state=S.FORWARDED)
    silent = make_referral(state=S.FORWARDED)
    try:
        executor.migrate([("placement", "0014_database_clock")])
        old = executor.loader.project_state([("placement", "0014_database_clock")]).apps
        log, rows = old.get_model("placement", "ReferralEvent").objects, old.get_model("placement", "Referral").objects
        log.create(referral_id=referral.pk, by="employer", before="seen", after="question", note="Le matin ?")
        log.create(referral_id=referral.pk, by="learner", before="question", after="seen", note="Oui")
        log.create(referral_id=referral.pk, by="employer", before="seen", after="refused", note="Entre nous")
        log.create(referral_id=referral.pk, by="clock", before="", after="obsolete", note="filled")
        rows.filter(pk=referral.pk).update(employer_message="Le matin ?", refusal_shared=False)
        rows.filter(pk=silent.pk).update(employer_message="Bonjour")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    found = ThreadMessage.objects.filter(referral=referral.pk)
    assert list(found.values_list("by", "text", "for_learner")) == [
        ("employer", "Le matin ?", True), ("learner", "Oui", True), ("employer", "Entre nous", False),
    ]  # fmt: skip
    assert ThreadMessage.objects.get(referral=silent.pk).text == "Bonjour"
    assert set(ReferralEvent.objects.exclude(note="").values_list("note", flat=True)) == {"filled"}
