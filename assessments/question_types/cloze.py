"""A text with gaps to fill in: typed words, numbers, lists to choose from (a drop-down in text has lists alone).

    {"text": "Dakar est la capitale du [[Sénégal|Mali#C’est son voisin]]."}

`gap_text` reads the text. Each gap is a small question of the type that its kind names, which reads, marks and explains
it: what holds for a short answer or a number holds in a gap. Partial credit: each gap earns its share of the mark by
its weight, and a wrong one costs nothing more (Moodle's rule for embedded answers).

Response: {"gaps": {"1": {"text": "Sénégal"}, "3": {"choice": "2"}}}: by the number of the gap, as its type stores it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.interactions import GAP, GapsInText, ImportedGap
from assessments.formats.neutral import Coded, Fault
from assessments.formats.plain import plain_text
from assessments.formats.rich import Rich

from .base import (
    InvalidResponse,
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Response,
    ReviewLine,
    Spec,
    Submission,
    damaged_response,
    present,
    share,
)
from .choice import Single
from .editing import Value
from .gap_text import BadGap, Gap, GapText, parse, write
from .numeric import Numeric
from .reading import text_in
from .short_text import ShortText

KINDS: dict[str, QuestionType[Any]] = {kind.name: kind for kind in (ShortText(), Numeric(), Single())}
AROUND = 40  # characters that are read out before a gap

Answers = dict[str, Response]
"""{number of the gap: the answer as its type stores it}"""


class ClozeBlock(blocks.StructBlock):
    text = blocks.TextBlock(
        label=gettext_lazy("text with gaps"),
        max_length=8000,
        rows=6,
        help_text=gettext_lazy(
            "Write each right answer between double brackets: “Dakar is the capital of [[Senegal]].” More answers "
            "stand behind “|”, with “=” when they are right too, and what you say to one stands behind “#”: "
            "[[Senegal|=Sénégal|Mali#That is its neighbour.]]. [[?Senegal|Mali]] is a list to choose from (the first "
            "is right, the order is shuffled), [[#12.5:0.5]] a number with what may be between, [[!SO-1070]] typed "
            "exactly, [[Senegal]]{2} counts twice. The preview shows what a learner sees."
        ),
    )

    class Meta:
        icon = "edit"


class Cloze(QuestionType[Answers]):
    name = "cloze"
    label = gettext_lazy("Text with gaps")
    block = ClozeBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        text = spec.get("text") if isinstance(spec, Mapping) else None
        if not isinstance(text, str):
            return [Problem("text", _("There is no text."), _("Write it, with the right answers between [[ and ]]."))]
        try:
            parts = parse(text)
        except BadGap as bad:
            return [Problem("text", bad.what, bad.remedy)]
        return [
            Problem("text", _("Gap %(number)s: %(what)s") % {"number": number, "what": problem.what}, problem.remedy)
            for number, gap in enumerate(parts.gaps, 1)
            for problem in KINDS[gap.kind].validate(gap.spec)
        ]

    def from_editor(self, value: Value) -> dict[str, Any]:
        return {"text": value.get("text") or ""}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return dict(spec)

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        return {"text": text_in(row["text"], language)}

    def from_file(self, interaction: GapsInText) -> Coded[dict[str, Any]]:
        coded = [KINDS[gap.interaction.type].from_file(gap.interaction) for gap in interaction.gaps]
        gaps = [
            Gap(gap.interaction.type, found.payload, gap.weight)
            for gap, found in zip(interaction.gaps, coded, strict=True)
        ]
        texts = plain_text(interaction.text).split(GAP)
        lost = tuple(fault for found in coded for fault in found.lost)
        changed = tuple(fault for found in coded for fault in found.changed)
        if len(texts) != len(gaps) + 1 or not all(_is_whole(gap) for gap in gaps):
            return Coded({}, lost, changed)
        return Coded({"text": write(texts, gaps)}, lost, changed)

    def to_file(self, spec: Spec) -> Coded[GapsInText]:
        parts = parse(spec["text"])
        coded = [KINDS[gap.kind].to_file(gap.spec) for gap in parts.gaps]
        gaps = (ImportedGap(found.payload, gap.weight) for found, gap in zip(coded, parts.gaps, strict=True))
        lost: tuple[Fault, ...] = tuple(fault for found in coded for fault in found.lost)
        return Coded(GapsInText(Rich(GAP.join(parts.texts), "plain"), tuple(gaps)), lost)

    def public(self, spec: Spec, rng: random.Random) -> Public:
        parts = parse(spec["text"])
        items = []
        for number, gap in enumerate(parts.gaps, 1):
            own = KINDS[gap.kind].public(gap.spec, rng)
            items.append(
                {
                    "token": str(number),
                    "text": parts.texts[number - 1],
                    "field": _field(number),
                    "kind": gap.kind,
                    "before": _end_of(parts.texts[number - 1]),
                    "options": own.get("options", []),
                    "rule": own.get("rule", ""),
                }
            )
        exact = [item["token"] for item in items if item["rule"] == "exact"]
        typed = any(item["rule"] not in ("", "exact") for item in items)
        return {"type": self.name, "items": items, "tail": parts.texts[-1], "exact": exact, "forgiving": typed}

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        given: Answers = {}
        for number, (gap, item) in enumerate(zip(parse(spec["text"]).gaps, public["items"], strict=True), 1):
            kind = KINDS[gap.kind]
            own = {"field": FIELDS[gap.kind], "options": item["options"]}
            fields = {FIELDS[gap.kind]: sent.fields.get(item["field"], ())}
            try:
                answer = kind.read(gap.spec, own, Submission(fields))
            except InvalidResponse as error:
                raise InvalidResponse(_("Gap %(number)s: %(what)s") % {"number": number, "what": error}) from error
            if answer:
                given[str(number)] = answer
        return {"gaps": given} if given else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        given = self._answer_or_none(spec, response) or {}
        filled: dict[str, list[str]] = {}
        for number, gap, item in zip(_numbers(spec), parse(spec["text"]).gaps, public["items"], strict=True):
            own = {"field": FIELDS[gap.kind], "options": item["options"]}
            for values in KINDS[gap.kind].refill(gap.spec, own, given.get(number, {})).values():
                filled[item["field"]] = values
        return filled

    def clean(self, spec: Spec, response: Response) -> Answers | None:
        given = response.get("gaps", {})
        if not isinstance(given, dict) or (response and not given):
            raise damaged_response()
        gaps = dict(zip(_numbers(spec), parse(spec["text"]).gaps, strict=True))
        for number, answer in given.items():
            if number not in gaps or not isinstance(answer, dict) or not answer:
                raise damaged_response()
            KINDS[gaps[number].kind].clean(gaps[number].spec, answer)
        return dict(given) or None

    def mark(self, spec: Spec, answer: Answers) -> ItemResult:
        parts = parse(spec["text"])
        results = _marked(parts, answer)
        earned = sum(
            (result.fraction * gap.weight for result, gap in zip(results, parts.gaps, strict=True)), Decimal(0)
        )
        words = (
            f"({number}) {text}" if len(results) > 1 else text
            for number, result in enumerate(results, 1)
            for text in result.feedback
        )
        return ItemResult(share(earned, sum(gap.weight for gap in parts.gaps)), present(*words))

    def answer_text(self, spec: Spec, answer: Answers) -> str:
        return self._whole(parse(spec["text"]), answer)

    def right_answer(self, spec: Spec) -> str:
        parts = parse(spec["text"])
        return _joined(parts, [KINDS[gap.kind].right_answer(gap.spec) for gap in parts.gaps])

    def lines(self, spec: Spec, answer: Answers | None) -> list[ReviewLine]:
        parts, given = parse(spec["text"]), answer or {}
        return [
            ReviewLine(
                label=f"({number}) {_end_of(parts.texts[number - 1])}",
                chosen=str(number) in given,
                given=KINDS[gap.kind].describe(gap.spec, given.get(str(number), {})),
                expected=KINDS[gap.kind].right_answer(gap.spec),
                right=result.correct,
                feedback=" ".join(result.feedback),
            )
            for number, (gap, result) in enumerate(zip(parts.gaps, _marked(parts, given), strict=True), 1)
        ]

    def _whole(self, parts: GapText, answer: Answers) -> str:
        given = (
            KINDS[gap.kind].describe(gap.spec, answer.get(str(number), {})) for number, gap in enumerate(parts.gaps, 1)
        )
        return _joined(parts, [text or "…" for text in given])


FIELDS = {"short_text": "answer", "numeric": "answer", "single": "choice"}
"""What the type of a gap calls its field."""


def _field(number: int) -> str:
    return f"gap-{number}"


def _numbers(spec: Spec) -> Iterator[str]:
    return (str(number) for number in range(1, len(parse(spec["text"]).gaps) + 1))


def _marked(parts: GapText, answer: Answers) -> list[ItemResult]:
    return [KINDS[gap.kind].grade(gap.spec, answer.get(str(number), {})) for number, gap in enumerate(parts.gaps, 1)]


def _is_whole(gap: Gap) -> bool:
    """Has it what can be written between the brackets?"""
    return bool(gap.spec.get("options") or gap.spec.get("accepted") or gap.spec.get("answer"))


def _joined(parts: GapText, words: list[str]) -> str:
    text = parts.texts[0] + "".join(f"[{word}]{after}" for word, after in zip(words, parts.texts[1:], strict=True))
    return " ".join(text.split())


def _end_of(text: str) -> str:
    """The last words before a gap, for who hears the field alone."""
    words = " ".join(text.split())
    return words if len(words) <= AROUND else f"… {words[-AROUND:].partition(' ')[2]}"
