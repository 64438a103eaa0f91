from itertools import islice

from django.db import migrations

PEOPLE = ("learner", "employer")


def to_threads(apps, schema_editor):
    """What people wrote with a step becomes a message of its thread; an employer's answer of before there was a log, too."""
    Event, Message, Referral = (apps.get_model("placement", n) for n in ("ReferralEvent", "ThreadMessage", "Referral"))
    written = Event.objects.filter(by__in=PEOPLE).exclude(note="").select_related("referral").order_by("pk")
    rows = (
        Message(
            referral_id=event.referral_id, event=event, at=event.at, author_id=event.actor_id, by=event.by,
            text=event.note, key=f"event:{event.pk}",
            for_learner=event.after != "refused" or event.referral.refusal_shared,
        )
        for event in written.iterator(chunk_size=1000)
    )
    while part := list(islice(rows, 1000)):
        Message.objects.bulk_create(part)
    for referral in Referral.objects.exclude(employer_message="").order_by("pk").iterator(chunk_size=1000):
        theirs = Message.objects.filter(referral=referral, by="employer")
        if not theirs.filter(text=referral.employer_message).exists():
            Message.objects.create(
                referral=referral, at=referral.answered_at or referral.created_at, by="employer",
                text=referral.employer_message, key="answer",
            )
    Event.objects.filter(pk__in=Message.objects.exclude(event=None).values("event")).update(note="")


def from_threads(apps, schema_editor):
    """The words of steps go back to them; messages that were no step have no place there, and go with their table."""
    Event, Message, Referral = (apps.get_model("placement", n) for n in ("ReferralEvent", "ThreadMessage", "Referral"))
    for message in Message.objects.exclude(event=None).order_by("pk").iterator(chunk_size=1000):
        Event.objects.filter(pk=message.event_id).update(note=message.text)
    shown = Message.objects.filter(by="employer", for_learner=True).order_by("at", "pk")
    for message in shown.iterator(chunk_size=1000):  # the last one stands
        Referral.objects.filter(pk=message.referral_id).update(employer_message=message.text)


class Migration(migrations.Migration):

    dependencies = [
        ('placement', '0015_threads'),
    ]

    operations = [
        migrations.RunPython(to_threads, from_threads),
    ]
