"""Employers: asked to join, checked, suspended; and whom each of them keeps in sight."""

import itertools
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message, tell_managers
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.conflicts import retry_on_conflict
from lms.lib.ratelimit import current_window, may_try
from placement.enums import Vetting
from placement.models import CandidateProfile, Employer, Referral, Shortlisted
from placement.services import freeing
from placement.services.code_names import hold_name

MAILS_PER_HOUR = 10  # about employers that ask to join


@transaction.atomic
def request_to_join(*, name: str, **fields: Any) -> Employer:
    """A WAITING employer; managers are told. It can do nothing before it is vetted.

    However many ask, managers get at most ``MAILS_PER_HOUR`` messages about single ones, then one about the rest.
    """
    fields |= {"name": name, "no_fee_pledge_at": timezone.now(), "vetting": Vetting.WAITING}
    employer = retry_on_conflict(lambda: Employer.objects.create(slug=free_slug(name), **fields))
    record(actor=None, verb="ask-to-join", target=employer)
    if may_try("employer-asked", limit=MAILS_PER_HOUR, seconds=3600):
        tell_managers(
            key=f"employer:{employer.pk}:asked", kind="employer-asked",
            subject=lambda: _("A new employer asks to join"),
            body=lambda: _("%(name)s asks to become a partner. Please check it.") % {"name": name},
            link=f"/cms/snippets/placement/employer/edit/{employer.pk}/",
        )  # fmt: skip
    else:
        tell_managers(
            key=f"employers:asked:{current_window(3600)}", kind="employer-asked",
            subject=lambda: _("Many employers ask to join"),
            body=lambda: _("More than %(count)s employers asked to join within one hour. The others are in the list of"
                           " those who wait.") % {"count": MAILS_PER_HOUR},
            link=f"/cms/snippets/placement/employer/?vetting={Vetting.WAITING}",
        )  # fmt: skip
    return employer


def free_slug(name: str) -> str:
    """One query, however many have the name: anybody may ask to join under one that is taken."""
    base = slugify(name)[:50] or "employer"
    taken = set(Employer.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slugs = itertools.chain([base], (f"{base}-{number}" for number in itertools.count(2)))
    return next(slug for slug in slugs if slug not in taken)


@transaction.atomic
def vet(*, employer: Employer, by: User, note: str = "") -> bool:
    """The programme has checked it: it may search, publish and receive. False when it was so already."""
    changed = (
        Employer.objects.filter(pk=employer.pk)
        .exclude(vetting=Vetting.VETTED)
        .update(
            vetting=Vetting.VETTED, vetted_at=timezone.now(), vetted_by=by, vetting_note=note or employer.vetting_note
        )
    )
    if changed:
        employer.refresh_from_db()
        record(actor=by, verb="vet-employer", target=employer, fields=["vetting"])
    return changed == 1


@transaction.atomic
def suspend(*, employer: Employer, by: User, note: str = "") -> int:
    """Stop it at once: it sees nobody, its links answer nothing, and the candidates are freed. How many."""
    employer.vetting, employer.vetting_note = Vetting.SUSPENDED, note or employer.vetting_note
    employer.save(update_fields=["vetting", "vetting_note"])
    freed = freeing.free_first(referrals=Referral.objects.filter(opportunity__employer=employer), actor=by)
    record(actor=by, verb="suspend-employer", target=employer, fields=["vetting"])
    return freed


@transaction.atomic
def refuse(*, employer: Employer, by: User, note: str = "", tell: bool = True) -> None:
    """It asked to join and does not: no access, and an e-mail that says so when ``tell``."""
    suspend(employer=employer, by=by, note=note)
    if not tell or not employer.contact_email:
        return
    with translation.override(settings.LANGUAGE_CODE):  # nobody knows theirs
        queue_message(
            key=f"employer:{employer.pk}:refused", user=None, channel=Channel.EMAIL, kind="employer-refused",
            address=employer.contact_email, subject=_("Your request to join as an employer"),
            body=_("Thank you for your interest. We looked at the request of %(employer)s and cannot take it as a"
                   " partner at present.") % {"employer": employer.name},
        )  # fmt: skip


@transaction.atomic
def set_shortlisted(*, profile: CandidateProfile, employer: Employer, user: User, wanted: bool) -> bool:
    """Put them on the shortlist or take them off; the state it is in afterwards. Raises ``NameEndedError``."""
    if wanted:
        hold_name(employer_id=employer.pk, profile=profile)
        Shortlisted.objects.get_or_create(employer=employer, profile=profile, defaults={"added_by": user})
    else:
        Shortlisted.objects.filter(employer=employer, profile=profile).delete()
    return wanted
