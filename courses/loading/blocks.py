"""The blocks that a lesson file may hold. A block of ``cms.blocks`` comes to course folders by one row here."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from markdown_it.token import Token
from wagtail import blocks as wagtail_blocks

from cms import foreign
from cms.blocks import ContentBlocks
from cms.table_text import join_rows
from courses.loading.markup import html_of
from courses.loading.media import MediaStore
from courses.loading.specs import stable_key
from lms.lib.markdown import one_line

NewId = Callable[..., str]
"""``new_id("2")``: the id of item 2, the same at every load."""


class BlockError(ValueError):
    """What is wrong with a block, and how to fix it."""

    def __init__(self, what: str, remedy: str, line: int = 0) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


@dataclass(frozen=True)
class Fence:
    """A block as a lesson has it: ``::: name heading``, what is between, ``:::``; ``line`` is that of the heading."""

    heading: str
    tokens: Sequence[Token]
    line: int

    def document(self, tokens: Sequence[Token] | None = None) -> foreign.Document:
        inside = self.tokens if tokens is None else tokens
        document = foreign.read(html_of(inside))
        if document.problems:
            problem = document.problems[0]
            raise BlockError(problem.what, problem.remedy, self.line)
        return document

    def text(self, *, embeds: bool = False) -> str:
        """What is inside as rich text, with tables and code where its editor has them (``embeds``).

        Raises ``BlockError`` for what it cannot hold.
        """
        document = self.document()
        holds = (foreign.Text, foreign.Table, foreign.Code) if embeds else (foreign.Text,)
        if any(not isinstance(piece, holds) for piece in document.pieces):
            what = _("There is a picture, a table or code inside a block of text")
            raise BlockError(what, _("Put it before or after the block"), self.line)
        if not document.pieces:
            raise BlockError(_("The block is empty"), _("Write its text between the two lines of colons"), self.line)
        return foreign.as_rich_text(document)

    def empty(self) -> None:
        if self.tokens:
            what = _("This block takes no text between its lines of colons")
            raise BlockError(what, _("Move the text below the block"), self.line)

    def file_and_title(self) -> tuple[str, str]:
        """``audio/x.ogg Title`` or ``<audio/my file.ogg> Title``."""
        match = re.fullmatch(r"(?:<([^<>]*)>|([^\s<>]+))(?:\s(.*))?", self.heading.strip(), re.DOTALL)
        title = one_line(match[3]) if match else ""
        if match is None or not title:
            what = _("The block has no file, or no title")
            raise BlockError(what, _("Write the file, then the title: files/x.csv Title"), self.line)
        return match[1] or match[2], title


def words_of(tokens: Sequence[Token]) -> str:
    return one_line(foreign.plain_text(html_of(tokens)))


def groups(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each block at the top, apart."""
    group: list[Token] = []
    depth = 0
    for token in tokens:
        group.append(token)
        depth += token.nesting
        if depth == 0:
            yield group
            group = []


def list_items(tokens: Sequence[Token]) -> list[list[Token]]:
    """The content of each item of the one list that stands there; none when something else does."""
    if not tokens or tokens[0].type not in ("ordered_list_open", "bullet_list_open"):
        return []
    return [group[1:-1] for group in groups(tokens[1:-1])]


# -- reading: a fence as the value of the block, media by file name


def read_callout(fence: Fence) -> dict[str, Any]:
    return {"title": fence.heading, "text": fence.text(embeds=True)}


def read_steps(fence: Fence) -> dict[str, Any]:
    inside = list(groups(fence.tokens))
    found = list_items(inside[0]) if len(inside) == 1 else []
    if fence.heading or not found:
        what = _("The steps do not form one list")
        raise BlockError(what, _("Write each step on a line of its own: 1. First ..."), fence.line)
    steps = []
    for item in found:
        if [token.type for token in item] != ["paragraph_open", "inline", "paragraph_close"]:
            what = _("A step is more than one paragraph")
            raise BlockError(what, _("Write each step on a line of its own: 1. First ..."), fence.line)
        step = Fence("", [item[1]], fence.line)
        steps.append(f"<p>{re.sub('^<p>|</p>$', '', step.text())}</p>")
    return {"steps": steps}


def read_table(fence: Fence) -> dict[str, Any]:
    inside = list(groups(fence.tokens))
    if len(inside) != 1 or inside[0][0].type != "table_open":
        what = _("The block must contain one table, and only one")
        remedy = _("Write one row per line, cells between |, and | --- | --- | under the first row")
        raise BlockError(what, remedy, fence.line)
    return table_of(inside[0], fence.heading)


def table_of(tokens: Sequence[Token], caption: str = "") -> dict[str, Any]:
    """Cells hold words: no-break spaces stay, and what is more than words is refused."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            line = (token.map or [0])[0] + 1
            if any(child.type in ("link_open", "image", "html_inline") for child in token.children or ()):
                what = _("A cell of the table holds a link, a picture or HTML")
                raise BlockError(what, _("Put it below the table"), line)
            rows[-1].append(words_of([token]))
    header, *others = rows
    return {"caption": caption, "header": header, "rows": others}


def read_check(fence: Fence) -> dict[str, Any]:
    inside = list(groups(fence.tokens))
    rows = list_items(inside[-1]) if inside else []
    if not rows:
        what = _("A self-check question has no list of answers")
        raise BlockError(what, _("Write - [x] before a right answer, - [ ] before a wrong one"), fence.line)
    question = " ".join(filter(None, [fence.heading, *(words_of(group) for group in inside[:-1])]))
    options = []
    for row in rows:
        first, *others = list(groups(row)) or [[]]
        mark = re.match(r"\[([ xX])\]\s+", words_of(first))
        line = row[0].map[0] if row and row[0].map else 0
        if mark is None or not others:
            what = _("An answer has no [x] or [ ], or no feedback")
            remedy = _("Write - [x] or - [ ] before the answer, and under it a line   > with the feedback")
            raise BlockError(what, remedy, line + 1)
        options.append(
            {
                "text": words_of(first)[mark.end() :],
                "correct": mark[1] != " ",
                "feedback": one_line(" ".join(map(words_of, others))),
            }
        )
    if not any(option["correct"] for option in options):
        raise BlockError(_("No answer is right"), _("Write - [x] before the right one"), fence.line)
    return {"question": question, "options": options}


def read_played(fence: Fence) -> dict[str, Any]:
    file, title = fence.file_and_title()
    return {"file": file, "title": title, "transcript": fence.text()}


def read_download(fence: Fence) -> dict[str, Any]:
    fence.empty()
    file, title = fence.file_and_title()
    return {"file": file, "title": title}


# -- writing: the value as the block stores it


def write_as_it_is(value: Any, media: MediaStore, new_id: NewId) -> Any:
    return value


def write_steps(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
    return {"steps": items(value["steps"], new_id)}


def write_table(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
    """Rows as the table block keeps them: one a line, cells between bars."""
    return {"caption": value.get("caption") or "", "rows": join_rows([value["header"], *value["rows"]])}


def write_code(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
    return {"code": value["code"].rstrip("\n")}


def write_check(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
    return {"question": value["question"], "options": items(value["options"], new_id)}


def write_image(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
    image = media.image(value["file"], value["alt"])
    return {"image": image.pk, "alt": value["alt"], "caption": value.get("caption") or ""}


def write_played(kind: str) -> Callable[[dict[str, Any], MediaStore, NewId], dict[str, Any]]:
    def write(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
        return {"media": media.played(kind, value["file"], value["title"]).pk, "transcript": value["transcript"]}

    return write


def write_download(value: dict[str, Any], media: MediaStore, new_id: NewId) -> dict[str, Any]:
    return {"document": media.document(value["file"], value["title"]).pk, "title": value["title"]}


@dataclass(frozen=True)
class LessonBlock:
    write: Callable[[Any, MediaStore, NewId], Any]
    """What was read, as the block's stored value."""
    read: Callable[[Fence], Any] | None = None
    """What a fence says; None for what Markdown has a sign of its own for."""
    fence: str = ""
    """The word after the colons, when it is not the block's name."""
    media: str | None = None
    """What its ``file`` is: image, audio, video, or "" for any; None without a file."""


CALLOUT = LessonBlock(write_as_it_is, read_callout)
LESSON_BLOCKS: dict[str, LessonBlock] = {
    "text": LessonBlock(write_as_it_is),
    "image": LessonBlock(write_image, media="image"),
    "tip": CALLOUT,
    "example": CALLOUT,
    "warning": CALLOUT,
    "steps": LessonBlock(write_steps, read_steps),
    "table": LessonBlock(write_table, read_table),
    "code": LessonBlock(write_code),
    "audio": LessonBlock(write_played("audio"), read_played, media="audio"),
    "video": LessonBlock(write_played("video"), read_played, media="video"),
    "download": LessonBlock(write_download, read_download, media=""),
    "self_check": LessonBlock(write_check, read_check, fence="check"),
}
FENCES = {kind.fence or name: name for name, kind in LESSON_BLOCKS.items() if kind.read}


def check_sizes(name: str, value: Any) -> None:
    """Raises ``BlockError`` where the editor would refuse the value: too long, missing, too few or too many."""
    _check_sizes(ContentBlocks().child_blocks[name], value, name)


def _check_sizes(block: wagtail_blocks.Block, value: Any, label: str) -> None:
    if isinstance(block, wagtail_blocks.ListBlock) and isinstance(value, list):
        least, most = block.meta.min_num or 0, block.meta.max_num or 100
        if not least <= len(value) <= most:
            what = _("%(key)s has too few or too many items: %(count)s") % {"key": label, "count": len(value)}
            raise BlockError(what, _("Write between %(least)s and %(most)s") % {"least": least, "most": most})
        for item in value:
            _check_sizes(block.child_block, item, label)
    elif isinstance(block, wagtail_blocks.StructBlock) and isinstance(value, dict):
        for name, child in block.child_blocks.items():
            if name in value:
                _check_sizes(child, value[name], name)
    elif isinstance(block, wagtail_blocks.CharBlock | wagtail_blocks.TextBlock) and isinstance(value, str):
        most = getattr(block.field, "max_length", None)
        if most and len(value) > most:
            what = _("%(key)s is too long") % {"key": label}
            raise BlockError(what, _("Write %(max_length)s at most") % {"max_length": most})
        if block.required and not value.strip():
            raise BlockError(_("%(key)s is empty") % {"key": label}, _("Write something under it, or delete it"))


def items(values: list[Any], new_id: NewId) -> list[dict[str, Any]]:
    return [{"type": "item", "value": value, "id": new_id(str(n))} for n, value in enumerate(values)]


def raw_stream(blocks: list[tuple[str, Any]], media: MediaStore, *scope: str) -> list[dict[str, Any]]:
    """Blocks of a lesson as a StreamField stores them.

    ``scope`` names the lesson and the language: ids are made from it and from the place, the same at every load.
    """
    stream = []
    for place, (name, value) in enumerate(blocks):
        new_id: NewId = lambda *more, place=place: str(stable_key(*scope, str(place), *more))  # noqa: E731
        content = LESSON_BLOCKS[name].write(value, media, new_id)
        stream.append({"type": name, "value": content, "id": new_id()})
    return stream
