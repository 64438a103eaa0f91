"""The chain over HTTP: lesson, attempt, certificate, proposal, consent, e-mail, one-click answer, the learner told.

Once with the news delivered and each task run where it is queued; once with every receiver of ours disconnected, so
that only the sweeps carry the chain on. Both end alike.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.dispatch import Signal
from django.test import Client

from assessments.models import Attempt
from certificates.models import Certificate
from certificates.tasks import sweep_certificates
from lms.accounts.models import OutboundMessage
from lms.accounts.tasks import sweep_messages
from placement.enums import ReferralState as S
from placement.models import Consent, Opportunity, Referral
from placement.services import terms_agreed
from placement.tasks import sweep_referrals
from tests.assessments.helpers import right_fields
from tests.factories.assessments import SPECS, make_assessment, make_in_both_languages
from tests.factories.courses import BOTH, lesson_page, make_course
from tests.factories.people import PASSWORD, make_user
from tests.factories.placement import make_employer, make_opportunity

pytestmark = pytest.mark.django_db(transaction=True)

SIGNALS = ("lms.accounts", "courses", "certificates", "placement")
TEST = "/fr/learn/saisie/test/evaluation/"


@pytest.fixture
def town(site) -> SimpleNamespace:
    """A course with every type of question, a learner, and an employer who looks for what the course proves."""
    course = make_course("saisie", lessons=2, languages=BOTH)
    make_assessment(
        course, questions=[make_in_both_languages(kind, code=f"q-{kind}")[0] for kind in SPECS], pass_mark=70
    )
    opportunity: Opportunity = make_opportunity(make_employer("Pont Data"))
    learner = make_user("awa", full_name="Awa Ndiaye", phone="+221770000001", country="SN")
    return SimpleNamespace(course=course, opportunity=opportunity, learner=learner)


@pytest.fixture
def news_delivered() -> Iterator[Callable[[], None]]:
    """Whoever hears news queues a task, and it runs at once. Messages wait for the beat's sweep, always."""
    current_app.conf.task_always_eager = True
    yield lambda: sweep_messages() and None
    current_app.conf.task_always_eager = False


@pytest.fixture
def deaf(monkeypatch) -> Callable[[], None]:
    """No receiver of ours hears anything; the beat's sweeps run instead, in any order."""
    signals = [value for app in SIGNALS for value in vars(import_module(f"{app}.signals")).values()]
    for signal in signals:
        if isinstance(signal, Signal):
            monkeypatch.setattr(signal, "receivers", [])
            signal.sender_receivers_cache.clear()

    def sweep() -> None:
        for _round in range(2):
            sweep_messages()
            sweep_referrals()
            sweep_certificates()
        sweep_referrals()
        sweep_messages()

    return sweep


def learn(phone: Client, town: SimpleNamespace) -> None:
    """Sign in, take the course, read both lessons, answer every question rightly."""
    phone.post("/fr/accounts/login/", {"login": "awa", "password": PASSWORD})
    phone.post("/fr/learn/saisie/enrol/")
    for number in (1, 2):
        path = f"/fr/learn/saisie/{lesson_page(town.course, number).slug}/"
        assert phone.get(path).status_code == 200
        assert phone.post(f"{path}done/").status_code == 302
    phone.post(TEST)
    attempt = Attempt.objects.get()
    base = f"{TEST}{attempt.pk}/"
    for item in attempt.items.select_related("attempt"):
        page = phone.get(f"{base}{item.position}/").content.decode()
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key is not None
        assert (
            phone.post(f"{base}{item.position}/", {"key": key[1], "go": "next", **right_fields(item)}).status_code
            == 302
        )
    phone.post(base)
    assert "100" in phone.get(f"{base}result/").content.decode()


def prove(phone: Client) -> Certificate:
    """The PDF is there, and a stranger finds the certificate by its code."""
    certificate = Certificate.objects.get()
    assert certificate.printed_code in phone.get("/fr/certificates/").content.decode()
    pdf = phone.get(f"/fr/certificates/{certificate.code}.pdf")
    assert b"".join(pdf).startswith(b"%PDF-")
    assert "Awa Ndiaye" in Client().get(f"/v/{certificate.code}", follow=True).content.decode()
    return certificate


def tell(phone: Client, town: SimpleNamespace) -> None:
    """Nothing is proposed on a guess: the opportunity waits for what the learner says in the profile."""
    page = phone.get("/fr/opportunities/").content.decode()
    assert "Une chose à nous dire" in page
    assert town.opportunity.title in page
    assert not Referral.objects.exists()
    facts = {"country": "SN", "hours_per_week": "25", "works_remote": "True", "connectivity": "2", "equipment": "phone"}
    assert phone.post("/fr/opportunities/profile/", facts).status_code == 302


def agree(phone: Client, town: SimpleNamespace) -> Referral:
    """The learner reads the proposal and says yes, with a phone number."""
    referral = Referral.objects.get(opportunity=town.opportunity)
    assert referral.state == S.PROPOSED
    assert town.opportunity.title in phone.get("/fr/opportunities/").content.decode()
    assert not mail.outbox, "nothing leaves before the yes"
    phone.post(f"/fr/opportunities/{referral.pk}/yes/", {"phone": "on", "seen": terms_agreed.seen_of(referral)})
    assert Consent.objects.get().fields == ["name", "phone"]
    return referral


def reply_link() -> str:
    """The path in the only e-mail that the employer got."""
    letters = [letter for letter in mail.outbox if "/r/" in letter.body]
    assert len(letters) == 1
    assert "Awa" not in letters[0].body + letters[0].subject
    found = re.search(re.escape(settings.BASE_URL) + r"(/r/\S+)", letters[0].body)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("way", ["news_delivered", "deaf"])
def test_from_the_first_lesson_to_the_employers_answer(town, way, request):
    carry_on: Callable[[], None] = request.getfixturevalue(way)
    phone, office = Client(), Client()
    learn(phone, town)
    carry_on()
    prove(phone)
    tell(phone, town)
    carry_on()
    referral = agree(phone, town)
    carry_on()
    link = reply_link()
    for _scanner in range(2):
        assert "Awa Ndiaye" in office.get(link).content.decode()
    referral.refresh_from_db()
    assert referral.state == S.FORWARDED, "reading answers nothing"
    answer = {"answer": "refused", "reason": "skills", "message": "Merci, Awa.", "shared": "on"}
    for _press in range(2):
        office.post(link, answer)
    carry_on()
    referral.refresh_from_db()
    assert referral.state == S.REFUSED
    page = phone.get(f"/fr/opportunities/{referral.pk}/").content.decode()
    assert "Merci, Awa." in page
    assert "Votre prochaine étape" in page
    assert "Pas cette fois" in phone.get("/fr/learn/").content.decode()
    told = OutboundMessage.objects.filter(user=town.learner, channel="app")
    assert sorted(told.values_list("kind", flat=True)) == [
        "certificate-ready", "referral-forwarded", "referral-proposed", "referral-refused",
    ]  # fmt: skip
