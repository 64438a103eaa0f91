"""``make bench-million``: placement with a million people and 50,000 opportunities on PostgreSQL, page by page.

The data are made by COPY (``bench.million_rows``), the pages are the real ones of a real server of two workers, read
with a session, compressed, first by one employer and then by ten at once. ``--people 20000`` and ``--opportunities``
make less. Targets are printed beside what was measured; a shared machine is slower than its two cores.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.installation import ROOT, Site, free_port
from bench.load import Reply, Request, Visitor, drive, get

SEARCH = "/fr/employers/search/"
EMPLOYERS_AT_ONCE = 10
TARGET_MS, TARGET_BYTES = 150, 14_000
LIMITS = dict.fromkeys(
    ("CONTACT_PEOPLE_PER_HOUR", "CONTACT_PEOPLE_PER_DAY", "EMPLOYER_PEOPLE_PER_HOUR", "EMPLOYER_PEOPLE_PER_DAY"),
    "100000000",
)
SKILLS = ("dw.data-entry", "dw.data-quality", "dw.spreadsheet", "dw.transcription", "dw.customer-chat")
LANGUAGES = ("fr", "en", "wo", "mg", "dyu", "ewo")
COUNTRIES = ("SN", "CI", "CM", "BJ", "MG", "FR")


@dataclass
class Taken:
    """What one kind of page took: milliseconds, and bytes on the wire."""

    times: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    failed: int = 0

    def place(self, percent: int) -> float:
        found = sorted(self.times)
        return found[min(len(found) * percent // 100, len(found) - 1)] if found else float("nan")


def reader(paths: Iterator[str], cookies: str, taken: Taken, times: int | None = None) -> Visitor:
    done = 0
    while times is None or done < times:
        began = time.perf_counter()
        reply: Reply = yield Request("page", get(next(paths), cookies))
        taken.times.append(1000 * (time.perf_counter() - began))
        taken.sizes.append(len(reply.head) + len(reply.body))
        taken.failed += reply.status >= 400
        done += 1


def again(path: str) -> Iterator[str]:
    while True:
        yield path


def random_searches(seed: int) -> Iterator[str]:
    """What employers ask: nothing, one or several filters, a page further on, an order now and then."""
    dice = random.Random(seed)
    while True:
        skills = dice.sample(SKILLS, dice.choice((0, 1, 1, 1, 2)))
        parts = [f"skill={skill}:{dice.randint(1, 3)}" for skill in skills]
        if dice.random() < 0.5:
            parts.append(f"lang={dice.choice(LANGUAGES)}:{dice.randint(1, 5)}")
        if dice.random() < 0.4:
            parts.append(f"country={dice.choice(COUNTRIES)}")
        if dice.random() < 0.3:
            parts.append(f"hours={dice.choice((10, 20, 35))}")
        if dice.random() < 0.2:
            parts.append(f"equip={dice.choice(('computer', 'headset'))}")
        if dice.random() < 0.2:
            parts.append(f"page={dice.randint(2, 50)}")
        yield f"{SEARCH}?{'&'.join(parts)}"


def pages(facts: dict[str, Any]) -> dict[str, str]:
    """Every kind of page, by its name."""
    wanted, person = facts["opportunity"], facts["person"]
    return {
        "search, no filter": SEARCH,
        "search, one common skill": f"{SEARCH}?skill=dw.data-entry:1",
        "search, one rare language": f"{SEARCH}?lang=ewo:6",
        "search, five filters, narrow":
            f"{SEARCH}?skill=dw.transcription:2&lang=en:4&country=SN&hours=35&equip=headset",
        "search, five filters, broad": f"{SEARCH}?skill=dw.data-entry:1&lang=fr:3&hours=10&place=remote&line=1",
        "search, page 50": f"{SEARCH}?page=50",
        "search, nobody": f"{SEARCH}?skill=dw.transcription:3&lang=ewo:6&lang=mg:6",
        "search, for an opportunity": f"{SEARCH}?for={wanted}",
        "a person": f"/fr/employers/people/{person}/",
        "shortlist": "/fr/employers/shortlist/",
        "an opportunity": f"/fr/employers/opportunities/{wanted}/",
    }  # fmt: skip


def web_memory(process: Any) -> list[int]:
    """Megabytes that each process of the web server has for itself, the largest first."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == process.pid:
                private = re.findall(r"Private_\w+: +(\d+)", (folder / "smaps_rollup").read_text())
                found.append(sum(map(int, private)) // 1000)
        except (OSError, ValueError):
            continue
    return sorted(found, reverse=True)


def row(name: str, taken: Taken, target: float | None = None) -> str:
    size = statistics.median(taken.sizes) if taken.sizes else 0
    verdict = "" if target is None else ("  met" if taken.place(95) <= target else f"  MISSED: {target:.0f} ms")
    verdict += "" if size <= TARGET_BYTES else f"  MISSED: {TARGET_BYTES} bytes"
    failed = f"  {taken.failed} FAILED" if taken.failed else ""
    return f"{name:38}{taken.place(50):10.1f}{taken.place(95):10.1f}{size:10.0f}{verdict}{failed}"


def measure_pages(site: Site, port: int, seconds: float, say: Callable[[str], None]) -> None:
    facts = site.act("million_facts")
    cookies, manager = facts["employers"], facts["manager"]
    say(f"\n{'page, one employer':38}{'p50 ms':>10}{'p95 ms':>10}{'bytes':>10}")
    first = Taken()
    drive(port, [reader(again(SEARCH), cookies[0], first, times=1)], 900)
    say(f"the first search after the start: {first.times[0]:.0f} ms")
    drive(port, [reader(again(SEARCH), cookie, Taken()) for cookie in cookies], 3)  # every worker has answered once
    for name, path in pages(facts).items():
        taken = Taken()
        drive(port, [reader(again(path), cookies[0], taken, times=20)], 4 * seconds)
        say(row(name, taken, TARGET_MS if name.startswith("search") else None))
    for name, path in facts["manager_pages"].items():
        taken = Taken()
        drive(port, [reader(again(path), manager, taken, times=8)], 4 * seconds)
        say(f"{row(name, taken).partition('  MISSED')[0]}")
    for many in (1, EMPLOYERS_AT_ONCE):
        taken = Taken()
        drive(port, [reader(random_searches(at), cookies[at], taken) for at in range(many)], seconds)
        say(row(f"random searches, {many} at once", taken, TARGET_MS) + f"  {len(taken.times) / seconds:.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--opportunities", type=int, default=0, help="one for twenty people, when not given")
    parser.add_argument("--seconds", type=float, default=15, help="for each kind of load")
    options = parser.parse_args()
    openings = options.opportunities or options.people // 20
    lines: list[str] = []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    with Site(serves=True, **LIMITS) as site:
        if not site.is_postgres:
            sys.exit("COPY is PostgreSQL's: run this by .ci/with-postgres")
        began = time.perf_counter()
        counts = site.act("fill_million", options.people, openings)
        say(f"{counts} in {time.perf_counter() - began:.0f} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        port = free_port()
        web = site.start_web(port)
        measure_pages(site, port, options.seconds, say)
        say(f"memory of each process of the web server: {web_memory(web)} MB")
        site.stop(web)
        for name, figures in site.act("time_placement").items():
            say(f"{name:46}{figures}")
        say(f"load at the end {os.getloadavg()[0]:.1f}")
    path = ROOT / "var" / "bench-million.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(lines, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
