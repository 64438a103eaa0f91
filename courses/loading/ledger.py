"""What earlier loads of a course wrote: to keep what was edited here since, to retire what the folder has no longer."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model

from courses.loading.specs import Report
from courses.models import Course, LoadedPart


def fingerprint(value: Any) -> str:
    return hashlib.sha256(json.dumps(as_stored(value), sort_keys=True, default=str).encode()).hexdigest()[:16]


def as_stored(value: Any) -> Any:
    """A value as it is kept, so that what was written and what is read again compare."""
    if hasattr(value, "get_queryset"):
        value = list(value.all())
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, list) and value and isinstance(value[0], Model):
        return sorted(row.pk for row in value)
    if hasattr(value, "get_prep_value"):
        value = json.dumps(value.get_prep_value())
    if isinstance(value, str) and value.startswith("[{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return list(value) if isinstance(value, tuple) else value


def as_seen(value: Any) -> Any:
    """A value without what an editor adds and nobody sees: names of blocks, closed breaks, how a space is spelt."""
    return _as_seen(as_stored(value))


def _as_seen(value: Any) -> Any:
    if isinstance(value, str):
        text = re.sub(r' data-block-key="[^"]*+"', "", value).replace("<br/>", "<br>").replace("<br>\n", "<br>")
        return re.sub(r">\s+(?=<(?:/?(?:p|ul|ol|li|h2|h3)|embed)\b)", ">", text.replace("&nbsp;", "\u00a0"))
    if isinstance(value, list):
        return [_as_seen(inner) for inner in value]
    if isinstance(value, dict):
        is_block = {"type", "value"} <= value.keys()
        return {
            name: inner if name in ("code", "rows") else _as_seen(inner)  # as they are typed
            for name, inner in value.items()
            if not (is_block and name == "id")
        }
    return value


def values_of(row: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


class Ledger:
    """One load of a course. ``overwrite``: write over what was edited here; ``keep``: retire nothing."""

    def __init__(self, course: Course, report: Report, *, keep: bool = False, overwrite: bool = False) -> None:
        self.course, self.report, self.keep, self.overwrite = course, report, keep, overwrite
        rows = LoadedPart.objects.filter(course=course)
        self.parts = {(row.kind, row.key, row.language): row for row in rows}

    def part(self, kind: str, key: UUID, language: str = "") -> LoadedPart | None:
        return self.parts.get((kind, key, language))

    def may_write(
        self, kind: str, key: UUID, language: str, name: str, now: Mapping[str, Any], *, live: bool = True,
        by_person: bool = False,
    ) -> bool:  # fmt: skip
        """False, and told in the report, for what somebody edited here since the last load.

        ``now`` are the fields as they stand, drafts included; ``by_person`` counts where no load has left a row.
        """
        part = self.part(kind, key, language)
        if part is None:
            edited = ["?"] if by_person else []
        else:
            edited = [field for field, mark in part.fields.items() if field in now and fingerprint(now[field]) != mark]
            if not live and not part.is_retired:
                edited.append("live")
        if edited and not self.overwrite:
            self.report.kept_edits.append(f"{name} ({', '.join(edited)})" if edited != ["?"] else name)
        return not edited or self.overwrite

    def wrote(self, kind: str, key: UUID, language: str, fields: Mapping[str, Any]) -> None:
        marks = {name: fingerprint(value) for name, value in fields.items()}
        self.save(kind, key, language, marks)

    def save(self, kind: str, key: UUID, language: str, fields: dict[str, Any], *, is_retired: bool = False) -> None:
        part = self.parts.get((kind, key, language))
        if part is not None and (part.fields, part.is_retired) == (fields, is_retired):
            return
        values = {"fields": fields, "is_retired": is_retired}
        self.parts[kind, key, language] = LoadedPart.objects.update_or_create(
            course=self.course, kind=kind, key=key, language=language, defaults=values
        )[0]

    def retired(self, kind: str, key: UUID, language: str) -> None:
        part = self.part(kind, key, language)
        self.save(kind, key, language, part.fields if part else {}, is_retired=True)
