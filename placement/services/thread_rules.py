"""Who reads and who writes in the thread of a referral, and which words it takes."""

import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.lib.comparison import storable
from placement.enums import ActorKind, Vetting
from placement.models import Referral, ThreadMessage
from placement.services.disclosure import agreed, of_referral

LONGEST = 1000  # characters of one message
READ_AT_ONCE = 50  # messages that a page reads
LEARNERS_PAGE = 2600  # characters of the messages on a learner's page: with its frame it stays below 4 kB on the wire
EMPLOYERS_PAGE = 12_000
OFFER_LENGTH = 250  # characters that an offer takes in the thread
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # characters of no width: alone they are no message


@dataclass(frozen=True)
class Page:
    """Messages in their order. ``earlier``: the key of the first one, when others stand before it; else 0."""

    messages: list[ThreadMessage]
    earlier: int


def clean_text(text: str) -> str:
    """As it is kept: lines end in one way, nothing around it, nothing that a database refuses. Raises ValidationError
    that names ``text``.
    """
    kept = storable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not kept.strip(INVISIBLE + " \n\t"):
        raise ValidationError({"text": _("Write a few words first.")})
    over = len(kept) - LONGEST
    if over > 0:
        problem = ngettext(
            "This message is %(count)d character too long: %(most)d at most. Send it in two parts.",
            "This message is %(count)d characters too long: %(most)d at most. Send it in two parts.",
            over,
        )
        raise ValidationError({"text": problem % {"count": over, "most": LONGEST}})
    return kept


def key_of(form: str, text: str) -> str:
    """What makes a message the same as one that was sent before: its form and its words."""
    return hashlib.sha256(f"{form}\0{text}".encode()).hexdigest()


def is_open(referral: Referral) -> bool:
    """Both may write: it was sent, their yes stands and is of use, and the employer is in good standing."""
    in_touch = referral.forwarded_at is not None and agreed(referral) is not None
    return in_touch and referral.opportunity.employer.vetting == Vetting.VETTED


def seen_by_employer(referral: Referral) -> QuerySet[ThreadMessage]:
    """Their own words for ever, the learner's while the yes stands."""
    rows = referral.thread.all()
    return rows if of_referral(referral).shows_answers else rows.filter(by=ActorKind.EMPLOYER)


def seen_by_learner(referral: Referral) -> QuerySet[ThreadMessage]:
    return referral.thread.filter(for_learner=True)


def last_words_to_learner(referral: Referral) -> ThreadMessage | None:
    """The newest that the employer wrote; an offer without a word has its own card."""
    rows = seen_by_learner(referral).filter(by=ActorKind.EMPLOYER).exclude(text="")
    message: ThreadMessage | None = rows.order_by("-at", "-pk").first()
    return message


def for_employer(referral: Referral, before: int | None = None) -> Page:
    return page(seen_by_employer(referral), before, EMPLOYERS_PAGE)


def for_learner(referral: Referral, before: int | None = None) -> Page:
    return page(seen_by_learner(referral), before, LEARNERS_PAGE)


def for_team(referral: Referral, before: int | None = None) -> Page:
    return page(referral.thread.all(), before, EMPLOYERS_PAGE)


def page(rows: QuerySet[ThreadMessage], before: int | None, most: int) -> Page:
    """The newest messages before the one with that key: at least one, and no more than ``most`` characters."""
    found = rows.select_related("author", "offer").order_by("-at", "-pk")
    if before and (last := rows.filter(pk=before).first()):
        found = found.filter(at__lte=last.at).exclude(at=last.at, pk__gte=last.pk)
    shown: list[ThreadMessage] = []
    earlier = 0
    for message in found[: READ_AT_ONCE + 1]:
        most -= len(message.text) + (OFFER_LENGTH if getattr(message, "offer", None) else 0)
        if shown and (most < 0 or len(shown) == READ_AT_ONCE):
            earlier = shown[-1].pk
            break
        shown.append(message)
    return Page(shown[::-1], earlier)
