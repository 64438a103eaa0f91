"""A budget of SMS for each day, country and number: never passed, never silent, and codes keep their share."""

import ast
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.accounts import channels, checks, doctor, messages, sms_budget, tasks
from lms.accounts.enums import Channel, Role
from lms.accounts.messages import ACCOUNT_EXISTS, OVER_BUDGET, SIGN_IN_CODE
from lms.accounts.models import OutboundMessage, SmsCount, User
from lms.lib.checkup import Level
from tests.factories.people import make_user
from tests.flows.test_races import at_once

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "/fr/accounts/login/code/", "/fr/accounts/login/code/confirm/"
SIGN_UP = "/fr/accounts/signup/"
SENTENCE = "Plus aucun code ne peut être envoyé par SMS à ce numéro aujourd’hui."


class Provider:
    sent: list[str] = []
    error: Exception | None = None

    def send(self, message: OutboundMessage) -> channels.Receipt:
        if Provider.error:
            raise Provider.error
        Provider.sent.append(message.address)
        return channels.Receipt("spy")


@pytest.fixture(autouse=True)
def provider(settings, monkeypatch) -> type[Provider]:
    monkeypatch.setattr(messages, "get_channel", lambda name: Provider())
    Provider.sent, Provider.error = [], None
    settings.SMS_PER_DAY, settings.SMS_PER_COUNTRY = 10, ["*=10"]
    settings.SMS_CODES_PER_NUMBER, settings.SMS_NEWS_PER_NUMBER = 3, 2
    settings.SMS_NEWS_PERCENT, settings.SMS_SIGN_UP_PERCENT = 50, 30
    return Provider


@pytest.fixture
def codes_on(settings) -> None:
    settings.SMS_SIGN_IN = settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = settings.ACCOUNT_PHONE_VERIFICATION_ENABLED = True
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS)


def number(place: int, code: str = "+22177") -> str:
    return f"{code}{place:07d}"


def queue(kind: str, to: str, body: str = "Bonjour", user: User | None = None) -> OutboundMessage:
    key = f"{kind}:{OutboundMessage.objects.count()}"
    return messages.queue_message(key=key, user=user, channel=Channel.SMS, kind=kind, body=body, address=to)


def news(*places: int, body: str = "Bonjour", code: str = "+22177") -> None:
    for place in places:
        queue("news", number(place, code), body)
    tasks.sweep_messages()


def count(scope: str) -> int:
    return SmsCount.objects.filter(scope=scope).values_list("count", flat=True).first() or 0


def findings() -> list[Any]:
    return list(doctor.sms_budgets())


class TestCounting:
    def test_parts_are_counted_as_they_are_billed(self, settings):
        settings.SMS_NEWS_PER_NUMBER = 9
        news(1, body="a" * 161)
        assert (count("day"), count("news"), count("+221"), count("news:+221")) == (2, 2, 2, 2)
        news(2, body="王" * 71)
        assert count("day") == 4

    @pytest.mark.parametrize("purpose", [sms_budget.NEWS, sms_budget.SIGN_UP, sms_budget.CODE])
    def test_no_limit_is_passed_by_any_size(self, settings, purpose):
        settings.SMS_CODES_PER_NUMBER = settings.SMS_NEWS_PER_NUMBER = 100
        taken = 0
        for parts in (3, 4, 2, 5, 1, 1, 1, 1):
            try:
                sms_budget.reserve(number=number(1), purpose=purpose, parts=parts)
                taken += parts
            except sms_budget.ExhaustedError:
                pass
        assert taken == {"news": 5, "sign-up": 3, "code": 10}[purpose] == count("day") == count("+221")

    def test_a_refusal_counts_nowhere(self, settings):
        settings.SMS_PER_COUNTRY = ["+225=1"]
        sms_budget.reserve(number="+2250701020304", purpose=sms_budget.CODE, parts=1)
        before = list(SmsCount.objects.order_by("scope").values_list("scope", "count"))
        with pytest.raises(sms_budget.ExhaustedError):
            sms_budget.reserve(number="+2250701020304", purpose=sms_budget.CODE, parts=1)
        assert list(SmsCount.objects.order_by("scope").values_list("scope", "count")) == before

    def test_the_number_is_not_kept(self):
        news(1)
        assert not [scope for scope in SmsCount.objects.values_list("scope", flat=True) if "77" in scope[:12]]

    def test_a_country_has_its_own_and_the_site_s_own_has_the_day(self, settings):
        settings.SMS_PER_DAY, settings.SMS_PER_COUNTRY = 100, ["+225=4", "*=2"]
        assert [sms_budget.country_limit(code) for code in ("+221", "+225", "+1")] == [100, 4, 2]
        settings.SMS_PER_COUNTRY = ["+221=500"]
        assert [sms_budget.country_limit(code) for code in ("+221", "+1")] == [100, 100]

    def test_a_new_day_counts_anew(self, provider):
        news(1, 2, 3, 4, 5, 6)
        SmsCount.objects.update(day=timezone.localdate() - timedelta(days=1))
        OutboundMessage.objects.filter(sent_at=None).update(due_at=timezone.now())
        tasks.sweep_messages()
        assert len(provider.sent) == 6

    def test_a_failure_of_the_provider_gives_the_place_back(self, provider):
        provider.error = channels.ChannelError("away")
        news(1)
        assert {row.count for row in SmsCount.objects.all()} == {0}
        provider.error = channels.RefusedError("outcome unknown")  # it may have been sent, and billed
        news(2)
        assert count("day") == 1

    def test_old_counts_go(self):
        news(1)
        SmsCount.objects.update(day=timezone.localdate() - timedelta(days=sms_budget.KEPT_DAYS + 2))
        news(2)
        tasks.purge_runs()
        assert {row.day for row in SmsCount.objects.all()} == {sms_budget.today()}


class TestNews:
    def test_what_has_no_room_waits_for_tomorrow_and_is_not_a_try(self, provider):
        news(*range(1, 8))
        assert len(provider.sent) == 5
        waiting = OutboundMessage.objects.filter(sent_at=None)
        assert {(row.stopped, row.tries, row.due_at) for row in waiting} == {("", 0, sms_budget.next_day())}
        assert tasks.sweep_messages() == 0

    def test_news_that_grew_old_is_dropped_with_the_reason(self):
        news(1, 2, 3, 4, 5)
        row = queue("news", number(6))
        OutboundMessage.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=4))
        tasks.sweep_messages()
        row.refresh_from_db()
        assert (row.stopped, row.last_error) == ("too late", OVER_BUDGET)

    def test_one_number_gets_few(self, provider):
        news(1, 1, 1, 2)
        assert sorted(provider.sent) == [number(1), number(1), number(2)]

    def test_codes_keep_their_share(self, provider):
        news(*range(1, 12))
        for place in range(20, 25):
            queue(SIGN_IN_CODE, number(place))
        queue(SIGN_IN_CODE, number(25))
        tasks.sweep_codes()
        assert len(provider.sent) == 10
        assert OutboundMessage.objects.filter(stopped=OVER_BUDGET).count() == 1

    def test_new_accounts_cannot_eat_the_codes_of_known_people(self, provider):
        for place in range(1, 6):
            queue(SIGN_IN_CODE, number(place), user=make_user(f"s{place}", phone=number(place)))
        queue(ACCOUNT_EXISTS, number(6))
        stopped = OutboundMessage.objects.filter(stopped=OVER_BUDGET)
        assert stopped.count() == 3
        assert not queue(SIGN_IN_CODE, number(7)).stopped

    def test_mail_and_news_on_the_site_are_not_counted(self, learner):
        for channel in (Channel.EMAIL, Channel.APP):
            messages.queue_message(
                key=channel, user=learner, channel=channel, kind="n", body="x", address="a@b.example"
            )
        tasks.sweep_messages()
        assert not SmsCount.objects.exists()


class TestCodes:
    def test_a_code_that_has_no_room_is_never_sent_later(self, provider):
        for place in range(1, 12):
            queue(SIGN_IN_CODE, number(place))
        tasks.sweep_codes()
        SmsCount.objects.all().delete()
        OutboundMessage.objects.update(due_at=timezone.now())
        assert tasks.sweep_codes() == 0
        assert len(provider.sent) == 10
        row = OutboundMessage.objects.get(stopped=OVER_BUDGET)
        assert row.body == ""

    def test_a_code_is_counted_once_however_often_it_is_tried(self, provider):
        row = queue(SIGN_IN_CODE, number(1))
        provider.error = channels.ChannelError("away")
        messages.send_message(message_id=row.pk)
        OutboundMessage.objects.update(due_at=timezone.now())
        provider.error = None
        assert messages.send_message(message_id=row.pk)
        assert count("day") == 1

    def test_the_same_key_twice_is_counted_once(self):
        for _time in range(2):
            messages.queue_message(
                key="k", user=None, channel=Channel.SMS, kind=SIGN_IN_CODE, body="1", address="+221771"
            )
        assert count("day") == 1


class TestWhoAsks:
    @pytest.fixture
    def awa(self, codes_on) -> User:
        return make_user("awa", phone="+221771234567", phone_verified_at=timezone.now())

    def ask(self, phone: str, client: Client | None = None) -> str:
        return (client or Client()).post(ASK, {"phone": phone}, follow=True).content.decode()

    @pytest.mark.parametrize("known", [True, False])
    def test_the_person_reads_why_and_what_to_do(self, awa, settings, known):
        settings.SMS_PER_DAY = 0
        page = self.ask("771234567" if known else "770000000")
        assert SENTENCE in page
        assert reverse("accounts:card") in page
        assert 'name="password"' in page
        assert 'name="code"' not in page

    def test_numbers_with_and_without_an_account_are_answered_alike(self, awa):
        """Who asks for one number again and again must not learn whether it has an account."""
        answers = [[SENTENCE in self.ask(phone) for _time in range(5)] for phone in ("771234567", "770000000")]
        assert answers == [[False] * 3 + [True] * 2] * 2
        assert OutboundMessage.objects.filter(stopped="").count() == 3

    def test_asking_again_says_so_too(self, awa, settings):
        client = Client()
        client.post(ASK, {"phone": "771234567"})
        settings.SMS_PER_DAY = 1
        page = client.post(CONFIRM, {"action": "resend"}, follow=True).content.decode()
        assert SENTENCE in page

    @pytest.mark.parametrize("phone", ["77 123 45 67", "77 765 43 21"], ids=["known", "new"])
    def test_signing_up_says_so_and_keeps_the_account(self, awa, settings, phone):
        settings.SMS_PER_DAY = 0
        form = {"full_name": "Awa Ba", "country": "SN", "phone": phone, "password1": "pin-de-awa", "language": "fr"}
        page = Client().post(SIGN_UP, form, follow=True)
        assert page.redirect_chain[-1][0] == reverse("account_login")
        assert SENTENCE in page.content.decode()
        assert User.objects.filter(phone="+221777654321").exists() is (phone == "77 765 43 21")
        assert not OutboundMessage.objects.filter(stopped="").exists()


class TestManagers:
    @pytest.fixture(autouse=True)
    def two_managers(self):
        for name in ("m1", "m2"):
            make_user(name, Role.MANAGER, email=f"{name}@example.org", phone=number(90 + int(name[1])))

    def told(self, **filters: Any) -> int:
        return OutboundMessage.objects.filter(kind="sms-budget", **filters).count()

    def test_one_mail_a_day_each_for_news_and_for_codes(self, settings):
        settings.SMS_NOTICES = True
        news(*range(1, 30))
        assert (self.told(channel=Channel.EMAIL), self.told(channel=Channel.APP)) == (2, 2)
        for place in range(30, 50):
            queue(SIGN_IN_CODE, number(place))
        for place in range(50, 60):
            queue(SIGN_IN_CODE, number(place, "+22507"))
        assert (self.told(channel=Channel.EMAIL), self.told(channel=Channel.SMS)) == (4, 0)

    def test_a_single_number_is_no_alarm(self):
        news(1, 1, 1, 1)
        assert self.told() == 0
        (finding,) = findings()
        assert finding.level == Level.GREEN
        assert "1" in finding.text

    def test_doctor_and_the_page_of_the_manager(self, client, settings):
        (finding,) = findings()
        assert finding.level == Level.GREEN
        news(*range(1, 9))
        (finding,) = findings()
        assert finding.level == Level.AMBER
        for place in range(30, 50):
            queue(SIGN_IN_CODE, number(place))
        (finding,) = findings()
        assert finding.level == Level.RED
        client.force_login(User.objects.get(username="m1"))
        page = client.get(reverse("installation_status")).content.decode()
        assert "Budget de SMS" in page


def test_a_wrong_budget_is_a_sentence_at_the_start(settings):
    assert not checks.check_sms_budgets(None)
    settings.SMS_PER_COUNTRY, settings.SMS_PER_DAY = ["225=400", "+225=x", "*=3"], -1
    settings.SMS_NEWS_PERCENT = 80
    found = checks.check_sms_budgets(None)
    assert [error.id for error in found] == ["accounts.E007", "accounts.E008", "accounts.E009"]
    assert "225=400, +225=x" in found[0].msg


def test_messages_leave_in_one_place():
    """Whatever sends past ``messages`` is not counted: a channel is asked for there and nowhere else."""
    root = django_settings.BASE_DIR
    own = [path for name in ("lms", "cms", "courses", "assessments", "certificates", "placement")
           for path in (root / name).rglob("*.py")]  # fmt: skip
    callers = {str(path.relative_to(root)) for path in own if re.search(r"\bget_channel\(", path.read_text())}
    assert callers == {"lms/accounts/messages.py", "lms/accounts/channels.py"}
    ways = {"OutboundMessage", "OutboundMessage.objects.create", "OutboundMessage.objects.bulk_create"}
    builders = {
        str(path.relative_to(root)) for path in own for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ways
    }  # fmt: skip
    assert builders == {"lms/accounts/messages.py"}


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.mark.parametrize("purpose", [sms_budget.NEWS, sms_budget.CODE])
    def test_ten_senders_and_one_place_left(self, settings, purpose):
        settings.SMS_PER_DAY = settings.SMS_NEWS_PERCENT = 100
        settings.SMS_PER_COUNTRY = ["+221=1"]

        def one(place: int) -> bool:
            try:
                sms_budget.reserve(number=number(place), purpose=purpose, parts=1)
            except sms_budget.ExhaustedError:
                return False
            return True

        assert sorted(at_once(one, range(10))) == [False] * 9 + [True]
        assert count("+221") == count("day") == 1

    def test_ten_messages_leave_by_ten_workers_and_three_have_room(self, settings, provider):
        settings.SMS_PER_DAY, settings.SMS_NEWS_PERCENT = 3, 100
        settings.SMS_PER_COUNTRY = []
        rows = [queue("news", number(place)).pk for place in range(10)]
        make_user("m1", Role.MANAGER, email="m1@example.org")
        sent = at_once(lambda key: messages.send_message(message_id=key), rows)
        assert sum(sent) == len(provider.sent) == 3
        assert OutboundMessage.objects.filter(kind="sms-budget", channel=Channel.EMAIL).count() == 1
