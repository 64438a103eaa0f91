"""The blocks of a lesson as its file has them: the inverse of ``courses.loading.blocks``.

A block of ``cms.blocks`` is exported by one row in ``WRITTEN``; one that has none is named as lost.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from cms.table_text import join_rows, split_row
from courses.loading.rich_markdown import (
    EMBED,
    code_markdown,
    escaped,
    markdown_line,
    markdown_of,
    plain_tags,
    raw_html,
    table_markdown,
    tree,
)
from lms.lib.markdown import one_line

Value = Any
"""A block as ``courses.loading.lessons`` reads it: media by the name of their file in the folder."""


class MediaNames(Protocol):
    """Where the files of media go; each gives the name of the file from the folder, "" when there is none."""

    def image(self, pk: Any) -> str: ...

    def document(self, pk: Any) -> str: ...

    def played(self, pk: Any) -> tuple[str, str]: ...


@dataclass(frozen=True)
class Written:
    value: Callable[[Any, MediaNames], Value]
    """What is stored, as a file of the folder says it."""
    text: Callable[[Value, bool], str]
    """That value in the file; True: its rich text as HTML, for what Markdown cannot say."""


def items(values: list[Any]) -> list[Any]:
    """Of a list block, with or without the names of its items."""
    return [item["value"] if isinstance(item, dict) and item.get("type") == "item" else item for item in values]


def rich(html: str, as_html: bool) -> str:
    return raw_html(html) if as_html else markdown_of(html)


def fence(name: str, heading: str, inside: str) -> str:
    first_line = f"::: {name} {one_line(heading)}".rstrip(" ")
    return f"{first_line}\n\n{inside}\n\n:::" if inside else f"{first_line}\n:::"


def beside(file: str) -> str:
    """The file as a lesson names it, which stands in the folder of its language."""
    return f"../{file}"


def quoted(text: str) -> str:
    return re.sub(r'([\\"])', r"\\\1", text)


def callout(name: str) -> Written:
    return Written(
        lambda stored, media: {"title": one_line(stored.get("title")), "text": plain_tags(stored["text"])},
        lambda value, as_html: fence(name, value["title"], rich(value["text"], as_html)),
    )


def step_lines(value: Value, as_html: bool) -> str:
    steps = [re.sub("^<p>|</p>$", "", plain_tags(step)) if as_html else markdown_line(step) for step in value["steps"]]
    return fence("steps", "", "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)))


def table_value(stored: Any, media: MediaNames) -> Value:
    rows = [split_row(line) for line in (stored.get("rows") or "").splitlines() if line.strip(" |\t-:")] or [[""]]
    width = max(map(len, rows))
    header, *others = [row + [""] * (width - len(row)) for row in rows]
    return {"caption": one_line(stored.get("caption")), "header": header, "rows": others}


def table_lines(value: Value, as_html: bool) -> str:
    table = table_markdown([value["header"], *value["rows"]])
    return fence("table", value["caption"], table) if value["caption"] else table


def image_value(stored: Any, media: MediaNames) -> Value:
    caption = one_line(stored.get("caption"))
    return {"file": media.image(stored.get("image")), "alt": one_line(stored.get("alt")), "caption": caption}


def image_line(value: Value, as_html: bool) -> str:
    caption = f' "{quoted(value["caption"])}"' if value["caption"] else ""
    return f"![{escaped(value['alt'])}]({beside(value['file'])}{caption})"


def played(name: str) -> Written:
    def value(stored: Any, media: MediaNames) -> Value:
        file, title = media.played(stored.get("media"))
        return {"file": file, "title": one_line(title), "transcript": plain_tags(stored["transcript"])}

    return Written(
        value,
        lambda value, as_html: fence(
            name, f"{beside(value['file'])} {value['title']}", rich(value["transcript"], as_html)
        ),
    )


def download_value(stored: Any, media: MediaNames) -> Value:
    return {"file": media.document(stored.get("document")), "title": one_line(stored.get("title"))}


def check_value(stored: Any, media: MediaNames) -> Value:
    options = [
        {
            "text": one_line(option["text"]),
            "correct": bool(option.get("correct")),
            "feedback": one_line(option.get("feedback")),
        }
        for option in items(stored["options"])
    ]
    return {"question": one_line(stored["question"]), "options": options}


def check_lines(value: Value, as_html: bool) -> str:
    rows = [
        f"- [{'x' if option['correct'] else ' '}] {inside(option['text'])}\n  > {escaped(option['feedback'])}"
        for option in value["options"]
    ]
    return fence("check", "", "\n".join([escaped(value["question"]), "", *rows]))


def inside(text: str) -> str:
    """Words that do not stand at the begin of a line."""
    return escaped(f"x{text}")[1:]


WRITTEN: dict[str, Written] = {
    "text": Written(lambda stored, media: plain_tags(stored), rich),
    "image": Written(image_value, image_line),
    "tip": callout("tip"),
    "example": callout("example"),
    "warning": callout("warning"),
    "steps": Written(
        lambda stored, media: {"steps": [plain_tags(step) for step in items(stored["steps"])]}, step_lines
    ),
    "table": Written(table_value, table_lines),
    "code": Written(
        lambda stored, media: {"code": stored["code"].rstrip("\n")},
        lambda value, as_html: code_markdown(value["code"]),
    ),
    "audio": played("audio"),
    "video": played("video"),
    "download": Written(
        download_value,
        lambda value, as_html: fence("download", f"{beside(value['file'])} {value['title']}", ""),
    ),
    "self_check": Written(check_value, check_lines),
}


def split_text(name: str, stored: Any) -> Iterator[tuple[str, Any]]:
    """A text with tables and code in it as blocks of their own, which is how a file has them."""
    if name != "text" or not EMBED.search(stored):
        yield name, stored
        return
    place = 0
    for match in EMBED.finditer(stored):
        if stored[place : match.start()].strip():
            yield "text", stored[place : match.start()]
        yield _embed(match[0])
        place = match.end()
    if stored[place:].strip():
        yield "text", stored[place:]


def _embed(embed: str) -> tuple[str, Any]:
    element = tree(embed)[0]
    if element.get("embedtype") == "table":
        rows = [split_row(line) for line in (element.get("rows") or "").splitlines()]
        return "table", {"caption": element.get("caption") or "", "rows": join_rows(rows)}
    return "code", {"code": element.get("code") or ""}
