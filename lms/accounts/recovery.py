"""A forgotten PIN, and words that were written down: they give a new PIN, once.

Who has the words is the owner, as far as anybody can tell from afar: so they end every sign-in, are told of, and go
with whatever else shows that somebody may have known the old PIN (a card, a number that its owner proved).
"""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts import guesses, messages, newcomers, recovery_words, services
from lms.accounts.models import RecoveryWords, User
from lms.accounts.recipient import in_language_of

NO_WORDS = "no words"  # stands in for the hash of an account that has none, or of no account


@transaction.atomic
def make_words(*, user: User) -> list[str]:
    """New words for a learner; those of before work no more. They are known only here: the database keeps a hash."""
    words = recovery_words.random_words(user.language)
    values = {"words_hash": make_password(" ".join(words)), "language": user.language, "made_at": timezone.now()}
    RecoveryWords.objects.update_or_create(user=user, defaults=values)
    services.record(actor=user, verb="make-recovery-words", target=user)
    with in_language_of(user):
        subject = _("You have new recovery words")
        body = _(
            "New recovery words were made for your account. Older ones work no more. If it was not you, change your "
            "PIN and make new words."
        )
        messages.tell(user=user, key=key("words-made", user), kind="words-made", subject=subject, body=body,
                      by_sms=False)  # fmt: skip
    return words


def key(kind: str, user: User) -> str:
    return f"{kind}:{user.pk}:{timezone.now():%Y%m%dT%H%M%S%f}"


def prove_owner(*, request: HttpRequest, login: str, typed: str, pin: str) -> User:
    """The learner of this login, whose words these are and who may take this PIN. A guess counts.

    Raises ValidationError: the same, after the same work, whether the account is there, has words, or neither. A PIN
    that nobody may take costs no guess.
    """
    check_pin(pin, None)
    found = guesses.find_account(login)
    user = found.in_use if found is not None else None
    if user is not None and not newcomers.may_enter(user):
        user = None
    row = RecoveryWords.objects.filter(user=user).first() if user is not None else None
    guess = guesses.begin_words(request=request, user=user, login=login, secret=row.words_hash if row else NO_WORDS)
    if guess.pause:
        text = _("Too many tries. To protect this account, wait %(wait)s, then try again.")
        raise ValidationError(text % {"wait": guesses.duration_text(guess.pause)})
    words = recovery_words.read(typed, row.language if row else "")
    if user is None or row is None:
        make_password(words)
    elif check_password(words, row.words_hash):
        guess.was_right()
        check_pin(pin, user)
        return user
    raise ValidationError(
        _("This name and these words do not match. Check both: four words, in the order in which you wrote them down.")
    )


def check_pin(pin: str, user: User | None) -> None:
    """Raises ValidationError beside ``pin``."""
    try:
        validate_password(pin, user)
    except ValidationError as error:
        raise ValidationError({"pin": error.messages}) from error


@transaction.atomic
def use_words(*, user: User, pin: str) -> bool:
    """Give the owner of the words the PIN they chose; False when the words were used a moment before."""
    if not RecoveryWords.objects.filter(user=user).delete()[0]:
        return False
    services.set_pin(user=user, pin=pin)
    services.record(actor=user, verb="use-recovery-words", target=user)
    transaction.on_commit(lambda: guesses.lift(user))
    with in_language_of(user):
        subject = _("Your PIN was changed with your recovery words")
        body = _(
            "Somebody typed your recovery words and chose a new PIN. Every phone where you were signed in "
            "was signed out. If it was not you, go to the person who trains you: a new card gives you your account "
            "back."
        )
        messages.tell(user=user, key=key("pin-recovered", user), kind="pin-recovered", subject=subject, body=body)
    return True
