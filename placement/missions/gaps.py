"""What keeps a seat empty: of the people who take none, what one need each of them lacks, when it is only one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from placement.matching import Match, MatchReason


@dataclass(frozen=True)
class Gap:
    """A need that so many ``people`` fail, and nothing else."""

    kind: str  # of ``MatchReason``
    code: str
    need: Any
    people: int
    names: Mapping[str, str]


def binding(matches: Iterable[Match]) -> list[Gap]:
    """Each need that alone stands between somebody and the seat, the one that keeps most people out first."""
    failing: defaultdict[tuple[str, str], list[MatchReason]] = defaultdict(list)
    for match in matches:
        if len(match.unmet) == 1:
            (line,) = match.unmet
            failing[line.kind, line.code or str(line.need)].append(line)
    gaps = [
        Gap(kind, lines[0].code, lines[0].need, len(lines), lines[0].names) for (kind, _thing), lines in failing.items()
    ]
    return sorted(gaps, key=lambda gap: (-gap.people, gap.kind, gap.code, str(gap.need)))
