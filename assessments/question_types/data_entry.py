"""Data entry: the fields of a document, which stands above them as a picture. One question is one document; a batch is
an assessment that draws many.

    {"fields": [{"id": "a", "label": "Nom", "kind": "text", "gold": "SECK", "critical": true, "feedback": "..."}, ...],
     "country": "SN"}

Kinds of fields and what does not count in each: `entered`. Each field earns an equal part of the mark, and nothing when
any of it is wrong; a wrong critical field (an identifier, an amount) takes the whole document, as contracts for such
work have it. A field whose gold value is empty must be left empty.

Response: {"fields": {"a": "as typed"}}; fields left empty are left out.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import phonenumbers
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from assessments.formats.neutral import CannotHoldError, Coded
from cms.blocks import blank_rows

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
    in_each,
    share,
    single_value,
)
from .checks import check_flag, check_length, check_optional_text, check_rows, is_text, rows
from .editing import Value, feedback_block, filled, read_items, write_items
from .entered import KINDS, LONGEST_VALUE, is_right, iso_date, normal_form, plain_amount, slip_in, whole_number
from .reading import given_texts_in, text_in

PREFIX = "field-"
MOST_FIELDS = 15
LONGEST_LABEL = 60

Typed = dict[str, str]
"""{id of the field: as typed}"""


class FieldBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=gettext_lazy("field"), max_length=LONGEST_LABEL)
    kind = blocks.ChoiceBlock(label=gettext_lazy("what does not count"), choices=list(KINDS.items()), default="text")
    gold = blocks.CharBlock(
        label=gettext_lazy("what the document says"),
        max_length=LONGEST_VALUE,
        required=False,
        help_text=gettext_lazy("Empty when nothing stands there: the field must then be left empty."),
    )
    critical = blocks.BooleanBlock(
        label=gettext_lazy("critical: when it is wrong, the document earns nothing"), required=False
    )
    feedback = feedback_block(gettext_lazy("feedback when it is wrong"))

    class Meta:
        label = gettext_lazy("field")
        label_format = "{label}"


class DataEntryBlock(blocks.StructBlock):
    fields = blocks.ListBlock(
        FieldBlock(),
        min_num=1,
        max_num=MOST_FIELDS,
        default=blank_rows(FieldBlock),
        label=gettext_lazy("fields"),
        help_text=gettext_lazy("The document is the picture of the question. For many documents, import a batch."),
    )
    country = blocks.CharBlock(
        label=gettext_lazy("country of the phone numbers"),
        max_length=2,
        required=False,
        help_text=gettext_lazy("Two letters, such as SN. Needed for fields that are phone numbers."),
    )

    class Meta:
        icon = "form"


@dataclass(frozen=True)
class BatchFigures:
    """What a batch came to. Errors are counted as Sama's contracts do: of all fields there were to enter, those that
    are not right ("opportunities" and errors, docs.sama.com), left empty or typed wrongly alike.
    """

    documents: int = 0
    faultless: int = 0
    fields: int = 0
    errors: int = 0
    critical: int = 0
    critical_errors: int = 0

    @property
    def errors_per_hundred(self) -> Decimal:
        return (Decimal(100 * self.errors) / (self.fields or 1)).quantize(Decimal("0.1"))


class DataEntry(QuestionType[Typed]):
    name = "data_entry"
    label = gettext_lazy("Data entry from a document")
    block = DataEntryBlock
    in_files = True
    is_work = True

    def validate(self, spec: Spec) -> list[Problem]:
        fields = rows(spec, "fields")
        if too_long := check_length(len(fields), "fields"):
            return too_long
        problems = check_rows(spec, "fields", [], least=1)
        if len(fields) > MOST_FIELDS:
            what = _("Fields written: %(found)s. At most %(most)s are possible.")
            remedy = _("Leave out the fields that prove least.")
            return [Problem("fields", what % {"found": len(fields), "most": MOST_FIELDS}, remedy)]
        labels: set[str] = set()
        for number, field in enumerate(fields):
            path = f"fields.{number}."
            label, gold = field.get("label"), field.get("gold", "")
            if not is_text(label) or len(str(label)) > LONGEST_LABEL:
                what = _("The field has no name, or too long a name.")
                problems.append(Problem(f"{path}label", what, _("Write a short name.")))
            elif str(label) in labels:
                what = _("“%(text)s” is written twice: nobody could tell the two apart.") % {"text": label}
                problems.append(Problem(f"{path}label", what, _("Change one of the two.")))
            labels.add(str(label))
            problems += check_flag(field, "critical", f"{path}critical")
            problems += check_optional_text(field, "feedback", f"{path}feedback")
            if not isinstance(field.get("kind"), str) or field["kind"] not in KINDS:
                what = _("This kind of field is not known.")
                problems.append(Problem(f"{path}kind", what, _("Use one of: %(kinds)s") % {"kinds": ", ".join(KINDS)}))
            elif not isinstance(gold, str) or len(gold) > LONGEST_VALUE:
                what = _("This is no text, or too long a text.")
                problems.append(Problem(f"{path}gold", what, _("Shorten it, or put it in quotes.")))
            else:
                problems += check_gold(field, spec, path)
        if not problems and not any(is_text(field.get("gold")) for field in fields):
            what = _("Every field is to be left empty: there is nothing to enter.")
            problems.append(Problem("fields", what, _("Write what the document says.")))
        return problems

    def from_editor(self, value: Value) -> dict[str, Any]:
        fields = [
            {"id": row["id"], "label": row.get("label", ""), **field_of(row)} for row in read_items(value["fields"])
        ]
        country = (value.get("country") or "").strip().upper()
        return {"fields": fields, **({"country": country} if country else {})}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {"fields": write_items(spec["fields"]), "country": spec.get("country", "")}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        fields = [
            {
                "id": str(field["id"]),
                "label": text_in(field["label"], language),
                **field_of({**field, "gold": text_in(field.get("gold", ""), language)}),
                **given_texts_in(field, ["feedback"], language),
            }
            for field in row["fields"]
        ]
        return {"fields": fields, **({"country": str(row["country"])} if row.get("country") else {})}

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        written = {
            code: {**spec, "fields": [{name: row[name] for name in row if row[name] != ""} for row in spec["fields"]]}
            for code, spec in specs.items()
        }
        return dict(in_each(written))

    def from_file(self, interaction: Any) -> Coded[dict[str, Any]]:
        fields = [
            {"id": f"f{number}", "label": field.label, **field_of(vars(field))}
            for number, field in enumerate(interaction.fields, 1)
        ]
        return Coded({"fields": fields, **({"country": interaction.country} if interaction.country else {})})

    def to_file(self, spec: Spec) -> Coded[Any]:
        raise CannotHoldError(_("Left out: GIFT has no such question"))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        return {
            "type": self.name,
            "items": [
                {"token": str(number), "field": f"{PREFIX}{number}", "text": row["label"], "kind": row["kind"]}
                for number, row in enumerate(spec["fields"], 1)
            ],
            "critical": [row["label"] for row in spec["fields"] if row.get("critical")],
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        typed: Typed = {}
        for row, item in zip(spec["fields"], public["items"], strict=True):
            value = single_value(sent.fields, item["field"]).strip()
            if len(value) > LONGEST_VALUE:
                raise InvalidResponse(_("“%(field)s” is too long. Shorten it.") % {"field": row["label"]})
            if value:
                typed[row["id"]] = value
        return {"fields": typed} if typed else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        typed = self._answer_or_none(spec, response) or {}
        return {
            item["field"]: [typed[row["id"]]]
            for row, item in zip(spec["fields"], public["items"], strict=True)
            if row["id"] in typed
        }

    def clean(self, spec: Spec, response: Response) -> Typed | None:
        typed = response.get("fields", {})
        if not isinstance(typed, dict) or (response and not typed):
            raise damaged_response()
        known = {row["id"] for row in spec["fields"]}
        if not typed.keys() <= known:
            raise InvalidResponse(_("The saved answer names a line that is no longer there."))
        if not all(isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE for value in typed.values()):
            raise damaged_response()
        return dict(typed) or None

    def mark(self, spec: Spec, answer: Typed) -> ItemResult:
        wrong = wrong_fields(spec, answer)
        told = tuple(
            filter(None, (text for row in wrong for text in (self.mistake_text(row, answer), row.get("feedback"))))
        )
        if any(row.get("critical") for row in wrong):
            return ItemResult(Decimal(0), told)
        return ItemResult(share(len(spec["fields"]) - len(wrong), len(spec["fields"])), told)

    def mistake_text(self, row: Mapping[str, Any], answer: Typed) -> str:
        typed = answer.get(row["id"], "")
        what = {"field": row["label"], "typed": typed, "slip": slip_in(row["kind"], row.get("gold", ""), typed)}
        text = _("In “%(field)s” you typed “%(typed)s”: %(slip)s.") if typed else _("In “%(field)s”: %(slip)s.")
        return text % what

    def answer_text(self, spec: Spec, answer: Typed) -> str:
        return " ; ".join(f"{row['label']} → {answer[row['id']]}" for row in spec["fields"] if row["id"] in answer)

    def right_answer(self, spec: Spec) -> str:
        return self.answer_text(spec, gold_of(spec))

    def lines(self, spec: Spec, answer: Typed | None) -> list[ReviewLine]:
        typed = answer or {}
        wrong = {row["id"] for row in wrong_fields(spec, typed)}
        return [
            ReviewLine(
                label=row["label"],
                chosen=row["id"] in typed,
                given=typed.get(row["id"], ""),
                expected=row.get("gold", ""),
                right=row["id"] not in wrong,
                feedback=row.get("feedback", "") if row["id"] in wrong else "",
            )
            for row in spec["fields"]
        ]

    def place(self, number: int, total: int) -> str:
        return _("Document %(number)s of %(total)s") % {"number": number, "total": total}

    def work_done(self, answers: Sequence[tuple[Spec, Typed | None]]) -> dict[str, int]:
        return vars(figures_of(answers))

    def work_words(self, figures: Mapping[str, int]) -> list[str]:
        batch = BatchFigures(**figures)
        return [
            ngettext(
                "%(good)s document of %(all)s without any error",
                "%(good)s documents of %(all)s without any error",
                batch.faultless,
            )
            % {"good": batch.faultless, "all": batch.documents},
            _("errors in 100 fields: %(rate)s (%(errors)s of %(fields)s)")
            % {"rate": number_format(batch.errors_per_hundred), "errors": batch.errors, "fields": batch.fields},
            *(
                [
                    _("critical fields that are wrong: %(errors)s of %(all)s")
                    % {"errors": batch.critical_errors, "all": batch.critical}
                ]
                if batch.critical
                else []
            ),
        ]

    def gold(self, spec: Spec) -> Response:
        return {"fields": gold_of(spec)}

    def guess(self, spec: Spec, others: Sequence[Spec], rng: random.Random) -> Response:
        """What stands in the field of the same name on another document: the best that can be done unread."""
        known: dict[str, list[str]] = {}
        for other in others:
            for row in other["fields"]:
                known.setdefault(row["label"], []).append(row.get("gold", ""))
        typed = {row["id"]: rng.choice(known.get(row["label"], [""])) for row in spec["fields"]}
        return {"fields": {name: value for name, value in typed.items() if value}} if any(typed.values()) else {}


def field_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a field besides its id and its name."""
    gold = row.get("gold")
    return {
        "kind": row.get("kind") or "text",
        "gold": gold.strip() if isinstance(gold, str) else "",
        **({"critical": True} if row.get("critical") else {}),
        **filled(row, "feedback"),
    }


def check_gold(field: Mapping[str, Any], spec: Spec, path: str) -> list[Problem]:
    """A gold value can be read as its kind: else the person who reads the document rightly would be wrong."""
    gold, kind = field.get("gold", "").strip(), field["kind"]
    country = spec.get("country", "") if isinstance(spec, Mapping) else ""
    if kind == "phone" and (not isinstance(country, str) or country not in phonenumbers.SUPPORTED_REGIONS):
        what = _("The country of the phone numbers is missing or not known.")
        return [Problem("country", what, _("Write its two letters, such as SN."))]
    if gold and kind.startswith("date") and not iso_date(gold, month_first=kind == "date_us"):
        what = _("“%(text)s” is not a date.") % {"text": gold[:80]}
        return [Problem(f"{path}gold", what, _("Write day, month and a year of four digits, or choose another kind."))]
    if gold and kind == "amount" and not plain_amount(gold):
        what = _("“%(text)s” is not an amount.") % {"text": gold[:80]}
        return [Problem(f"{path}gold", what, _("Write digits only, or choose another kind."))]
    if gold and kind == "phone" and not whole_number(gold, country):
        what = _("“%(text)s” is not a phone number.") % {"text": gold[:80]}
        return [Problem(f"{path}gold", what, _("Write its digits, or choose another kind."))]
    if gold and not normal_form(kind, gold, country):
        what = _("Nothing of “%(text)s” counts: an empty field would be right.") % {"text": gold[:80]}
        return [Problem(f"{path}gold", what, _("Write letters or digits, or choose the kind “exact”."))]
    return []


def wrong_fields(spec: Spec, answer: Typed) -> list[Mapping[str, Any]]:
    country = spec.get("country", "")
    return [
        row
        for row in spec["fields"]
        if not is_right(row["kind"], row.get("gold", ""), answer.get(row["id"], ""), country)
    ]


def gold_of(spec: Spec) -> Typed:
    return {row["id"]: row["gold"] for row in spec["fields"] if row.get("gold")}


def figures_of(answers: Sequence[tuple[Spec, Typed | None]]) -> BatchFigures:
    """What a batch came to. A document that was not begun is as many errors as it has fields."""
    faultless = fields = errors = critical = critical_errors = 0
    for spec, answer in answers:
        wrong = list(spec["fields"]) if answer is None else wrong_fields(spec, answer)
        faultless += not wrong
        fields += len(spec["fields"])
        errors += len(wrong)
        critical += sum(bool(row.get("critical")) for row in spec["fields"])
        critical_errors += sum(bool(row.get("critical")) for row in wrong)
    return BatchFigures(len(answers), faultless, fields, errors, critical, critical_errors)
