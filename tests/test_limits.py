"""A training centre's 300 learners share one network address: no limit counts by it what healthy people do."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from allauth.core.internal.ratelimit import parse_rates
from django.apps import apps
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from lms.accounts.enums import Role
from lms.accounts.models import OutboundMessage, User
from placement.models import Employer
from tests.factories.people import make_user
from tests.imports import ROOT, modules, tree

PEOPLE = 21  # one more than allauth lets an address do in a minute
# Whoever reads where a request came from, and why that refuses nobody who is right.
READERS = {
    "certificates/views.py:refuse": "counts well-formed codes of no certificate; known ones are answered before",
    "courses/join_views.py:too_many_wrong": "called for codes of no group only",
    "lms/accounts/card_views.py:too_many_wrong": "called for wrong codes of cards only",
    "lms/accounts/guesses.py:begin": "a right PIN is given back, and a known device is not counted",
    "lms/accounts/guesses.py:begin_words": "right words are given back",
    "lms/accounts/views.py:too_many_accounts": "as many an hour as the largest centre has learners",
    "placement/employer_views.py:too_many_requests": "more employers an hour than a fair on one connection has",
    "lms/lib/ratelimit.py:client_address": "reads it",
    "lms/lib/ratelimit.py:client_network": "reads it",
}
# Whoever counts with ``may_try``, which counts what was done. A guess is counted before it is looked at, by ``Tries``:
# else the right one still opens after the limit, however many were wrong.
COUNT_WHAT_WAS_DONE = {
    "certificates/views.py:refuse": "certificates are public: it keeps the pages of the wrong codes few",
    "courses/join_views.py:too_many_wrong": "a class types a code at once; of 40 bits, and it opens no account",
    "lms/accounts/card_views.py:too_many_wrong": "100 bits: nobody guesses them; it keeps the log readable",
    "lms/accounts/views.py:too_many_accounts": "accounts that are made",
    "placement/employer_views.py:home": "requests of one address to join",
    "placement/employer_views.py:too_many_requests": "requests of one network to join",
    "placement/learner_views.py:report": "reports of one learner",
    "placement/services/employers.py:request_to_join": "mails about employers that ask to join",
    "placement/services/reviews.py:tell_them": "mails about texts to check",
}
ADDRESS = re.compile(r"client_address|client_network|REMOTE_ADDR|X_FORWARDED_FOR|X-Forwarded-For|get_client_ip|get_ip")


def allauth_limits() -> Iterator[tuple[str, str, str | None]]:
    """Every limit in effect, allauth's defaults merged in: (its app, what it limits, the rates)."""
    for app in apps.get_app_configs():
        if app.name.split(".")[0] != "allauth":
            continue
        try:
            limits = import_module(f"{app.name}.app_settings").RATE_LIMITS
        except (ModuleNotFoundError, AttributeError):
            continue
        yield from ((app.name, action, rates) for action, rates in limits.items())


def users_of(words: re.Pattern[str]) -> set[str]:
    """The functions of our packages that name one of these words."""
    found = set()
    for module, path in modules().items():
        if not words.search(path.read_text()):
            continue
        owner: dict[ast.AST, str] = {}
        for node in ast.walk(tree(module)):  # the outer ones first
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                owner.update(dict.fromkeys(ast.walk(node), owner.get(node, node.name)))
            word = next((getattr(node, name) for name in ("id", "attr", "value") if hasattr(node, name)), None)
            if isinstance(word, str) and " " not in word and words.search(word):
                found.add(f"{path.relative_to(ROOT)}:{owner.get(node, '')}")
    return found


def test_allauth_counts_nothing_by_network_address():
    limits = list(allauth_limits())
    assert {"allauth.account", "allauth.mfa"} <= {app for app, _action, _rates in limits}
    wrong = [
        f"{app}: {action} {rates}"
        for app, action, rates in limits
        if any(rate.per == "ip" for rate in parse_rates(rates))
    ]
    assert not wrong, "name it in ACCOUNT_RATE_LIMITS or MFA_RATE_LIMITS:\n" + "\n".join(wrong)


def test_who_reads_where_a_request_came_from():
    assert users_of(ADDRESS) == READERS.keys()


def test_what_is_guessed_is_counted_before_it_is_looked_at():
    assert users_of(re.compile(r"^may_try$|may_try\(")) - {"lms/lib/ratelimit.py:may_try"} == COUNT_WHAT_WAS_DONE.keys()


def test_no_server_in_front_counts_by_network_address():
    files = [path for name in (".ci", "docs", "lms") for path in (ROOT / name).rglob("*") if path.is_file()]
    wrong = [str(path) for path in files if b"limit_req" in path.read_bytes() or b"rate_limit {" in path.read_bytes()]
    assert not wrong


# --- the same, done: everybody from 127.0.0.1
@pytest.fixture(autouse=True)
def keys_written(monkeypatch) -> Iterator[set[str]]:
    """What was kept under the network address in the shared cache. It must be nothing."""
    kept: set[str] = set()
    write = LocMemCache._set

    def spy(self: LocMemCache, key: str, *args: object, **kwargs: object) -> None:
        kept.add(key)
        write(self, key, *args, **kwargs)

    monkeypatch.setattr(LocMemCache, "_set", spy)
    caches["shared"].clear()
    yield kept
    assert not [key for key in kept if "127.0.0.1" in key]


@pytest.fixture
def codes_on(settings) -> None:
    settings.SMS_SIGN_IN = settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = settings.ACCOUNT_PHONE_VERIFICATION_ENABLED = True
    settings.SMS_PER_DAY, settings.SMS_PER_COUNTRY = 100_000, ["*=100000"]


def sign_up(place: int) -> int:
    form = {"full_name": "Awa Ba", "country": "SN", "phone": f"77 123 {place:04d}", "password1": "pin-de-awa",
            "language": "fr"}  # fmt: skip
    return Client().post("/fr/accounts/signup/", form).status_code


@pytest.mark.django_db
class TestFromOneAddress:
    def test_sign_ups(self):
        assert {sign_up(place) for place in range(PEOPLE)} == {302}
        assert User.objects.count() == PEOPLE

    def test_sign_ups_with_a_code(self, codes_on):
        assert {sign_up(place) for place in range(PEOPLE)} == {302}
        assert OutboundMessage.objects.filter(stopped="").count() == PEOPLE

    def test_codes_to_sign_in(self, codes_on):
        for place in range(PEOPLE):
            make_user(f"awa{place}", phone=f"+22177123{place:04d}", phone_verified_at="2026-01-01T00:00Z")
        answers = [
            Client().post("/fr/accounts/login/code/", {"phone": f"77123{place:04d}"}).status_code
            for place in range(PEOPLE)
        ]
        assert set(answers) == {302}
        assert OutboundMessage.objects.filter(stopped="").count() == PEOPLE

    def test_forgotten_passwords_and_the_links_to_new_ones(self):
        for place in range(PEOPLE):
            make_user(f"claire{place}", Role.EMPLOYER, email=f"claire{place}@example.org")
            form = {"email": f"claire{place}@example.org"}
            assert Client().post("/fr/accounts/password/reset/", form).status_code == 302
        mails = OutboundMessage.objects.filter(address__startswith="claire")
        assert mails.count() == PEOPLE
        for mail in mails:
            link = re.search(r"https?://[^/]+(/\S+/password/reset/key/\S+)", mail.body).group(1)
            client = Client()
            page = client.get(link, follow=True)
            new = {"password1": "une phrase assez longue", "password2": "une phrase assez longue"}
            assert client.post(page.redirect_chain[-1][0], new).status_code == 302

    def test_employers_who_ask_to_join(self, manager):
        answers = [join(f"claire{place}@example.org", f"Pont {place}") for place in range(PEOPLE)]
        assert {answer.status_code for answer in answers} == {302}
        assert Employer.objects.count() == PEOPLE
        told = manager.messages.filter(kind="employer-asked", channel="email")
        assert told.count() <= 11
        assert manager.messages.filter(body__contains="Plus de 10").exists()


def join(mail: str, name: str = "Pont Data", language: str = "fr"):
    form = {"name": name, "country": "SN", "contact_name": "Claire Morel", "contact_email": mail, "pledge": "on"}
    with override(language):
        return Client().post(reverse("placement:home"), form)


@pytest.mark.parametrize(("language", "words"), [("fr", "plusieurs demandes"), ("en", "several requests")])
def test_one_contact_who_asks_again_and_again(db, language, words):
    answers = [join(f"Claire{' ' * (turn % 2)}@example.org", language=language) for turn in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [422]
    assert words in answers[-1].text
    assert "Claire Morel" in answers[-1].text
    assert Employer.objects.count() == 5


def test_one_contact_is_the_same_in_any_case(db):
    answers = [join(mail).status_code for mail in ["claire@example.org", "CLAIRE@example.org"] * 3]
    assert answers[-1] == 422
