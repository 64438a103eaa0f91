"""What allauth calls when somebody is in or out, and its page for a code; it has no public name for these.

Import it where allauth's models may be imported: in views.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.logout import logout as end_session
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import ConfirmLoginCodeView, SignupView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

__all__ = ["ConfirmCodeView", "LoginStageKey", "RestartableSignUpView", "end_session", "perform_login"]


class RestartableSignUpView(SignupView):
    """With ``?again=1``, who waits for a code that does not come begins once more: allauth would lead back to wait."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> HttpResponseRedirect | None:
        if "again" in request.GET:
            clear_login(request)
            return None
        answer: HttpResponseRedirect | None = super()._redirect_to_pending_stage(request, stage)
        return answer


class ConfirmCodeView(ConfirmLoginCodeView):
    """A code signs in to the account whose number it was sent to, as long as it is that account's number.

    To a number that is nobody's, or not theirs any more, “Send another code” sends nothing and answers as to any other,
    with the same count of what was asked for: allauth makes a code for nobody there, which is a fault.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        process, adapter = self._process, get_adapter()
        phone = process.state["phone"]
        if process.user is not None and adapter.get_user_by_phone(phone) == process.user:
            answer: HttpResponse = super().form_valid(form)
            return answer
        if self._action != "resend":
            form.add_error("code", adapter.validation_error("incorrect_code"))
            return self.form_invalid(form)
        adapter.send_unknown_account_sms(phone)
        process.record_resend()
        process.persist()
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))
