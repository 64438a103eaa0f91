"""The steps between the right PIN and being in."""

from allauth.account import stages
from django.http import HttpResponse


class PhoneStage(stages.PhoneVerificationStage):
    """Prove the number of an account that a learner made themselves, when codes are sent by SMS.

    allauth turns away who has no number, and asks everybody else for a code: a learner whose account a trainer made
    comes in with their card or PIN, also on a day when no SMS arrives.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user and user.phone_verified_at is None and not user.must_prove_number:
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer
