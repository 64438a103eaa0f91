"""A trainer writes to learners of a group: who gets what by which way, once, and at which cost."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from courses import group_messages
from courses.group_messages import TRAINER_MESSAGE
from courses.models import MessageRun
from lms.accounts import quiet
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, OutboundMessage
from lms.lib.runs import RunState
from tests.factories.courses import make_cohort, make_course, make_enrolment
from tests.factories.people import make_user
from tests.factories.runs import work_off

FR, EN = "Bonjour {name}, à demain.", "Hello {name}, see you."


@pytest.fixture
def group(site, trainer, learner):
    """A French learner with number and address, an English one with neither."""
    learner.email, learner.phone = "awa@example.org", "+221771234567"
    learner.save()
    other = make_user("kofi", full_name="Kofi Mensah", language="en")
    return make_cohort(learner, other, trainers=(trainer,))


def write(client, group, **data):
    return client.post(f"/cms/cohorts/{group.pk}/write/", data)


def send(client, group, people, key=None, **data) -> MessageRun:
    """The whole way: the form, the preview, the last word."""
    key = key or uuid4()
    ids = ",".join(str(user.pk) for user in people)
    response = write(client, group, people=ids, key=str(key), text_fr=FR, text_en=EN, **data)
    assert response.url == f"/cms/runs/{key}/"
    run = work_off(MessageRun.objects.get(pk=key))
    client.post(response.url, {"step": "go"})
    return work_off(run)


def told() -> set[tuple[str, str, str]]:
    rows = OutboundMessage.objects.filter(kind=TRAINER_MESSAGE)
    return set(rows.values_list("user__username", "channel", "body"))


def test_each_gets_it_in_their_language_by_the_ways_there_are(group, learner, trainer, sign_in, settings):
    settings.SMS_NOTICES = True
    client, other = sign_in(trainer), group.members.get(user__username="kofi").user
    run = send(client, group, [learner, other], by_email="on", by_sms="on")
    assert run.state == RunState.DONE
    awa = "Bonjour Awa, à demain."
    assert told() == {
        (learner.username, "app", awa), (learner.username, "email", awa), (learner.username, "sms", awa),
        ("kofi", "app", "Hello Kofi, see you."),
    }  # fmt: skip
    assert OutboundMessage.objects.get(user=other, kind=TRAINER_MESSAGE).subject == "A message from Moussa Ba"
    assert AuditEvent.objects.filter(verb="write-to-learner", actor=trainer).count() == 2


def test_the_preview_says_who_and_what_it_costs_and_nothing_has_left(group, learner, trainer, sign_in, settings):
    settings.SMS_NOTICES, settings.SMS_COST_MICROS = True, 25_000_000
    client, key = sign_in(trainer), uuid4()
    write(client, group, people=str(learner.pk), key=str(key), text_fr="long " * 60, by_sms="on")
    run = work_off(MessageRun.objects.get(pk=key))
    assert run.counts == {"people": 1, "email": 0, "sms": 1, "parts": 2, "later": run.counts["later"],
                          "cost": 50_000_000}  # fmt: skip
    text = client.get(f"/cms/runs/{key}/").content.decode()
    assert "1 personne le reçoit sur le site" in text
    assert "Aussi par SMS\u00a0: 1 (parties facturées\u00a0: 2)" in text
    assert "50,00 XOF" in text
    assert learner.full_name in text
    assert told() == set()
    client.post(f"/cms/runs/{key}/", {"step": "stop"})
    assert work_off(run).state == RunState.STOPPED
    assert told() == set()


def test_without_the_setting_no_sms_leaves(group, learner, trainer, sign_in, settings):
    settings.SMS_NOTICES = False
    client = sign_in(trainer)
    assert 'name="by_sms"' not in write(client, group, learner=learner.pk).content.decode()
    send(client, group, [learner], by_sms="on")
    assert {channel for _user, channel, _body in told()} == {"app"}


def test_repeating_the_form_or_the_last_word_sends_nothing_twice(group, learner, trainer, sign_in):
    client, key = sign_in(trainer), uuid4()
    send(client, group, [learner], key=key)
    send(client, group, [learner], key=key)
    assert len(told()) == 1
    assert MessageRun.objects.count() == 1


def test_a_key_of_somebody_else_leads_to_no_run_of_theirs(group, learner, trainer, sign_in):
    run = send(sign_in(trainer), group, [learner])
    other = make_user("mariam", Role.TRAINER)
    group.trainers.add(other)
    client = sign_in(other)
    response = write(client, group, people=str(learner.pk), key=str(run.pk), text_fr="Autre")
    assert response.status_code == 302
    assert client.get(response.url).status_code == 404
    run.refresh_from_db()
    assert (run.by, run.texts["fr"]) == (trainer, FR)


def test_what_makes_a_sound_waits_for_the_end_of_quiet_hours(group, learner, trainer, sign_in, monkeypatch):
    morning = datetime(2026, 12, 1, 7, tzinfo=UTC)
    monkeypatch.setattr(group_messages, "quiet_until", lambda zone: morning)
    run = send(sign_in(trainer), group, [learner], by_email="on")
    assert run.counts["later"] == 1
    assert OutboundMessage.objects.get(kind=TRAINER_MESSAGE, channel="email").due_at == morning
    assert OutboundMessage.objects.get(kind=TRAINER_MESSAGE, channel="app").sent_at is not None
    assert quiet.quiet_until is not group_messages.quiet_until


def test_only_people_of_the_own_group_get_it(group, learner, stranger, trainer, sign_in):
    send(sign_in(trainer), group, [learner, stranger])
    assert {user for user, _channel, _body in told()} == {learner.username}
    other = sign_in(make_user("autre", Role.TRAINER))
    assert write(other, group, learner=learner.pk).status_code == 404
    assert other.get(f"/cms/runs/{MessageRun.objects.get().pk}/").status_code == 404


def test_all_whom_the_filter_shows_with_the_text_that_fits(group, learner, trainer, sign_in):
    course = make_course(lessons=1)
    group.courses.add(course)
    make_enrolment(learner, course)
    page = write(sign_in(trainer), group, all="1", course=course.code, status="not-begun", q="awa")
    form = page.context["form"]
    assert form.initial["people"] == str(learner.pk)
    assert form.initial["text_en"].startswith("Hello {name}, your course is ready.")
    assert form.initial["text_fr"].startswith("Bonjour {name}, votre cours est prêt.")


def test_nobody_ticked_and_nothing_written_are_told(group, learner, trainer, sign_in):
    client = sign_in(trainer)
    assert "Cochez les personnes" in write(client, group).content.decode()
    page = write(client, group, people=str(learner.pk), key=str(uuid4()))
    assert page.status_code == 422
    assert "dans une langue au moins" in page.content.decode()


def test_the_learner_reads_the_whole_text_on_the_site(group, learner, trainer, sign_in):
    client, key = sign_in(trainer), uuid4()
    text = "Ligne une.\n" + "mot " * 100 + "FIN"
    write(client, group, people=str(learner.pk), key=str(key), text_fr=text)
    run = work_off(MessageRun.objects.get(pk=key))
    client.post(f"/cms/runs/{key}/", {"step": "go"})
    work_off(run)
    page = sign_in(learner).get("/fr/learn/").content.decode()
    assert "Un message de Moussa Ba" in page
    assert "Ligne une.<br>" in page
    assert "FIN" in page
