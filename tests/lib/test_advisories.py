"""Known weaknesses of libraries are asked for once a day, and ``doctor`` is red once the time to renew one is over."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from lms.lib import advisories, sweeps
from lms.lib.checkup import Level
from lms.lib.doctor import libraries
from lms.lib.models import LibraryReport
from lms.lib.outbound import Answer, OutboundError
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
NAME, VERSION = "Python_Leaf", "2.0"


def day(ago: int) -> str:
    return (timezone.now() - timedelta(days=ago)).isoformat().replace("+00:00", "Z")


def record(
    code: str, *, ago: int = 1, severity: str = "", fixed: tuple[str, ...] = ("1.9", "2.1"), **more: Any
) -> dict:
    """An entry as OSV gives it: https://ossf.github.io/osv-schema."""
    events = [{"introduced": "0"}, *({"fixed": version} for version in fixed)]
    ranges = [{"type": "GIT", "events": [{"fixed": "9" * 40}]}, {"type": "ECOSYSTEM", "events": events}]
    other = {"package": {"ecosystem": "npm", "name": NAME}, "ranges": [{"type": "SEMVER", "events": [{"fixed": "7"}]}]}
    here = {"package": {"ecosystem": "PyPI", "name": "python-leaf"}, "ranges": ranges}
    known = {"id": code, "published": day(ago), "affected": [other, here], **more}
    return known | ({"database_specific": {"severity": severity}} if severity else {})


@pytest.fixture
def known(settings, monkeypatch) -> dict[str, dict]:
    """A list of weaknesses that a test fills, and the one library that is installed. What it hears: ``heard``."""
    settings.ADVISORIES_URL = "https://list.example/"
    entries: dict[str, dict] = {}

    def post(url: str, *, data: Any, most: int) -> Answer:
        assert url == "https://list.example/v1/querybatch"
        assert data == {"queries": [{"package": {"name": "python-leaf", "ecosystem": "PyPI"}, "version": VERSION}]}, (
            "names and versions, nothing else"
        )
        return Answer(200, json.dumps({"results": [{"vulns": [{"id": code} for code in entries]}]}).encode())

    def get(url: str, *, most: int) -> Answer:
        return Answer(200, json.dumps(entries[url.rpartition("/v1/vulns/")[2]]).encode())

    monkeypatch.setattr(advisories, "installed", lambda: {"python-leaf": VERSION})
    monkeypatch.setattr(advisories, "post", post)
    monkeypatch.setattr(advisories, "get", get)
    return entries


def examined() -> list[tuple[Level, str]]:
    with translation.override("en"):
        return [(finding.level, finding.text) for finding in libraries.known_weaknesses()]


def asked() -> list[tuple[Level, str]]:
    advisories.ask(timezone.now())
    return examined()


def test_nothing_known_is_fine(known):
    ((level, text),) = asked()
    assert level == Level.GREEN
    assert "1 library" in text


@pytest.mark.parametrize(("severity", "ago", "level"), [
    ("CRITICAL", 6, Level.AMBER), ("CRITICAL", 8, Level.RED),
    ("HIGH", 29, Level.AMBER), ("HIGH", 31, Level.RED),
    ("MODERATE", 89, Level.AMBER), ("LOW", 91, Level.RED),
    ("", 29, Level.AMBER), ("", 31, Level.RED),  # how bad it is, nobody says
])  # fmt: skip
def test_it_is_red_when_its_time_is_over(known, severity, ago, level):
    known["GHSA-1"] = record("GHSA-1", ago=ago, severity=severity)
    ((found, text),) = asked()
    assert found == level
    assert f"python-leaf {VERSION}" in text
    assert "GHSA-1" in text
    assert "2.1" in text


def test_the_times_are_those_that_are_promised():
    promised = (ROOT / "SECURITY.md").read_text()
    critical, high, other = (advisories.DAYS[name].days for name in ("CRITICAL", "HIGH", "LOW"))
    assert re.search(rf"critical.+\| within {critical} days \|", promised)
    assert re.search(
        rf"high / everything else \| within {high} days / with the next version, {other} days at most", promised
    )


def test_one_that_nobody_has_fixed_is_told_and_not_red(known):
    known["GHSA-1"] = record("GHSA-1", ago=400, severity="CRITICAL", fixed=())
    ((level, text),) = asked()
    assert level == Level.AMBER
    assert "no version without it" in text


def test_two_names_of_one_weakness_are_one(known):
    known["PYSEC-2026-1"] = record("PYSEC-2026-1", ago=10, aliases=["CVE-2026-1"])
    known["GHSA-1"] = record("GHSA-1", ago=10, severity="LOW", aliases=["CVE-2026-1", "PYSEC-2026-1"])
    known["GHSA-2"] = record("GHSA-2", ago=10, severity="LOW", withdrawn=day(1))
    assert [found.code for found in advisories.heard()] == []
    advisories.ask(timezone.now())
    assert [(found.code, found.severity) for found in advisories.heard()] == [("GHSA-1", "LOW")]


def test_one_line_for_a_library_and_the_worst_first(known):
    for number in range(1, 6):
        known[f"GHSA-{number}"] = record(f"GHSA-{number}", ago=100 - number, severity="HIGH")
    ((level, text),) = asked()
    assert level == Level.RED
    assert "GHSA-1, GHSA-2, GHSA-3, …" in text


def test_a_library_that_was_renewed_since_is_well(known, monkeypatch):
    known["GHSA-1"] = record("GHSA-1", ago=100)
    assert asked()[0][0] == Level.RED
    monkeypatch.setattr(advisories, "installed", lambda: {"python-leaf": "2.1"})
    assert examined()[0][0] == Level.GREEN


def test_who_does_not_answer_is_asked_again_and_what_was_heard_stays(known, monkeypatch):
    known["GHSA-1"] = record("GHSA-1", ago=100)
    asked()

    def silent(url: str, **more: Any) -> Answer:
        raise OutboundError("TimeoutError")

    monkeypatch.setattr(advisories, "post", silent)
    now = timezone.now() + timedelta(hours=25)
    assert advisories.is_due(now)
    assert sweeps.run(advisories.ASK, now=now) == 1
    row = LibraryReport.objects.get()
    assert row.error == "TimeoutError"
    assert not advisories.is_due(now + timedelta(minutes=50))
    assert advisories.is_due(now + timedelta(hours=2))
    assert [level for level, _text in examined()] == [Level.RED]
    LibraryReport.objects.update(heard_at=timezone.now() - timedelta(days=8))
    assert [level for level, _text in examined()] == [Level.AMBER, Level.RED]
    assert "TimeoutError" in examined()[0][1]


@pytest.mark.parametrize("answer", [
    b"", b"[]", b"{}", b'{"results": 7}', b'{"results": []}', b'{"results": [{"vulns": [{"id": "../../etc"}]}]}',
    b'{"results": [{"vulns": [{"id": 5}]}]}', b'{"results": [{"vulns": "GHSA-1"}]}',
])  # fmt: skip
def test_rubbish_is_no_good_news(known, monkeypatch, answer):
    monkeypatch.setattr(advisories, "post", lambda url, **more: Answer(200, answer))
    ((level, _text),) = asked()
    assert level == Level.AMBER
    assert LibraryReport.objects.get().error


@pytest.mark.parametrize("entry", [
    {}, [], {"id": "GHSA-1"}, {"id": "GHSA-1", "published": "yesterday", "affected": 5},
    record("GHSA-1", severity="<b>"), {**record("GHSA-1"), "aliases": 5, "database_specific": 7},
    {**record("GHSA-1"), "affected": [{"package": 5, "ranges": [{"type": "ECOSYSTEM", "events": [7]}]}]},
    record("GHSA-1", fixed=("<script>", "2.5")),
])  # fmt: skip
def test_an_entry_that_says_little_counts_all_the_same(known, entry):
    known["GHSA-1"] = entry
    ((level, text),) = asked()
    assert level == Level.AMBER
    assert "GHSA-1" in text
    assert "<" not in text


def test_a_site_that_asks_nobody_hears_how_old_its_libraries_are(settings, monkeypatch):
    settings.ADVISORIES_URL = ""
    assert not advisories.is_due(timezone.now())
    monkeypatch.setattr(advisories, "renewed_at", lambda: timezone.now() - timedelta(days=89))
    assert [level for level, _text in examined()] == [Level.GREEN]
    monkeypatch.setattr(advisories, "renewed_at", lambda: timezone.now() - timedelta(days=91))
    ((level, text),) = examined()
    assert level == Level.AMBER
    assert "91 days" in text


def test_what_is_installed_is_known_with_its_day():
    found = advisories.installed()
    assert found["django"].startswith("5.")
    assert "passerelle" not in found
    assert timezone.now() - timedelta(days=3650) < advisories.renewed_at() < timezone.now()


@pytest.mark.parametrize(("ago", "code"), [(0, 0), (100, 1)])
def test_the_command_ends_as_it_found_it(known, capsys, ago, code):
    if ago:
        known["GHSA-1"] = record("GHSA-1", ago=ago)
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("advisories")
        assert ended.value.code == code
    else:
        call_command("advisories")
    assert ("GHSA-1" in capsys.readouterr().out) is bool(ago)


def test_the_command_says_when_nobody_answers(known, monkeypatch, settings):
    monkeypatch.setattr(advisories, "post", lambda url, **more: Answer(503, b""))
    with pytest.raises(SystemExit) as ended:
        call_command("advisories")
    assert ended.value.code == 2
    settings.ADVISORIES_URL = ""
    with pytest.raises(SystemExit) as ended:
        call_command("advisories")
    assert ended.value.code == 2
