"""The request of somebody who is signed in."""

from lms.accounts.models import User
from lms.lib.http import HtmxRequest


class SignedInRequest(HtmxRequest):
    user: User
