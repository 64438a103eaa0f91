"""Asking after 30, 90, 180 and 365 days whether she still works there: the learner, and the employer by a mail."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message, tell
from placement.enums import By, ReferralState, Vetting
from placement.models import Outcome, OutcomeAnswer
from placement.services import secrets
from placement.services.notices import contacts_of

BATCH = 200
TOO_LATE = timedelta(days=30)  # a first day noted long after: nobody is asked about days long gone
KIND = "outcome-asked"


def due(now: datetime) -> QuerySet[Outcome]:
    """Whose day has come, whom nobody asked, of whom nobody answered."""
    today = timezone.localdate(now)
    return Outcome.objects.filter(
        asked_at=None, answered_at=None, due_on__lte=today, due_on__gt=today - TOO_LATE,
        referral__state=ReferralState.STARTED,
    )  # fmt: skip


def unasked(now: datetime) -> QuerySet[Outcome]:
    """Questions whose day passed without the clock, which runs every hour, asking them."""
    return due(now).filter(due_on__lt=timezone.localdate(now))


@transaction.atomic
def carry_on(now: datetime) -> int:
    """Who said last that the work ended is not asked again: that answer counts for the later days, each on its day."""
    earlier = Outcome.objects.filter(referral=OuterRef("referral"), due_on__lt=OuterRef("due_on"))
    last = earlier.exclude(answered_at=None).order_by("-due_on").values("in_work")[:1]
    rows = Outcome.objects.alias(was_in_work=Subquery(last)).filter(
        was_in_work=False, answered_at=None, due_on__lte=timezone.localdate(now)
    )
    ended = list(rows.values_list("referral", flat=True))
    hold(Outcome.objects.filter(referral__in=ended))
    keys = list(rows.filter(referral__in=ended).values_list("pk", flat=True))  # read again: one may be corrected by now
    Outcome.objects.filter(pk__in=keys).update(in_work=False, answered_at=now, answered_by=By.CLOCK)
    OutcomeAnswer.objects.bulk_create(OutcomeAnswer(outcome_id=pk, at=now, by=By.CLOCK, in_work=False) for pk in keys)
    return len(keys)


def hold(rows: QuerySet[Outcome]) -> None:
    """Nobody else answers or corrects these before the end of the transaction."""
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def ask_all(now: datetime) -> int:
    """Ask everybody whose day has come, once; how many. What a dead worker left undone is asked at the next run."""
    keys = due(now).order_by("due_on", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(ask(outcome_id=pk, now=now) for pk in list(keys))


@transaction.atomic
def ask(*, outcome_id: int, now: datetime) -> bool:
    """True when this call asked. The row is claimed, and the messages written, in one transaction."""
    rows = due(now).filter(pk=outcome_id)
    if not Outcome.objects.filter(pk__in=rows.values("pk"), asked_at=None).update(asked_at=now):
        return False
    outcome = Outcome.objects.select_related(
        "referral__opportunity__employer", "referral__profile__user", "referral__consent"
    ).get(pk=outcome_id)
    Outcome.objects.filter(pk=outcome_id).update(reply_hash=secrets.hash_of(secrets.outcome_secret(outcome)))
    ask_learner(outcome)
    ask_employer(outcome)
    return True


def ask_learner(outcome: Outcome) -> None:
    user = outcome.referral.profile.user
    if not user.is_active:
        return
    with translation.override(user.language):
        words = {"employer": outcome.referral.opportunity.employer.name, "days": outcome.get_mark_display()}
        body = _("%(days)s after your first day at %(employer)s: do you still work there? One tap answers.") % words
        tell(user=user, key=f"outcome:{outcome.pk}", kind=KIND, subject=_("Do you still work there?"), body=body,
             link=reverse("opportunities:detail", args=[outcome.referral_id]))  # fmt: skip


def ask_employer(outcome: Outcome) -> None:
    """A mail with a link. Its words hold no name: the page behind the link shows it while her yes stands."""
    referral = outcome.referral
    consent = getattr(referral, "consent", None)
    if consent is None or consent.withdrawn_at or referral.opportunity.employer.vetting != Vetting.VETTED:
        return
    for contact in contacts_of(referral):
        with translation.override(contact.user.language):
            words = {
                "name": referral.profile.pseudonym,
                "title": referral.opportunity.title,
                "days": outcome.get_mark_display(),
            }
            body = _("%(name)s started “%(title)s” with you %(days)s ago. Still at work? Yes or no is enough, in one"
                     " click, without an account.") % words  # fmt: skip
            queue_message(
                key=f"outcome:{outcome.pk}:contact:{contact.pk}", user=contact.user, channel=Channel.EMAIL, kind=KIND,
                subject=_("Still at work? “%(title)s”, %(days)s") % words, body=body,
                link=secrets.outcome_path(outcome),
            )  # fmt: skip
