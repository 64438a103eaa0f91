"""What an employer sends, done at once or held for the programme when its words are doubtful."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Skill
from lms.accounts.models import User
from lms.lib.locks import hold
from placement.enums import ActorKind, OpportunityState, ReviewSubject
from placement.enums import ReferralState as S
from placement.models import Employer, Opportunity, Referral, Review
from placement.rules import check_words, findings_of
from placement.services import answers, opportunities, reviews, terms_agreed, thread_rules, threads
from placement.services.transitions import NotAllowedError, TransitionError, may


class WordsWaitError(TransitionError):
    def __init__(self) -> None:
        super().__init__(_("Your earlier message is waiting for our check. Write this once it has been checked."))


@transaction.atomic
def save_opportunity(
    *, opportunity: Opportunity, employer: Employer, skills: list[tuple[Skill, int, bool]],
    languages: Mapping[str, int], actor: User, **fields: Any,
) -> tuple[Opportunity, bool]:  # fmt: skip
    """Write it; of an open one whose new words are doubtful nothing changes until somebody has decided: then False."""
    if opportunity.pk is not None:
        opportunities.lock(opportunity.pk)
        stored = Opportunity.objects.get(pk=opportunity.pk)
        texts = reviews.texts_of(fields.get("titles", {}), fields.get("descriptions", {}), fields.get("region", ""))
        found = reviews.questions_about(texts, cleared=stored.cleared_words)
        if stored.state == OpportunityState.OPEN and found:
            payload = {
                "fields": fields, "languages": dict(languages),
                "skills": [[skill.pk, level, essential] for skill, level, essential in skills],
            }  # fmt: skip
            reviews.ask(subject=ReviewSubject.CHANGE, opportunity=stored, findings=found, actor=actor, payload=payload)
            return stored, False
        if stored.state == OpportunityState.OPEN:
            reviews.drop(opportunity=stored)  # a change that waited: this one replaces it
    saved = opportunities.save_opportunity(
        opportunity=opportunity, employer=employer, skills=skills, languages=languages, actor=actor, **fields
    )
    if saved.state == OpportunityState.WAITING:
        reviews.ask(subject=ReviewSubject.NEW, opportunity=saved, findings=reviews.questions_of(saved), actor=actor)
    return saved, True


@transaction.atomic
def answer(
    *, referral: Referral, to: S, actor: User | None = None, message: str = "", reason: str = "", shared: bool = True
) -> bool:
    """As ``answers.answer``; False when the words are held. An answer that was held before is dropped by any new one.

    Raises ``WordsWaitError`` for doubtful words while a message waits: one thing at a time is held.
    """
    is_read = shared or to != S.REFUSED
    found = findings_of(message) if is_read else []
    if not found:
        answers.answer(referral=referral, to=to, actor=actor, message=message, reason=reason, shared=shared)
        reviews.drop(referral=referral, subject=ReviewSubject.ANSWER)
        return True
    if not may(referral, to) or not referral.forwarded_at:
        raise NotAllowedError
    terms_agreed.check_agreed(referral, to)
    if reviews.waiting_about(referral).filter(subject=ReviewSubject.MESSAGE).exists():
        raise WordsWaitError
    payload = {"to": to, "message": message, "reason": reason, "shared": shared}
    reviews.ask(
        subject=ReviewSubject.ANSWER, opportunity=referral.opportunity, referral=referral, findings=found, actor=actor,
        payload=payload,
    )  # fmt: skip
    return False


@transaction.atomic
def write(*, referral: Referral, text: str, actor: User | None, key: str = "") -> bool:
    """A message of the employer, as ``threads.write``; False when its words are held. Raises ``WordsWaitError`` too."""
    text = thread_rules.clean_text(text)
    check_words(text=text)
    if not findings_of(text) or threads.is_written(referral=referral, by=ActorKind.EMPLOYER, text=text, key=key):
        threads.write(referral=referral, by=ActorKind.EMPLOYER, text=text, actor=actor, key=key)
        reviews.replace_returned(Review.objects.filter(referral=referral, subject=ReviewSubject.MESSAGE))
        return True
    ask_about_message(referral=referral, text=text, actor=actor, key=key)
    return False


def ask_about_message(*, referral: Referral, text: str, actor: User | None, key: str = "") -> None:
    """Put a message into the managers' list: behind what waits there already nothing else is held."""
    hold(Referral.objects.filter(pk=referral.pk))
    current = Referral.objects.with_page_data().get(pk=referral.pk)
    if not thread_rules.is_open(current):
        raise NotAllowedError
    waits = reviews.waiting_about(referral).first()
    if waits is not None:
        if waits.payload.get("message") == text:
            return  # the same form twice
        raise WordsWaitError
    reviews.ask(
        subject=ReviewSubject.MESSAGE, opportunity=current.opportunity, referral=current, findings=findings_of(text),
        actor=actor, payload={"message": text, "key": key},
    )  # fmt: skip
