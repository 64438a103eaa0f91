"""Named filters. ``visible_to`` is the one door through which every view fetches: other people's rows are not there."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from certificates.models import Certificate
from lms.accounts.models import User
from lms.lib.moments import site_day
from placement.enums import (
    SHARING_STATES,
    STILL_ASKING,
    UNDECIDED,
    WITH_EMPLOYER,
    OpportunityState,
    Vetting,
)


def valid_certificates() -> QuerySet[Certificate]:
    """Neither revoked nor expired."""
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return Certificate.objects.filter(alive, revoked_at__isnull=True)


class EmployerQuerySet(QuerySet[Any]):
    def vetted(self) -> "EmployerQuerySet":
        return self.filter(vetting=Vetting.VETTED)


NEEDS = ("skills__skill", "languages")


class OpportunityQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> "OpportunityQuerySet":
        """Their own employer's, once it is vetted."""
        return self.filter(employer__contacts__user=user, employer__vetting=Vetting.VETTED)

    def open(self) -> "OpportunityQuerySet":
        """Taking candidates today, from an employer in good standing."""
        today = site_day()
        in_time = Q(closes_on__isnull=True) | Q(closes_on__gte=today)
        return self.filter(in_time, state=OpportunityState.OPEN, employer__vetting=Vetting.VETTED)

    def with_needs(self) -> "OpportunityQuerySet":
        return self.select_related("employer").prefetch_related(*NEEDS)


class MissionQuerySet(QuerySet[Any]):
    def visible_to(self, user: User) -> "MissionQuerySet":
        """Their own employer's, once it is vetted."""
        return self.filter(employer__contacts__user=user, employer__vetting=Vetting.VETTED)

    def with_lines(self) -> "MissionQuerySet":
        needs = (f"lines__opportunity__{name}" for name in NEEDS)
        return self.select_related("employer").prefetch_related("lines__opportunity", *needs)


class CandidateQuerySet(QuerySet[Any]):
    def searchable(self) -> "CandidateQuerySet":
        """They said yes to being found, and hold a certificate (so the index knows them)."""
        return self.filter(is_searchable=True, user__is_active=True, search_entry__is_listed=True)

    def not_objecting_to(self, employer_id: int) -> "CandidateQuerySet":
        """Without those who want this employer to see nothing of them."""
        objections = self.model._meta.get_field("objections").related_model._default_manager
        return self.exclude(Exists(objections.filter(profile=OuterRef("pk"), employer=employer_id, ended_at=None)))

    def visible_to(self, user: User) -> "CandidateQuerySet":
        """To people of a vetted employer: whoever is searchable, or was sent to it and has not ended that."""
        contact = getattr(user, "employer_contact", None)
        if contact is None or contact.employer.vetting != Vetting.VETTED:
            return self.none()
        referrals = self.model._meta.get_field("referrals").related_model._default_manager
        entries = self.model._meta.get_field("search_entry").related_model._default_manager
        sent = referrals.agreed_to(contact.employer_id).filter(profile=OuterRef("pk"))
        listed = Exists(entries.filter(pk=OuterRef("pk"), is_listed=True))
        found = Q(is_searchable=True, user__is_active=True) & Q(listed)
        return self.filter(found | Q(Exists(sent))).not_objecting_to(contact.employer_id)


ENDED = Q(opportunity__state=OpportunityState.CLOSED, state__in=STILL_ASKING) | Q(
    opportunity__state=OpportunityState.FILLED, state__in=UNDECIDED
)


class ReferralQuerySet(QuerySet[Any]):
    def of_learner(self, user: User) -> "ReferralQuerySet":
        return self.filter(profile__user=user)

    def agreed_to(self, employer_id: int) -> "ReferralQuerySet":
        """With a yes to this employer that stands: what ``placement.services.disclosure.agreed`` says of one row."""
        return self.filter(opportunity__employer=employer_id).with_standing_yes()

    def with_standing_yes(self) -> "ReferralQuerySet":
        return self.filter(
            state__in=SHARING_STATES,
            consent__isnull=False,
            consent__withdrawn_at=None,
            profile__user__is_active=True,
        )

    def visible_to(self, user: User) -> "ReferralQuerySet":
        """To people of a vetted employer: what was sent to them, and the referrals they asked for, whatever became of
        those."""
        asked = Q(asked_by_employer=True)
        ended = Q(forwarded_at__isnull=False)
        return self.filter(
            asked | ended | Q(state__in=WITH_EMPLOYER),
            opportunity__employer__contacts__user=user,
            opportunity__employer__vetting=Vetting.VETTED,
        )

    def without_a_future(self) -> "ReferralQuerySet":
        """Waiting for what will not come. Closed: whoever has not been sent yet; filled, suspended: all undecided."""
        return self.filter(ENDED | Q(opportunity__employer__vetting=Vetting.SUSPENDED, state__in=UNDECIDED))

    def to_be_freed(self) -> "ReferralQuerySet":
        """As ``without_a_future``, once their employer can no longer take it back."""
        settled = Q(opportunity__undo_until=None) | Q(opportunity__undo_until__lte=timezone.now())
        return self.filter(ENDED & settled | Q(opportunity__employer__vetting=Vetting.SUSPENDED, state__in=UNDECIDED))

    def with_page_data(self) -> "ReferralQuerySet":
        """With everything that a page says about a referral."""
        profiles = self.model._meta.get_field("profile").related_model
        objections = profiles._meta.get_field("objections").related_model._default_manager.filter(
            profile=OuterRef("profile"), employer=OuterRef("opportunity__employer"), ended_at=None
        )
        rows = self.select_related("opportunity__employer", "profile__user", "consent")
        return rows.annotate(is_objected=Exists(objections))
