"""Referrals that nobody sent or ended, and employers whom no e-mail can reach."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from lms.lib import leases
from lms.lib.checkup import Finding, backlog, broken, fine, register, watch
from placement.choices import country_name
from placement.countries import closed_with_people, open_without_all
from placement.employer_history import left_alone
from placement.enums import Vetting
from placement.models import Employer
from placement.people_shown import stopped_lately
from placement.services import deadlines, follow_up, sending

LATE = timedelta(minutes=10)
DEADLINES_LATE = timedelta(hours=2)  # they are looked at every hour


@register
def referrals_waiting() -> Iterator[Finding]:
    topic = _("Referrals")
    unsent = sending.to_send().filter(tries__lt=leases.MAX_TRIES)
    yield backlog(topic, unsent, "due_at", late=LATE, fine_text=_("Every agreed referral was sent."))
    given_up = leases.given_up(sending.to_send()).count()
    if given_up:
        text = _("Referrals given up after %(tries)d tries: %(count)d.")
        remedy = _("Fix the cause (see their last error), then run: python manage.py doctor --retry")
        yield watch(topic, text % {"count": given_up, "tries": leases.MAX_TRIES}, remedy)


@register
def referrals_overdue() -> Iterator[Finding]:
    topic = _("Referrals")
    then = timezone.now() - DEADLINES_LATE
    count = deadlines.ended(then).count() + deadlines.silent(then).count()
    if not count:
        yield fine(topic, _("None is open past its deadline."))
        return
    text = _("Proposals and unanswered referrals that should have ended by themselves: %(count)d.")
    yield broken(topic, text % {"count": count}, clock_remedy())


def clock_remedy() -> str:
    return _("Look at the lines “Worker” and “Scheduler”: if both are fine, read the worker’s log.")


@register
def questions_overdue() -> Iterator[Finding]:
    topic = _("Still at work?")
    count = follow_up.unasked(timezone.now()).count()
    if not count:
        yield fine(topic, _("Everybody who was due to be asked has been asked."))
        return
    text = _("“Still at work?” questions that are overdue and were not asked: %(count)d.")
    yield broken(topic, text % {"count": count}, clock_remedy())


@register
def employers_who_read_all() -> Iterator[Finding]:
    topic = _("People viewed")
    names = list(stopped_lately(timezone.now()).values_list("name", flat=True))
    if not names:
        yield fine(topic, _("No employer has reached the limit on people viewed."))
        return
    text = _("Employers who reached the limit on people viewed: %(names)s.") % {"names": ", ".join(names[:5])}
    remedy = _(
        "Call them. If they recruit many people, open the pages again: Placement, “Employers”, the check of this "
        "employer."
    )
    yield watch(topic, text, remedy)


@register
def employers_out_of_reach() -> Iterator[Finding]:
    topic = _("Employers")
    reached = Employer.objects.filter(contacts__user__is_active=True).values("pk")
    names = list(Employer.objects.filter(vetting=Vetting.VETTED).exclude(pk__in=reached).values_list("name", flat=True))
    if not names:
        yield fine(topic, _("Every checked employer has somebody who can answer."))
        return
    text = _("Checked employers without anybody who can answer: %(count)d (%(names)s).")
    remedy = _("In the administration, under Placement, “Employers”: invite a person of each, or suspend the employer.")
    yield watch(topic, text % {"count": len(names), "names": ", ".join(names[:5])}, remedy)


@register
def cases_left_alone() -> Iterator[Finding]:
    topic = _("Reported employers")
    names = list(left_alone(timezone.now()).values_list("employer__name", flat=True)[:50])
    if not names:
        yield fine(topic, _("Every report about an employer is being looked at."))
        return
    text = _("Cases about employers without a step of the programme for a week: %(count)d (%(names)s).")
    remedy = _("In the administration, “Reported employers”: reply to those who reported, or close the case.")
    yield watch(topic, text % {"count": len(names), "names": ", ".join(names[:5])}, remedy)


@register
def countries_not_ready() -> Iterator[Finding]:
    topic = _("Countries")
    incomplete, closed = open_without_all(), closed_with_people()
    if not incomplete and not closed:
        yield fine(topic, _("Placement is open wherever certified people live."))
    if incomplete:
        text = _("Placement is open without all that the law asks for: %(names)s.")
        remedy = _("In the administration, under Placement, “Countries”: write down what is missing, or close them.")
        yield watch(topic, text % {"names": ", ".join(country_name(row.country) for row in incomplete[:5])}, remedy)
    if closed:
        text = _(
            "Certified people whom nobody can find or send, since placement is not open in their country: %(count)d "
            "(%(names)s)."
        )
        remedy = _(
            "In the administration, under Placement, “Countries”: write down authority, number, transfers and contact, "
            "then open the country."
        )
        words = {"count": sum(row.people for row in closed), "names": ", ".join(row.name for row in closed[:5])}
        yield watch(topic, text % words, remedy)
