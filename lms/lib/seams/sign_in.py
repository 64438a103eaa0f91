"""What allauth calls when somebody is in or out; it has no public name for these.

Import it where allauth's models may be imported: in views.
"""

from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.logout import logout as end_session

__all__ = ["LoginStageKey", "end_session", "perform_login"]
