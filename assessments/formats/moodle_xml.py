"""Moodle XML, in which Moodle exports questions with their pictures: https://docs.moodle.org/en/Moodle_XML_format.

Read only: what goes out is GIFT. No entity is expanded, nothing is fetched, and libxml2 bounds depth and length.
"""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _
from lxml import etree

from lms.lib.parsing import UnreadableFileError
from lms.lib.problems import Problem, ProblemKind, at_line, quoted

from .interactions import (
    ORDER_RULE,
    Choices,
    GapsInText,
    ImportedAnswer,
    ImportedNumber,
    ImportedPair,
    Interaction,
    Ordered,
    Pairs,
    Truth,
    TypedNumber,
    TypedText,
)
from .moodle_gaps import GapFault, embedded, numbered
from .neutral import ImportedQuestion, ReadQuestion
from .plain import plain_text
from .rich import NOTHING, Rich

PICTURES = "moodle"
"""The folder in which the pictures of the file are named, for ``Pictures``."""

_FORMATS = {"html": "html", "moodle_auto_format": "moodle", "plain_text": "plain", "markdown": "markdown"}
_FILE = re.compile(r"@@PLUGINFILE@@(/[^\"'<>\s?#)]*+)")
_PICTURE = re.compile(r"<img\b[^<>]*+>", re.IGNORECASE)
_ORDER_RULES = {"0": "ABSOLUTE_POSITION", "1": ORDER_RULE}  # what Moodle's other ways are called is not asked
_WRITTEN_BY_MOODLE = {
    "your answer is correct", "your answer is partially correct", "your answer is incorrect",
    "votre réponse est correcte", "votre réponse est partiellement correcte", "votre réponse est incorrecte",
}  # fmt: skip
"""What Moodle writes into every question, and we say in our own words."""


class _Refused(Exception):  # noqa: N818 - never leaves this file
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def loads(content: bytes) -> tuple[list[ReadQuestion], dict[str, bytes]]:
    """(each question of the file, with what is wrong with it or lost of it; the pictures by the names that the texts
    have for them now). Raises UnreadableFileError for what is no XML.
    """
    found: list[ReadQuestion] = []
    files: dict[str, bytes] = {}
    category = ""
    for number, node in enumerate(_root(content).iter("question"), 1):
        if node.get("type") == "category":
            category = _text(node.find("category"))
            continue
        found.append(_Reader(node, number, files).read(category))
        category = ""
    return found, files


def _root(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    again = _("Export it from Moodle again.")
    try:
        root = etree.fromstring(content.removeprefix(b"\xef\xbb\xbf").lstrip(), parser)
    except etree.XMLSyntaxError as error:
        what = _("This XML file is damaged at line %(line)s.") % {"line": error.lineno or 1}
        raise UnreadableFileError(f"{what} {again}") from error
    if root.getroottree().docinfo.doctype:
        what = _("This XML file begins with a DOCTYPE, which is not read.")
        raise UnreadableFileError(f"{what} {again}")
    return root


def _text(node: Any) -> str:
    """What stands in the ``<text>`` of an element."""
    inside = node.find("text") if node is not None else None
    return "" if inside is None else "".join(inside.itertext()).strip()


def _word(node: Any, name: str) -> str:
    return (node.findtext(name) or "").strip()


def _is_set(word: str) -> bool:
    return word.lower() in ("1", "true")


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if len(text) > 100 or not number.is_finite() or abs(number.adjusted()) >= 30:
        raise _Refused(_("“%(text)s” is not a number.") % {"text": text[:60]}, _("Correct %(what)s.") % {"what": what})
    return number


@dataclass
class _Reader:
    """One ``<question>``."""

    node: Any
    number: int
    files: dict[str, bytes]
    told: list[Problem] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    asked: Rich = NOTHING

    @property
    def line(self) -> int:
        return int(self.node.sourceline or 1)

    def read(self, category: str) -> ReadQuestion:
        kind = self.node.get("type") or "?"
        title = plain_text(Rich(_text(self.node.find("name")), "moodle"))
        question = None
        try:
            question = self.question(kind, title)
        except _Refused as refused:
            self.tell(refused.what, refused.remedy, ProblemKind.FAULT)
        return ReadQuestion(self.line, title or kind, question, tuple(self.told), category)

    def tell(self, what: str, remedy: str, kind: ProblemKind = ProblemKind.LOST) -> None:
        self.told.append(at_line(self.line, what, remedy, kind))

    def question(self, kind: str, title: str) -> ImportedQuestion:
        if kind not in READERS:
            what = _("The type “%(type)s” of Moodle is not known here.") % {"type": kind[:60]}
            raise _Refused(what, _("Change it in Moodle to multiple choice, short answer, numerical or matching."))
        prompt = self.asked = self.rich(self.node.find("questiontext"))
        interaction = READERS[kind](self)
        if isinstance(interaction, GapsInText):
            prompt, interaction = asked_apart(interaction)
        self.points()
        self.hidden()
        self.lost()
        if not prompt:
            raise _Refused(_("The question has no text."), _("Write it in Moodle, and export again."))
        self.tags += [_text(tag) for tag in self.node.iterfind("tags/tag")]
        return ImportedQuestion(
            interaction, prompt, title, feedback=self.rich(self.node.find("generalfeedback")),
            id=_word(self.node, "idnumber"), tags=tuple(tag for tag in dict.fromkeys(self.tags) if tag), line=self.line,
        )  # fmt: skip

    # -- texts

    def rich(self, node: Any, otherwise: str = "moodle") -> Rich:
        """The text of an element, with the new names of its files; those that it does not show are told."""
        text = _text(node)
        shown = {unquote(path).lstrip("/") for path in _FILE.findall(text)}
        files = {self.path_of(file): file for file in (node.iterfind("file") if node is not None else ())}
        names = {path: self.keep(file) for path, file in files.items() if path in shown}
        if unused := [path for path in files if path not in shown]:
            what = _("Files that no text shows are not kept: %(names)s.") % {"names": in_short(unused)}
            self.tell(what, _("Put the picture into the text in Moodle, if it is needed."))
        if not text:
            return NOTHING
        text = _FILE.sub(lambda found: names.get(unquote(found[1]).lstrip("/"), found[0]), text)
        return Rich(text, _FORMATS.get(node.get("format") or "", otherwise))

    @staticmethod
    def path_of(file: Any) -> str:
        return posixpath.join((file.get("path") or "/").strip("/"), file.get("name") or "").lstrip("/")

    def keep(self, file: Any) -> str:
        """The name under which the content of a file is found."""
        name = re.sub(r"[^\w.-]", "-", posixpath.basename(self.path_of(file)))[-60:].lstrip(".") or "file"
        path = f"{PICTURES}/{self.number}-{len(self.files)}/{name}"
        try:
            self.files[path] = base64.b64decode("".join(file.itertext()), validate=False)
        except (binascii.Error, ValueError):
            self.files[path] = b""
        return path

    # -- what each question has

    def points(self) -> None:
        written = _word(self.node, "defaultgrade") or "1"
        grade = _number(written, "defaultgrade")
        whole = min(9999, max(1, round(grade)))
        if whole != grade:
            what = _("The points (%(points)s) became %(whole)s: here they are whole numbers from 1.")
            told = what % {"points": f"{grade.normalize():f}", "whole": whole}
            self.tell(told, _("There is nothing to do if that suits you."), ProblemKind.CHANGED)
        self.tags.append(f"points:{whole}")

    def hidden(self) -> None:
        if _is_set(_word(self.node, "hidden")):
            what = _("This question is hidden in Moodle, perhaps because it was deleted there; here it is shown.")
            self.tell(what, _("If it is not wanted, delete it from the file."), ProblemKind.CHANGED)

    def lost(self) -> None:
        hints = [text for hint in self.node.iterfind("hint") if (text := plain_text(self.rich(hint)))]
        if hints:
            what = _("Hints are not kept: %(texts)s.") % {"texts": in_short(hints)}
            self.tell(what, _("Put what matters in the explanation."))
        words = [
            plain_text(self.rich(self.node.find(f"{kind}feedback")))
            for kind in ("correct", "partiallycorrect", "incorrect")
        ]
        told = [text for text in words if text and text.rstrip(".! ").lower() not in _WRITTEN_BY_MOODLE]
        if told:
            what = _("General feedback for right or wrong answers is not kept: %(texts)s.") % {"texts": in_short(told)}
            self.tell(what, _("Write it as feedback on the answers, or in the explanation."))

    def shuffle(self) -> None:
        word = _word(self.node, "shuffleanswers")
        if word and not _is_set(word):
            self.tags.append("shuffle:no")

    def answers(self) -> Iterator[tuple[Any, Decimal]]:
        for answer in self.node.iterfind("answer"):
            credit = _number(answer.get("fraction") or "0", "fraction")
            if abs(credit) > 100:
                what = _("The weight %(weight)s is not between -100 and 100.") % {"weight": answer.get("fraction")}
                raise _Refused(what, _("Correct %(what)s.") % {"what": "fraction"})
            yield answer, credit

    # -- types

    def choice(self) -> Choices:
        self.shuffle()
        answers = tuple(
            ImportedAnswer(self.rich(answer), credit, self.rich(answer.find("feedback")))
            for answer, credit in self.answers()
        )
        if any(not answer.text for answer in answers):
            raise _Refused(_("An answer is empty."), _("Write its text in Moodle, or delete it there."))
        single = _word(self.node, "single") or "true"
        return Choices(answers, "single" if _is_set(single) else "multiple")

    def true_false(self) -> Truth:
        marked = {
            _text(answer).lower(): (credit, self.rich(answer.find("feedback"))) for answer, credit in self.answers()
        }
        if set(marked) != {"true", "false"} or marked["true"][0] == marked["false"][0]:
            raise _Refused(_("No answer is marked as right."), _("Choose in Moodle whether it is true or false."))
        return Truth(marked["true"][0] > marked["false"][0], marked["true"][1], marked["false"][1])

    def short(self) -> TypedText:
        answers = tuple(
            ImportedAnswer(Rich(_text(answer), "plain"), credit, self.rich(answer.find("feedback")))
            for answer, credit in self.answers()
            if _text(answer)
        )
        return TypedText(answers, _is_set(_word(self.node, "usecase")))

    def numeric(self) -> TypedNumber:
        answers, others = [], []
        for answer, credit in self.answers():
            text, feedback = _text(answer), self.rich(answer.find("feedback"))
            if text == "*":
                others.append(ImportedNumber(None, credit, feedback))
                continue
            tolerance = abs(_number(_word(answer, "tolerance") or "0", "tolerance"))
            answers.append(ImportedNumber(_number(text, "answer"), credit, feedback, tolerance))
        if not any(answer.credit == 100 for answer in answers):
            raise _Refused(_("No answer is marked as right."), _("Mark one number as fully right in Moodle."))
        self.units()
        return TypedNumber((*answers, *others))

    def units(self) -> None:
        names = [_word(unit, "unit_name") for unit in self.node.iterfind("units/unit")]
        names = [name for name in names if name]
        if names and len(names[0]) <= 20:
            self.tags.append(f"unit:{names[0]}")
        if len(names) > 1:
            what = _("Other units are not kept: %(texts)s.") % {"texts": in_short(names[1:])}
            self.tell(what, _("Ask for the number in one unit."))

    def match(self) -> Pairs:
        pairs = []
        for row in self.node.iterfind("subquestion"):
            left, right = self.rich(row), _text(row.find("answer"))
            if right:
                pairs.append(ImportedPair(left, plain_text(Rich(right, "moodle"))))
        return Pairs(tuple(pairs))

    def order(self) -> Ordered:
        rows = sorted(self.answers(), key=lambda row: row[1])  # Moodle writes the place of each as its fraction
        items = tuple(self.rich(answer) for answer, _credit in rows)
        rule = _word(self.node, "gradingtype")
        return Ordered(items, (_ORDER_RULES.get(rule, rule or ORDER_RULE),))

    def gaps(self) -> GapsInText:
        try:
            return embedded(self.asked)
        except GapFault as fault:
            raise _Refused(fault.what, fault.remedy) from fault

    def missing_words(self) -> GapsInText:
        """“Select missing words”, and the same with words to drag."""
        rows = [*self.node.iterfind("selectoption"), *self.node.iterfind("dragbox")]
        if any(_is_set(_word(row, "infinite")) for row in rows):
            what = _("A word that may be used several times is in the list of each gap.")
            self.tell(what, _("There is nothing to do if that suits you."), ProblemKind.CHANGED)
        try:
            choices = [(plain_text(Rich(_text(row), "html")), _word(row, "group")) for row in rows]
            return numbered(self.asked, choices)
        except GapFault as fault:
            raise _Refused(fault.what, fault.remedy) from fault

    def unmarked(self) -> Interaction:
        if self.node.get("type") == "essay":
            what = _("This question asks for a written answer, which cannot be marked automatically.")
            raise _Refused(what, _("Give it answers, or move it to a lesson."))
        raise _Refused(_("This is text without a question."), _("Move it to a lesson."))


def asked_apart(gaps: GapsInText) -> tuple[Rich, GapsInText]:
    """(what is asked, the text with gaps): pictures of the text, which holds words alone, go with the first."""
    pictures = "".join(_PICTURE.findall(gaps.text.text))
    words = _("Complete the text.")
    asked = Rich(f"<p>{words}</p>{pictures}", "html")
    return asked, replace(gaps, text=replace(gaps.text, text=_PICTURE.sub("", gaps.text.text)))


def in_short(texts: list[str]) -> str:
    return quoted(" ".join(text.split())[:80] for text in dict.fromkeys(texts))


READERS: dict[str, Callable[[_Reader], Any]] = {
    "multichoice": _Reader.choice, "truefalse": _Reader.true_false, "shortanswer": _Reader.short,
    "numerical": _Reader.numeric, "matching": _Reader.match, "ordering": _Reader.order,
    "cloze": _Reader.gaps, "gapselect": _Reader.missing_words, "ddwtos": _Reader.missing_words,
    "description": _Reader.unmarked, "essay": _Reader.unmarked,
}  # fmt: skip
"""By the name that Moodle has for the type."""
