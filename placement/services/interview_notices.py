"""What both sides are told of an interview: the time in each reader's zone, with the file for their calendar."""

import re
from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.attachments import Attachment, register_attachments
from lms.accounts.messages import tell
from lms.accounts.models import OutboundMessage
from lms.accounts.recipient import in_language_of
from lms.lib.moments import timestamp
from placement.models import Interview, ThreadMessage
from placement.services.interview_calendar import calendar_file
from placement.services.mailing import pace_of, settle
from placement.services.notices import write_to_contacts

PLANNED, CANCELLED, REMINDER = "interview-planned", "interview-cancelled", "interview-reminder"
KINDS = (PLANNED, CANCELLED, REMINDER)


def tell_planned(interview: Interview) -> None:
    send(interview, PLANNED,
         learner=(gettext_lazy("Your interview is planned"),
                  gettext_lazy("%(when)s, with %(employer)s, for “%(title)s”. %(how)s")),
         contacts=gettext_lazy("%(name)s chose a time for the interview about “%(title)s”."))  # fmt: skip


def tell_cancelled(interview: Interview, message: ThreadMessage | None) -> None:
    """With the words of whoever called it off."""
    send(interview, CANCELLED, message=message,
         learner=(gettext_lazy("Your interview is cancelled"),
                  gettext_lazy("%(when)s, with %(employer)s, for “%(title)s”: it is cancelled.")),
         contacts=gettext_lazy("The interview with %(name)s about “%(title)s” is cancelled."))  # fmt: skip


def remind(interview: Interview) -> None:
    send(interview, REMINDER,
         learner=(gettext_lazy("Your interview is soon"),
                  gettext_lazy("%(when)s, with %(employer)s, for “%(title)s”. %(how)s")),
         contacts=gettext_lazy("You have an interview with %(name)s soon, about “%(title)s”."))  # fmt: skip


def send(
    interview: Interview, kind: str, *, learner: tuple[Promise, Promise], contacts: Promise,
    message: ThreadMessage | None = None,
) -> None:  # fmt: skip
    referral = interview.referral
    key = f"interview:{interview.pk}:{interview.sequence}:{kind}"
    user = referral.profile.user
    if user.is_active:
        with in_language_of(user):
            subject, body = learner
            words = {"employer": referral.opportunity.employer.name, "title": referral.opportunity.title,
                     "when": when(interview), "how": how(interview)}  # fmt: skip
            rows = tell(user=user, key=f"thread:{referral.pk}:{key}", kind=kind, subject=str(subject),
                        body=(str(body) % words).strip(),
                        link=reverse("opportunities:thread", args=[referral.pk]))  # fmt: skip
            settle(rows, user=user, pace=pace_of(user), urgent=True, before=interview.starts_at)
    write_to_contacts(referral=referral, key=key, kind=kind, sentence=contacts, message=message,
                      urgent=True, before=interview.starts_at,
                      details=lambda: "\n".join([when(interview), how(interview)]))  # fmt: skip


def when(interview: Interview) -> str:
    """The day, the hour and whose hour it is, in the zone of the reader."""
    return timestamp(interview.starts_at) if interview.starts_at else ""


def how(interview: Interview) -> str:
    length = _("%(count)d min") % {"count": interview.minutes}
    return ", ".join(part for part in (str(interview.get_how_display()), interview.where, length) if part)


OF_A_KEY = re.compile(r":interview:(\d+):")


def calendar_of(message: OutboundMessage) -> Iterable[Attachment]:
    """The file as the interview stands when the e-mail leaves."""
    found = OF_A_KEY.search(message.key)
    rows = Interview.objects.select_related("referral__opportunity__employer", "referral__profile__user")
    interview = rows.filter(pk=found[1], starts_at__isnull=False).first() if found else None
    if interview is not None and message.user is not None:
        with in_language_of(message.user):
            to_employer = message.user_id != interview.referral.profile.user_id
            yield Attachment("interview.ics", calendar_file(interview, to_employer=to_employer), "text/calendar")


for each in KINDS:
    register_attachments(each, calendar_of)
