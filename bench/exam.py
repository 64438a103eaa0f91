"""``python -m bench.exam``: an exam morning on this machine, a share of 50,000 starts in ten minutes.

Learners arrive evenly for two thirds of the time, read each of ten questions, answer, and hand in, at the rhythm of
people: nobody waits for anybody (an open loop). What was acknowledged is counted in the database afterwards; memory of
every process is looked at all the time, and the cost of one learner is compared with docs/operations/capacity.md.
``--minutes 60`` is the soak.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.installation import ROOT, Site, free_port
from bench.load import get
from bench.memory import Watched, climbing, growth, slope
from bench.run import choices, location, main_button, post

STARTS, WITHIN_MINUTES = 50_000, 10
PLAN = ROOT / "docs" / "operations" / "capacity.md"
ARRIVE = 2 / 3  # of the time
MOST_P95_MS = 1000
MOST_GROWTH = 1.10  # of memory, second half against first
SOAK_MINUTES = 30  # from here on the slope of each process is judged as well
MOST_AN_HOUR = 0.05  # of a process's memory
NOISE = 1.5  # times what the plan says


@dataclass
class Ledger:
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # kind -> seconds
    failed: int = 0
    answers: int = 0  # acknowledged
    handed_in: int = 0
    received: int = 0  # bytes


@dataclass
class Line:
    """How one learner asks: a connection for each request, as a phone whose network comes and goes."""

    port: int
    ledger: Ledger

    async def ask(self, kind: str, raw: bytes) -> tuple[str, bytes]:
        """Head and body. Raises ConnectionError for an answer that is a failure."""
        begun = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            whole = await reader.read(-1)
        finally:
            writer.close()
        self.ledger.taken[kind].append(time.perf_counter() - begun)
        self.ledger.received += len(whole)
        head, _mark, body = whole.partition(b"\r\n\r\n")
        if not head or int(head[9:12]) >= 400:
            raise ConnectionError(f"{kind}: {head[:15].decode(errors='replace')}")
        return head.decode(errors="replace"), body


async def learner(person: dict[str, str], line: Line, begins: float, think: float) -> None:
    """Starts, reads ten questions, answers each after ``think`` seconds, hands in."""
    await asyncio.sleep(begins)
    ledger = line.ledger
    try:
        head, _body = await line.ask("start", post(person["intro"], person))
        path = location(head.encode())
        while re.search(r"/\d+/$", path):
            _head, body = await line.ask("question", get(path, person["cookies"]))
            await asyncio.sleep(think)
            name, values = choices(body)
            head, _body = await line.ask("answer", post(path, person, **{name: values[0], "go": main_button(body)}))
            ledger.answers += 1
            path = location(head.encode())
        await line.ask("hand in", post(path, person))
        ledger.handed_in += 1
    except (OSError, asyncio.IncompleteReadError, TypeError, IndexError):
        ledger.failed += 1


async def morning(people: list[dict[str, str]], port: int, minutes: float, watched: Watched) -> Ledger:
    ledger, seconds = Ledger(), minutes * 60
    think = (1 - ARRIVE) * seconds / 12  # ten questions, and room at the end
    watching = asyncio.create_task(watched.look(every=min(max(seconds / 40, 1), 20)))
    everybody = [
        learner(person, Line(port, ledger), ARRIVE * seconds * number / len(people), think)
        for number, person in enumerate(people)
    ]
    await asyncio.gather(*everybody)
    watching.cancel()
    return ledger


def planned() -> float:
    """CPU seconds for one learner, as the capacity plan says."""
    return float(re.search(r"\| CPU for one learner \| ([\d.]+) s", PLAN.read_text())[1])


def failures_of(ledger: Ledger, kept: dict[str, int], watched: Watched, cpu: dict[str, float], count: int) -> list[str]:
    """Print the table; what was not kept."""
    wrong, each = [], sum(cpu.values()) / count
    print("| request | times | p50 ms | p95 ms |\n|---|---|---|---|")
    for kind, taken in ledger.taken.items():
        places = statistics.quantiles([second * 1000 for second in taken], n=20)
        print(f"| {kind} | {len(taken)} | {places[9]:.0f} | {places[18]:.0f} |")
        if places[18] > MOST_P95_MS:
            wrong.append(f"p95 of {kind}: {places[18]:.0f} ms")
    print("\n| process group | memory at the start, MB | at the end | growth | CPU, s |\n|---|---|---|---|---|")
    for name, values in watched.memory.items():
        grown = growth(values)
        print(f"| {name} | {values[0]:.0f} | {values[-1]:.0f} | {grown:.2f} | {cpu[name]:.1f} |")
        if grown > MOST_GROWTH:
            wrong.append(f"memory of {name} grew by {grown:.2f}")
    wrong += judge_slopes(watched)
    print(f"\nOne learner: {each:.3f} s of CPU, {ledger.received / count / 1000:.1f} kB received")
    print(
        f"Acknowledged: {ledger.answers} answers, {ledger.handed_in} handed in; kept: {kept}; failed: {ledger.failed}"
    )
    if ledger.failed:
        wrong.append(f"{ledger.failed} learners were not served")
    if kept["answers"] < ledger.answers or kept["handed in"] < ledger.handed_in:
        wrong.append("acknowledged writes are missing")
    if each > NOISE * planned():
        wrong.append(f"one learner costs {each:.3f} s of CPU, and the plan says {planned():.3f}")
    return wrong


def judge_slopes(watched: Watched) -> list[str]:
    """Print what an hour adds to each process; those that climb, where they were watched for long enough."""
    print("\n| process | seen, minutes | resident at the start, MB | at the end | an hour adds, MB |")
    print("|---|---|---|---|---|")
    wrong = []
    for name, samples in watched.processes.items():
        minutes, added = (samples[-1].at - samples[0].at) / 60, slope(samples)
        told = "too short" if added is None else f"{added:+.1f}"
        print(f"| {name} | {minutes:.0f} | {samples[0].resident:.0f} | {samples[-1].resident:.0f} | {told} |")
        if minutes >= SOAK_MINUTES and climbing(samples, MOST_AN_HOUR):
            wrong.append(f"memory of {name} climbs by {added:.1f} MB an hour")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=20, help="this machine takes so small a share: 1/20")
    parser.add_argument("--minutes", type=float, default=6)
    options = parser.parse_args()
    count = round(STARTS / WITHIN_MINUTES * options.minutes * ARRIVE / options.scale)
    with Site(serves=True) as site:
        seeded = site.act("seed_site", 1)
        people = [{**person, "intro": seeded["people"][0]["intro"]} for person in site.act("seed_sitters", count)]
        port = free_port()
        groups = {"web": site.start_web(port).pid, "beat": site.start_beat().pid}
        for number, worker in enumerate(site.start_workers(), 1):
            groups[f"worker {number}"] = worker.pid
        watched = Watched(groups)
        time.sleep(5)
        before = watched.cpu()
        rhythm = count / (options.minutes * ARRIVE * 60)
        share = f"1/{options.scale:g} of {STARTS} starts in {WITHIN_MINUTES} minutes"
        print(f"{site.engine}, {os.cpu_count()} cores: {count} learners in {options.minutes:g} minutes")
        print(f"{rhythm:.1f} starts a second: {share}\n")
        ledger = asyncio.run(morning(people, port, options.minutes, watched))
        cpu = {name: seconds - before[name] for name, seconds in watched.cpu().items()}
        kept: dict[str, Any] = site.act("count_sitters")
        if wrong := failures_of(ledger, kept, watched, cpu, count):
            sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
