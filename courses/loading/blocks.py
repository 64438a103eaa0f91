"""The blocks that a lesson file may hold. A block of ``cms.blocks`` comes to course folders by one row here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from courses.loading.markup import from_markdown, inline, one_line
from courses.loading.media import Shelf
from courses.loading.reader import Map, Reader
from courses.loading.specs import stable_key

NewId = Callable[..., str]
"""``new_id("2")``: the id of item 2, the same at every load."""


def no_check(reader: Reader, value: Any, line: int) -> None:
    """Nothing more has to hold."""


@dataclass(frozen=True)
class LessonBlock:
    write: Callable[[Any, Shelf, NewId], Any]
    """What the file says, as the block's stored value."""
    wanted: tuple[str, ...] = ()
    """Keys it cannot do without; a block without any is one text or one list."""
    check: Callable[[Reader, Any, int], None] = no_check
    """Notes what else is wrong with the value at this line."""
    stored_as: str = ""
    """The block's name in ``cms.blocks``, when files call it otherwise."""


def write_callout(value: Map, shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    return {"title": value.get("title") or "", "text": from_markdown(value["text"])}


def write_steps(value: list[str], shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    return {"steps": items([inline(step) for step in value], new_id)}


def write_table(value: Map, shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    """Rows as the table block keeps them: one a line, cells between bars."""
    rows = [value["header"], *value["rows"]]
    lines = (" | ".join(one_line(cell).replace("|", r"\|") for cell in row) for row in rows)
    return {"caption": value.get("caption") or "", "rows": "\n".join(lines)}


def check_table(reader: Reader, value: Map, line: int) -> None:
    if any(len(row) > len(value.get("header") or []) for row in value.get("rows") or []):
        reader.add_problem(line, "a row has more cells than the header", "Add a cell to header, or take one away")


def write_self_check(value: Map, shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    options = [
        {"text": str(o["text"]), "correct": o.get("correct") is True, "feedback": str(o["feedback"])}
        for o in value["options"]
    ]
    return {"question": value["question"], "options": items(options, new_id)}


def check_self_check(reader: Reader, value: Map, line: int) -> None:
    options = [option for option in value.get("options") or [] if isinstance(option, dict)]
    if len(options) < 2:
        reader.add_problem(
            line, "a check needs two answers or more", "Add - {text: ..., correct: false, feedback: ...}"
        )
    if not any(option.get("correct") is True for option in options):
        reader.add_problem(line, "no answer is right", "Write correct: true at the right one")
    if any(not option.get("text") or not option.get("feedback") for option in options):
        reader.add_problem(line, "an answer has no text or no feedback", "Write both for each answer")


def write_image(value: Map, shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    image = shelf.image(value["file"], value["alt"])
    return {"image": image.pk, "alt": value["alt"], "caption": value.get("caption") or ""}


def write_audio(value: Map, shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    recording = shelf.audio(value["file"], value["title"])
    return {"media": recording.pk, "transcript": from_markdown(value["transcript"])}


def write_download(value: Map, shelf: Shelf, new_id: NewId) -> dict[str, Any]:
    return {"document": shelf.document(value["file"], value["title"]).pk, "title": value["title"]}


def check_file(reader: Reader, value: Map, line: int) -> None:
    if value.get("file"):
        reader.file_named(value["file"], line)


CALLOUT = LessonBlock(write_callout, wanted=("text",))
LESSON_BLOCKS: dict[str, LessonBlock] = {
    "text": LessonBlock(lambda value, shelf, new_id: from_markdown(value)),
    "image": LessonBlock(write_image, wanted=("file", "alt"), check=check_file),
    "tip": CALLOUT,
    "example": CALLOUT,
    "warning": CALLOUT,
    "steps": LessonBlock(write_steps),
    "table": LessonBlock(write_table, wanted=("header", "rows"), check=check_table),
    "code": LessonBlock(lambda value, shelf, new_id: {"code": value["code"].rstrip("\n")}, wanted=("code",)),
    "audio": LessonBlock(write_audio, wanted=("file", "title", "transcript"), check=check_file),
    "download": LessonBlock(write_download, wanted=("file", "title"), check=check_file),
    "check": LessonBlock(
        write_self_check, wanted=("question", "options"), check=check_self_check, stored_as="self_check"
    ),
}


def items(values: list[Any], new_id: NewId) -> list[dict[str, Any]]:
    return [{"type": "item", "value": value, "id": new_id(str(n))} for n, value in enumerate(values)]


def raw_stream(blocks: list[tuple[str, Any]], shelf: Shelf, *scope: str) -> list[dict[str, Any]]:
    """Blocks of a lesson file as a StreamField stores them; ``html`` is text that was cleaned before.

    ``scope`` names the lesson and the language: ids are made from it and from the place, the same at every load.
    """
    stream = []
    for place, (name, value) in enumerate(blocks):
        new_id: NewId = lambda *more, place=place: str(stable_key(*scope, str(place), *more))  # noqa: E731
        if name == "html":
            stored_as, content = "text", value
        else:
            kind = LESSON_BLOCKS[name]
            stored_as, content = kind.stored_as or name, kind.write(value, shelf, new_id)
        stream.append({"type": stored_as, "value": content, "id": new_id()})
    return stream
