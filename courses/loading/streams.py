"""Blocks of a lesson file to the stored form of a StreamField, with ids that stay the same at every load."""

from typing import Any

from courses.loading.markup import from_markdown, inline, one_line
from courses.loading.media import Shelf
from courses.loading.reading import CALLOUTS
from courses.loading.specs import stable_key


def raw_stream(blocks: list[tuple[str, Any]], shelf: Shelf, *scope: str) -> list[dict[str, Any]]:
    """``scope`` names the lesson and the language: block ids are made from it and from the place."""
    stream = []
    for place, (kind, value) in enumerate(blocks):
        name, content = convert(kind, value, shelf, lambda *more, p=place: str(stable_key(*scope, str(p), *more)))
        stream.append({"type": name, "value": content, "id": str(stable_key(*scope, str(place)))})
    return stream


def items(values: list[Any], new_id: Any) -> list[dict[str, Any]]:
    return [{"type": "item", "value": value, "id": new_id(str(n))} for n, value in enumerate(values)]


def convert(kind: str, value: Any, shelf: Shelf, new_id: Any) -> tuple[str, Any]:
    """Name of the block and its stored value."""
    if kind == "html":  # cleaned already
        return "text", value
    if kind == "text":
        return kind, from_markdown(value)
    if kind in CALLOUTS:
        return kind, {"title": value.get("title") or "", "text": from_markdown(value["text"])}
    if kind == "steps":
        return kind, {"steps": items([inline(step) for step in value], new_id)}
    if kind == "table":
        return kind, {"caption": value.get("caption") or "", "rows": table_text([value["header"], *value["rows"]])}
    if kind == "code":
        return kind, {"code": value["code"].rstrip("\n")}
    if kind == "check":
        return "self_check", {"question": value["question"], "options": items(options(value), new_id)}
    return media(kind, value, shelf)


def media(kind: str, value: Any, shelf: Shelf) -> tuple[str, Any]:
    if kind == "image":
        image = shelf.image(value["file"], value["alt"])
        return kind, {"image": image.pk, "alt": value["alt"], "caption": value.get("caption") or ""}
    if kind == "audio":
        recording = shelf.audio(value["file"], value["title"])
        return kind, {"media": recording.pk, "transcript": from_markdown(value["transcript"])}
    return kind, {"document": shelf.document(value["file"], value["title"]).pk, "title": value["title"]}


def options(value: Any) -> list[dict[str, Any]]:
    return [
        {"text": str(o["text"]), "correct": o.get("correct") is True, "feedback": str(o["feedback"])}
        for o in value["options"]
    ]


def table_text(rows: list[list[Any]]) -> str:
    """Rows as the table block keeps them: one a line, cells between bars."""
    return "\n".join(" | ".join(one_line(cell).replace("|", r"\|") for cell in row) for row in rows)
