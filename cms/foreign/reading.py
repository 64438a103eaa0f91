"""A text, or a whole page, of foreign HTML."""

from django.utils.translation import gettext as _

from cms.foreign.pieces import Document, Picture
from cms.foreign.plain import plain_node, scripts_without_letters
from cms.foreign.tree import parse, parse_with_problems
from cms.foreign.walker import QUOTED, Walker
from lms.lib.problems import Problem, ProblemKind, at_line

LONGEST = 1024 * 1024  # characters of one text
LONGEST_TITLE = 250


def read(source: str) -> Document:
    """The pieces of ``source`` in its order; lines of the problems are counted from 1."""
    if len(source) > LONGEST:
        what = _("This text is longer than %(most)s characters.") % {"most": LONGEST}
        return Document((), (at_line(1, what, _("Split it in two.")),))
    root, looks = parse_with_problems(source)
    if root is None:
        return Document(())
    walker = Walker()
    walker.walk(root)
    walker.flush()
    return Document(tuple(walker.pieces), (*walker.problems, *looks))


def read_page(source: str) -> tuple[str, Document]:
    """(the words of its first heading, the rest) of a whole page; "" for a page without one."""
    if len(source) > LONGEST:
        return "", read(source)
    root, looks = parse_with_problems(source)
    if root is None:
        return "", Document(())
    walker = Walker()
    heading = next(root.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    title = " ".join(plain_node(heading).split()) if heading is not None else ""
    if heading is not None and 0 < len(title) <= LONGEST_TITLE:
        walker.lose_inside(heading)
        tail = heading.tail
        heading.clear()
        heading.tail = tail
    walker.walk(root)
    walker.flush()
    return title[:LONGEST_TITLE], Document(tuple(walker.pieces), (*walker.problems, *looks))


def lost_in_plain(source: str) -> list[Problem]:
    """What ``plain`` does not keep, or writes otherwise."""
    document, root = read(source), parse(source)
    told = [*document.problems, *map(lost_picture, document.pictures)]
    for text in dict.fromkeys(scripts_without_letters(root) if root is not None else ()):
        what = _("“%(text)s” cannot be superscript or subscript in plain text: it is written with ^ or _.")
        remedy = _("Write it in another way, if learners may misread it.")
        told.append(at_line(1, what % {"text": text[:80]}, remedy, ProblemKind.CHANGED))
    return told


def lost_picture(picture: Picture) -> Problem:
    name = picture.src if not picture.src.startswith("data:") else _("in the file itself")
    named = f"{name[:QUOTED]} ({picture.alt})" if picture.alt else name[:QUOTED]
    what = _("The picture %(name)s is not kept.") % {"name": named}
    return at_line(picture.line, what, _("Add it in the editor."), ProblemKind.LOST)
