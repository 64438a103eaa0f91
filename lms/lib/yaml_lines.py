"""YAML that people write, as plain values with the line of each. Words are words: only true, false, null and numbers
are anything else, so ``no`` (the language), ``2026-02-31`` and ``12:30:00`` are texts.
"""

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import yaml
from django.utils.translation import gettext as _

KeyPath = tuple[str | int, ...]
"""The way to a value: keys of mappings and places in lists, from the top."""

DEEPEST = 40  # PyYAML takes the square of it, and longer still
LONGEST = 1024 * 1024  # characters

_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_NAMED = {"": None, "~": None, "null": None, "true": True, "false": False}


class YamlError(ValueError):
    """No YAML that we read: the line, what is wrong with it, and how to fix it."""

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.line, self.what, self.remedy = line, what, remedy


@dataclass
class Lines:
    """What a text holds, and at which line each key or item begins."""

    value: Any = None
    by_place: dict[KeyPath, int] = field(default_factory=dict)

    def of(self, place: KeyPath) -> int:
        """The line of a value, or of what it is missing from."""
        while place and place not in self.by_place:
            place = place[:-1]
        return self.by_place.get(place, 1)


class _Composer(yaml.SafeLoader):
    """Nodes without aliases (each could stand for a million others) and not nested without end."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        line = self.peek_event().start_mark.line + 1
        if self.check_event(yaml.AliasEvent):
            what = _("“*” starts a reference to another place, which is not allowed here")
            raise YamlError(line, what, _("Write the value itself, or put the text in quotes"))
        if getattr(self.peek_event(), "tag", None) is not None:  # one that is written, whatever it says
            raise YamlError(line, _("“!” starts a tag, which is not allowed here"), _("Put the text in quotes"))
        self.depth += 1
        if self.depth > DEEPEST:
            raise too_deep(line)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def too_deep(line: int) -> YamlError:
    what = _("Keys or brackets are nested more than %(most)s levels deep") % {"most": DEEPEST}
    return YamlError(line, what, _("Close each bracket, and check the indentation"))


def load_yaml(text: str, *, first_line: int = 1) -> Lines:
    """The values of a text whose first line is ``first_line`` of its file. Raises ``YamlError``."""
    if len(text) > LONGEST:
        what = _("This text is longer than %(most)s characters.") % {"most": LONGEST}
        raise YamlError(first_line, what, _("Split it in two."))
    if deepest(text) > DEEPEST:
        raise too_deep(first_line)
    try:
        node = _Composer(text).get_single_node()
    except YamlError as error:
        raise YamlError(error.line + first_line - 1, error.what, error.remedy) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line if mark else text.count("\n", 0, getattr(error, "position", 0))
        what = _("This is not readable as YAML (%(fault)s)") % {"fault": str(getattr(error, "problem", "") or "?")[:80]}
        remedy = _("Check the indentation, and put texts with a colon in quotes")
        raise YamlError(line + first_line, what, remedy) from error
    lines = Lines(by_place={(): first_line})
    if node is not None:
        lines.value = _construct(node, (), lines, first_line)
    return lines


def _construct(node: yaml.Node, place: KeyPath, lines: Lines, first_line: int) -> Any:
    line = node.start_mark.line + first_line
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines.by_place[*place, number] = item.start_mark.line + first_line
        return [_construct(item, (*place, number), lines, first_line) for number, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(node)
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + first_line
        if not isinstance(key, yaml.ScalarNode):
            raise YamlError(line, _("A key is not a word"), _("Put texts with a bracket in quotes"))
        name = str(key.value)
        if name in values:
            what = _("The key “%(key)s” appears here twice") % {"key": name[:80]}
            raise YamlError(line, what, _("Delete one of them"))
        lines.by_place[*place, name] = line
        values[name] = _construct(value, (*place, name), lines, first_line)
    return values


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if getattr(node, "style", None) is not None:  # between quotes, or a block
        return text
    if text in _NAMED:
        return _NAMED[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def deepest(text: str) -> int:
    """How many brackets are open at most at one place."""
    depths = accumulate(1 if sign in "[{" else -1 for sign in text if sign in "[]{}")
    return max(depths, default=0)
