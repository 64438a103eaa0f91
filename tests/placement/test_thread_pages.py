"""The thread in a browser: from the link of an e-mail and on a phone, without a script, in both languages."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from lms.accounts.models import User
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.models import Referral
from placement.services import answers, link_secrets, threads
from tests.factories.placement import make_referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look(page: Page, name: str) -> None:
    """``SCREENSHOTS=folder`` keeps what the page looks like."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_employer_writes_from_the_mail_and_decides(site, phone: Page, language):
    referral = make_referral(state=S.FORWARDED)
    contact = referral.opportunity.employer.contacts.get()
    User.objects.filter(pk=contact.user_id).update(language=language, full_name="Claire Morel")
    path = link_secrets.reply_path(referral, contact)
    connection.close()
    phone.goto(path)
    phone.locator("textarea[name=text]").fill("Bonjour, pouvez-vous commencer le matin ?")
    phone.locator("#thread .btn").click()
    expect(phone.locator("#thread")).to_contain_text("Claire Morel")
    threads.write(referral=referral, by=ActorKind.LEARNER, actor=referral.profile.user, text="Oui, dès 8 h.")
    connection.close()
    phone.goto(path)
    expect(phone.locator("#thread")).to_contain_text("Oui, dès 8 h.")
    phone.locator("input[value=interested]").check(force=True)
    phone.locator("form.card .btn").click()
    expect(phone.locator(".msg-success")).to_be_visible()
    expect(phone.locator("textarea[name=text]")).to_be_visible()
    look(phone, f"reply-{language}")
    assert Referral.objects.get().state == S.INTERESTED


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_learner_answers_on_the_phone(site, phone: Page, sign_in, language):
    referral = make_referral(state=S.FORWARDED)
    user = referral.profile.user
    User.objects.filter(pk=user.pk).update(language=language)
    answers.answer(referral=referral, to=S.QUESTION, message="Pouvez-vous commencer le matin ?")
    session = sign_in(user).cookies["sessionid"].value
    connection.close()
    phone.goto(f"/{language}/")
    phone.context.add_cookies([{"name": "sessionid", "value": session, "url": phone.url}])
    phone.goto(f"/{language}/opportunities/{referral.pk}/")
    look(phone, f"opportunity-{language}")
    phone.locator("main a.btn").first.click()
    phone.locator("textarea").fill("Oui, dès 8 h.")
    phone.locator("main form .btn").click()
    expect(phone.locator("main")).to_contain_text("Oui, dès 8 h.")
    look(phone, f"thread-{language}")
    assert referral.thread.count() == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_times_are_proposed_from_the_mail_and_one_is_chosen_on_the_phone(site, phone: Page, sign_in, language):
    referral = make_referral(state=S.FORWARDED)
    contact, user = referral.opportunity.employer.contacts.get(), referral.profile.user
    User.objects.filter(pk__in=[contact.user_id, user.pk]).update(language=language, time_zone="Europe/Paris")
    User.objects.filter(pk=user.pk).update(time_zone="Africa/Dakar")
    path, session = link_secrets.reply_path(referral, contact), sign_in(user).cookies["sessionid"].value
    connection.close()
    phone.goto(path)
    phone.locator("#interview a.btn").click()
    day = timezone.localdate() + timedelta(days=5)
    phone.locator("input[name=slot_1]").fill(f"{day}T10:00")
    phone.locator("input[name=slot_2]").fill(f"{day}T15:30")
    phone.locator("input[name=where]").fill("Nous vous appelons")
    look(phone, f"propose-{language}")
    phone.locator("main form .btn").last.click()
    expect(phone.locator("#interview")).to_contain_text("10:00")
    phone.goto(f"/{language}/")
    phone.context.add_cookies([{"name": "sessionid", "value": session, "url": phone.url}])
    phone.goto(f"/{language}/opportunities/{referral.pk}/thread/")
    look(phone, f"choose-{language}")
    phone.locator("input[name=slot]").first.check(force=True)
    phone.locator("main form .btn").first.click()
    expect(phone.locator("main .card").first).to_contain_text("Dakar")
    look(phone, f"planned-{language}")
    assert referral.interviews.get().state == "planned"
