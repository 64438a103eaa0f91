"""Known weaknesses of the libraries that are installed, asked for once a day where a site may ask (``ADVISORIES_URL``).

The list speaks as https://api.osv.dev does, and hears names and versions of libraries, nothing else. SECURITY.md
promises how long a library with a known weakness stays; the day on which the weakness was published begins that time.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from packaging.version import InvalidVersion, Version

from lms.lib import sweeps
from lms.lib.models import LibraryReport
from lms.lib.outbound import OutboundError, get, post

logger = logging.getLogger(__name__)

DAYS = {
    "CRITICAL": timedelta(days=7), "HIGH": timedelta(days=30),
    "MODERATE": timedelta(days=90), "LOW": timedelta(days=90),
}  # fmt: skip
UNKNOWN = DAYS["HIGH"]  # where nobody says how bad it is
EVERY, AGAIN, OLD = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
RENEWED_OFTEN = timedelta(days=90)
MOST_ENTRIES, MOST_BYTES = 60, 2_000_000
CODE = re.compile(r"[A-Za-z0-9][\w.-]{0,59}", re.ASCII)
NO_DAY = 11 * 366 * 86_400.0  # images that are built alike each time give every file the first day of 1970 or 1980
OURS = "passerelle"


@dataclass(frozen=True)
class Advisory:
    library: str
    version: str
    code: str
    severity: str  # a key of DAYS, or empty
    published: str  # ISO
    fixed: str  # the lowest version without it, or empty

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.published)

    def is_late(self, now: datetime) -> bool:
        return bool(self.fixed) and now - self.since > DAYS.get(self.severity, UNKNOWN)


def normal(name: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, str]:
    """Library -> version, of this environment."""
    found = {normal(each.metadata["Name"]): each.version for each in distributions() if each.metadata["Name"]}
    return {name: found[name] for name in sorted(found) if name != OURS}


def renewed_at() -> datetime | None:
    """When the newest library was put here; None where files have no day of their own."""
    folders = {Path(str(each.locate_file(""))) for each in distributions()}
    newest = max((info.stat().st_mtime for folder in folders for info in folder.glob("*.dist-info")), default=0.0)
    return datetime.fromtimestamp(newest, tz=UTC) if newest > NO_DAY else None


def is_due(now: datetime) -> bool:
    if not settings.ADVISORIES_URL:
        return False
    row = LibraryReport.objects.filter(pk=1).first()
    return row is None or now - row.asked_at > (AGAIN if row.error else EVERY)


def ask(now: datetime) -> str:
    """Ask for all libraries, and keep what is heard; what went wrong, if anything."""
    error, row = "", LibraryReport.objects.filter(pk=1).first()
    first = {(each["library"], each["code"]): each["published"] for each in (row.found if row else [])}
    try:
        found = [replace(each, published=min(each.published, first.get((each.library, each.code), each.published)))
                 for each in once(asked_of(settings.ADVISORIES_URL.rstrip("/"), installed()))]  # fmt: skip
    except OutboundError as failure:
        error = (str(failure) or type(failure).__name__)[:200]
        logger.warning("known weaknesses of libraries could not be asked for: %s", error)
    heard = {} if error else {"heard_at": now, "found": [asdict(each) for each in found]}
    LibraryReport.objects.update_or_create(pk=1, defaults={"asked_at": now, "error": error, **heard})
    return error


def heard() -> list[Advisory]:
    """What is known of the versions that are installed now, the most urgent first."""
    row, here = LibraryReport.objects.filter(pk=1).first(), installed()
    found = [Advisory(**each) for each in row.found] if row else []
    mine = [each for each in found if here.get(each.library) == each.version]
    return sorted(mine, key=lambda each: (each.since + DAYS.get(each.severity, UNKNOWN), each.code))


def asked_of(url: str, libraries: dict[str, str]) -> Iterator[tuple[Advisory, frozenset[str]]]:
    """Each entry with all its names. Raises OutboundError for an answer that is none."""
    until = time.monotonic() + settings.SWEEP_MAX_SECONDS
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
               for name, version in libraries.items()]  # fmt: skip
    answer = post(f"{url}/v1/querybatch", data={"queries": queries}, most=MOST_BYTES)
    body = answer.json()
    results = body.get("results") if isinstance(body, dict) else None
    if answer.status != 200 or not isinstance(results, list) or len(results) != len(libraries):
        raise OutboundError(f"no list of weaknesses: status {answer.status}")
    entries: dict[str, Any] = {}
    for (name, version), result in zip(libraries.items(), results, strict=True):
        for code in codes_of(result):
            if code not in entries and len(entries) < MOST_ENTRIES and time.monotonic() < until:
                entries[code] = get(f"{url}/v1/vulns/{code}", most=MOST_BYTES).json()
            entry = Entry(entries.get(code))
            if not entry.withdrawn:
                yield entry.about(name, version, code), entry.names | {code}


def codes_of(result: Any) -> list[str]:
    found = result.get("vulns", []) if isinstance(result, dict) else [None]
    codes = (
        [each.get("id") if isinstance(each, dict) else None for each in found] if isinstance(found, list) else [None]
    )
    if not all(isinstance(code, str) and CODE.fullmatch(code) for code in codes):
        raise OutboundError("no list of weaknesses: an entry without a name")
    return [code for code in codes if code]


def once(found: Iterable[tuple[Advisory, frozenset[str]]]) -> Iterator[Advisory]:
    """Of several entries about one weakness, the one that says how bad it is."""
    kept: list[tuple[Advisory, frozenset[str]]] = []
    for advisory, names in sorted(found, key=lambda pair: (not pair[0].severity, pair[0].code)):
        if not any(each.library == advisory.library and names & others for each, others in kept):
            kept.append((advisory, names))
            yield advisory


class Entry:
    """What somebody else wrote of a weakness, of which any part may be missing or rubbish."""

    def __init__(self, raw: Any) -> None:
        self.raw: dict[str, Any] = raw if isinstance(raw, dict) else {}

    def part(self, name: str, kind: type) -> Any:
        value = self.raw.get(name)
        return value if isinstance(value, kind) else kind()

    @property
    def withdrawn(self) -> bool:
        return bool(self.part("withdrawn", str))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name in self.part("aliases", list) if isinstance(name, str))

    def about(self, library: str, version: str, code: str) -> Advisory:
        word = str(self.part("database_specific", dict).get("severity", "")).upper()
        severity = {"MEDIUM": "MODERATE"}.get(word, word)
        return Advisory(library, version, code, severity if severity in DAYS else "", self.published.isoformat(),
                        self.fixed(library, version))  # fmt: skip

    @property
    def published(self) -> datetime:
        try:
            moment = parse_datetime(self.part("published", str))
        except ValueError:
            moment = None
        return moment if moment is not None and timezone.is_aware(moment) else timezone.now()

    def fixed(self, library: str, version: str) -> str:
        """The lowest version after ``version`` that an entry about this library calls fixed."""
        here, later = as_version(version), []
        for affected in tables_of(self.part("affected", list)):
            package = affected.get("package")
            place = (package.get("ecosystem"), normal(str(package.get("name")))) if isinstance(package, dict) else ()
            if place != ("PyPI", library):
                continue
            for reach in tables_of(affected.get("ranges")):
                if reach.get("type") == "ECOSYSTEM":
                    later += [as_version(event.get("fixed")) for event in tables_of(reach.get("events"))]
        return str(min((one for one in later if one and here and one > here), default=""))


def tables_of(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def as_version(text: Any) -> Version | None:
    try:
        return Version(str(text))
    except InvalidVersion:
        return None


def ask_when_due(now: datetime) -> bool:
    """Whether it was."""
    if not is_due(now):
        return False
    ask(now)
    return True


ASK = sweeps.register(
    sweeps.Sweep(
        name="house.advisories",
        label=_("Known weaknesses of libraries"),
        remedy=_("Look at ADVISORIES_URL, and at the worker’s log."),
        work=lambda key, now: ask_when_due(now),
        leased=True,  # it asks another host; one row is written
    )
)
