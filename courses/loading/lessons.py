"""A lesson of a course folder: front matter, Markdown, and our blocks as fences of colons."""

from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it.token import Token

from cms import foreign
from courses.loading.blocks import FENCES, LESSON_BLOCKS, BlockError, Fence, check_sizes, groups, table_of
from courses.loading.folder import Folder
from courses.loading.markup import html_of, parse_lesson
from courses.loading.pieces import as_blocks, picture_name
from courses.loading.schema import LessonHead
from courses.loading.specs import LessonSpec
from lms.lib.markdown import one_line, too_long

FRONT = "---"


def read_lesson(folder: Folder, name: str) -> tuple[str, LessonSpec] | None:
    """(its key, the lesson) of a file; None, and problems noted, when it is no lesson."""
    source = folder.read(name)
    if source is None:
        return None
    lines = source.split("\n")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == FRONT), 0)
    if lines[0].rstrip() != FRONT or not end:
        what = _("The lesson does not begin with lines between --- and ---")
        folder.add(name, 1, what, _("Begin with ---, title: ..., minutes: ... and --- on lines of their own"))
        return None
    before = len(folder.faults)
    head, _places = folder.check(name, "\n".join(lines[1:end]), LessonHead, first_line=2)
    blocks = Body(folder, name, end + 2).read("\n".join(lines[end + 1 :]))
    if head is None or len(folder.faults) > before:
        return None
    slug = head.slug or slugify(head.title)[:80].strip("-")
    if not slug:
        folder.add(name, 1, _("No address can be made from the title"), _("Add a line slug: with a-z, 0-9 and -"))
        return None
    key = head.key or PurePosixPath(name).name.partition(".")[0]
    return key, LessonSpec(head.title, slug, head.summary or "", head.minutes, blocks, head.required, name)


class Body:
    """Reads the text below the front matter, which begins at ``first_line`` of the file."""

    def __init__(self, folder: Folder, name: str, first_line: int) -> None:
        self.folder, self.name, self.first_line = folder, name, first_line
        self.beside = (folder.path / name).resolve().parent
        self.blocks: list[tuple[str, Any]] = []

    def read(self, text: str) -> list[tuple[str, Any]]:
        refusal = too_long(text)
        if refusal:
            self.note(0, *refusal)
            return []
        source = text.split("\n")
        for group in groups(parse_lesson(text)):
            first = group[0]
            line = first.map[0] if first.map else 0
            try:
                if first.type == "container_block_open":
                    self.read_fence(group, line, source)
                elif first.type == "table_open":
                    self.keep("table", table_of(group), line)
                elif (picture := only_picture(group)) is not None:
                    self.read_picture(picture)
                else:
                    self.read_text(group, line)
            except BlockError as error:
                self.note((error.line - 1) if error.line else line, error.what, error.remedy)
        if not self.blocks and not self.folder.faults:
            self.note(0, _("The lesson is empty"), _("Write its text below the second ---"))
        return self.blocks

    def note(self, line: int, what: str, remedy: str) -> None:
        self.folder.add(self.name, self.first_line + line, what, remedy)

    def read_fence(self, group: list[Token], line: int, source: list[str]) -> None:
        name, _space, heading = group[0].info.strip().partition(" ")
        last = (group[0].map or [0, 1])[1]
        closing = source[last].strip() if last < len(source) else ""
        if not name:
            raise BlockError(_("This line of colons closes nothing"), _("Delete it, or name the block: ::: tip"))
        if name not in FENCES:
            what = _("There is no block “%(name)s”") % {"name": name[:80]}
            raise BlockError(what, _("Use one of: %(kinds)s") % {"kinds": ", ".join(sorted(FENCES))})
        if set(closing) != {":"} or len(closing) < len(group[0].markup):
            what = _("The block “%(name)s” is never closed") % {"name": name}
            raise BlockError(what, _("Write ::: on a line of its own below it"))
        inside = group[1:-1]
        if any(token.type == "container_block_open" for token in inside):
            raise BlockError(_("A block is inside another one"), _("Close the first with ::: before it"))
        block = FENCES[name]
        read = LESSON_BLOCKS[block].read
        assert read is not None  # noqa: S101  (FENCES holds those that have one)
        self.keep(block, read(Fence(one_line(heading), inside, line + 1)), line)

    def read_picture(self, token: Token) -> None:
        src = picture_name(str(token.attrGet("src") or ""))
        value = {"file": src, "alt": one_line(token.content), "caption": one_line(token.attrGet("title"))}
        if not value["alt"]:
            what = _("The picture %(name)s has no description for people who cannot see it") % {"name": src[:200]}
            raise BlockError(what, _("Write what it shows: ![a woman at a desk](file.png)"))
        self.keep("image", value, (token.map or [0])[0])

    def read_text(self, group: list[Token], line: int) -> None:
        if any(child.type == "image" for token in group for child in token.children or ()):
            what = _("A picture is in the middle of a paragraph")
            raise BlockError(what, _("Put it on a line of its own, with an empty line before and after"))
        document = foreign.read(html_of(group))
        blocks, problems = as_blocks(document, self.folder.path, self.beside)
        self.folder.add_all(self.name, problems, first_line=self.first_line + line)
        for kind, value in blocks:
            if kind == "text" and self.blocks and self.blocks[-1][0] == "text":
                self.blocks[-1] = ("text", self.blocks[-1][1] + value)
            else:
                self.keep(kind, value, line, from_root=True)

    def keep(self, block: str, value: Any, line: int, *, from_root: bool = False) -> None:
        """Add the block, its file named from the folder, when the editor would take it."""
        media = LESSON_BLOCKS[block].media
        if media is not None:
            name = value["file"] if from_root else relative(self.folder.path, self.beside, value["file"])
            if not self.folder.has_media(name, media, self.name, self.first_line + line):
                return
            value = {**value, "file": name}
        check_sizes(block, value)
        self.blocks.append((block, value))


def relative(root: Path, beside: Path, name: str) -> str:
    """The name from the folder of what a file in ``beside`` calls ``name``; as it is when it leads out or nowhere."""
    try:
        return (beside / name).resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError, RuntimeError):
        return name


def only_picture(group: list[Token]) -> Token | None:
    """The picture that is all there is in a paragraph."""
    if [token.type for token in group] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    children = group[1].children or []
    if len(children) != 1 or children[0].type != "image":
        return None
    children[0].map = group[0].map
    return children[0]
