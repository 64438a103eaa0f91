"""Writing down whom an employer looks at, within its limits; telling managers when they are reached; lifting them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.messages import tell_managers
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib import sweeps
from lms.lib.locks import hold
from placement.models import CandidateProfile, Employer, PersonRead, Referral, Shortlisted
from placement.people_shown import DAY, LimitUse, ViewLimitReachedError, check, expired_rows, nearest_limit


def record_people(*, employer: Employer, user: User, people: Iterable[CandidateProfile]) -> LimitUse:
    """These people are about to be shown to a contact. Raises ViewLimitReachedError: nobody is shown then."""
    keys = {person.pk for person in people}
    known = PersonRead.objects.filter(employer=employer, user=user, profile__in=keys)
    fresh = keys - set(known.values_list("profile_id", flat=True)) if keys else keys
    if fresh:
        try:
            record_new_people(employer=employer, user=user, keys=fresh)
        except ViewLimitReachedError as error:
            record_limit_reached(employer=employer, user=user, error=error)
            raise
    return nearest_limit(employer, user)


@transaction.atomic
def record_new_people(*, employer: Employer, user: User, keys: set[int]) -> None:
    """The employer's row is held: two requests at once do not both get the last place."""
    hold(Employer.objects.filter(pk=employer.pk))
    paid = keys - already_known(employer, keys)
    if paid:
        check(employer, user, len(paid))
    now = timezone.now()
    PersonRead.objects.bulk_create(
        [
            PersonRead(employer=employer, user=user, profile_id=key, at=now, is_counted=key in paid)
            for key in sorted(keys)
        ],
        ignore_conflicts=True,
    )


def already_known(employer: Employer, keys: set[int]) -> set[int]:
    """Those the organisation knows already: seen by a colleague, on its shortlist, asked for by it, or sent to it.

    Whom the site proposed an opportunity to, it does not know: one for many positions is proposed to a thousand.
    """
    seen = PersonRead.objects.filter(employer=employer, profile__in=keys)
    listed = Shortlisted.objects.filter(employer=employer, profile__in=keys)
    met = Q(forwarded_at__isnull=False) | Q(asked_by_employer=True)
    sent = Referral.objects.filter(met, opportunity__employer=employer, profile__in=keys)
    return {
        key for rows in (seen, listed, sent) for key in rows.order_by().values_list("profile_id", flat=True).distinct()
    }


def record_limit_reached(*, employer: Employer, user: User, error: ViewLimitReachedError) -> None:
    """Managers hear of it once a day, whatever else is tried."""
    now = timezone.now()
    quiet = Q(reading_stopped_at=None) | Q(reading_stopped_at__lt=now - DAY)
    if not Employer.objects.filter(quiet, pk=employer.pk).update(reading_stopped_at=now):
        return
    record(actor=user, verb="reading-stopped", target=employer)
    words = {"employer": employer.name, "person": user.get_full_name(), "count": error.limit_use.count}
    tell_managers(
        key=f"reading:{employer.pk}:{int(now.timestamp())}", kind="reading-stopped",
        subject=lambda: _("%(employer)s looks at very many people") % words,
        body=lambda: _(
            "%(person)s of %(employer)s has reached the limit of people one may look at (%(count)d). Pages about others"
            " are closed to them for a while. If they recruit many, open them again on the page of this employer’s"
            " check; if not, call them."
        ) % words,
        link=f"/cms/placement/employers/{employer.pk}/vetting/",
    )  # fmt: skip


@transaction.atomic
def restart_count(*, employer: Employer, by: User) -> None:
    """Begin a new count: the same limits, from now on."""
    Employer.objects.filter(pk=employer.pk).update(reading_from=timezone.now(), reading_stopped_at=None)
    record(actor=by, verb="lift-reading-limit", target=employer)


def purge(now: datetime) -> bool:
    return sweeps.delete_in_steps(expired_rows(now)) > 0


PURGE = sweeps.register(
    sweeps.Sweep(
        name="placement.purge-reading",
        label=gettext_lazy("Old records of whom employers looked at"),
        remedy=gettext_lazy("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: purge(now),
        leased=True,  # it deletes in small transactions
    )
)
