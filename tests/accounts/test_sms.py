"""SMS providers, against a server of our own; and what a text costs."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from lms.accounts import sms, sms_text
from lms.accounts.channels import ChannelError, RefusedError
from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.lib.outbound import OutboundError, post


class Provider(BaseHTTPRequestHandler):
    """Answers with what ``plan`` holds for a path, else as the real one when all is well."""

    seen: list[tuple[str, dict[str, str], str]] = []
    plan: dict[str, list[tuple[int, dict, dict]]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Provider.seen.append((self.path, dict(self.headers), body))
        waiting = Provider.plan.get(self.path, [])
        status, answer, headers = waiting.pop(0) if waiting else self.well()
        if status == 0:  # heard, and then silence
            self.connection.close()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def well(self) -> tuple[int, dict, dict]:
        if self.path == "/oauth/v3/token":
            return 200, {"access_token": "token-1", "expires_in": 3600}, {}
        if self.path == "/version1/messaging":
            who = {"statusCode": 101, "cost": "XOF 22.5000", "messageId": "ATPid_1", "status": "Success"}
            return 201, {"SMSMessageData": {"Recipients": [who]}}, {}
        return 201, {"outboundSMSMessageRequest": {"resourceURL": "https://api.example/requests/abc-1"}}, {}

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def provider(settings) -> Iterator[type[Provider]]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    Provider.seen, Provider.plan = [], {}
    url = f"http://127.0.0.1:{server.server_port}"
    settings.OUTBOUND_HTTP_HOSTS = ["127.0.0.1"]
    settings.ORANGE_API_URL = settings.AFRICASTALKING_API_URL = url
    settings.ORANGE_CLIENT_ID, settings.ORANGE_CLIENT_SECRET = "id", "secret"
    settings.ORANGE_SENDER, settings.SMS_SENDER_NAME = "+2210000", "Passerelle"
    settings.AFRICASTALKING_USERNAME, settings.AFRICASTALKING_API_KEY = "user", "key"
    settings.SMS_COST_MICROS, settings.SMS_COST_CURRENCY = 20_000_000, "XOF"
    yield Provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def message(db):
    return queue_message(
        key="k", user=None, channel=Channel.SMS, kind="test", body="Voilà : c’est prêt", address="+221771234567"
    )


def outbound() -> str:
    return "/smsmessaging/v1/outbound/tel%3A%2B2210000/requests"


class TestOrange:
    def test_a_text(self, provider, message):
        receipt = sms.OrangeSms().send(message)
        assert (receipt.provider, receipt.provider_id) == ("orange", "abc-1")
        assert (receipt.cost_micros, receipt.cost_currency) == (20_000_000, "XOF")
        token, text = provider.seen
        assert token[1]["Authorization"] == "Basic aWQ6c2VjcmV0"
        assert text[0] == outbound()
        assert text[1]["Authorization"] == "Bearer token-1"
        sent = json.loads(text[2])["outboundSMSMessageRequest"]
        assert sent["address"] == "tel:+221771234567"
        assert sent["outboundSMSTextMessage"]["message"] == "Voilà : c'est pret"

    def test_one_token_for_many(self, provider, message):
        for _time in range(3):
            sms.OrangeSms().send(message)
        assert [path for path, _h, _b in provider.seen].count("/oauth/v3/token") == 1

    def test_a_withdrawn_token_is_asked_for_again(self, provider, message):
        provider.plan = {outbound(): [(401, {}, {})]}
        assert sms.OrangeSms().send(message).provider_id == "abc-1"
        assert len(provider.seen) == 4

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_away(self, provider, message, status):
        provider.plan = {outbound(): [(status, {}, {})]}
        with pytest.raises(ChannelError) as caught:
            sms.OrangeSms().send(message)
        assert not isinstance(caught.value, RefusedError)

    @pytest.mark.parametrize("status", [400, 403, 0])
    def test_refused_or_unknown_is_not_sent_again(self, provider, message, status):
        provider.plan = {outbound(): [(status, {}, {})]}
        with pytest.raises(RefusedError):
            sms.OrangeSms().send(message)

    def test_wrong_credentials(self, provider, message):
        provider.plan = {"/oauth/v3/token": [(401, {}, {})]}
        with pytest.raises(ChannelError):
            sms.OrangeSms().send(message)


class TestAfricasTalking:
    def answer(self, **fields: object) -> list[tuple[int, dict, dict]]:
        return [(201, {"SMSMessageData": {"Recipients": [fields]}}, {})]

    def test_a_text(self, provider, message):
        receipt = sms.AfricasTalkingSms().send(message)
        assert (receipt.cost_micros, receipt.cost_currency) == (22_500_000, "XOF")
        assert receipt.provider_id == "ATPid_1"
        _path, headers, body = provider.seen[0]
        assert headers["Apikey"] == "key"
        assert parse_qs(body)["to"] == ["+221771234567"]

    @pytest.mark.parametrize("code", [405, 500, 501])
    def test_later(self, provider, message, code):
        provider.plan = {"/version1/messaging": self.answer(statusCode=code)}
        with pytest.raises(ChannelError) as caught:
            sms.AfricasTalkingSms().send(message)
        assert not isinstance(caught.value, RefusedError)

    @pytest.mark.parametrize("code", [403, 406])
    def test_never(self, provider, message, code):
        provider.plan = {"/version1/messaging": self.answer(statusCode=code)}
        with pytest.raises(RefusedError):
            sms.AfricasTalkingSms().send(message)

    def test_nonsense(self, provider, message):
        provider.plan = {"/version1/messaging": [(201, {}, {})]}
        with pytest.raises(RefusedError):
            sms.AfricasTalkingSms().send(message)


def test_no_redirect_is_followed_and_nothing_goes_without_tls(provider, settings):
    provider.plan = {"/x": [(302, {}, {"Location": "/elsewhere"})]}
    assert post(settings.ORANGE_API_URL + "/x", data={}).status == 302
    assert len(provider.seen) == 1
    settings.OUTBOUND_HTTP_HOSTS = []
    for url in (settings.ORANGE_API_URL, "file:///etc/passwd", "ftp://example.org/"):
        with pytest.raises(OutboundError):
            post(url, data={})
    assert len(provider.seen) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("ê" * 70, 1),
     ("ê" * 71, 2), ("é" * 160, 1), ("", 1), ("😀" * 35, 1), ("😀" * 36, 2)],
)  # fmt: skip
def test_how_many_messages_are_billed(text, parts):
    assert sms_text.segments(text) == parts


def test_french_fits_the_cheap_alphabet_and_other_scripts_stay():
    french = "Votre certificat est prêt : « Saisie » – cœur, ça, Noël, où…"
    assert sms_text.is_gsm7(sms_text.economical(french))
    assert "prêt" not in sms_text.economical(french)
    assert sms_text.economical("مرحبا ê") == "مرحبا ê"
