"""GIFT, Moodle's text format for questions: `loads` reads it, `dumps` writes it.

The format: https://docs.moodle.org/en/GIFT_format. Where readers differ we follow Moodle, since that is
where trainers' files come from: of the two feedbacks of a true-or-false question, the first is for
whoever answers wrong; an answer without a mark is a short one; "=" among "~" asks for one choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from lms.lib.decoding import EncodingError, decode
from lms.lib.known_files import WrongKindError, refuse_known
from lms.lib.problems import Problem, at_line

from .entities import decode_entities
from .gift_blocks import Block, blocks, reveal
from .gift_write import LEFT_OUT, dumps, encode
from .interactions import (
    AnyInteraction,
    Choices,
    ImportedAnswer,
    ImportedNumber,
    ImportedPair,
    Ordered,
    Pairs,
    Truth,
    TypedNumber,
    TypedText,
    Unmarked,
)
from .neutral import FILED, ImportedQuestion, ImportResult
from .rich import NOTHING, Rich

__all__ = ["loads", "dumps", "encode", "LEFT_OUT"]

BLANK = "_____"
LONGEST_NUMBER = 100  # characters
_BRACKET = "\U000f005d"  # stands for an escaped one

_FORMAT = re.compile(r"\s*+\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_TRUTH = re.compile(r"((?i:TRUE|FALSE)|[TF])\s*+(?:#([^#]*+)(?:#(.*+))?)?", re.DOTALL)
_AMBIGUOUS = re.compile(r"\s*+-?[1-9]\d{0,2},\d{3}\s*+")
_WEIGHT = re.compile(r"\s*+%(-?\d{1,9}(?:\.\d{1,9})?)%")


class _Refused(Exception):  # noqa: N818 - never leaves this file
    """This block is not a question we can read."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def loads(source: str | bytes) -> ImportResult:
    """Every question of a GIFT file, and for each block that is not one, its line and what is wrong.

    A file of another kind, or in an unknown encoding, is one problem.
    """
    try:
        text = read_text(source) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    except WrongKindError as error:
        return ImportResult((), (at_line(1, error.what, error.remedy),))
    except EncodingError as error:
        return ImportResult((), (at_line(error.line, error.what, error.remedy),))
    questions, problems, categories = [], [], []
    for block in blocks(text):
        if not block.lines:
            categories.append(block.category)
            continue
        try:
            question = _question(block)
        except _Refused as refused:
            problems.append(at_line(block.line, refused.what, refused.remedy))
            continue
        questions.append(question)
        problems += _unmarked(question)
    return ImportResult(tuple(questions), tuple(problems), tuple(categories))


def read_text(content: bytes) -> str:
    """The text of a GIFT file. Raises UnreadableFileError when it is of another kind, or in an unknown encoding."""
    refuse_known(content, takes=("gift",))
    return decode(content)


def _question(block: Block) -> ImportedQuestion:
    title, text = _split_title(block.text)
    head, body, tail = _split_braces(text)
    base = _format_of(head, "moodle")
    if tail:
        head = f"{head.rstrip()} {BLANK} {tail}"
    answers, mark, general = (body or "").rpartition("####")
    if not mark:
        answers, general = general, ""
    prompt = _rich(head, base)
    if not prompt:
        raise _Refused(_("The question has no text."), _("Write the question before the opening brace “{”."))
    identifier, tags = _notes(block.comments)
    return ImportedQuestion(
        _interaction(answers.strip(), base, described=body is None),
        prompt,
        title=title,
        feedback=_rich(general, base),
        id=identifier,
        tags=tags,
        category=block.category,
        line=block.line,
    )


def _split_title(text: str) -> tuple[str, str]:
    """(title, the rest)"""
    before, _start, rest = text.partition("::")
    title, end, rest = rest.partition("::")
    return (decode_entities(_collapse(title)), rest) if end and not before.strip() else ("", text)


def _split_braces(text: str) -> tuple[str, str | None, str]:
    """(before, between, after) the braces; nothing between, not even "", when there are none."""
    head, opening, rest = text.partition("{")
    body, closing, tail = rest.partition("}")
    if not opening:
        if "}" in head:
            raise _Refused(_("A closing brace “}” has no opening one."), _("Add the “{”, or write “\\}”."))
        return head, None, ""
    if not closing or "{" in body:
        raise _Refused(_("The opening brace “{” is never closed."), _("Close the answers with “}”, or write “\\{”."))
    if "{" in tail or "}" in tail:
        raise _Refused(
            _("Two questions run together, or there is one brace too many."),
            _("Leave an empty line between two questions."),
        )
    return head, body, tail.strip()


def _interaction(body: str, base: str, *, described: bool) -> AnyInteraction:
    """What the learner does, told from what stands between the braces."""
    if described:
        return Unmarked("description")
    if not body:
        return Unmarked("essay")
    if body.startswith("#"):
        return TypedNumber(_numbers(body[1:], base))
    if body.startswith(">"):
        return _ordering(body[1:], base)
    if truth := _TRUTH.fullmatch(body):
        return _true_false(truth, base)
    marked = _marked(body)
    if any(marker == "~" for marker, _text in marked):
        return _choice(marked, base)
    if "=" in body and "->" in body:
        return Pairs(tuple(_pair(text, base) for _marker, text in marked))
    return TypedText(tuple(_answer(marker, text, base) for marker, text in marked))


def _marked(body: str) -> list[tuple[str, str]]:
    """[(marker, text)]: each answer with its "=" or "~". One before them has none: right alone, wrong among others."""
    before, *parts = re.split(r"([=~])", body)
    marked = [(parts[n], parts[n + 1]) for n in range(0, len(parts), 2)]
    if before.strip():
        marked.insert(0, ("~" if any(marker == "~" for marker, _text in marked) else "=", before))
    # "~=text" is Moodle's older way to mark the right option
    return [pair for n, pair in enumerate(marked) if pair[1].strip() or not _opens(marked, n)]


def _opens(marked: list[tuple[str, str]], n: int) -> bool:
    return marked[n][0] == "~" and n + 1 < len(marked) and marked[n + 1][0] == "="


def _choice(marked: list[tuple[str, str]], base: str) -> Choices:
    answers = tuple(_answer(marker, text, base) for marker, text in marked)
    if len(answers) < 2:
        raise _Refused(_("There is only one answer to choose from."), _("Add at least one more answer."))
    if not any(answer.credit > 0 for answer in answers):
        raise _Refused(_("No answer is marked as right."), _("Put “=” before the right answer."))
    one = any(marker == "=" and answer.credit == 100 for (marker, _text), answer in zip(marked, answers, strict=True))
    return Choices(answers, "single" if one else "multiple")


def _ordering(body: str, base: str) -> Ordered:
    """ ">3 ALL VERTICAL RELATIVE ...", then a line for each thing, in the right order."""
    words, _line, rest = body.strip().partition("\n")
    items = tuple(_rich(line, base) for line in rest.splitlines() if line.strip())
    return Ordered(items, tuple(words.upper().split()))


def _answer(marker: str, text: str, base: str) -> ImportedAnswer:
    credit = Decimal(100 if marker == "=" else 0)
    if weight := _WEIGHT.match(text):
        credit, text = _credit(weight[1]), text[weight.end() :]
    answer, _mark, feedback = text.partition("#")
    words = _rich(answer, base)
    if not words:
        raise _Refused(_("An answer is empty."), _("Write its text, or delete its “=” or “~”."))
    return ImportedAnswer(words, credit, _rich(feedback, base))


def _credit(written: str) -> Decimal:
    credit = Decimal(written)
    if abs(credit) > 100:
        raise _Refused(
            _("The weight %(weight)s is not between -100 and 100.") % {"weight": written},
            _("Correct the number between the two “%” characters."),
        )
    return credit


def _pair(text: str, base: str) -> ImportedPair:
    left, arrow, right = text.partition("->")
    if not arrow or not right.strip():
        raise _Refused(
            _("“%(text)s” has no match.") % {"text": _collapse(text)[:60]},
            _("Write each pair as “= left -> right”."),
        )
    return ImportedPair(_rich(left, base), decode_entities(_collapse(right)))


def _true_false(truth: re.Match[str], base: str) -> Truth:
    answer = truth[1].upper().startswith("T")
    wrong, right = _rich(truth[2] or "", base), _rich(truth[3] or "", base)
    return Truth(answer, right if answer else wrong, wrong if answer else right)


def _numbers(body: str, base: str) -> tuple[ImportedNumber, ...]:
    body, otherwise, rest = body.partition("~")
    texts = body.split("=") if "=" in body else ["", body]
    if texts[0].strip():
        raise _not_numbers(texts[0])
    answers = [_number(text, base) for text in texts[1:]]
    if otherwise:
        feedback = rest.partition("#")[2]
        answers.append(ImportedNumber(None, Decimal(0), _rich(feedback, base)))
    if not any(answer.credit == 100 for answer in answers):
        raise _Refused(_("No answer is marked as right."), _("Put “=” before the right answer."))
    return tuple(answers)


def _number(text: str, base: str) -> ImportedNumber:
    answer = _answer("=", text, base)
    written = answer.text.text
    if written == "*":
        return ImportedNumber(None, answer.credit, answer.feedback)
    try:
        value, tolerance = _limits(written)
    except InvalidOperation:
        raise _not_numbers(written) from None
    return ImportedNumber(value, answer.credit, answer.feedback, tolerance)


def _limits(written: str) -> tuple[Decimal, Decimal]:
    """(value, tolerance) of "1..5", "3:2" or "4"; in any order, as Moodle. Raises InvalidOperation."""
    if ".." in written:
        low, high = (_decimal(part) for part in written.split("..", 1))
        return (low + high) / 2, abs(high - low) / 2
    value, _mark, tolerance = written.partition(":")
    return _decimal(value), abs(_decimal(tolerance or "0"))


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise InvalidOperation
    if _AMBIGUOUS.fullmatch(text):
        written = text.strip()
        raise _Refused(
            _("The number %(text)s can be read in two ways.") % {"text": written},
            _("Write %(whole)s or %(decimal)s.")
            % {"whole": written.replace(",", ""), "decimal": written.replace(",", ".")},
        )
    number = Decimal(text.strip().replace(",", "."))
    if not number.is_finite() or abs(number.adjusted()) >= 30:  # as `checks.as_decimal`; 1e999999999 overflows
        raise InvalidOperation
    return number


def _not_numbers(text: str) -> _Refused:
    return _Refused(
        _("“%(text)s” is not a number.") % {"text": _collapse(text)[:60]},
        _("Write “4”, “4:0.5” (4 plus or minus 0.5) or “1..5” (from 1 to 5)."),
    )


def _format_of(text: str, base: str) -> str:
    match = _FORMAT.match(text)
    return match[1].lower() if match else base


def _rich(text: str, base: str) -> Rich:
    """Text with its format; line breaks count only where the format gives them a meaning."""
    written = _format_of(text, base)
    text = _FORMAT.sub("", text, count=1) if _FORMAT.match(text) else text
    if not text.strip():
        return NOTHING
    return Rich(_collapse(text) if written == "moodle" else reveal(text.strip()), written)


def _collapse(text: str) -> str:
    return reveal(re.sub(r"[ \t\r\n]++", " ", text).strip())  # no-break spaces are kept


def _notes(comments: list[str]) -> tuple[str, tuple[str, ...]]:
    """(id, tags) as written in comments: `// [id:q7] [tag:spelling]`; `[level:2]` is short for `[tag:level:2]`."""
    found = [(kind, reveal(value).strip()) for comment in comments for kind, value in _bracketed(comment)]
    identifier = next((value for kind, value in found if kind == "id"), "")
    tags = [value if kind == "tag" else f"{kind}:{value}" for kind, value in found if kind != "id"]
    return identifier, tuple(dict.fromkeys(tags))


def _bracketed(comment: str) -> Iterator[tuple[str, str]]:
    """("id", "q7") for each `[id:q7]`. As in Moodle, a value may hold a “[”; a “]” in it is written “\\]”."""
    place = 0
    comment = comment.replace("\\]", _BRACKET)
    while (start := comment.find("[", place)) >= 0:
        kind = next((kind for kind in ("id", "tag", *FILED) if comment.startswith(f"{kind}:", start + 1)), "")
        place = start + 1
        if not kind:
            continue
        end = comment.find("]", place)
        if end < 0:
            return
        yield kind, comment[place + len(kind) + 1 : end].replace(_BRACKET, "]")
        place = end


def _unmarked(question: ImportedQuestion) -> list[Problem]:
    if question.type == "essay":
        what = _("This question asks for a written answer, which cannot be marked automatically.")
        return [at_line(question.line, what, _("Give it answers, or move it to a lesson."))]
    if question.type == "description":
        what = _("This is text without a question.")
        return [at_line(question.line, what, _("Add answers between “{” and “}”, or move it to a lesson."))]
    return []
