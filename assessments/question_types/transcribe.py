"""Write down what is heard in a recording, or read in the picture of the question.

    {"sound": 12, "language": "fr", "gold": "Bonjour, madame Seck...", "critical": "Seck\\n12 500",
     "same": "12 = douze", "case": false, "punctuation": false, "fillers": false, "wer": 5, "cer": 3}

`language` is that of the speech. Both texts are compared after the normalisation of `transcribed.Norm`, which the
learner is told. The task earns 1 - WER; nothing when WER or CER, in percent, are above `wer` and `cer`, or a critical
run of words (a line of `critical`) is not there as often as in the gold text. A line of `same` holds ways to write the
same, with "=" between.

Response: {"text": "as typed"}.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks
from wagtailmedia.blocks import AudioChooserBlock

from lms.lib.percentages import percent

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
    Unlike,
    damaged_response,
    in_each,
    share,
    single_value,
)
from .checks import check_flag, is_text
from .editing import Value, filled
from .reading import given_texts_in, text_in
from .transcribed import LANGUAGES, Errors, Norm, count_of, steps_between

FIELD = "answer"
LONGEST_GOLD = 1000  # characters: a minute of speech
LONGEST = 2 * LONGEST_GOLD
MOST_LINES, LONGEST_WAY = 20, 8  # of critical words and of ways to write; words of one
MOST_TOLD = 10
FLAGS = ("case", "punctuation", "fillers")
LIMITS = {"wer": 5, "cer": 3}
NAMES: dict[str, str | Promise] = {"fr": gettext_lazy("French"), "en": gettext_lazy("English")}


def percent_block(label: Any, default: int) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=label, default=default, min_value=0, max_value=100)


class TranscribeBlock(blocks.StructBlock):
    sound = AudioChooserBlock(
        label=gettext_lazy("recording"),
        required=False,
        help_text=gettext_lazy(
            "Of a minute at most; Opus at 12 kbit/s is about 90 kB a minute. Without one, the picture of the question "
            "is written down."
        ),
    )
    language = blocks.ChoiceBlock(
        label=gettext_lazy("language of the recording"), choices=list(NAMES.items()), default="fr"
    )
    gold = blocks.TextBlock(label=gettext_lazy("right transcript"), max_length=LONGEST_GOLD, rows=6)
    critical = blocks.TextBlock(
        label=gettext_lazy("critical words"),
        required=False,
        max_length=LONGEST_GOLD,
        rows=3,
        help_text=gettext_lazy(
            "Names and numbers, one per line, as they stand in the transcript. When one is wrong, the task earns "
            "nothing."
        ),
    )
    same = blocks.TextBlock(
        label=gettext_lazy("ways to write the same"),
        required=False,
        max_length=LONGEST_GOLD,
        rows=3,
        help_text=gettext_lazy("One per line: 12 = twelve"),
    )
    case = blocks.BooleanBlock(label=gettext_lazy("capitals count"), required=False)
    punctuation = blocks.BooleanBlock(label=gettext_lazy("punctuation counts"), required=False)
    fillers = blocks.BooleanBlock(label=gettext_lazy("hesitations (“um”) are to be written"), required=False)
    wer = percent_block(gettext_lazy("word errors that may be made, in 100 words (WER)"), LIMITS["wer"])
    cer = percent_block(gettext_lazy("character errors that may be made, in 100 characters (CER)"), LIMITS["cer"])

    class Meta:
        icon = "openquote"


class Transcribe(QuestionType[str]):
    name = "transcribe"
    label = gettext_lazy("Transcription")
    block = TranscribeBlock
    is_work = is_of_texts = True

    # -- for the author

    def validate(self, spec: Spec) -> list[Problem]:
        if not isinstance(spec, Mapping) or not is_text(spec.get("gold")):
            return [Problem("gold", _("The right transcript is missing."), _("Write what is heard or read."))]
        problems = [problem for name in FLAGS for problem in check_flag(spec, name, name)]
        if spec.get("language") not in LANGUAGES:
            what = _("The language of the recording is not known.")
            problems.append(Problem("language", what, _("Use one of: %(kinds)s") % {"kinds": ", ".join(LANGUAGES)}))
        for name in ("gold", "critical", "same"):
            if not isinstance(spec.get(name, ""), str):
                problems.append(Problem(name, _("This must be text."), _("Write some text, or leave it empty.")))
            elif len(spec.get(name, "")) > LONGEST_GOLD:
                problems.append(Problem(name, _("This text is too long."), _("Shorten it.")))
        for name in LIMITS:
            limit = spec.get(name)
            if not isinstance(limit, int) or isinstance(limit, bool) or not 0 <= limit <= 100:
                what = _("The errors that may be made are not a percentage.")
                problems.append(Problem(name, what, _("Write a whole number from 0 to 100.")))
        sound = spec.get("sound", 1)
        if not isinstance(sound, int) or isinstance(sound, bool):
            problems.append(Problem("sound", _("The recording is not known."), _("Choose it again.")))
        return problems or [*check_ways(spec), *check_words(spec)]

    def from_editor(self, value: Value) -> dict[str, Any]:
        return {**filled(value, "sound"), **stored(value)}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return dict(spec)

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        texts = {name: text_in(row[name], language) for name in ("gold", "language")}
        rules = {name: row[name] for name in (*FLAGS, *LIMITS) if name in row}
        return stored({**rules, **texts, **given_texts_in(row, ["critical", "same"], language)})

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        if any("sound" in spec for spec in specs.values()):
            raise Unlike  # a row has no place for a recording
        return dict(in_each(specs))

    def needs_picture(self, spec: Spec) -> bool:
        return not spec.get("sound")

    # -- for the learner

    def public(self, spec: Spec, rng: random.Random) -> Public:
        rule = {name: spec.get(name, False) for name in (*FLAGS, "language", *LIMITS)}
        return {
            "type": self.name,
            "field": FIELD,
            "sound": spec.get("sound"),
            "rule": {**rule, "critical": len(lines_of(spec.get("critical", "")))},
        }

    def place(self, number: int, total: int) -> str:
        return _("Task %(number)s of %(total)s") % {"number": number, "total": total}

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        text = single_value(sent.fields, FIELD).replace("\r\n", "\n").strip()
        if len(text) > LONGEST:
            raise InvalidResponse(
                _("Your answer is too long. Write at most %(limit)s characters.") % {"limit": LONGEST}
            )
        return {"text": text} if text else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {} if answer is None else {FIELD: [answer]}

    # -- for the marker

    def clean(self, spec: Spec, response: Response) -> str | None:
        if not response:
            return None
        text = response.get("text")
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
            raise damaged_response()
        return text

    def mark(self, spec: Spec, answer: str) -> ItemResult:
        found = errors_in(spec, answer)
        told = tuple(told_of(spec, answer, found))
        is_over = 100 * found.word_errors > spec["wer"] * found.words
        is_over |= 100 * found.character_errors > spec["cer"] * found.characters
        if is_over or found.critical_wrong:
            return ItemResult(Decimal(0), told)
        return ItemResult(share(found.words - found.word_errors, found.words), told)

    def answer_text(self, spec: Spec, answer: str) -> str:
        return answer

    def right_answer(self, spec: Spec) -> str:
        return str(spec["gold"])

    def lines(self, spec: Spec, answer: str | None) -> list[ReviewLine]:
        """The text, then the places where it differs; a whole text that is too far away stands alone."""
        whole = super().lines(spec, answer)
        for line in whole:
            line["label"], line["feedback"] = _("The whole text"), ""
        return whole + [
            ReviewLine(label=label, chosen=bool(typed), given=typed, expected=gold, right=False, feedback="")
            for label, gold, typed in differences(spec, answer or "")
        ]

    def counted(self, spec: Spec, response: Response) -> list[ReviewLine]:
        """Each word of the gold text; of a text that is too far away, none is right."""
        norm, answer = norm_of(spec), self._answer_or_none(spec, response) or ""
        gold, typed = norm.words(spec["gold"]), norm.words(answer)
        is_far = 2 * errors_in(spec, answer).word_errors > len(gold)
        given = [step.typed for step in steps_between(gold, [] if is_far else typed) if step.kind != "added"]
        return [
            ReviewLine(label=str(number), chosen=bool(word), given=word, expected=one, right=word == one, feedback="")
            for number, (one, word) in enumerate(zip(gold, given, strict=True), 1)
        ]

    # -- for the whole

    def work_done(self, answers: Sequence[tuple[Spec, str | None]]) -> dict[str, int]:
        """A task without an answer has all its words missing."""
        return dict(Errors.total([errors_in(spec, answer or "") for spec, answer in answers]).as_figures())

    def work_words(self, figures: Mapping[str, int]) -> list[str]:
        done = Errors(**figures)
        words = [
            ngettext(
                "word errors (WER): %(rate)s, %(errors)s in %(all)s word",
                "word errors (WER): %(rate)s, %(errors)s in %(all)s words",
                done.words,
            )
            % {"rate": rate(done.word_errors, done.words), "errors": done.word_errors, "all": done.words},
            ngettext(
                "character errors (CER): %(rate)s, %(errors)s in %(all)s character",
                "character errors (CER): %(rate)s, %(errors)s in %(all)s characters",
                done.characters,
            )
            % {
                "rate": rate(done.character_errors, done.characters),
                "errors": done.character_errors,
                "all": done.characters,
            },
        ]
        if done.critical:
            wrong = {"errors": done.critical_wrong, "all": done.critical}
            words.append(_("critical words that are wrong: %(errors)s of %(all)s") % wrong)
        return words

    def gold(self, spec: Spec) -> Response:
        return {"text": spec["gold"]}

    def guess(self, spec: Spec, others: Sequence[Spec], rng: random.Random) -> Response | None:
        """What another task says: all that can be written unheard."""
        known = [other["gold"] for other in others if isinstance(other.get("gold"), str)]
        return {"text": rng.choice(known)} if known else None


def stored(value: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored besides the recording."""
    limits = {name: default if value.get(name) is None else value[name] for name, default in LIMITS.items()}
    return {
        "language": value.get("language") or "fr",
        "gold": value.get("gold") or "",
        **filled(value, "critical", "same"),
        **{name: True for name in FLAGS if value.get(name)},
        **limits,
    }


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def norm_of(spec: Spec) -> Norm:
    norm = Norm(spec["language"], *(spec.get(name, False) for name in FLAGS))
    return norm.with_same([line.split("=") for line in lines_of(spec.get("same", ""))])


def check_ways(spec: Spec) -> Iterator[Problem]:
    plain, lines = Norm(spec["language"]), lines_of(spec.get("same", ""))
    if len(lines) > MOST_LINES:
        what = _("Lines written: %(found)s. At most %(most)s are possible.") % {"found": len(lines), "most": MOST_LINES}
        yield Problem("same", what, _("Delete some lines, or make several questions."))
    for line in lines:
        ways = [plain.words(way) for way in line.split("=")]
        if len(ways) < 2 or not all(0 < len(way) <= LONGEST_WAY for way in ways):
            what = _("“%(line)s” does not say two ways to write the same.") % {"line": line[:80]}
            yield Problem("same", what, _("Write them on one line with “=” between, of eight words at most."))


def check_words(spec: Spec) -> Iterator[Problem]:
    norm, lines = norm_of(spec), lines_of(spec.get("critical", ""))
    gold = norm.words(spec["gold"])
    if not gold:
        what = _("Nothing of the right transcript counts: no word is left after normalisation.")
        yield Problem("gold", what, _("Write what is heard or read."))
    if len(lines) > MOST_LINES:
        what = _("Lines written: %(found)s. At most %(most)s are possible.") % {"found": len(lines), "most": MOST_LINES}
        yield Problem("critical", what, _("Delete some lines, or make several questions."))
    for line in lines:
        run = norm.words(line)
        if not run or not count_of(gold, run):
            what = _("The critical words “%(line)s” do not stand in the right transcript.") % {"line": line[:80]}
            yield Problem("critical", what, _("Write them as they stand there."))


def errors_in(spec: Spec, answer: str) -> Errors:
    norm = norm_of(spec)
    critical = [norm.words(line) for line in lines_of(spec.get("critical", ""))]
    return Errors.of(norm.words(spec["gold"]), norm.words(answer), critical)


def differences(spec: Spec, answer: str) -> list[tuple[str, str, str]]:
    """(after which word, what belongs there, what was typed) where texts differ; nothing for texts of which more than
    half of the words do.
    """
    norm = norm_of(spec)
    gold, typed = norm.words(spec["gold"]), norm.words(answer)
    if not typed or 2 * errors_in(spec, answer).word_errors > len(gold):
        return []
    found: list[tuple[str, str, str]] = []
    before = ""
    for step in steps_between(gold, typed):
        if step.kind == "same":
            before = step.gold
        else:
            label = _("After “%(word)s”") % {"word": before} if before else _("At the beginning")
            found.append((label, step.gold, step.typed))
    return found


def told_of(spec: Spec, answer: str, found: Errors) -> Iterator[str]:
    """What is wrong, and where, without the right words."""
    if found.critical_wrong:
        text = ngettext(
            "%(count)s critical word or number is wrong or missing.",
            "%(count)s critical words or numbers are wrong or missing.",
            found.critical_wrong,
        )
        yield text % {"count": found.critical_wrong}
    if not found.word_errors:
        return
    yield from map(capfirst, Transcribe().work_words({**found.as_figures(), "critical": 0}))
    places = differences(spec, answer)
    if not places:
        yield _("More than half of the words differ: listen or read again from the beginning.")
    for label, gold, typed in places[:MOST_TOLD]:
        if not typed:
            yield _("%(where)s: a word is missing.") % {"where": label}
        elif not gold:
            yield _("%(where)s: “%(typed)s” is one word too many.") % {"where": label, "typed": typed}
        else:
            yield _("%(where)s: not “%(typed)s”.") % {"where": label, "typed": typed}


def rate(errors: int, whole: int) -> str:
    return percent(number_format(round(float(Fraction(100 * errors, whole or 1)), 1), 1))
