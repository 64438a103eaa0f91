"""The calendar file of an interview."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from placement.interview_enums import InterviewState
from placement.models import Interview
from placement.services.disclosure import of_referral


def calendar_file(interview: Interview, *, to_employer: bool) -> bytes:
    """RFC 5545, times in UTC, in the active language. A cancelled one takes itself out of the reader's calendar."""
    cancelled = interview.state == InterviewState.CANCELLED
    referral, opportunity = interview.referral, interview.referral.opportunity
    words = {"title": opportunity.title, "employer": opportunity.employer.name, "name": of_referral(referral).code_name}
    page = "placement:referral" if to_employer else "opportunities:thread"
    event = Event()
    event.add("uid", f"{interview.uid}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    event.add("sequence", interview.sequence)
    event.add("dtstamp", interview.changed_at)
    event.add("dtstart", interview.starts_at)
    event.add("dtend", interview.ends_at)
    event.add("summary", (_("Interview: %(title)s, %(name)s") if to_employer
                          else _("Interview: %(title)s, %(employer)s")) % words)  # fmt: skip
    event.add("description", f"{settings.BASE_URL}{reverse(page, args=[referral.pk])}")
    event.add("location", interview.where or str(interview.get_how_display()))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event["organizer"] = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}")
    calendar = Calendar()
    calendar.add("prodid", "-//Passerelle//placement//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
