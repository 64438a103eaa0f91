"""A candidate put in touch with an opportunity: consent, every step, and what became of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from lms.lib.append_only import AppendOnly
from lms.lib.leases import Leased
from placement.enums import (
    OPEN_STATES,
    TEAM_WORDS,
    WITH_EMPLOYER,
    ActorKind,
    OutcomeMark,
    ReferralState,
    RefusalReason,
)
from placement.matching import employers_score
from placement.models.candidates import CandidateProfile
from placement.models.employers import Employer, Opportunity
from placement.outcome_rules import differ
from placement.querysets import ReferralQuerySet


class Referral(Leased):
    """A candidate and an opportunity. ``Leased`` is for sending: CONSENTED asks to be sent."""

    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="referrals", verbose_name=_("opportunity")
    )
    profile = models.ForeignKey(CandidateProfile, models.PROTECT, related_name="referrals", verbose_name=_("candidate"))
    code_name = models.CharField(max_length=40, blank=True)  # under which its employer knows them, once it does
    certificate = models.ForeignKey(Certificate, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=ReferralState.choices,
        default=ReferralState.PROPOSED,
    )
    asked_by_employer = models.BooleanField(default=False)  # the employer found them first
    score = models.PositiveSmallIntegerField(default=0)  # 0-100, when it was proposed; employers: ``employer_score``
    reasons = models.JSONField(default=list)  # matching's lines, frozen, with the version of the weights
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    forwarded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=16, choices=RefusalReason.choices, blank=True)
    refusal_shared = models.BooleanField(default=True)
    reply_hash = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the one-click secret

    objects = ReferralQuerySet.as_manager()

    disclosure: Any = (
        None  # what its employer sees of the person now, after ``placement.services.disclosure.show_referrals``
    )

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["opportunity", "profile"], name="referred_once"),
            models.CheckConstraint(condition=Q(score__lte=100), name="referral_score_in_percent"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(WITH_EMPLOYER)) | Q(forwarded_at__isnull=False),
                name="referral_sent_before_it_is_seen",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "expires_at"], name="referral_runs_out"),
            models.Index(fields=["forwarded_at"], name="referral_sent"),
            models.Index(fields=["reply_hash"], name="referral_by_link"),
            models.Index(fields=["-created_at"], name="referral_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.profile} → {self.opportunity}"

    @property
    def team_state(self) -> str:
        """The state in words for the team; the choices' own words speak to the learner."""
        return str(TEAM_WORDS.get(ReferralState(self.state), ReferralState(self.state).label))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def employer_score(self) -> int:
        """``score`` as the employer sees it: nothing in it tells of the pay that the candidate asks for."""
        return employers_score(self.reasons)


class ReferralEvent(AppendOnly):
    """The log of a referral: every change of state, by whom, when. Append-only."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=12)  # learner, employer, manager, clock
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, choices=ReferralState.choices)
    note = models.TextField(blank=True)  # why, when it happened by itself; people's words are in ``ThreadMessage``

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"

    @property
    def team_state(self) -> str:
        return str(TEAM_WORDS.get(ReferralState(self.after), ReferralState(self.after).label))

    @property
    def by_words(self) -> str:
        return str(ActorKind(self.by).label)


class Consent(models.Model):
    """Their yes to one employer for one opportunity: which fields, which wording, when, and when it ended."""

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="consent")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="placement_consents")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="consents")
    fields = models.JSONField(default=list)  # names of what may be shown: "name", "phone", "email" ...
    wording = models.CharField(max_length=40)
    values = models.JSONField(
        default=dict, db_default={}, blank=True
    )  # what was sent (``sent_values``); {}: of an earlier version
    values_hash = models.CharField(max_length=64, blank=True, default="", db_default="")  # their fingerprint
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent to a referral")
        verbose_name_plural = _("consents to referrals")

    def __str__(self) -> str:
        return f"{self.user_id} {self.employer}"


class Outcome(models.Model):
    """What became of a referral: started, and still there after 30, 90, 180 and 365 days.

    Both sides are asked, each for itself; ``in_work`` is what counts: ``outcome_rules.verdict``, or a manager's word.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="outcomes")
    mark = models.CharField(max_length=8, choices=OutcomeMark.choices)
    due_on = models.DateField()
    in_work = models.BooleanField(null=True, blank=True)  # null: not known
    asked_at = models.DateTimeField(null=True, blank=True)
    reply_hash = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the employer's link
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=12, blank=True)  # learner, employer, manager; clock: an earlier no
    told_by_employer = models.BooleanField(null=True, blank=True)
    told_by_learner = models.BooleanField(null=True, blank=True)
    paid_by_employer = models.BooleanField(null=True, blank=True)  # on time and as agreed, as the employer says
    paid_by_learner = models.BooleanField(null=True, blank=True)
    paid = models.BooleanField(null=True, blank=True)  # a manager's word, where the two sides differed

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["referral", "mark"], name="outcome_mark_once"),
            models.CheckConstraint(
                condition=Q(in_work=None) | Q(answered_at__isnull=False),
                name="outcome_answered_with_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.mark}"

    @property
    def by_words(self) -> str:
        return answered_by_label(self.answered_by)

    @property
    def is_disputed(self) -> bool:
        """The two sides say different things, and no manager has decided."""
        differs = differ(employer=self.told_by_employer, learner=self.told_by_learner)
        return differs and self.answered_by != ActorKind.MANAGER

    @property
    def pay_is_disputed(self) -> bool:
        """As ``is_disputed``, about the pay: decided on its own."""
        return differ(employer=self.paid_by_employer, learner=self.paid_by_learner) and self.paid is None


class OutcomeAnswer(AppendOnly):
    """The log of an outcome: every answer, corrections too. The outcome's own fields hold what counts today."""

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="answers")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=12)  # as ``Outcome.answered_by``
    in_work = models.BooleanField(null=True, blank=True)  # null: an earlier no was corrected, so nothing is known
    paid = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.in_work}"

    @property
    def by_words(self) -> str:
        return answered_by_label(self.by)


def answered_by_label(by: str) -> str:
    """Who said it; by itself means that an earlier answer was carried forward to this day."""
    if by == ActorKind.AUTOMATIC:
        return str(_("an earlier answer"))
    return str(ActorKind(by).label) if by else ""
