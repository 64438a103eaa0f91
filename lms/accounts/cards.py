"""Sign-in cards: a one-time way in, on paper. Who shows the secret chooses their PIN, once; then the card is dead."""

import base64
import hashlib
import io
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import segno
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts import messages, services
from lms.accounts.models import RecoveryWords, SignInCard, User
from lms.accounts.recipient import in_language_of
from lms.accounts.visibility import visible_to
from lms.lib.runs import ROWS_AT_ONCE
from lms.lib.sealing import seal, unseal

CARD_LIFETIME = timedelta(days=30)
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: 32 signs, 5 bits each
GROUPS, GROUP = 4, 5  # 20 signs, 100 bits


@dataclass(frozen=True)
class PrintedCard:
    """What stands on the paper. The secret is known only here: the database keeps its hash."""

    user: User
    secret: str
    expires_at: datetime

    @property
    def code(self) -> str:
        """In groups, as it is typed: ``ABCDE-FGHJK-LMNPQ-RSTUV``."""
        return "-".join(self.secret[start : start + GROUP] for start in range(0, len(self.secret), GROUP))

    @property
    def address(self) -> str:
        with in_language_of(self.user):
            return settings.BASE_URL + reverse("accounts:use_card", args=[self.secret])

    @property
    def short_address(self) -> str:
        """Where the code is typed, as people write addresses."""
        with in_language_of(self.user):
            return settings.BASE_URL.partition("//")[2] + reverse("accounts:card")

    @property
    def qr(self) -> str:
        """A PNG of one bit per pixel as a data address: nothing with a secret is ever a file."""
        out = io.BytesIO()
        segno.make_qr(self.address, error="m").save(out, kind="png", scale=4, border=4)
        return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def new_secret() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))


def normalise(typed: str) -> str:
    """What a person typed from a card, as it was printed: capitals, no spaces or dashes."""
    return "".join(c for c in typed.upper() if c.isalnum())


def hash_of(secret: str) -> str:
    return hashlib.sha256(normalise(secret).encode()).hexdigest()


PURPOSE = "cards to print"
ROWS_OF_CARD = 3  # the new one, the earlier one that ends, the line of the log


def issue(*, users: Sequence[User], by: User) -> list[PrintedCard]:
    """A new card for each learner; earlier cards that nobody used stop working. The old PIN works until then.

    Written in transactions of at most ``ROWS_AT_ONCE`` rows: cut short, whoever prints again has them all.
    """
    size = ROWS_AT_ONCE // ROWS_OF_CARD
    return [
        card for start in range(0, len(users), size) for card in issue_some(users=users[start : start + size], by=by)
    ]


@transaction.atomic
def issue_some(*, users: Sequence[User], by: User) -> list[PrintedCard]:
    allowed = set(
        visible_to(by).filter(pk__in=[user.pk for user in users], is_active=True).values_list("pk", flat=True)
    )
    return print_for([user for user in users if user.pk in allowed], by=by)


@transaction.atomic
def issue_to_proved(*, user: User, by: User) -> PrintedCard:
    """A card for a learner whom ``by`` may not see and who has shown that the account is theirs
    (``courses.learner_help``). They are told of it everywhere.
    """
    (card,) = print_for([user], by=by)
    with in_language_of(user):
        subject = _("A sign-in card was printed for your account")
        body = _(
            "%(name)s printed a card, after you asked for help with your PIN. Your PIN of now works until the card is "
            "used. If you did not ask, tell your training centre at once."
        ) % {"name": by.get_full_name()}
        key = f"card-for-proved:{user.pk}:{timezone.now():%Y%m%dT%H%M%S%f}"
        messages.tell(user=user, key=key, kind="card-for-proved", subject=subject, body=body)
    return card


def print_for(chosen: Sequence[User], *, by: User) -> list[PrintedCard]:
    now = timezone.now()
    SignInCard.objects.filter(user__in=chosen, used_at=None, expires_at__gt=now).update(expires_at=now)
    printed = [PrintedCard(user, new_secret(), now + CARD_LIFETIME) for user in chosen]
    SignInCard.objects.bulk_create(
        [
            SignInCard(user=card.user, secret_hash=hash_of(card.secret), created_by=by, expires_at=card.expires_at)
            for card in printed
        ],
        batch_size=500,
    )
    services.record_many(actor=by, verb="issue-card", targets=chosen)
    return printed


def sealed(printed: Sequence[PrintedCard]) -> str:
    """For the session, until the page that shows them is opened."""
    rows = [(card.user.pk, card.secret, card.expires_at.isoformat()) for card in printed]
    return seal(json.dumps(rows), purpose=PURPOSE)


def unsealed(text: str, people: QuerySet[User]) -> list[PrintedCard]:
    """Those of ``people``, in the order in which they were sealed."""
    rows = json.loads(unseal(text, purpose=PURPOSE))
    users = people.in_bulk([pk for pk, _secret, _expires in rows])
    return [
        PrintedCard(users[pk], secret, datetime.fromisoformat(expires)) for pk, secret, expires in rows if pk in users
    ]


def find_card(secret: str) -> SignInCard | None:
    """The live card of this secret: not used, not expired, of an open learner's account."""
    return (
        SignInCard.objects.select_related("user")
        .filter(secret_hash=hash_of(secret), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .filter(user__role="learner", user__is_superuser=False, user__merged_into=None)
        .first()
    )


@transaction.atomic
def use(*, card: SignInCard, pin: str) -> bool:
    """Give the card's owner the PIN they chose; False when the card was used or replaced a moment before."""
    now = timezone.now()
    if not SignInCard.objects.filter(pk=card.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        return False
    RecoveryWords.objects.filter(user=card.user).delete()  # perhaps somebody else's, who knew the PIN
    services.set_pin(user=card.user, pin=pin)
    services.record(actor=card.user, verb="use-card", target=card.user)
    return True
