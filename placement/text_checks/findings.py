"""What a check finds in a text."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    CRITERION = "criterion"  # protected by law: Code du travail L1132-1
    FEE = "fee"  # money asked of candidates
    CONTACT = "contact"  # the conversation moved to where nobody can help
    INSULT = "insult"
    PAY = "pay"  # none, or below the floor
    HOURS = "hours"


class Certainty(StrEnum):
    SURE = "sure"  # refused, with words
    DOUBTFUL = "doubtful"  # a person of the programme looks at it


@dataclass(frozen=True)
class Finding:
    """``words`` stand at ``start`` to ``end`` of the text as it was written; ``subject`` says which criterion or rule."""

    kind: FindingKind
    subject: str
    certainty: Certainty
    words: str
    start: int
    end: int
