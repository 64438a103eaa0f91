"""Hours are told as near as they are, or with their zone named; and nowhere but in ``lms/lib/moments.py``."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from lms.lib.moments import day, day_in, in_zone, reader_day, relative_time, site_day, timestamp, zone_of_place
from tests.imports import modules, tree

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 28, 14, 5, tzinfo=UTC)
APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")


@pytest.mark.parametrize(("apart", "fr", "en"), [
    (timedelta(seconds=20), "dans 1\u00a0min", "in 1 min"),
    (timedelta(minutes=9), "dans 9\u00a0min", "in 9 min"),
    (timedelta(minutes=8, seconds=1), "dans 9\u00a0min", "in 9 min"),
    (timedelta(hours=3), "dans 3\u00a0h", "in 3 h"),
    (timedelta(0), "à l’instant", "just now"),
    (timedelta(seconds=-50), "à l’instant", "just now"),
    (timedelta(minutes=-3), "il y a 3\u00a0min", "3 min ago"),
    (timedelta(hours=-3), "il y a 3\u00a0h", "3 h ago"),
])  # fmt: skip
def test_what_is_near_is_told_from_now(apart, fr, en):
    with translation.override("fr"):
        assert relative_time(NOW + apart, NOW) == fr
    with translation.override("en"):
        assert relative_time(NOW + apart, NOW).replace("\u00a0", " ") == en


@pytest.mark.parametrize(("zone", "fr", "en"), [
    ("Africa/Dakar", "28 novembre 2026, 14:05 (heure de Dakar)", "28 November 2026, 14:05 (Dakar time)"),
    ("Africa/Kinshasa", "28 novembre 2026, 15:05 (heure de Kinshasa)", "28 November 2026, 15:05 (Kinshasa time)"),
    ("Africa/Porto-Novo", "28 novembre 2026, 15:05 (heure de Porto-Novo)", "28 November 2026, 15:05 (Porto-Novo time)"),
    ("UTC", "28 novembre 2026, 14:05 (UTC)", "28 November 2026, 14:05 (UTC)"),
    ("Etc/GMT-2", "28 novembre 2026, 16:05 (UTC+2)", "28 November 2026, 16:05 (UTC+2)"),
    ("Asia/Kathmandu", "28 novembre 2026, 19:50 (heure de Kathmandu)", "28 November 2026, 19:50 (Kathmandu time)"),
])  # fmt: skip
def test_what_is_far_names_its_zone(zone, fr, en):
    with in_zone(zone):
        with translation.override("fr"):
            assert timestamp(NOW) == relative_time(NOW, NOW + timedelta(days=2)) == fr
        with translation.override("en"):
            assert timestamp(NOW) == en


@pytest.mark.parametrize("zone", ["", "Nowhere/Atlantis", "../etc/passwd", "A" * 300, "\x00"])
def test_a_zone_that_is_none_changes_nothing(zone):
    with in_zone(zone):
        assert timezone.get_current_timezone_name() == "Africa/Dakar"


@pytest.mark.parametrize(("typed", "name"), [
    ("dakar", "Africa/Dakar"), ("Africa/Abidjan", "Africa/Abidjan"), ("PARIS ", "Europe/Paris"),
    ("porto novo", "Africa/Porto-Novo"), ("Alger", "Africa/Algiers"), ("Atlantis", ""),
])  # fmt: skip
def test_a_place_is_found_however_it_is_typed(typed, name):
    assert zone_of_place(typed) == name


HOURS_IN_TEMPLATES = re.compile(
    r"""\|time\b|\|date:\s*["'](?:(?![A-Z_]+_FORMAT)[^"']*(?<!\\)[GHghPisu]|[A-Z_]*(?:DATETIME|\bTIME)_FORMAT)"""
    r"""|\{% now ["'][^"']*[GHghP]"""
)
HOURS_IN_PYTHON = re.compile(
    r"""%[HI]:|["']%[HI]\b|\btime_format\(|date_format\([\w.]+, r?["'](?![A-Z_]+_FORMAT)[^"']*(?<!\\)[GHghP]"""
    r"""|["'](?:SHORT_)?DATETIME_FORMAT|["']TIME_FORMAT|naturaltime|timesince"""
)
ALLOWED = {
    "lms/lib/moments.py",
    "assessments/models/records.py",  # a row's name for developers
    "placement/interview_forms.py",  # what a browser's field of a day and an hour sends, beside the town it is of
    "courses/admin_tree.py",  # the same, in the reader's own hours
}


def test_no_template_shows_an_hour_by_itself():
    """Use ``{% load moments %}{{ moment|relative_time }}`` or ``|timestamp``."""
    found = {
        str(file.relative_to(ROOT)): HOURS_IN_TEMPLATES.findall(file.read_text())
        for file in (ROOT / "templates").rglob("*.*")
        if HOURS_IN_TEMPLATES.search(file.read_text())
    }
    assert found == {}


def test_no_code_shows_an_hour_by_itself():
    """Use ``lms.lib.moments.relative_time`` or ``timestamp``."""
    files = {file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts}
    found = {str(file.relative_to(ROOT)) for file in files if HOURS_IN_PYTHON.search(file.read_text())}
    assert found - ALLOWED == set()


@pytest.mark.parametrize("text", ['{{ x|date:"H:i" }}', "{{ x|date:'j F Y, H:i' }}", '{{ x|time:"H" }}',
                                  '{{ x|date:"SHORT_DATETIME_FORMAT" }}', '{% now "H:i" %}'])  # fmt: skip
def test_the_law_sees_templates(text):
    assert HOURS_IN_TEMPLATES.search(text)
    assert not HOURS_IN_TEMPLATES.search('{{ x|date:"j F Y" }} {{ x|date:"SHORT_DATE_FORMAT" }} {{ x|date:"j N Y" }}')


@pytest.mark.parametrize(
    "text", ['f"{local:%H:%M}"', 'x.strftime("%H:%M")', 'date_format(x, "j F, H:i")', "timesince(x)"]
)
def test_the_law_sees_code(text):
    assert HOURS_IN_PYTHON.search(text)


# --- days: where the reader is, or where the site is, and which is said


def test_a_day_is_that_of_the_place_it_is_asked_for():
    late = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    with in_zone("Africa/Kinshasa"), translation.override("en"):
        assert day(late) == "29 November 2026"
        assert str(reader_day(late)) == "2026-11-29"
        assert str(site_day(late)) == "2026-11-28", "Dakar's, whoever looks"
        assert str(day_in(late, "America/Port-au-Prince")) == "2026-11-28"
        assert str(day_in(late, "Europe/Paris")) == "2026-11-29"
        assert str(day_in(late, "")) == "2026-11-28"


DAYS = {"localdate", "localtime", "date", "today", "strftime"}
DAYS_ALLOWED = {
    "lms.lib.moments": "says which day is meant", "lms.lib.doctor.machine": "the clock itself, with its offset",
    "lms.lib.tables": "a cell of a spreadsheet has no zone",
}  # fmt: skip
NOT_READ = {  # a moment written for machines and developers
    "lms.lib.runs": "a row's name", "lms.accounts.models": "a row's name", "lms.accounts.second_factor": "a key",
    "lms.accounts.cards": "a key", "lms.accounts.inactivity": "a key", "lms.accounts.recovery": "a key",
    "lms.accounts.services": "a key", "certificates.services": "a folder", "assessments.models.records": "a row’s name",
    "lms.lib.backups.nightly": "a file’s name, in UTC", "lms.lib.backups.restoring": "a folder’s name",
}  # fmt: skip


def days_in(name: str, root: ast.Module):
    """Where code makes a day out of a moment without saying whose."""
    for node in ast.walk(root):
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        is_ours = called == "today" and ast.unparse(node.func.value) not in {"date", "datetime", "datetime.date"}
        if called in DAYS and not is_ours and (not node.args or called in {"localdate", "localtime"}):
            yield f"{name}:{node.lineno} {ast.unparse(node)}"
        spec = ast.unparse(node.format_spec) if isinstance(node, ast.FormattedValue) and node.format_spec else ""
        if re.search("%[YmdyBbjHIMS]", spec) and name not in NOT_READ:
            yield f"{name}:{node.lineno} {ast.unparse(node)}"


def test_no_code_takes_a_day_from_the_clock_of_the_server():
    """Use ``site_day`` for rules and documents, ``reader_day`` or ``day`` for who reads."""
    found = [line for name in modules() if name not in DAYS_ALLOWED and ".demo" not in name
             for line in days_in(name, tree(name))]  # fmt: skip
    assert found == []


@pytest.mark.parametrize(
    "line", ["timezone.localdate()", "timezone.localtime(x)", "row.on.date()", 'f"{row.on:%Y-%m-%d}"', "date.today()"]
)
def test_the_law_sees_days(line):
    assert list(days_in("placement.example", ast.parse(line)))


READERS = re.compile(r"(^|[._])(user|person|learner|manager|holder|by|owner|contact)$")


def test_who_is_spoken_to_is_spoken_to_in_their_zone_too():
    """``translation.override(user.language)`` alone leaves hours in the zone of whoever came before."""
    found = [
        f"{name}:{node.lineno}"
        for name in modules() if name != "lms.accounts.recipient"
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "override" and node.args
        and isinstance(node.args[0], ast.Attribute) and node.args[0].attr == "language"
        and READERS.search(ast.unparse(node.args[0].value))
    ]  # fmt: skip
    assert found == [], "use lms.accounts.recipient.in_language_of"


def test_documents_say_the_day_of_the_site():
    """Dates of certificates and proofs in templates go through ``site_day``."""
    moment = re.compile(r"(certificate\.\w+_at|proof\.on)\|(?!site_day)")
    found = [
        str(file.relative_to(ROOT)) for file in (ROOT / "templates").rglob("*.*") if moment.search(file.read_text())
    ]
    assert found == []
