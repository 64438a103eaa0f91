"""What tags of a question file say: skill, level, points, order of options, code, unit, decimals, exactness."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.formats.neutral import ImportedQuestion
from assessments.question_types import Spec
from cms import foreign
from courses.models import Skill
from lms.lib.problems import Problem, ProblemKind, at_line

LONGEST_UNIT = 20
READ_AS: dict[str, tuple[str, Any, Any]] = {
    "skill": (r"[A-Za-z0-9._-]{1,40}", str, gettext_lazy("the code of a skill, such as dw.data-entry")),
    "level": (r"[123]", int, gettext_lazy("1, 2 or 3")),
    "points": (r"[1-9][0-9]{0,3}", int, gettext_lazy("a whole number from 1 to 9999")),
    "shuffle": (r"yes|no", lambda word: word == "yes", gettext_lazy("yes or no")),
    "code": (r"[-A-Za-z0-9_]{1,60}", str, gettext_lazy("a-z, 0-9, - and _, at most 60")),
    "unit": (rf".{{1,{LONGEST_UNIT}}}", str, gettext_lazy("at most 20 characters")),
    "decimals": (r"[0-6]", int, gettext_lazy("a number from 0 to 6")),
    "exact": (r"yes|no", lambda word: word == "yes", gettext_lazy("yes or no")),
}
"""How the value of each tag of ours is written, what is made of it, and how that is told."""


@dataclass(frozen=True)
class Filing:
    skill: str = ""
    level: int | None = None
    points: int | None = None
    shuffle: bool | None = None
    code: str = ""
    unit: str = ""
    decimals: int | None = None
    exact: bool | None = None

    def known_skill(self) -> Skill | None:
        return Skill.objects.filter(code=self.skill).first() if self.skill else None

    def fields(self) -> dict[str, Any]:
        """What the tags say of the fields of a question."""
        told = {"skill": self.known_skill(), "difficulty": self.level, "points": self.points}
        return {name: value for name, value in told.items() if value is not None}

    def tags(self) -> tuple[str, ...]:
        tags = [f"skill:{self.skill}", f"level:{self.level}", f"points:{self.points}"]
        return (
            *tags,
            *(["shuffle:no"] if self.shuffle is False else []),
            *([f"code:{self.code}"] if self.code else []),
            *([f"unit:{self.unit}"] if self.unit else []),
            *([f"decimals:{self.decimals}"] if self.decimals is not None else []),
            *(["exact:yes"] if self.exact else []),
        )

    def of_answers(self, spec: Spec) -> dict[str, Any]:
        """What it adds to a spec: the order of options, unit and decimal places of a number, how text is compared."""
        told = {"shuffle": self.shuffle, "unit": self.unit or None, "decimals": self.decimals, "exact": self.exact}
        return {name: told[name] for name in asked_of(spec) if told[name] is not None}


def asked_of(spec: Spec) -> tuple[str, ...]:
    """The tags that say something of the answers of this type of question."""
    if "options" in spec:
        return ("shuffle",)
    if "accepted" in spec:
        return ("exact",)
    return () if isinstance(spec.get("answer", True), bool) else ("unit", "decimals")


def filing_of(question: ImportedQuestion) -> Filing:
    """What the tags of a question say."""
    return filed(question)[0]


def filed(question: ImportedQuestion) -> tuple[Filing, list[tuple[str, str]]]:
    """(what the tags say, those of ours that say nothing). Of two with one name the first holds."""
    told: dict[str, Any] = {}
    refused = []
    for tag in question.tags:
        name, colon, value = (part.strip() for part in tag.partition(":"))
        if not colon or name not in READ_AS:
            continue
        pattern, made, _words = READ_AS[name]
        if name in told or not re.fullmatch(pattern, value):
            refused.append((name, tag))
        else:
            told[name] = made(value)
    return Filing(**told), refused


def lost_tags(question: ImportedQuestion, spec: Spec | None = None) -> list[Problem]:
    """Tags that say nothing here are not kept; ``spec`` is that of the answers, once they could be read."""
    told = []
    other = [tag for tag in question.tags if tag.partition(":")[0].strip() not in READ_AS or ":" not in tag]
    if other:
        what = _("The tags are not kept: %(tags)s.") % {"tags": ", ".join(other)[: foreign.QUOTED]}
        told.append((what, _("Write what matters as [tag:skill:...], [tag:level:1], [tag:points:2].")))
    filing, refused = filed(question)
    for name, tag in refused:
        what = _("[tag:%(tag)s] means nothing, and is not kept.") % {"tag": tag[:80]}
        told.append((what, _("Write it once, with: %(values)s.") % {"values": READ_AS[name][2]}))
    for name in ("shuffle", "unit", "decimals", "exact") if spec else ():
        if getattr(filing, name) not in (None, "") and name not in asked_of(spec or {}):
            what = _("[tag:%(tag)s] is not kept: this type of question does not use it.") % {"tag": name}
            told.append((what, _("Delete the tag, or change the type of question.")))
    return [at_line(question.line, what, remedy, ProblemKind.LOST) for what, remedy in told]
