"""The steps between the right PIN and being in."""

from typing import Any

from allauth.account import stages
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

KEY = "account"  # in a stage's state: what the account was when its PIN was right


class EndsWhenPinChanges(stages.LoginStage):
    """What began with a PIN or password that is not the account's any more ends, as every session of it does."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user: Any = self.login.user
        if user is not None:
            self.state[KEY] = user.get_session_auth_hash()
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer

    def exit(self) -> HttpResponse:
        user: Any = self.login.user
        if user is not None and not constant_time_compare(self.state.get(KEY, ""), user.get_session_auth_hash()):
            messages.warning(
                self.request, _("The PIN or password was changed in the meantime. Sign in with the new one.")
            )
            refused: HttpResponse = self.abort()
            return refused
        answer: HttpResponse = super().exit()
        return answer


class FactorStage(EndsWhenPinChanges, AuthenticateStage):
    pass


class PhoneStage(EndsWhenPinChanges, stages.PhoneVerificationStage):
    """Prove the number of an account that a learner made themselves, when codes are sent by SMS.

    allauth turns away who has no number, and asks everybody else for a code: a learner whose account a trainer made
    comes in with their card or PIN, also on a day when no SMS arrives.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user and user.phone_verified_at is None and not user.must_prove_number:
            return None, True
        return super().handle()
