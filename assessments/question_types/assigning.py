"""What matching, categories and grids share: each line on the screen gets one of the choices, the same for all lines.

A line is right or wrong by itself and earns its equal part of the mark. What a learner chose is kept by the ids of line
and choice; two choices of one text are the same choice, shown once, and go by the id of the first.
"""

from __future__ import annotations

import random
from abc import abstractmethod
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .base import (
    InvalidResponse,
    ItemResult,
    Public,
    QuestionType,
    Response,
    ReviewLine,
    Spec,
    Submission,
    damaged_response,
    present,
    share,
    single_value,
)
from .tokens import ShownItem, check_fields, deal, id_behind, token_for

Choices = dict[str, str]
"""{id of the line: text of what was chosen for it}"""


@dataclass(frozen=True)
class Line:
    id: str
    text: str
    right: str  # the text that belongs there
    feedback: str = ""  # told when something else was chosen

    def is_right(self, answer: Choices) -> bool:
        return answer.get(self.id) == self.right

    def feedback_to(self, answer: Choices) -> str:
        return "" if self.is_right(answer) else self.feedback


class Assigning(QuestionType[Choices]):
    saved_as: str
    """The response's key: {saved_as: {id of the line: id of the choice}}."""
    field_prefix: str
    shown_lines: str
    shown_choices: str
    """What the presentation calls its lines and its choices: a template's words."""

    @abstractmethod
    def asked(self, spec: Spec) -> list[Line]:
        """The lines, in the author's order."""

    @abstractmethod
    def texts_by_id(self, spec: Spec) -> dict[str, str]:
        """{id: text} of all that can be chosen."""

    @abstractmethod
    def deal_choices(self, spec: Spec, rng: random.Random) -> list[ShownItem]:
        """The choices with their tokens, in the order shown."""

    def public(self, spec: Spec, rng: random.Random) -> Public:
        lines = deal([line.text for line in self.asked(spec)], rng)
        return {
            "type": self.name,
            self.shown_lines: [{**line, "field": f"{self.field_prefix}{line['token']}"} for line in lines],
            self.shown_choices: self.deal_choices(spec, rng),
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        lines, choices = public[self.shown_lines], public[self.shown_choices]
        check_fields(sent.fields, self.field_prefix, [line["field"] for line in lines])
        fields, ids = {line["text"]: line["field"] for line in lines}, self.ids_by_text(spec)
        chosen = {
            line.id: id_behind(token, choices, ids)
            for line in self.asked(spec)
            if line.text in fields and (token := single_value(sent.fields, fields[line.text]))
        }
        return {self.saved_as: chosen} if chosen else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response) or {}
        return {
            f"{self.field_prefix}{token_for(line.text, public[self.shown_lines])}": [
                token_for(answer[line.id], public[self.shown_choices])
            ]
            for line in self.asked(spec)
            if line.id in answer
        }

    def clean(self, spec: Spec, response: Response) -> Choices | None:
        given = response.get(self.saved_as, {})
        if not isinstance(given, dict) or (response and not given):
            raise damaged_response()
        known, texts = {line.id for line in self.asked(spec)}, self.texts_by_id(spec)
        for line, choice in given.items():
            if line not in known or not isinstance(choice, str) or choice not in texts:
                raise InvalidResponse(_("The saved answer names a line that is no longer there."))
        return {line: texts[choice] for line, choice in given.items()} or None

    def mark(self, spec: Spec, answer: Choices) -> ItemResult:
        asked = self.asked(spec)
        told = present(*(line.feedback_to(answer) for line in asked if line.id in answer))
        return ItemResult(share(sum(line.is_right(answer) for line in asked), len(asked)), told)

    def right_answer(self, spec: Spec) -> str:
        return self.answer_text(spec, {line.id: line.right for line in self.asked(spec)})

    def lines(self, spec: Spec, answer: Choices | None) -> list[ReviewLine]:
        given = answer or {}
        return [
            ReviewLine(
                label=line.text,
                chosen=line.id in given,
                given=given.get(line.id, ""),
                expected=line.right,
                right=line.is_right(given),
                feedback=line.feedback_to(given),
            )
            for line in self.asked(spec)
        ]

    def ids_by_text(self, spec: Spec) -> dict[str, str]:
        return {text: name for name, text in reversed(self.texts_by_id(spec).items())}
