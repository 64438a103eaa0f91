"""What the processes of a site take of memory and processor, looked at from outside through /proc."""

import asyncio
import os
import re
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
WARMING_UP = 1 / 5  # of the time: what is loaded with the first requests is no growth
ENOUGH_SAMPLES = 10


@dataclass(frozen=True)
class Sample:
    at: float  # seconds since the first look
    resident: float  # MB, with what it shares
    share: float  # MB, what is shared divided among those who share it


class Watched:
    """Memory and processor time of the site's processes, each and by group."""

    def __init__(self, groups: dict[str, int]) -> None:
        self.groups = groups  # name -> process group
        self.memory: dict[str, list[float]] = defaultdict(list)  # group -> MB
        self.processes: dict[str, list[Sample]] = defaultdict(list)  # "group, id" -> what was seen

    async def look(self, every: float) -> None:
        start = time.monotonic()
        while True:
            self.look_once(time.monotonic() - start)
            await asyncio.sleep(every)

    def look_once(self, at: float) -> None:
        for name, group in self.groups.items():
            seen = {pid: sample for pid in members(group) if (sample := sampled(pid, at))}
            self.memory[name].append(sum(sample.share for sample in seen.values()))
            for pid, sample in seen.items():
                self.processes[f"{name}, {pid}"].append(sample)

    def cpu(self) -> dict[str, float]:
        """Seconds so far."""
        return {name: sum(cpu_seconds(pid) for pid in members(group)) for name, group in self.groups.items()}


def members(group: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                found += [int(folder.name)] if os.getpgid(int(folder.name)) == group else []
            except ProcessLookupError:
                continue
    return sorted(found)


def sampled(pid: int, at: float) -> Sample | None:
    """None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return None
    found = {name: int(kilobytes) / 1024 for name, kilobytes in re.findall(r"^(Rss|Pss):\s+(\d+)", text, re.M)}
    return Sample(at, found["Rss"], found["Pss"]) if len(found) == 2 else None


def cpu_seconds(pid: int) -> float:
    """Its own and those of children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICK


def growth(values: list[float]) -> float:
    """The second half against the first, without what is loaded at the start."""
    rest = values[int(len(values) * WARMING_UP) :]
    half = len(rest) // 2
    return statistics.median(rest[half:]) / statistics.median(rest[:half]) if half else 1.0


def slope(samples: list[Sample]) -> float | None:
    """MB of resident memory that one more hour adds, by a line through the samples; None for too few of them."""
    rest = samples[int(len(samples) * WARMING_UP) :]
    if len(rest) < ENOUGH_SAMPLES:
        return None
    line = statistics.linear_regression([each.at for each in rest], [each.resident for each in rest])
    return line.slope * 3600


def climbing(samples: list[Sample], most: float) -> bool:
    """An hour more at this slope would add more than ``most`` of what it takes now."""
    added = slope(samples)
    return added is not None and added > most * samples[-1].resident
