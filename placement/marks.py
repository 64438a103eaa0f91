"""How far an employer is with each person on a page: asked for, referred, refused. Computed from its referrals.

Only referrals under the name that the employer has for the person today count: one under an earlier name would tell
who the new one is. What a person answered to a request is not told here: "already contacted" says that it was made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from placement.enums import WITH_EMPLOYER
from placement.enums import ReferralState as S
from placement.models import CodeName, Referral


class MarkKind(StrEnum):
    CONTACTED = "contacted"
    REFERRED = "referred"
    REFUSED = "refused"


LABELS = {
    MarkKind.CONTACTED: _("Already contacted"),
    MarkKind.REFERRED: _("Referred to you"),
    MarkKind.REFUSED: _("You said no"),
}


@dataclass(frozen=True)
class Mark:
    """The latest referral of a person to the reader's employer."""

    kind: MarkKind
    at: datetime
    referral: int

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])


def known_to(employer_id: int) -> QuerySet[Referral]:
    """The referrals that this employer may read, of people whom it still calls by the same name."""
    named = CodeName.objects.filter(
        employer=employer_id, profile=OuterRef("profile"), name=OuterRef("code_name"), ended_at=None
    )
    may_read = Q(asked_by_employer=True) | Q(forwarded_at__isnull=False) | Q(state__in=WITH_EMPLOYER)
    rows: QuerySet[Referral] = Referral.objects.filter(may_read, Exists(named), opportunity__employer=employer_id)
    return rows


def marks_of(employer_id: int, profiles: Iterable[int]) -> dict[int, Mark]:
    """Of the people on a page those who have one. One query."""
    known = known_to(employer_id).filter(profile__in=set(profiles))
    latest = known.order_by().values("profile").annotate(latest=Max("pk")).values("latest")
    found = {}
    for key, profile, state, created, sent in Referral.objects.filter(pk__in=latest).values_list(
        "pk", "profile_id", "state", "created_at", "forwarded_at"
    ):
        found[profile] = Mark(kind_of(state, is_sent=sent is not None), sent or created, key)
    return found


def kind_of(state: str, *, is_sent: bool) -> MarkKind:
    if state == S.REFUSED:
        return MarkKind.REFUSED
    return MarkKind.REFERRED if is_sent else MarkKind.CONTACTED


def contacted(employer_id: int) -> BitMap:
    """The profiles of everybody who has a mark."""
    return BitMap(known_to(employer_id).order_by().values_list("profile_id", flat=True).distinct())
