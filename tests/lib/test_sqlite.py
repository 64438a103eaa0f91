"""The range of the WAL-reset bug (sqlite.org, releases 3.51.3, 3.50.7, 3.44.6)."""

import sqlite3

import pytest

from lms.sqlite import is_safe, use_safe_sqlite


@pytest.mark.parametrize(
    ("version", "sound"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 7), True),
     ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True)],
)  # fmt: skip
def test_known_releases(version, sound):
    assert is_safe(version) is sound


def test_the_bundled_release_is_in_use():
    if not use_safe_sqlite():
        pytest.skip("no pysqlite3 wheel for this machine")
    assert is_safe(sqlite3.sqlite_version_info)
