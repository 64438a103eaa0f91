"""Reads ``permissions.txt``: who may open what. The words of a row are explained there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import NoReverseMatch, reverse
from django.utils import translation

from tests.flows.routes import own_routes
from tests.flows.world import ROLES, World

SAME_AS = {"author": "trainer"}
"""Roles that a row may leave out, and whose cell then counts for them."""


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    args: tuple[tuple[str, str], ...]
    cells: dict[str, str]  # role -> outcome

    def __str__(self) -> str:
        return " ".join([self.method, self.route, *(f"{name}={value}" for name, value in self.args)])

    def cell(self, role: str) -> str:
        """What that role sees; the last may be left out where it sees what the trainer sees."""
        return self.cells.get(role) or self.cells[SAME_AS[role]]

    def address(self, world: World, language: str = "fr") -> str:
        """Where it is in that language. Routes that start with ``/`` are written out; ``?`` begins a query;
        ``{course.code}`` stands for a word of the world.
        """
        text = re.sub(r"{([\w.]+)}", lambda match: str(world.get(match[1])), self.route)
        route, _mark, query = text.partition("?")
        if route.startswith("/"):
            path = route.replace("/fr/", f"/{language}/", 1)
        else:
            kwargs = {name: str(world.get(value)) for name, value in self.args}
            with translation.override(language):
                path = reverse(route, kwargs=kwargs)
        return f"{path}?{query}" if query else path

    def exists(self, world: World) -> bool:
        try:
            self.address(world)
        except NoReverseMatch:
            return False
        return True


def rows() -> Iterator[Row]:
    for line in Path(__file__).with_name("permissions.txt").read_text().splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words = line.partition("|")[0].split()
        cells = line.partition("|")[2].split()
        if not len(ROLES) - len(SAME_AS) <= len(cells) <= len(ROLES):
            raise ValueError(f"{len(cells)} cells instead of {len(ROLES)}: {line}")
        args = tuple(tuple(word.split("=", 1)) for word in words[2:])
        yield Row(words[0], words[1], args, dict(zip(ROLES, cells, strict=False)))


def expanded(written: list[Row]) -> Iterator[Row]:
    """A route that ends in ``:*`` stands for every address of that name space which has no row of its own."""
    named = {row.route.partition("?")[0] for row in written}
    for row in written:
        if not row.route.endswith(":*"):
            yield row
            continue
        known = dict(row.args)
        for name, paths in own_routes().items():
            if name.startswith(row.route[:-1]) and name not in named:
                wanted = re.findall(r"(?:<(?:\w+:)?|\?P<)(\w+)>", paths[0])
                args = tuple((one, known.get(one) or ANY_OF[one]) for one in wanted)
                yield Row(row.method, name, args, row.cells)


ANY_OF = {"revision_id": "1", "revision_id_a": "earliest", "revision_id_b": "latest"}
ROWS = list(expanded(list(rows())))


def living_rows(world: World) -> list[Row]:
    """Without those whose route is gone: ``test_matrix`` tells of these."""
    return [row for row in ROWS if row.exists(world)]


def pages(world: World, language: str = "fr") -> Iterator[tuple[str, str]]:
    """(role, address) of every page that somebody may open, each page once for each role."""
    for row in living_rows(world):
        if row.method == "GET":
            for role, outcome in row.cells.items():
                if outcome == "ok":
                    yield role, row.address(world, language)


def everybodys_pages(world: World) -> Iterator[tuple[str, str]]:
    """Each page of ours as somebody who may open it."""
    seen: set[str] = set()
    for row in living_rows(world):
        role = next((role for role, cell in row.cells.items() if cell == "ok"), None)
        if row.method == "GET" and role and row.route.partition("?")[0] not in seen:
            seen.add(row.route.partition("?")[0])
            yield role, row.address(world)
