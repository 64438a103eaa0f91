"""The Markdown of lessons, in which lines of colons begin and end our own blocks."""

from collections.abc import Sequence

from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from lms.lib.markdown import commonmark

_lesson = commonmark()
container_plugin(_lesson, "block", validate=lambda info, markup: True)


def parse_lesson(text: str) -> list[Token]:
    """The tokens of a lesson. A line of colons begins a ``container_block``, whatever its name."""
    return _lesson.parse(text)


def html_of(tokens: Sequence[Token]) -> str:
    """What some tokens of a lesson say, as HTML that is not clean yet."""
    return str(_lesson.renderer.render(tokens, _lesson.options, {}))
