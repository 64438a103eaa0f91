"""A word or a few, typed.

    {"accepted": [{"text": "clavier", "credit": 100, "feedback": "..."}, ...], "wildcards": false, "otherwise": "..."}

Answers are compared after `folding.comparable_answer`. `credit` (percent, 100 when absent) gives part of the mark to
an answer that is nearly right, or none to a mistake the author expects and wants to explain. At least one
answer must be worth 100; the first that fits counts. `otherwise` is said to all answers the author did not foresee.
With `wildcards`, "*" stands for any characters and "\\*" for itself, as in Moodle.

Response: {"text": "as typed"}.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.entities import has_entity
from assessments.formats.interactions import ImportedAnswer, TypedText
from assessments.formats.neutral import Coded, Fault
from assessments.formats.plain import typed
from assessments.formats.rich import Rich

from .base import (
    InvalidResponse,
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Response,
    Spec,
    Submission,
    damaged_response,
    in_each,
    present,
    share,
    single_value,
)
from .checks import check_credit, check_flag, check_length, check_optional_text, is_text, rows
from .editing import Value, credit_block, credited, feedback_block, filled, write_items
from .filing import credited as credited_in_file
from .filing import given_texts_in, is_otherwise, otherwise, rich, rounded
from .folding import comparable_answer

FIELD = "answer"
LONGEST = 500  # characters
ANYTHING = "\ue000"  # stands for "*" in a pattern; for private use, so it is in no text

_WRITTEN_STAR = re.compile(r"(\\)?(\*++)")


class AcceptedBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("accepted answer"), max_length=200)
    credit = credit_block(100)
    feedback = feedback_block()

    class Meta:
        label = gettext_lazy("accepted answer")
        label_format = "{text}"


class ShortTextBlock(blocks.StructBlock):
    accepted = blocks.ListBlock(AcceptedBlock(), min_num=1, max_num=20, label=gettext_lazy("accepted answers"))
    otherwise = feedback_block(gettext_lazy("feedback for any other answer"))
    wildcards = blocks.BooleanBlock(
        label=gettext_lazy("“*” stands for any characters"),
        required=False,
        help_text=gettext_lazy("“*Dakar*” then accepts “the town of Dakar”. Write “\\*” for a star itself."),
    )

    class Meta:
        icon = "pilcrow"


class ShortText(QuestionType[str]):
    name = "short_text"
    label = gettext_lazy("Short answer")
    block = ShortTextBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        accepted = rows(spec, "accepted")
        if too_long := check_length(len(accepted), "accepted"):
            return too_long
        problems = []
        if not any(_credit(row) == 100 for row in accepted):
            problems.append(
                Problem("accepted", _("No answer earns the full mark."), _("Add at least one right answer."))
            )
        for number, row in enumerate(accepted):
            path = f"accepted.{number}."
            if not is_text(row.get("text")):
                problems.append(Problem(f"{path}text", _("This answer is empty."), _("Write it, or delete the line.")))
            problems += check_credit(row, path) + check_optional_text(row, "feedback", f"{path}feedback")
        if isinstance(spec, Mapping):
            problems += check_optional_text(spec, "otherwise", "otherwise")
            problems += check_flag(spec, "wildcards", "wildcards")
        stars = isinstance(spec, Mapping) and _has_wildcards(spec)
        return problems + _check_clashes(accepted, stars) + (_check_stars(accepted) if stars else [])

    def from_editor(self, value: Value) -> dict[str, Any]:
        stars = {"wildcards": True} if value.get("wildcards") else {}
        return {"accepted": credited(value["accepted"], "text"), **filled(value, "otherwise"), **stars}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {**spec, "accepted": write_items(spec["accepted"])}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        accepted = row["accepted"]
        texts = accepted[language] if isinstance(accepted, dict) else accepted
        words = given_texts_in(row, ["otherwise"], language)
        stars = {"wildcards": True} if row.get("wildcards") is True else {}
        return {"accepted": [{"text": str(text), "credit": 100} for text in texts], **words, **stars}

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        texts = {code: [answer["text"] for answer in spec["accepted"]] for code, spec in specs.items()}
        first = next(iter(texts.values()))
        others = in_each(
            {code: {name: spec[name] for name in spec if name != "accepted"} for code, spec in specs.items()}
        )
        return {"accepted": first if all(given == first for given in texts.values()) else texts, **others}

    def from_file(self, interaction: TypedText) -> Coded[dict[str, Any]]:
        answers = [answer for answer in interaction.answers if not is_otherwise(answer, interaction.answers)]
        texts = [typed(answer.text) for answer in answers]
        stars = any(ANYTHING in _pattern(text) for text in texts)
        accepted = [
            credited_in_file(answer, {"text": text if stars else _pattern(text)})
            for answer, text in zip(answers, texts, strict=True)
        ]
        spec = {"accepted": accepted, "otherwise": otherwise(interaction.answers), "wildcards": stars}
        changed = (*rounded(interaction.answers), *_read_otherwise(interaction.answers))
        return Coded(spec, changed=changed)

    def to_file(self, spec: Spec) -> Coded[TypedText]:
        answers = [
            ImportedAnswer(
                rich(row["text"] if _has_wildcards(spec) else row["text"].replace("*", "\\*")),
                Decimal(_credit(row)),
                rich(row.get("feedback", "")),
            )
            for row in spec["accepted"]
        ]
        if words := rich(spec.get("otherwise", "")):
            answers.append(ImportedAnswer(Rich("*"), Decimal(0), words))
        return Coded(TypedText(tuple(answers)))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        return {"type": self.name, "field": FIELD}

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        text = single_value(sent.fields, FIELD).strip()
        if len(text) > LONGEST:
            raise InvalidResponse(
                _("Your answer is too long. Write at most %(limit)s characters.") % {"limit": LONGEST}
            )
        return {"text": text} if text else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {} if answer is None else {FIELD: [answer]}

    def clean(self, spec: Spec, response: Response) -> str | None:
        if not response:
            return None
        text = response.get("text")
        if not isinstance(text, str) or not text.strip():
            raise damaged_response()
        return text

    def mark(self, spec: Spec, answer: str) -> ItemResult:
        folded, stars = comparable_answer(answer), _has_wildcards(spec)
        for row in spec["accepted"]:
            if _matches(_comparable_pattern(row["text"], stars), folded):
                return ItemResult(share(_credit(row), 100), present(row.get("feedback", "")))
        return ItemResult(Decimal(0), present(spec.get("otherwise", "")))

    def answer_text(self, spec: Spec, answer: str) -> str:
        return answer

    def right_answer(self, spec: Spec) -> str:
        texts = (row["text"] for row in spec["accepted"] if _credit(row) == 100)
        return " / ".join(_pattern(text).replace(ANYTHING, "…") if _has_wildcards(spec) else text for text in texts)


def _credit(row: Mapping[str, Any]) -> int:
    credit = row.get("credit", 100)
    return credit if isinstance(credit, int) else 0


def _read_otherwise(answers: Sequence[ImportedAnswer]) -> Iterator[Fault]:
    for answer in answers:
        if answer.text.format == "moodle" and has_entity(answer.text.text):
            what = _("The typed answer “%(text)s” is read as “%(letters)s”.")
            told = what % {"text": answer.text.text[:80], "letters": typed(answer.text)[:80]}
            yield Fault(told, _("If it is to be typed as it stands, write [plain] before it."))


def _has_wildcards(spec: Spec) -> bool:
    return spec.get("wildcards", False) is True


def _pattern(text: str) -> str:
    """A text as it is written with stars: ``ANYTHING`` for a run of them, and escaped ones as they are meant."""
    return _WRITTEN_STAR.sub(lambda found: _one_run(found[1], found[2]), text)


def _one_run(escape: str | None, stars: str) -> str:
    return ("*" + (ANYTHING if len(stars) > 1 else "")) if escape else ANYTHING


def _comparable_pattern(text: str, stars: bool) -> str:
    return comparable_answer(_pattern(text) if stars else text)


def _matches(pattern: str, text: str) -> bool:
    """Each part between two stars is looked for once, from the left: as long as the text, whatever the pattern."""
    first, *rest = pattern.split(ANYTHING)
    if not rest:
        return text == pattern
    *middle, last = rest
    if not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, place, max(place, end))
        if found < 0:
            return False
        place = found + len(part)
    return place <= end


def fits(pattern: str, text: str) -> bool:
    """Does a pattern with stars fit what was typed?"""
    return _matches(_comparable_pattern(pattern, stars=True), comparable_answer(text))


def _check_stars(accepted: list[Mapping[str, Any]]) -> list[Problem]:
    """Answers after one that fits everything, and one that does so only because its full stop does not count."""
    problems = []
    for number, row in enumerate(accepted):
        if not is_text(row.get("text")) or _comparable_pattern(row["text"], stars=True).strip(ANYTHING):
            continue
        if _pattern(row["text"]).strip(ANYTHING + " "):
            what = _("“%(text)s” would accept any answer: punctuation at its end does not count.")
            remedy = _("Write letters beside the star.")
            problems.append(Problem(f"accepted.{number}.text", what % {"text": row["text"]}, remedy))
        elif number < len(accepted) - 1:
            what = _("The answers after “%(text)s” are never reached: it accepts everything.") % {"text": row["text"]}
            problems.append(Problem(f"accepted.{number}.text", what, _("Put it last.")))
    return problems


def _check_clashes(accepted: list[Mapping[str, Any]], stars: bool) -> list[Problem]:
    """Two answers that fold to one but earn different credit: the second would never count."""
    known: dict[str, int] = {}
    problems = []
    for number, row in enumerate(accepted):
        if not is_text(row.get("text")):
            continue
        if known.setdefault(_comparable_pattern(row["text"], stars), _credit(row)) != _credit(row):
            problems.append(
                Problem(
                    f"accepted.{number}.text",
                    _("“%(text)s” is already in the list with another share of the points.") % {"text": row["text"]},
                    _("Delete one of the two: capitals and accents make no difference."),
                )
            )
    return problems
