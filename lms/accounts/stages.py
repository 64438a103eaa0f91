"""The steps between the right PIN and being in."""

from allauth.account import stages
from django.conf import settings
from django.http import HttpResponse

from lms.accounts.models import User


def must_prove_number(user: User) -> bool:
    """Whether a learner made this account herself and has not shown yet that its number is hers."""
    return bool(
        settings.SMS_SIGN_IN
        and user.phone
        and user.phone_verified_at is None
        and user.created_by_id is None
        and user.is_learner
        and not user.is_superuser
    )


class PhoneStage(stages.PhoneVerificationStage):
    """Prove the number of an account that a learner made herself, when codes are sent by SMS.

    allauth turns away who has no number, and asks everybody else for a code: a learner whose account a trainer made
    comes in with her card or PIN, also on a day when no SMS arrives.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user and user.phone_verified_at is None and not must_prove_number(user):
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer
