"""A word or a few, typed.

    {"accepted": [{"text": "clavier", "credit": 100, "feedback": "..."}, ...], "otherwise": "...",
     "exact": false, "wildcards": false, "regex": false, "slips": 0, "slip_credit": 100, "near": "...",
     "shown": "..."}

Answers are compared after `normalisation.comparable_answer`; with `exact`, as `normalisation.exact_answer` leaves
them: capitals, accents and spaces count. `credit` (percent, 100 when absent) gives part of the mark to an answer that
is nearly right, or none to a mistake the author expects and wants to explain. At least one
answer must be worth 100; the first that fits counts. `otherwise` is said to all answers the author did not foresee.
With `wildcards`, "*" stands for any characters and "\\*" for itself, as in Moodle; with `regex`, answers are patterns
(`patterns`), and `shown` is the one that learners read. `slips` letters may be wrong (`slips.distance`), never a digit:
the nearest answer counts, for `slip_credit` percent of its credit, and `near` is said. The learner is told which of
these rules holds.

Response: {"text": "as typed"}.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.entities import has_entity
from assessments.formats.interactions import ImportedAnswer, TypedText
from assessments.formats.neutral import CannotHoldError, Coded, Fault
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
from .checks import check_flag, check_length, check_optional_text, rows
from .comparing import (
    ANYTHING,
    MOST_SLIPS,
    accepted_row,
    check_accepted,
    credit_of,
    is_set,
    rule_of,
    written_pattern,
)
from .editing import Value, credit_block, credited, feedback_block, filled, write_items
from .reading import credited as credited_in_file
from .reading import given_texts_in, is_otherwise, otherwise, rich, rounded

FIELD = "answer"
LONGEST = 500  # characters
FLAGS = ("exact", "wildcards", "regex")


class AcceptedBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("accepted answer"), max_length=200)
    credit = credit_block(100)
    feedback = feedback_block()

    class Meta:
        label = gettext_lazy("accepted answer")
        label_format = "{text}"


class ShortTextBlock(blocks.StructBlock):
    exact = blocks.BooleanBlock(
        label=gettext_lazy("capitals, accents and spaces count"),
        required=False,
        help_text=gettext_lazy(
            "For codes, names of files, formulas: “so-1070” is then not “SO-1070”. The learner is told the rule."
        ),
    )
    accepted = blocks.ListBlock(AcceptedBlock(), min_num=1, max_num=20, label=gettext_lazy("accepted answers"))
    otherwise = feedback_block(gettext_lazy("feedback for any other answer"))
    wildcards = blocks.BooleanBlock(
        label=gettext_lazy("“*” stands for any characters"),
        required=False,
        help_text=gettext_lazy("“*Dakar*” then accepts “the town of Dakar”. Write “\\*” for a star itself."),
    )
    regex = blocks.BooleanBlock(
        label=gettext_lazy("the answers are regular expressions"),
        required=False,
        help_text=gettext_lazy("“SO-\\d{4}” then accepts “SO-1070”, and “colou?r” both spellings."),
    )
    slips = blocks.IntegerBlock(
        label=gettext_lazy("letters that may be wrong"),
        required=False,
        min_value=0,
        max_value=MOST_SLIPS,
        help_text=gettext_lazy("With 1, “clavir” passes for “clavier”. A digit is never taken for another one."),
    )
    slip_credit = blocks.IntegerBlock(
        label=gettext_lazy("share of the points with wrong letters, %"), required=False, min_value=0, max_value=100
    )
    near = feedback_block(gettext_lazy("feedback when letters are wrong"))
    shown = blocks.CharBlock(
        label=gettext_lazy("right answer, as learners read it"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For regular expressions: one answer that fits."),
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
        problems = check_accepted(spec, accepted)
        if isinstance(spec, Mapping):
            for name in ("otherwise", "near", "shown"):
                problems += check_optional_text(spec, name, name)
            for name in FLAGS:
                problems += check_flag(spec, name, name)
        return problems

    def from_editor(self, value: Value) -> dict[str, Any]:
        flags = {name: True for name in FLAGS if value.get(name)}
        slips = filled(value, "slips", "slip_credit") if value.get("slips") else {}
        return {
            "accepted": credited(value["accepted"], "text"),
            **filled(value, "otherwise", "near", "shown"),
            **flags,
            **slips,
        }

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {**spec, "accepted": write_items(spec["accepted"])}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        accepted = row["accepted"]
        texts = accepted[language] if isinstance(accepted, dict) else accepted
        words = given_texts_in(row, ["otherwise", "near", "shown"], language)
        flags = {name: True for name in FLAGS if row.get(name) is True}
        slips = filled(row, "slips", "slip_credit") if row.get("slips") else {}
        return {"accepted": [{"text": str(text), "credit": 100} for text in texts], **words, **flags, **slips}

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
        stars = any(ANYTHING in written_pattern(text) for text in texts)
        accepted = [
            credited_in_file(answer, {"text": text if stars else written_pattern(text)})
            for answer, text in zip(answers, texts, strict=True)
        ]
        spec = {"accepted": accepted, "otherwise": otherwise(interaction.answers), "wildcards": stars}
        spec |= {"exact": True} if interaction.exact else {}
        changed = (*rounded(interaction.answers), *_read_otherwise(interaction.answers))
        return Coded(spec, changed=changed)

    def to_file(self, spec: Spec) -> Coded[TypedText]:
        if is_set(spec, "regex"):
            raise CannotHoldError(_("Left out: no file format has regular expressions as answers"))
        answers = [
            ImportedAnswer(
                rich(row["text"] if is_set(spec, "wildcards") else row["text"].replace("*", "\\*")),
                Decimal(credit_of(row)),
                rich(row.get("feedback", "")),
            )
            for row in spec["accepted"]
        ]
        if words := rich(spec.get("otherwise", "")):
            answers.append(ImportedAnswer(Rich("*"), Decimal(0), words))
        lost = (Fault(_("Without the letters that may be wrong"), ""),) if spec.get("slips") else ()
        return Coded(TypedText(tuple(answers), is_set(spec, "exact")), lost)

    def public(self, spec: Spec, rng: random.Random) -> Public:
        return {"type": self.name, "field": FIELD, "rule": rule_of(spec)}

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
        row, slipped = accepted_row(spec, answer)
        if row is None:
            return ItemResult(Decimal(0), present(spec.get("otherwise", "")))
        if not slipped:
            return ItemResult(share(credit_of(row), 100), present(row.get("feedback", "")))
        return ItemResult(share(credit_of(row) * spec.get("slip_credit", 100), 10_000), present(spec.get("near", "")))

    def answer_text(self, spec: Spec, answer: str) -> str:
        return answer

    def right_answer(self, spec: Spec) -> str:
        if spec.get("shown"):
            return str(spec["shown"])
        texts = (row["text"] for row in spec["accepted"] if credit_of(row) == 100)
        return " / ".join(
            written_pattern(text).replace(ANYTHING, "…") if is_set(spec, "wildcards") else text for text in texts
        )


def _read_otherwise(answers: Sequence[ImportedAnswer]) -> Iterator[Fault]:
    for answer in answers:
        if answer.text.format == "moodle" and has_entity(answer.text.text):
            what = _("The typed answer “%(text)s” is read as “%(letters)s”.")
            told = what % {"text": answer.text.text[:80], "letters": typed(answer.text)[:80]}
            yield Fault(told, _("If it is to be typed as it stands, write [plain] before it."))
