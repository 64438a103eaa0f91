"""How rows that point at a person move when two accounts become one: what each app says of its own, at the start.

Each app registers, in its own ``merging.py``: rows that move, join or stay, what an account holds, what to warn of, and
what is made anew afterwards. ``tests/flows/test_merging.py`` fails for a foreign key to a person that no app knows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from lms.accounts.models import User

Values = dict[str, Any]
Also = Callable[[Any, Any], Values]
Combine = Callable[[Any, Any], tuple[Values, Values]]


@dataclass(frozen=True)
class Relation:
    """How the rows that hold a person, or a row of theirs, move.

    ``also(row, new_key)`` gives further columns of a row that moves. ``combine(kept, other)`` gives the columns of two
    rows of one kind after one took over what hangs on the other. ``why_not``: they stay, for this reason.
    """

    name: str  # app.Model.field
    also: Also | None = None
    combine: Combine | None = None
    why_not: str = ""
    is_erased: bool = False  # with the personal data, when the time to undo is over

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.name.rpartition(".")[0])

    @property
    def field(self) -> Any:
        return self.model._meta.get_field(self.name.rpartition(".")[2])


class Caution(NamedTuple):
    """Something to look at before two accounts become one. ``stops``: it must be settled first."""

    text: str
    stops: bool = False


RELATIONS: dict[str, Relation] = {}
HOLDINGS: dict[str, tuple[Any, Callable[[User], Iterable[Any]]]] = {}
WARNINGS: list[Callable[[User, User], Iterable[Caution]]] = []
AFTERWARDS: list[Callable[[User], None]] = []


def register_moves(*names: str, also: Also | None = None) -> None:
    """These rows go to the account that stays, but for those of which it holds the like."""
    for name in names:
        RELATIONS[name] = Relation(name, also=also)


def register_joins(name: str, combine: Combine) -> None:
    """These rows go too; where the account that stays holds the like, what hangs on the one goes to the other."""
    RELATIONS[name] = Relation(name, combine=combine)


def register_stays(why_not: str, *names: str, is_erased: bool = False) -> None:
    """These rows stay with the account that is closed; the ones that hold personal data are erased with it."""
    for name in names:
        RELATIONS[name] = Relation(name, why_not=why_not, is_erased=is_erased)


def register_holding(key: str, label: Any, lines: Callable[[User], Iterable[Any]]) -> None:
    """A part of what an account holds, for the page that compares two of them."""
    HOLDINGS[key] = (label, lines)


def register_warning(rule: Callable[[User, User], Iterable[Caution]]) -> Callable[[User, User], Iterable[Caution]]:
    WARNINGS.append(rule)
    return rule


def run_after_merge(work: Callable[[User], None]) -> Callable[[User], None]:
    """Work on each of the two people after a merge and after its undoing: what is derived is made anew."""
    AFTERWARDS.append(work)
    return work


class MergeRefusedError(Exception):
    """Why these accounts are not merged, or a merge not undone, in words for the manager."""


def relations_to(model: type[models.Model]) -> list[Relation]:
    return [each for each in RELATIONS.values() if each.field.related_model is model]


def paths(model: type[models.Model]) -> list[str]:
    """From a table to the person whose rows they are, through rows that are joined."""
    found = []
    for relation in RELATIONS.values():
        if relation.model is not model or relation.why_not or model is User:
            continue
        if relation.field.related_model is User:
            found.append(relation.field.name)
        else:
            found += [f"{relation.field.name}__{path}" for path in paths(relation.field.related_model)]
    return found
