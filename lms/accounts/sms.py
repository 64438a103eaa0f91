"""SMS through two providers that reach francophone Africa: Orange and Africa's Talking."""

import base64
import hashlib
import re
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache

from lms.accounts.channels import ChannelError, OutageError, Receipt, RefusedError
from lms.accounts.models import OutboundMessage
from lms.accounts.sms_text import economical, segments
from lms.lib.outbound import Answer, OutboundError, UncertainError, post

AWAY = frozenset({429, 502, 503, 504})  # for everybody
TRY_LATER = frozenset({408, 425})


def call(url: str, **kwargs: object) -> Answer:
    """``post`` in the words of channels. What may have been sent is not sent again: a second SMS costs as much."""
    try:
        answer = post(url, **kwargs)  # type: ignore[arg-type]
    except UncertainError as error:
        raise RefusedError(f"outcome unknown: {error}") from error
    except OutboundError as error:
        raise OutageError(str(error)) from error
    if answer.status in AWAY:
        raise OutageError(f"status {answer.status}")
    if answer.status >= 500 or answer.status in TRY_LATER:
        raise ChannelError(f"status {answer.status}")  # perhaps of this one number: whoever types it stops no other
    return answer


class OrangeSms:
    """Orange SMS API: OAuth2 client credentials, one token for all processes until shortly before it ends."""

    def send(self, message: OutboundMessage) -> Receipt:
        text = economical(message.body)
        answer = self.request(message.address, text, self.token())
        if answer.status == 401:  # the token was withdrawn before its time
            cache.delete(self.token_key())
            answer = self.request(message.address, text, self.token())
        if answer.status == 401:
            raise OutageError("token refused", by_us=True)
        if answer.status != 201:
            raise RefusedError(f"status {answer.status}")
        resource = str(answer.json().get("outboundSMSMessageRequest", {}).get("resourceURL", ""))
        cost = settings.SMS_COST_MICROS * segments(text)
        return Receipt("orange", resource.rpartition("/")[2][:120], cost, settings.SMS_COST_CURRENCY if cost else "")

    def request(self, to: str, text: str, token: str) -> Answer:
        sender = f"tel:{settings.ORANGE_SENDER}"
        body: dict[str, object] = {
            "address": f"tel:{to}",
            "senderAddress": sender,
            "outboundSMSTextMessage": {"message": text},
        }
        if settings.SMS_SENDER_NAME:
            body["senderName"] = settings.SMS_SENDER_NAME
        url = f"{settings.ORANGE_API_URL}/smsmessaging/v1/outbound/{quote(sender, safe='')}/requests"
        return call(url, data={"outboundSMSMessageRequest": body}, headers={"Authorization": f"Bearer {token}"})

    def token(self) -> str:
        known: str | None = cache.get(self.token_key())
        if known:
            return known
        pair = f"{settings.ORANGE_CLIENT_ID}:{settings.ORANGE_CLIENT_SECRET}".encode()
        basic = base64.b64encode(pair).decode()
        answer = call(
            f"{settings.ORANGE_API_URL}/oauth/v3/token",
            form={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}"},
        )
        token = str(answer.json().get("access_token", ""))
        if answer.status != 200 or not token:
            raise OutageError(f"no token: status {answer.status}", by_us=True)
        lifetime = int(answer.json().get("expires_in", 3600))
        cache.set(self.token_key(), token, max(60, lifetime - 120))
        return token

    def token_key(self) -> str:
        return "orange-token:" + hashlib.sha256(settings.ORANGE_CLIENT_ID.encode()).hexdigest()[:16]


class AfricasTalkingSms:
    ACCEPTED = frozenset({100, 101, 102})  # processed, sent, queued
    NO_BALANCE = 405
    LATER = frozenset({500, 501, 502})  # their faults

    def send(self, message: OutboundMessage) -> Receipt:
        form = {
            "username": settings.AFRICASTALKING_USERNAME,
            "to": message.address,
            "message": economical(message.body),
        }
        if settings.SMS_SENDER_NAME:
            form["from"] = settings.SMS_SENDER_NAME
        url = f"{settings.AFRICASTALKING_API_URL}/version1/messaging"
        answer = call(url, form=form, headers={"apiKey": settings.AFRICASTALKING_API_KEY})
        if answer.status in {401, 403}:
            raise OutageError(f"credentials refused: status {answer.status}", by_us=True)
        recipients = answer.json().get("SMSMessageData", {}).get("Recipients", [])
        if answer.status != 201 or not recipients:
            raise RefusedError(f"status {answer.status}")
        first = recipients[0]
        code = int(first.get("statusCode", 0))
        if code == self.NO_BALANCE:
            raise OutageError("no balance", by_us=True)
        if code in self.LATER:
            raise ChannelError(f"code {code}")
        if code not in self.ACCEPTED:
            raise RefusedError(f"code {code}")
        cost, currency = read_cost(str(first.get("cost", "")))
        return Receipt("africastalking", str(first.get("messageId", ""))[:120], cost, currency)


def read_cost(text: str) -> tuple[int, str]:
    """``"KES 0.8000"`` -> (800000, "KES"); nothing where it is not said."""
    found = re.fullmatch(r"([A-Z]{3})\s+([0-9.]+)", text.strip())
    if not found:
        return 0, ""
    try:
        return int(Decimal(found.group(2)) * 1_000_000), found.group(1)
    except InvalidOperation:
        return 0, ""
