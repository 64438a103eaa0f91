"""Cut the power again and again: ``python -m bench.power_cut``; tests/flows/test_power_cut.py runs a short version.

A plug cannot be pulled here. What the processes write and wait for is recorded once (strace), and the disk is built
anew as it may be after a cut at some moment (``bench.disk_model``). Then the site is started on it.
"""

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import disk_trace
from bench.disk_model import Disk, Note, Operation, Sync, Write, read_folder, write_folder
from bench.installation import Site, wait_for
from bench.power_cut_actors import ANSWERS, COMPLETIONS

MISSING = "Without strace nothing can be recorded. Type this once: sudo apt-get install -y strace"
LEARNERS, CUTS = 60, 24
SETTLED_SECONDS = 120
MANY_LINES = 200  # in the log of one start: a worker that fails in a loop writes thousands


@dataclass
class Recording:
    start: dict[str, bytes | None]
    operations: list[Operation]

    def moments(self, count: int, chance: random.Random) -> list[int]:
        """When to cut: half of the times anywhere, half just after something outside the database was done."""
        inside = [
            number
            for number, one in enumerate(self.operations)
            if not isinstance(one, Note) and ".sqlite3" not in one.path
        ]
        anywhere = [chance.randrange(len(self.operations)) for _cut in range(count - count // 2)]
        return sorted([*anywhere, *(1 + chance.choice(inside) for _cut in range(count // 2))])

    def told(self, moment: int) -> dict[str, list[str]]:
        found: dict[str, bytes] = {ANSWERS: b"", COMPLETIONS: b""}
        for one in self.operations[:moment]:
            if isinstance(one, Note):
                found[Path(one.name).name] += one.data
        return {
            name: [str(UUID(bytes=data[at : at + 16])) for at in range(0, len(data) - 15, 16)]
            for name, data in found.items()
        }


def left_out(path: str) -> bool:
    """What processes map into memory and make anew, and what the drill itself writes."""
    return path.endswith(("-shm", "processes.log"))


def record(site: Site, *, learners: int) -> Recording:
    """One morning of the site, and the proof that nothing of it was missed."""
    site.run("-m", "bench.power_cut_actors", "seed", str(learners))
    root, notes = str(site.folder), tuple(str(site.folder / name) for name in (ANSWERS, COMPLETIONS))
    start = {path: content for path, content in read_folder(site.folder).items() if not left_out(path)}
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        work = [sys.executable, "-m", "bench.power_cut_actors", "work", "3"]
        status = site.start(*disk_trace.command(str(trace)), *work).wait(timeout=600)
        if status:
            raise RuntimeError(f"the recording ended with {status}:\n{site.log()}")
        reader = disk_trace.Reader(root, left_out, notes)
        with trace.open(errors="surrogateescape") as lines:
            recording = Recording(start, reader.read(lines, start))
    expected, found = Disk(start).replay(recording.operations).now(), read_folder(site.folder)
    wrong = [
        path
        for path in expected.keys() | found.keys()
        if path not in notes and not left_out(path) and expected.get(path, b"?") != found.get(path, b"?")
    ]
    if wrong:
        raise RuntimeError(f"the recording is not what the processes did: {wrong[:5]}")
    return recording


def without_synchronising(recording: Recording) -> Recording:
    """As if the site waited for its database only: the drill must find that."""
    root = min(recording.start, key=len)  # SQLite synchronises it, once

    def is_kept(one: Operation) -> bool:
        return not isinstance(one, Sync) or ".sqlite3" in one.path or one.path == root

    kept = [one for one in recording.operations if is_kept(one)]
    return Recording(recording.start, kept)


SURE = {"integrity": "ok", "answers lost": 0, "completions lost": 0, "damaged": 0, "served wrong": 0}


def cut(site: Site, recording: Recording, moment: int, chance: random.Random) -> dict[str, Any]:
    """The power goes at this operation and comes back: what is there."""
    after = Disk(recording.start).replay(recording.operations[:moment]).after_a_cut(chance)
    empty(site.folder)
    write_folder(after)
    told = recording.told(moment)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(told, file)
        file.flush()
        found = act(site, "look", file.name)
    return {**found, "told": sum(map(len, told.values()))}


def recover(site: Site, found: dict[str, Any]) -> dict[str, Any]:
    """Workers and beat start on what is there: what they make of it."""
    began, start, processes = datetime.now(UTC), time.monotonic(), [*site.start_workers(), site.start_beat()]

    def is_over() -> bool:
        found["waiting"] = waiting(site, began)
        return not found["waiting"]

    with suppress(TimeoutError):
        wait_for(is_over, seconds=SETTLED_SECONDS, what="everything done")
    found["seconds"] = round(time.monotonic() - start, 1)
    found["ended"] = sum(process.poll() is not None for process in processes)
    found["after"] = act(site, "count")
    found["put aside"] = sum(1 for _file in (site.folder / "broker" / "damaged").glob("*"))
    for process in processes:
        site.stop(process)
    found["log"] = len((site.folder / "processes.log").read_text().splitlines())
    return found


def empty(folder: Path) -> None:
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def act(site: Site, name: str, *args: str) -> Any:
    return json.loads(site.run("-m", "bench.power_cut_actors", name, *args).splitlines()[-1])


WAITING = {
    "courses without a certificate": "courses_enrolment WHERE completed_at IS NOT NULL AND id NOT IN "
    "(SELECT enrolment_id FROM certificates_certificate)",
    "certificates without a file that was looked at": "certificates_certificate WHERE pdf_checked_at IS NULL",
    "messages": "accounts_outboundmessage WHERE sent_at IS NULL",
    "imports of people": "accounts_importrun WHERE state <> 'done'",
    "imports of questions": "assessments_questionimportrun WHERE state <> 'done'",
    "regrading": "assessments_regraderun WHERE state <> 'done'",
    "messages of trainers": "courses_messagerun WHERE state <> 'done'",
}
SIGNS = "SELECT count(*) FROM accounts_heartbeat WHERE seen_at > '{began:%Y-%m-%d %H:%M:%S}'"


def waiting(site: Site, began: datetime) -> dict[str, int]:
    """What still waits for a worker."""
    time.sleep(0.3)
    counts = {name: site.ask(f"SELECT count(*) FROM {rows}")[0][0] for name, rows in WAITING.items()}  # noqa: S608
    counts["signs of life"] = max(4 - site.ask(SIGNS.format(began=began))[0][0], 0)
    counts["half-done files of the queue"] = len(left_in_queue(site))
    return {name: count for name, count in counts.items() if count}


def left_in_queue(site: Site) -> list[str]:
    """Half-written files and messages that somebody took and never finished."""
    queue = site.folder / "broker" / "queue"
    return [path.name for path in queue.iterdir() if path.name.endswith((".taken", ".half"))] if queue.exists() else []


def faults(found: dict[str, Any]) -> list[str]:
    """Every promise that one cut broke."""
    wrong = [f"{name}: {found[name]}" for name, right in SURE.items() if found[name] != right]
    if "after" not in found:
        return wrong
    after = found["after"]
    wrong += [f"{name} in the end: {after[name]}" for name in ("damaged", "served wrong") if after[name]]
    certificates = after["certificates"]
    done = certificates["completed"]
    if any(count != done for name, count in certificates.items() if name != "files on disk"):
        wrong.append(f"certificates: {certificates}")
    if after["counted"] != after["right"]:
        wrong.append(f"runs: {after['counted']}")
    if found["waiting"]:
        wrong.append(f"work left: {found['waiting']}")
    if after["red"]:
        wrong.append(f"doctor: {after['red']}")
    if found["ended"]:
        wrong.append(f"processes that ended by themselves: {found['ended']}")
    if found["log"] > MANY_LINES:
        wrong.append(f"lines in the log: {found['log']}")
    return wrong


def drill(
    site: Site, recording: Recording, *, cuts: int, every: int = 1, seed: int = 1
) -> Iterator[tuple[int, Any, list[str]]]:
    """(moment, what was found, what is wrong with it) for each cut."""
    chance = random.Random(seed)
    for number, moment in enumerate(recording.moments(cuts, chance), start=1):
        found = cut(site, recording, moment, chance)
        if number % every == 0:
            recover(site, found)
        yield moment, found, faults(found)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))  # what was started is ended
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=CUTS)
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--every", type=int, default=1, help="start the workers after one in so many cuts only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--forget-syncs", action="store_true", help="outside the database: the drill must fail then")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print(MISSING)
        return 1
    broken = 0
    with Site(serves=True, TASK_SECONDS="9") as site:
        recording = record(site, learners=options.learners)
        if options.forget_syncs:
            recording = without_synchronising(recording)
        written = sum(len(one.data) for one in recording.operations if isinstance(one, Write))
        print(f"{len(recording.operations)} operations recorded, {written / 1e6:.0f} MB written; {options.cuts} cuts")
        print(f"{'cut at':>8}{'told':>7}{'lost':>6}{'PDF damaged':>13}{'served wrong':>14}{'put aside':>11}{'s':>7}")
        for moment, found, wrong in drill(site, recording, cuts=options.cuts, every=options.every, seed=options.seed):
            lost = found["answers lost"] + found["completions lost"]
            print(
                f"{moment:8}{found['told']:7}{lost:6}{found['damaged']:13}{found['served wrong']:14}"
                f"{found.get('put aside', '-'):>11}{found.get('seconds', '-'):>7}   {'; '.join(wrong) or 'well'}",
                flush=True,
            )
            broken += bool(wrong)
    print(f"cuts after which a promise was broken: {broken} of {options.cuts}")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
