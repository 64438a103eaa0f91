"""What a trainer should know of a question, said in a sentence, out of its figures.

The limits of the item-rest correlation follow Ebel & Frisbie, Essentials of Educational Measurement (1991), p. 232;
those of the options, Haladyna & Downing, Educational and Psychological Measurement 53 (1993): a distractor that fewer
than 5 % choose does no work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.psychometrics import QuestionFigures, TestFigures
from lms.lib.percentages import percent

MIN_SHOWN = 20  # people, before a question is judged
MIN_CHOOSERS = 5  # of the best third, before their choice speaks against the key
EASY, HARD = 0.95, 0.25
GOOD, WEAK, AGAINST = 0.30, 0.10, -0.05
UNUSED = 0.05
GAP, GAP_Z = 0.15, 1.96  # between two languages: in shares of the points, and beyond chance in 19 cases of 20


class Verdict(TextChoices):
    UNKNOWN = "unknown", gettext_lazy("too few to judge")
    CHECK_KEY = "check-key", gettext_lazy("check the key")
    HARD = "hard", gettext_lazy("very hard")
    WEAK = "weak", gettext_lazy("tells little")
    EASY = "easy", gettext_lazy("very easy")
    FAIR = "fair", gettext_lazy("usable")
    GOOD = "good", gettext_lazy("good")


@dataclass(frozen=True)
class OptionCount:
    """Who chose one option, or gave one answer: in all, and of the third with the lowest and the highest rest."""

    label: str
    right: bool
    count: int
    low: int
    high: int
    typed: bool = False  # an answer in their own words, not an option


@dataclass(frozen=True)
class LineCount:
    """A field or an item of a piece of work: who had it right, in all and of each third, and what was given most often
    in its place (by ``often`` people; 0: nothing that several gave).
    """

    label: str
    expected: str
    shown: int
    right: int
    low: int
    high: int
    wrong: str = ""
    often: int = 0

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.shown)


@dataclass(frozen=True)
class LanguageFigures:
    language: str
    shown: int
    difficulty: float

    @property
    def percent(self) -> int:
        return round(100 * self.difficulty)


def verdict_of(figures: QuestionFigures) -> Verdict:
    """The most urgent thing that is to be known."""
    if figures.shown < MIN_SHOWN or figures.difficulty is None:
        return Verdict.UNKNOWN
    told = figures.discrimination
    if told is not None and told <= AGAINST:
        return Verdict.CHECK_KEY
    if figures.difficulty < HARD:
        return Verdict.HARD
    if figures.difficulty > EASY:
        return Verdict.EASY
    if told is None or told < WEAK:
        return Verdict.WEAK
    return Verdict.GOOD if told >= GOOD else Verdict.FAIR


def sentence_of(verdict: Verdict, figures: QuestionFigures) -> str:
    """The verdict with what it rests on and what to do."""
    if verdict == Verdict.UNKNOWN:
        text = ngettext(
            "%(shown)d person has had this question; from %(least)d on it can be judged.",
            "%(shown)d people have had this question; from %(least)d on it can be judged.",
            figures.shown,
        )
        return text % {"shown": figures.shown, "least": MIN_SHOWN}
    return str(SENTENCES[verdict])


SENTENCES = {
    Verdict.CHECK_KEY: gettext_lazy(
        "Those who do well in the rest do worse here. Is the key right? Can the question be understood in two ways?"
    ),
    Verdict.HARD: gettext_lazy("Hardly anybody earns its points. Is it taught in the lessons? Is the key right?"),
    Verdict.EASY: gettext_lazy(
        "Nearly everybody earns its points: it tells nobody apart. Keep it only if everybody must know this."
    ),
    Verdict.WEAK: gettext_lazy(
        "Who earns its points says little about who does well in the rest. Read its words and its wrong answers again."
    ),
    Verdict.FAIR: gettext_lazy("It agrees with the rest of the assessment, a little."),
    Verdict.GOOD: gettext_lazy("Those who do well in the rest do well here, and others do not: it does its work."),
}


def remarks_on_options(options: Sequence[OptionCount], shown: int) -> list[str]:
    """What the choices say, beyond the verdict; nothing before enough people have had the question."""
    if shown < MIN_SHOWN:
        return []
    right = [option for option in options if option.right]
    told = []
    best = max((option.high for option in right), default=0)
    for option in options:
        if option.right:
            continue
        if option.high >= MIN_CHOOSERS and option.high > best:
            text = _("Of the best third, more chose “%(answer)s” than the right answer. Is the key right?")
            told.append(text % {"answer": option.label})
        elif option.high > option.low and option.high >= MIN_CHOOSERS:
            text = _("“%(answer)s” is wrong, and the best third chose it more often than the weakest third.")
            told.append(text % {"answer": option.label})
    unused = [row.label for row in options if not row.right and not row.typed and row.count < UNUSED * shown]
    told += [
        _("Hardly anybody chooses “%(answer)s”. Write a wrong answer that people who do not know would give.")
        % {"answer": label}
        for label in unused
    ]
    return told


def remark_on_languages(rows: Sequence[LanguageFigures]) -> str:
    """The two languages between which a question differs most, where that is more than chance; else nothing."""
    known = sorted((row for row in rows if row.shown >= MIN_SHOWN), key=lambda row: row.difficulty)
    if len(known) < 2:
        return ""
    hard, easy = known[0], known[-1]
    pooled = (hard.difficulty * hard.shown + easy.difficulty * easy.shown) / (hard.shown + easy.shown)
    error = (pooled * (1 - pooled) * (1 / hard.shown + 1 / easy.shown)) ** 0.5
    gap = easy.difficulty - hard.difficulty
    if gap < GAP or not error or gap / error < GAP_Z:
        return ""
    text = _("It is harder in %(hard)s than in %(easy)s. Compare the two texts.")
    return text % {"hard": hard.language, "easy": easy.language}


STEADY, USABLE = 0.80, 0.60


def reliability_notes(figures: TestFigures) -> list[str]:
    """How far a mark of the assessment can be trusted, in sentences; nothing before enough people have taken it.

    Limits of reliability: Nunnally & Bernstein, Psychometric Theory (1994), p. 265, lowered a step for short tests that
    are not the only proof.
    """
    if figures.attempts < MIN_SHOWN or figures.alpha is None or figures.error is None:
        return []
    values = {"alpha": number_format(round(figures.alpha, 2), 2), "error": percent(round(figures.error))}
    if figures.alpha >= STEADY:
        text = _("Marks are steady (reliability %(alpha)s): another set of such questions would rank people alike.")
    elif figures.alpha >= USABLE:
        text = _("Marks are usable (reliability %(alpha)s). More questions of the same kind would make them steadier.")
    else:
        text = _("Marks depend much on chance (reliability %(alpha)s): add questions, or correct those marked below.")
    around = _("Two times out of three, a mark is within %(error)s of what the learner can do.")
    return [text % values, around % values]
