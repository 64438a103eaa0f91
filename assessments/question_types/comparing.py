"""How a typed answer is held against those that are accepted: exactly or not, with stars, patterns or wrong letters.

Read by every type that has something typed. `spec` has `accepted` (rows `{text, credit, feedback}`) and the rules of
`short_text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from lms.lib.comparison import comparable

from .base import Problem, Spec
from .checks import check_credit, check_optional_text, is_text
from .normalisation import comparable_answer, exact_answer
from .patterns import BadPattern, compiled
from .slips import digits_of, distance

ANYTHING = "\ue000"  # stands for "*" in a pattern; for private use, so it is in no text
MOST_SLIPS = 3
LETTERS_FOR_A_SLIP = 4  # an answer must have more than so many for each letter that may be wrong

_WRITTEN_STAR = re.compile(r"(\\)?(\*++)")


def credit_of(row: Mapping[str, Any]) -> int:
    credit = row.get("credit", 100)
    return credit if isinstance(credit, int) else 0


def is_set(spec: Spec, flag: str) -> bool:
    return spec.get(flag, False) is True


def rule_of(spec: Spec) -> str:
    """What the learner is told of how the answer is compared: exact, slips, patterns or forgiving."""
    if is_set(spec, "exact"):
        return "exact"
    return "slips" if spec.get("slips") else "patterns" if is_set(spec, "regex") else "forgiving"


def accepted_row(spec: Spec, answer: str) -> tuple[Mapping[str, Any] | None, bool]:
    """(the first row that fits, else the nearest within the slips; whether letters are wrong)"""
    if is_set(spec, "regex"):
        exact = is_set(spec, "exact")
        text, fold = (exact_answer(answer), None) if exact else (comparable(answer), comparable)
        return next((row for row in spec["accepted"] if compiled(row["text"], fold).fits(text)), None), False
    given, stars = form_of(spec)(answer), is_set(spec, "wildcards")
    for row in spec["accepted"]:
        if _matches(_comparable_pattern(row["text"], stars, form_of(spec)), given):
            return row, False
    slips = int(spec.get("slips") or 0)
    near = [(_apart(form_of(spec)(row["text"]), given, slips), row) for row in spec["accepted"]] if slips else []
    least, nearest = min(near, key=lambda found: found[0], default=(slips + 1, None))
    return (nearest, True) if least <= slips else (None, False)


def _apart(accepted: str, given: str, most: int) -> int:
    return distance(accepted, given, most=most) if digits_of(accepted) == digits_of(given) else most + 1


def form_of(spec: Spec) -> Callable[[str], str]:
    return exact_answer if is_set(spec, "exact") else comparable_answer


def written_pattern(text: str) -> str:
    """A text as it is written with stars: ``ANYTHING`` for a run of them, and escaped ones as they are meant."""
    return _WRITTEN_STAR.sub(lambda found: _one_run(found[1], found[2]), text)


def _one_run(escape: str | None, stars: str) -> str:
    return ("*" + (ANYTHING if len(stars) > 1 else "")) if escape else ANYTHING


def _comparable_pattern(text: str, stars: bool, form: Callable[[str], str] = comparable_answer) -> str:
    return form(written_pattern(text) if stars else text)


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


def check_accepted(spec: Spec, accepted: list[Mapping[str, Any]]) -> list[Problem]:
    """What is wrong with the accepted answers and the rules by which they are compared."""
    problems = []
    if not any(credit_of(row) == 100 for row in accepted):
        problems.append(Problem("accepted", _("No answer earns the full mark."), _("Add at least one right answer.")))
    for number, row in enumerate(accepted):
        path = f"accepted.{number}."
        if not is_text(row.get("text")):
            problems.append(Problem(f"{path}text", _("This answer is empty."), _("Write it, or delete the line.")))
        problems += check_credit(row, path) + check_optional_text(row, "feedback", f"{path}feedback")
    if isinstance(spec, Mapping):
        problems += check_rules(spec, accepted)
        if is_set(spec, "regex"):
            problems += [] if problems else check_shown(spec, accepted)
        else:
            problems += check_clashes(accepted, spec)
        if is_set(spec, "wildcards"):
            problems += check_stars(accepted, spec)
    return problems


def check_shown(spec: Spec, accepted: list[Mapping[str, Any]]) -> list[Problem]:
    """A pattern is no answer that a learner could read."""
    shown = spec.get("shown")
    if not is_text(shown):
        what = _("Regular expressions are not told to learners: a right answer in words is missing.")
        return [Problem("shown", what, _("Write one of the right answers."))]
    row, _slipped = accepted_row(spec, str(shown))
    if row is not None and credit_of(row) == 100:
        return []
    what = _("“%(text)s” would not earn the full mark.") % {"text": str(shown)[:80]}
    return [Problem("shown", what, _("Correct it, or the regular expression."))]


def check_rules(spec: Spec, accepted: list[Mapping[str, Any]]) -> list[Problem]:
    """Rules that cannot hold together, patterns that cannot be read, answers too short for a slip."""
    problems = []
    slips = spec.get("slips", 0)
    if isinstance(slips, bool) or slips not in range(MOST_SLIPS + 1):
        what = _("The number of letters that may be wrong is not between 0 and %(most)s.") % {"most": MOST_SLIPS}
        return [Problem("slips", what, _("Write a whole number."))]
    credit = spec.get("slip_credit", 100)
    if isinstance(credit, bool) or credit not in range(101):
        what = _("The share of the points is not a percentage.")
        problems.append(Problem("slip_credit", what, _("Write a whole number from 0 to 100.")))
    together = [name for name in ("wildcards", "regex") if is_set(spec, name)]
    if len(together) > 1:
        what = _("Stars and regular expressions cannot hold at once.")
        problems.append(Problem("regex", what, _("Choose one of the two.")))
    elif slips and (together or is_set(spec, "exact")):
        what = _("Letters can be wrong only in answers written out, where capitals and accents do not count.")
        problems.append(Problem("slips", what, _("Write 0, or take the other rule away.")))
    for number, row in enumerate(accepted):
        if not is_text(row.get("text")):
            continue
        fault = _fault_of(row["text"], spec, slips)
        problems += [Problem(f"accepted.{number}.text", *fault)] if fault else []
    return problems


def _fault_of(text: str, spec: Spec, slips: int) -> tuple[str, str] | None:
    if is_set(spec, "regex"):
        try:
            compiled(text, None if is_set(spec, "exact") else comparable)
        except BadPattern as bad:
            what = _("“%(text)s” cannot be read as a regular expression.") % {"text": text[:80]}
            return what, str(bad)
    letters = sum(character.isalpha() for character in text)
    if slips and letters <= LETTERS_FOR_A_SLIP * slips:
        what = _("“%(text)s” is too short for wrong letters: other words would pass.") % {"text": text[:80]}
        return what, _("Let fewer letters be wrong, or write each spelling as an answer of its own.")
    return None


def check_stars(accepted: list[Mapping[str, Any]], spec: Spec) -> list[Problem]:
    """Answers after one that fits everything, and one that does so only because its full stop does not count."""
    problems = []
    for number, row in enumerate(accepted):
        if not is_text(row.get("text")) or _comparable_pattern(row["text"], True, form_of(spec)).strip(ANYTHING):
            continue
        if written_pattern(row["text"]).strip(ANYTHING + " "):
            what = _("“%(text)s” would accept any answer: punctuation at its end does not count.")
            remedy = _("Write letters beside the star.")
            problems.append(Problem(f"accepted.{number}.text", what % {"text": row["text"]}, remedy))
        elif number < len(accepted) - 1:
            what = _("The answers after “%(text)s” are never reached: it accepts everything.") % {"text": row["text"]}
            problems.append(Problem(f"accepted.{number}.text", what, _("Put it last.")))
    return problems


def check_clashes(accepted: list[Mapping[str, Any]], spec: Spec) -> list[Problem]:
    """Two answers that fold to one but earn different credit: the second would never count."""
    known: dict[str, int] = {}
    problems = []
    stars = is_set(spec, "wildcards")
    for number, row in enumerate(accepted):
        if not is_text(row.get("text")):
            continue
        if known.setdefault(_comparable_pattern(row["text"], stars, form_of(spec)), credit_of(row)) != credit_of(row):
            problems.append(
                Problem(
                    f"accepted.{number}.text",
                    _("“%(text)s” is already in the list with another share of the points.") % {"text": row["text"]},
                    _("Delete one of the two: capitals and accents make no difference."),
                )
            )
    return problems
