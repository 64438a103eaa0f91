"""A learner who forgot the PIN and is in none of the trainer's groups: found by what they say, never in a list.

They say their user name or number, their whole name and a course that they take. The trainer learns nothing of an
account that does not fit in all of it.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.models import Enrolment
from lms.accounts import cards, guesses, identity
from lms.accounts.cards import PrintedCard
from lms.accounts.models import User
from lms.accounts.newcomers import may_enter
from lms.accounts.services import record
from lms.lib.ratelimit import Limit, Tries

WRONG_A_DAY = 10  # of one trainer
NO_COURSE = "-"


def fits(user: User, *, full_name: str, course: str) -> bool:
    """Whether this is the name of that learner, and one of their courses; ``NO_COURSE`` where they have none."""
    codes = set(Enrolment.objects.filter(user=user).values_list("course__code", flat=True))
    return identity.same_name(user.full_name, full_name) and (course in codes if codes else course == NO_COURSE)


def print_card(*, login: str, full_name: str, course: str, by: User) -> PrintedCard:
    """A card for the learner who is all of this. Raises ValidationError, the same whatever does not fit; after
    ``WRONG_A_DAY`` wrong ones nothing is looked at, and what would fit is answered like the rest.
    """
    guess = guesses.begin_at(Tries(f"learner-help:{by.pk}", [Limit(WRONG_A_DAY, 86_400)]))
    if guess.pause:
        raise ValidationError(_("You have looked for many learners today. Try again tomorrow, or ask a manager."))
    found = guesses.find_account(login)
    user = found.in_use if found is not None else None
    if user is None or not may_enter(user) or not fits(user, full_name=full_name, course=course):
        raise ValidationError(
            _("No learner fits all of this. Ask once more for the user name or number, the whole name and a course.")
        )
    guess.was_right()
    record(actor=by, verb="find-learner", target=user)
    return cards.issue_to_proved(user=user, by=by)
