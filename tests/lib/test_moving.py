"""From SQLite to PostgreSQL: what a value becomes, and what is refused with table, key and remedy beforehand."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from lms.lib.backups import columns, moving
from lms.lib.backups.archive import BackupError
from lms.lib.backups.columns import Json, UnfitError, canonical_text, column, convert

KEY = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
GOOD = [
    ("varchar(3)", "été", "été"),
    ("text", "", ""),
    ("integer", -(2**31), -(2**31)),
    ("bigint", 2**63 - 1, 2**63 - 1),
    ("boolean", 1, True),
    ("timestamp with time zone", "2026-11-29 08:30:00", datetime(2026, 11, 29, 8, 30, tzinfo=UTC)),
    ("timestamp with time zone", "2026-11-29 08:30:00.123", datetime(2026, 11, 29, 8, 30, 0, 123_000, tzinfo=UTC)),
    ("date", "2026-11-29", date(2026, 11, 29)),
    ("uuid", KEY.hex, KEY),
    ("numeric(5, 2)", 12.3, Decimal("12.30")),
    ("numeric(5, 2)", 12, Decimal("12.00")),
    ("numeric(5, 2)", 0.1 + 0.2, Decimal("0.30")),
    ("double precision", 1, 1.0),
    ("bytea", b"\0\xff", b"\0\xff"),
    ("jsonb", '{"a": [1e2, "\\\\u0000"]}', '{"a": [1e2, "\\\\u0000"]}'),
]
BAD = [
    ("varchar(3)", "étés", "4 characters, and 3 fit"),
    ("varchar(3)", "a\0", "NUL"),
    ("text", "a\0b", "NUL"),
    ("text", columns.Broken(b"\xff"), "no UTF-8"),
    ("text", b"raw", "is no text"),
    ("text", 5, "is no text"),
    ("integer", 2**31, "too large"),
    ("smallint", -(2**15) - 1, "too large"),
    ("integer", "five", "is no integer"),
    ("integer", 1.5, "is no integer"),
    ("boolean", 2, "is no boolean"),
    ("timestamp with time zone", "yesterday", "is no timestamp"),
    ("timestamp with time zone", 5, "is no timestamp"),
    ("date", "2026-02-30", "is no date"),
    ("uuid", "xyz", "is no uuid"),
    ("numeric(5, 2)", 1234.5, "too large"),
    ("numeric(5, 2)", float("inf"), "is no numeric"),
    ("numeric(5, 2)", "a", "is no numeric"),
    ("double precision", "a", "is no double"),
    ("bytea", "text", "is no bytea"),
    ("jsonb", "{", "is no jsonb"),
    ("jsonb", '{"a\\u0000": 1}', "NUL"),
    ("jsonb", '[{"a": ["b\\u0000"]}]', "NUL"),
    ("jsonb", '["\\ud83d"]', "half a character"),
    ("jsonb", '{"a": NaN}', "NaN"),
    ("jsonb", "[" * 100_000, "is no jsonb"),
    ("text", None, "empty"),
]


@pytest.mark.parametrize(("type_", "value", "wanted"), GOOD)
def test_what_sqlite_keeps_becomes_a_value_of_its_type(type_, value, wanted):
    found = convert(value, column("x", type_, is_null=False))
    assert found == wanted
    assert type(found) is type(wanted) or isinstance(found, Json)
    assert convert(None, column("x", type_, is_null=True)) is None


@pytest.mark.parametrize(("type_", "value", "reason"), BAD)
def test_what_postgresql_would_refuse_is_found(type_, value, reason):
    with pytest.raises(UnfitError, match=reason):
        convert(value, column("x", type_, is_null=False))


@pytest.mark.parametrize(
    ("type_", "value", "wanted"),
    [("text", "a\0b\0", "ab"), ("varchar(2)", "a\0b", "ab"),
     ("jsonb", '{"a\\u0000": "\\\\u0000\\\\\\u0000"}', '{"a": "\\\\u0000\\\\"}')],
)  # fmt: skip
def test_nul_is_left_out_when_asked(type_, value, wanted):
    assert convert(value, column("x", type_, is_null=False), without_nul=True) == wanted


def test_every_column_of_the_models_has_a_type_that_is_known():
    found = {table.name: table for table in moving.tables_of_the_models()}
    assert len(found) > 100
    assert {"django_migrations", "accounts_user", "django_session", "accounts_user_groups"} <= found.keys()
    named = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in moving.DERIVED
    }
    assert named <= found.keys()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(value=jsons)
def test_json_is_the_same_however_it_is_written(value):
    first, other = (
        canonical_text(Json(json.dumps(value, **how))) for how in ({}, {"ensure_ascii": False, "indent": 1})
    )
    assert first == other


@given(first=jsons, second=jsons)
def test_other_json_is_another(first, second):
    def same(one, other) -> bool:
        if isinstance(one, bool) or isinstance(other, bool) or type(one) is not type(other):
            both_numbers = all(type(each) in {int, float} for each in (one, other))
            return one is other or (both_numbers and Decimal(repr(one)) == Decimal(repr(other)))
        if isinstance(one, dict):
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        if isinstance(one, list):
            return len(one) == len(other) and all(map(same, one, other))
        return bool(one == other)

    assert (canonical_text(Json(json.dumps(first))) == canonical_text(Json(json.dumps(second)))) == same(first, second)


def test_hashes_tell_types_and_nothing_of_order():
    def result(*rows: tuple) -> list:
        found = columns.Sum()
        for row in rows:
            found.add(row)
        return found.result()

    first = result((1, "a"), (2, None))
    assert result((2, None), (1, "a")) == first
    for rows in ([(1, "a"), (2, "")], [(1, "a")], [(True, "a"), (2, None)], [("1", "a"), (2, None)],
                 [(1, "a"), (2, None), (2, None)]):  # fmt: skip
        assert result(*rows) != first


# --- a file

PEOPLE = moving.Table(
    "people", "id", (column("id", "bigint", is_null=False), column("name", "varchar(5)", is_null=True))
)
CARDS = moving.Table("cards", "code", (column("code", "text", is_null=False), column("who", "bigint", is_null=False)))


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name);"
            "CREATE TABLE cards (code TEXT PRIMARY KEY, who REFERENCES people (id));"
            "CREATE TABLE of_an_old_version (x); CREATE TABLE wagtailsearch_indexentry (x);"
            "INSERT INTO people VALUES (1, 'Awa'), (2, 'Inès'); INSERT INTO cards VALUES ('x', 2)"
        )
    monkeypatch.setattr(moving.making, "sqlite_path", lambda: path)
    return path


def judged(file: Path, *statements: str, without_nul: bool = False) -> list[str]:
    with closing(sqlite3.connect(file)) as made, made:
        for statement in statements:
            made.execute(statement)
    with closing(moving.source()) as here:
        return moving.refuse_unfit(here, [CARDS, PEOPLE], without_nul=without_nul)


def test_a_sound_file_is_taken_and_what_stays_behind_is_named(file):
    assert judged(file) == ["Left behind, no table of this version: of_an_old_version."]


def test_everything_is_told_at_once_with_table_key_and_remedy(file):
    with pytest.raises(BackupError) as refused:
        judged(file, "UPDATE people SET name = 'Awa' || char(0) WHERE id = 1",
               "UPDATE people SET name = 'Mariama' WHERE id = 2", "INSERT INTO cards VALUES ('y', 77)")  # fmt: skip
    told = str(refused.value)
    assert "table people, id 1: name holds a NUL character" in told
    assert "Remedy: --without-nul leaves it out" in told
    assert "table people, id 2: name has 7 characters, and 5 fit" in told
    assert "Remedy: UPDATE people SET name = substr(name, 1, 5) WHERE id = 2;" in told
    assert "table cards, row 2: it names a row of people that is not there. Remedy: DELETE FROM cards" in told
    for remedy in ("UPDATE people SET name = substr(name, 1, 5) WHERE id = 2", "DELETE FROM cards WHERE rowid = 2"):
        assert f"{remedy};" in told
        with closing(sqlite3.connect(file)) as made, made:
            made.execute(remedy)
    assert judged(file, without_nul=True)


def test_the_site_cannot_be_changed_by_what_reads_it(file):
    with closing(moving.source()) as here, pytest.raises(sqlite3.OperationalError, match="readonly"):
        here.execute("DELETE FROM people")


@pytest.mark.parametrize(
    "url", ["", "passerelle", "sqlite:///elsewhere.sqlite3", "postgres://", "mysql://a@b/c", "postgres://h:x/y"]
)
def test_what_is_no_address_is_told_with_an_example(url):
    with pytest.raises(BackupError, match=re.escape(moving.EXAMPLE)):
        moving.parameters(url)


def test_an_address_is_read_as_the_site_reads_it():
    found = moving.parameters("postgres://a%40b:p%2Fw@db.example:5433/name?sslmode=require")
    assert found == {
        "host": "db.example", "port": 5433, "user": "a@b", "password": "p/w", "dbname": "name", "sslmode": "require",
        "connect_timeout": 10,
    }  # fmt: skip


def test_a_server_that_does_not_answer_is_told_in_a_sentence():
    with pytest.raises(BackupError, match="PostgreSQL refuses"), moving.target("postgres://nobody@127.0.0.1:1/none"):
        pass
