"""Give each of many items its label by a written guideline, as moderators do: the text of the question.

    {"categories": [{"id": "h", "text": "Hate", "harm": true, "items": [{"id": "i1", "text": "...", "feedback": ""}]},
                    {"id": "o", "text": "OK", "items": [...]}],
     "score": "lower", "missed": 0}

Items stand under their gold label and are shown in an order of chance. `score` says what the task earns: `accuracy`,
`macro_f1`, or the lower of the two. An item of a harmful label that is left without a label, or gets one that is not
harmful, is missed harm: more of it than `missed`, and the task earns nothing, whatever else is right.

Response: {"sorted": {"i1": "h"}}; items without a label are left out.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from assessments.formats.neutral import CannotHoldError, Coded
from cms.blocks import blank_rows
from lms.lib.percentages import percent

from .agreement import SUBSTANTIAL, Tally
from .assigning import Choices, Line
from .base import ItemResult, Problem, Public, Response, Spec, present, share
from .categorise import Categorise, things_of
from .checks import check_flag, rows
from .editing import Value, feedback_block, read_items

MOST_ITEMS = 40
LONGEST_ITEM = 1000  # characters
QUOTED = 60
SCORES: dict[str, str | Promise] = {
    "lower": gettext_lazy("the lower of accuracy and macro-F1"),
    "accuracy": gettext_lazy("accuracy: each item weighs the same"),
    "macro_f1": gettext_lazy("macro-F1: each label weighs the same, rare ones too"),
}


class LabelledBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=gettext_lazy("item"), max_length=LONGEST_ITEM, rows=2)
    feedback = feedback_block(gettext_lazy("why it has this label: told in practice, when it gets another one"))

    class Meta:
        label = gettext_lazy("item")
        label_format = "{text}"


class LabelBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("label"), max_length=100)
    harm = blocks.BooleanBlock(label=gettext_lazy("harmful: missing such an item is a danger"), required=False)
    items = blocks.ListBlock(LabelledBlock(), min_num=0, max_num=MOST_ITEMS, label=gettext_lazy("items that have it"))

    class Meta:
        label = gettext_lazy("label")
        label_format = "{text}"


class ClassifyBlock(blocks.StructBlock):
    categories = blocks.ListBlock(
        LabelBlock(),
        min_num=2,
        max_num=8,
        default=blank_rows(LabelBlock),
        label=gettext_lazy("labels"),
        help_text=gettext_lazy(
            "The guideline is the text of the question. Write each item under the label that is right for it; items "
            "are shown shuffled. For many items, import a table."
        ),
    )
    score = blocks.ChoiceBlock(label=gettext_lazy("what the task earns"), choices=list(SCORES.items()), default="lower")
    missed = blocks.IntegerBlock(
        label=gettext_lazy("harmful items that may be missed"),
        min_value=0,
        max_value=MOST_ITEMS,
        default=0,
        help_text=gettext_lazy("When more are missed, the task earns nothing."),
    )

    class Meta:
        icon = "tag"


class Classify(Categorise):
    name = "classify"
    label = gettext_lazy("Classification by a guideline (moderation)")
    block = ClassifyBlock
    in_files = True
    is_work = is_of_texts = True

    # -- for the author

    def validate(self, spec: Spec) -> list[Problem]:
        problems = super().validate(spec)
        labels, things = rows(spec, "categories"), things_of(spec)
        if len(things) > MOST_ITEMS:
            what = _("Items written: %(found)s. At most %(most)s are possible.")
            problems.append(
                Problem("categories", what % {"found": len(things), "most": MOST_ITEMS}, _("Make several questions."))
            )
            return problems
        for number, thing in enumerate(things):
            if isinstance(thing.get("text"), str) and len(thing["text"]) > LONGEST_ITEM:
                what = _("This item is too long.")
                problems.append(Problem(f"items.{number}.text", what, _("Shorten it.")))
        for number, row in enumerate(labels):
            problems += check_flag(row, "harm", f"categories.{number}.harm")
        problems += [] if problems else check_labels(labels)
        return problems + check_rule(spec, labels)

    def from_editor(self, value: Value) -> dict[str, Any]:
        spec = super().from_editor(value)
        harmful = {row["id"] for row in read_items(value["categories"]) if row.get("harm")}
        return {**marked_harmful(spec, harmful), **rule_in(value)}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {**super().to_editor(spec), **rule_in(spec)}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        spec = super().from_folder(row, language)
        harmful = {str(label["id"]) for label in row["categories"] if label.get("harm")}
        return {**marked_harmful(spec, harmful), **rule_in(row)}

    def from_file(self, interaction: Any) -> Coded[dict[str, Any]]:
        """Ids follow from the texts, so that a table with a row more is the same task. What the task earns is not said
        in a table: it stays as the author has it.
        """
        things: dict[str, list[dict[str, Any]]] = {label.text: [] for label in interaction.labels}
        for item in interaction.items:
            row = {"id": id_of(item.text), "text": item.text, "feedback": item.feedback}
            things[item.label].append({name: value for name, value in row.items() if value})
        harmful = {id_of(label.text) for label in interaction.labels if label.harm}
        labels = [{"id": id_of(text), "text": text, "items": items} for text, items in things.items()]
        return Coded(marked_harmful({"categories": labels}, harmful))

    def to_file(self, spec: Spec) -> Coded[Any]:
        raise CannotHoldError(_("Left out: GIFT has no such question"))

    # -- for the learner

    def public(self, spec: Spec, rng: random.Random) -> Public:
        harm = [row["text"] for row in spec["categories"] if row.get("harm")]
        return {**super().public(spec, rng), "rule": {**rule_in(spec), "harm": harm}}

    def place(self, number: int, total: int) -> str:
        return _("Task %(number)s of %(total)s") % {"number": number, "total": total}

    # -- for the marker

    def mark(self, spec: Spec, answer: Choices) -> ItemResult:
        figures = figures_of([(spec, answer)])
        asked = self.asked(spec)
        told = present(*(text for line in asked for text in self.mistake_texts(spec, line, answer)))
        if unlabelled := sum(line.id not in answer for line in asked):
            text = ngettext("%(count)s item has no label yet.", "%(count)s items have no label yet.", unlabelled)
            told = (text % {"count": unlabelled}, *told)
        if figures["missed"] > spec.get("missed", 0):
            return ItemResult(share(0, 1), told)
        earned = measure(spec.get("score", "lower"), Tally.from_figures(figures))
        return ItemResult(share(earned.numerator, earned.denominator), told)

    def mistake_texts(self, spec: Spec, line: Line, answer: Choices) -> tuple[str, ...]:
        """What is wrong with the label of one item, without the right one."""
        given, harm = answer.get(line.id, ""), harmful_labels(spec)
        if line.is_right(answer) or not given:
            return ()
        words = {"item": line.text if len(line.text) <= QUOTED else f"{line.text[: QUOTED - 1]}…", "given": given}
        kind = ""
        if line.right in harm and given not in harm:
            kind = _("A harmful item was missed.")
        elif line.right not in harm and given in harm:
            kind = _("A harmless item was called harmful.")
        wrong = _("“%(item)s”: not “%(given)s”.") % words
        return f"{kind} {wrong}".strip(), line.feedback

    # -- for the whole

    def work_done(self, answers: Sequence[tuple[Spec, Choices | None]]) -> dict[str, int]:
        return figures_of(answers)

    def work_words(self, figures: Mapping[str, int]) -> list[str]:
        done = Tally.from_figures(figures)
        right, items, harm = done.right.total(), figures["items"], figures["harm"]
        words = [
            ngettext(
                "%(right)s of %(items)s item has the right label (%(share)s)",
                "%(right)s of %(items)s items have the right label (%(share)s)",
                items,
            )
            % {"right": right, "items": items, "share": percent(int(100 * done.accuracy))},
            _("average over the labels (macro-F1): %(share)s") % {"share": percent(int(100 * done.macro_f1))},
        ]
        if harm:
            missed = {"missed": figures["missed"], "harm": harm}
            words.append(_("harmful items missed: %(missed)s of %(harm)s") % missed)
            alarms = {"alarms": figures["alarms"], "others": items - harm}
            words.append(_("harmless items called harmful: %(alarms)s of %(others)s") % alarms)
        if done.kappa is not None:
            words.append(
                _("agreement beyond chance (Cohen’s kappa): %(kappa)s; from %(good)s on it is called substantial")
                % {"kappa": two_decimals(done.kappa), "good": two_decimals(SUBSTANTIAL)}
            )
        return words

    def gold(self, spec: Spec) -> Response:
        return {"sorted": {thing["id"]: row["id"] for row in spec["categories"] for thing in row["items"]}}

    def guess(self, spec: Spec, others: Sequence[Spec], rng: random.Random) -> Response:
        """A label of chance for each item."""
        labels = [row["id"] for row in spec["categories"]]
        return {"sorted": {thing["id"]: rng.choice(labels) for thing in things_of(spec)}}

    def one_for_all(self, spec: Spec) -> Response:
        most = max(spec["categories"], key=lambda row: len(row["items"]))
        return {"sorted": {thing["id"]: most["id"] for thing in things_of(spec)}}


def check_labels(labels: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """One label for everything must not be right."""
    harmful = [row for row in labels if row.get("harm")]
    if sum(bool(rows(row, "items")) for row in labels) < 2:
        what = _("All items have the same label: there is nothing to tell apart.")
        return [Problem("categories", what, _("Write items under two labels at least."))]
    if harmful and len(harmful) == len(labels):
        what = _("Every label is harmful.")
        return [Problem("categories", what, _("Add a label for items that may stay."))]
    if harmful and not any(rows(row, "items") for row in harmful):
        what = _("No item has a harmful label: none can be missed.")
        return [Problem("categories", what, _("Write some under it, or let no label be harmful."))]
    return []


def check_rule(spec: Spec, labels: Sequence[Mapping[str, Any]]) -> list[Problem]:
    rule = rule_in(spec) if isinstance(spec, Mapping) else {}
    problems = []
    if not isinstance(rule.get("score"), str) or rule["score"] not in SCORES:
        what = _("This measure is not known.")
        problems.append(Problem("score", what, _("Use one of: %(kinds)s") % {"kinds": ", ".join(SCORES)}))
    missed = rule.get("missed")
    harmful = sum(len(rows(row, "items")) for row in labels if row.get("harm") is True)
    if not isinstance(missed, int) or isinstance(missed, bool) or not 0 <= missed <= MOST_ITEMS:
        what = _("The number of harmful items that may be missed is not a whole number.")
        problems.append(Problem("missed", what, _("Write 0 or a small number.")))
    elif harmful and missed >= harmful:
        what = _("All %(count)s harmful items may be missed: nobody could fail by that.") % {"count": harmful}
        problems.append(Problem("missed", what, _("Write a smaller number.")))
    return problems


def rule_in(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of how the task is marked."""
    score, missed = row.get("score"), row.get("missed")
    return {"score": "lower" if score in (None, "") else score, "missed": 0 if missed is None else missed}


def marked_harmful(spec: dict[str, Any], harmful: set[str]) -> dict[str, Any]:
    labels = [{**row, **({"harm": True} if row["id"] in harmful else {})} for row in spec["categories"]]
    return {**spec, "categories": labels}


def id_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def harmful_labels(spec: Spec) -> set[str]:
    return {row["text"] for row in spec["categories"] if row.get("harm")}


def figures_of(answers: Sequence[tuple[Spec, Choices | None]]) -> dict[str, int]:
    """What tasks came to together, in numbers that add up. Items of a task that was not begun count like those without
    a label.
    """
    pairs: list[tuple[str, str]] = []
    harm = missed = alarms = 0
    for spec, answer in answers:
        harmful = harmful_labels(spec)
        for row in spec["categories"]:
            for thing in row["items"]:
                given = (answer or {}).get(thing["id"], "")
                pairs.append((row["text"], given))
                harm += row["text"] in harmful
                missed += row["text"] in harmful and given not in harmful
                alarms += row["text"] not in harmful and given in harmful
    counted = {"items": len(pairs), "harm": harm, "missed": missed, "alarms": alarms}
    return {**counted, **Tally.of(pairs).as_figures()}


def measure(score: str, done: Tally) -> Fraction:
    found = {"accuracy": done.accuracy, "macro_f1": done.macro_f1}
    return found[score] if score in found else min(found.values())


def two_decimals(value: Fraction) -> str:
    return number_format(round(float(value), 2), 2)
