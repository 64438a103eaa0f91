"""Old code and new tables, new code and old tables."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from lms.lib import schema_versions

pytestmark = pytest.mark.django_db


@pytest.fixture
def newer():
    return MigrationRecorder.Migration.objects.create(app="courses", name="9999_of_tomorrow")


def test_an_up_to_date_database_belongs_to_this_code():
    assert schema_versions.missing_and_unknown() == ([], [])
    schema_versions.refuse_newer_database()


def test_a_newer_database_is_refused_by_name(newer, capfd, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(SystemExit):
        schema_versions.refuse_newer_database()
    told = capfd.readouterr().err
    assert "courses.9999_of_tomorrow" in told
    assert "restore the backup" in told


@pytest.mark.parametrize("options", [{}, {"worker": True}, {"prepare_only": True}])
def test_it_is_refused_by_start(newer, options, monkeypatch):
    monkeypatch.setattr("lms.lib.management.commands.start.refuse_taken_port", lambda host, port: None)
    with pytest.raises(CommandError, match="9999_of_tomorrow"):
        call_command("start", stdout=StringIO(), **options)


def test_what_another_app_left_behind_is_no_newer_version():
    MigrationRecorder.Migration.objects.create(app="removed_plugin", name="0001_initial")
    assert schema_versions.missing_and_unknown() == ([], [])


def test_a_squashed_migration_is_there_when_all_it_replaces_are(monkeypatch):
    replaced = {"courses.0001_squashed": frozenset({"courses.a", "courses.b"})}
    known = frozenset({"courses.0001_squashed", "courses.a", "courses.b"})
    monkeypatch.setattr(schema_versions, "migrations_of_the_code", lambda: (replaced, known, frozenset({"courses"})))
    MigrationRecorder.Migration.objects.filter(app="courses").delete()
    MigrationRecorder.Migration.objects.create(app="courses", name="a")
    assert schema_versions.missing_and_unknown() == (["courses.0001_squashed"], [])
    MigrationRecorder.Migration.objects.create(app="courses", name="b")
    assert schema_versions.missing_and_unknown() == ([], [])


def test_a_database_that_is_away_is_waited_for(monkeypatch):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(schema_versions, "missing_and_unknown", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    schema_versions.refuse_newer_database()
