"""What allauth calls when somebody is in or out, and its page for a code; it has no public name for these.

Import it where allauth's models may be imported: in views.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.logout import logout as end_session
from allauth.account.views import ConfirmLoginCodeView
from django.http import HttpResponse, HttpResponseRedirect

__all__ = ["ConfirmCodeView", "LoginStageKey", "end_session", "perform_login"]


class ConfirmCodeView(ConfirmLoginCodeView):
    """“Send another code” for a number without an account. allauth makes a code for nobody there, which is a fault;
    the answer must be that of a number with one, with the same count of what was asked for.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        process = self._process
        if self._action != "resend" or process.user is not None:
            answer: HttpResponse = super().form_valid(form)
            return answer
        get_adapter().send_unknown_account_sms(process.state["phone"])
        process.record_resend()
        process.persist()
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))
