"""Opportunities: saved with their needs, opened, closed, filled. Closing one frees the people who wait for it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Skill
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.locks import hold
from lms.lib.moments import site_day
from placement.enums import STILL_ASKING, UNDECIDED, OpportunityState, ReviewSubject, Vetting
from placement.enums import ReferralState as S
from placement.models import Employer, Opportunity, OpportunityLanguage, OpportunitySkill, Referral
from placement.querysets import ReferralQuerySet
from placement.services import freeing, reviews, terms_agreed
from placement.services.transitions import NotAllowedError, TransitionError
from placement.signals import opportunity_opened
from placement.terms import terms_of

TAKEN = (S.ACCEPTED, S.STARTED)
COPIED = (
    "kind", "titles", "descriptions", "place", "country", "region", "hours_per_week", "positions", "pay_min", "pay_max",
    "pay_currency", "pay_period", "equipment", "connectivity",
)  # fmt: skip
UNDO_FOR = timedelta(minutes=10)
"""What the pages promise: search the code for “ten minutes”."""


@transaction.atomic
def save_opportunity(
    *, opportunity: Opportunity, employer: Employer, skills: list[tuple[Skill, int, bool]],
    languages: Mapping[str, int], actor: User, **fields: Any,
) -> Opportunity:  # fmt: skip
    """Write an opportunity with the skills (skill, level, essential) and languages it needs.

    Of one that is there already only ``fields`` are written: it may have been filled or closed since it was read.
    """
    for name, value in fields.items():
        setattr(opportunity, name, value)
    if opportunity.pk is None:
        opportunity.employer, opportunity.created_by = employer, actor
        opportunity.save()
    else:
        lock(opportunity.pk)  # two who change it take turns: its skills and languages are written anew
        before = terms_of(Opportunity.objects.get(pk=opportunity.pk))
        opportunity.save(update_fields=list(fields))
        terms_agreed.ask_again(opportunity=Opportunity.objects.get(pk=opportunity.pk), before=before)
        opportunity.refresh_from_db(fields=["state", "proposed_at"])
    opportunity.skills.all().delete()
    OpportunitySkill.objects.bulk_create(
        OpportunitySkill(opportunity=opportunity, skill=skill, level=level, essential=essential)
        for skill, level, essential in skills
    )
    opportunity.languages.all().delete()
    OpportunityLanguage.objects.bulk_create(
        OpportunityLanguage(opportunity=opportunity, language=language, level=level)
        for language, level in languages.items()
    )
    record(actor=actor, verb="save-opportunity", target=opportunity)
    return opportunity


@transaction.atomic
def copy(*, opportunity: Opportunity, actor: User) -> Opportunity:
    """A new draft with the same words and needs, without dates. It is checked and opened like any other."""
    same = {name: getattr(opportunity, name) for name in COPIED}
    made = Opportunity.objects.create(employer=opportunity.employer, created_by=actor, **same)
    OpportunitySkill.objects.bulk_create(
        OpportunitySkill(opportunity=made, skill_id=row.skill_id, level=row.level, essential=row.essential)
        for row in opportunity.skills.order_by("pk")
    )
    OpportunityLanguage.objects.bulk_create(
        OpportunityLanguage(opportunity=made, language=row.language, level=row.level)
        for row in opportunity.languages.order_by("pk")
    )
    record(actor=actor, verb="copy-opportunity", target=made)
    return made


@transaction.atomic
def publish(*, opportunity: Opportunity, actor: User) -> bool:
    """Open it, or have the programme look first: then False. Raises ``TransitionError``: suspended, or out of time."""
    opportunity = may_open(opportunity)
    findings = reviews.questions_of(opportunity)
    if not findings and not reviews.must_wait(opportunity):
        open_now(opportunity=opportunity, actor=actor)
        return True
    opportunity.state = OpportunityState.WAITING
    opportunity.save(update_fields=["state"])
    reviews.ask(subject=ReviewSubject.NEW, opportunity=opportunity, findings=findings, actor=actor)
    return False


def may_open(opportunity: Opportunity) -> Opportunity:
    """Locked and read anew. Raises ``TransitionError``: suspended, or out of time."""
    lock(opportunity.pk)
    opportunity = Opportunity.objects.select_related("employer").get(pk=opportunity.pk)
    if opportunity.employer.vetting != Vetting.VETTED:
        raise NotAllowedError
    if opportunity.closes_on and opportunity.closes_on < site_day():
        raise TransitionError(_("Its closing day has passed: change it first."))
    return opportunity


@transaction.atomic
def open_now(*, opportunity: Opportunity, actor: User) -> None:
    """From now on it is proposed to people who fit. Raises ``TransitionError`` as ``publish``."""
    opportunity = may_open(opportunity)
    opportunity.state, opportunity.proposed_at, opportunity.undo_until = OpportunityState.OPEN, None, None
    opportunity.approved_at = opportunity.approved_at or timezone.now()
    opportunity.save(update_fields=["state", "proposed_at", "undo_until", "approved_at"])
    record(actor=actor, verb="open-opportunity", target=opportunity)
    opportunity_opened.send(Opportunity, opportunity_id=opportunity.pk)


def lock(opportunity_id: int) -> None:
    """Take turns with whoever counts the positions of this opportunity or closes it. Before the first row of a
    referral."""
    hold(Opportunity.objects.filter(pk=opportunity_id))


@transaction.atomic
def close(
    *, opportunity: Opportunity, state: OpportunityState, actor: User | None = None, can_undo: bool = False
) -> int:
    """Close it. ``CLOSED`` frees those who have not been sent yet; ``FILLED`` everybody not hired. How many.

    ``can_undo``: an open one may be opened again by ``undo_close`` for ``UNDO_FOR``; they are freed after that, by the
    sweep.
    """
    lock(opportunity.pk)
    was_open = Opportunity.objects.filter(pk=opportunity.pk, state=OpportunityState.OPEN).exists()
    opportunity.state = state
    opportunity.undo_until = timezone.now() + UNDO_FOR if can_undo and was_open else None
    opportunity.save(update_fields=["state", "undo_until"])
    reviews.drop(opportunity=opportunity)
    touched = Referral.objects.filter(opportunity=opportunity)
    freed = touched.without_a_future().count() if opportunity.undo_until else freeing.free_first(referrals=touched)
    if actor:
        record(actor=actor, verb=f"{state}-opportunity", target=opportunity)
    return freed


def touched_by(opportunity: Opportunity, state: OpportunityState) -> ReferralQuerySet:
    """Whose chance ends when this opportunity is closed or filled."""
    states = UNDECIDED if state == OpportunityState.FILLED else STILL_ASKING
    rows: ReferralQuerySet = Referral.objects.filter(opportunity=opportunity, state__in=states)
    return rows


@transaction.atomic
def undo_close(*, opportunity: Opportunity, actor: User) -> bool:
    """Open again what its employer ended a moment ago: nobody was told. Raises ``TransitionError``.

    False when it was rewritten meanwhile in words that the programme reads first.
    """
    opportunity = may_open(opportunity)
    ended = {OpportunityState.CLOSED, OpportunityState.FILLED}
    if opportunity.undo_until is None or not opportunity.may_be_undone or opportunity.state not in ended:
        raise TransitionError(_("The ten minutes are over: the people concerned have been told."))
    if reviews.questions_of(opportunity):
        return publish(opportunity=opportunity, actor=actor)
    reviews.restore(opportunity=opportunity, since=opportunity.undo_until - UNDO_FOR)
    opportunity.state, opportunity.undo_until = OpportunityState.OPEN, None
    opportunity.save(update_fields=["state", "undo_until"])
    record(actor=actor, verb="undo-opportunity", target=opportunity)
    return True


def fill_if_full(*, opportunity: Opportunity) -> bool:
    """When all positions are taken the others learn it at once instead of waiting for nothing."""
    if Referral.objects.filter(opportunity=opportunity, state__in=TAKEN).count() < opportunity.positions:
        return False
    close(opportunity=opportunity, state=OpportunityState.FILLED)
    return True
