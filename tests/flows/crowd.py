"""Makes the small world large: many rows beside each of its own, written in bulk as years of use would leave them."""

import copy
import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, Revision

from assessments.models import (
    AttemptItem,
    Grade,
    ItemMark,
    QuestionBank,
    QuestionImportRun,
    RegradedMark,
    RegradeRun,
)
from certificates.codes import new_code
from courses.models import Cohort, CohortMember, MessageRun, StepProgress
from lms.accounts.models import AccountMerge, AuditEvent, ImportedRow
from lms.lib.moments import site_day
from lms.lib.runs import RunState
from placement.models import (
    CaseEntry,
    EmployerCheck,
    Interview,
    Invitation,
    Objection,
    Offer,
    OpportunitySkill,
    PersonNote,
    PersonRead,
    ReferralEvent,
    SearchEntry,
    Shortlisted,
    Sight,
    ThreadMessage,
)
from tests.flows.world import World

_numbers = count(1)


def name(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def clones(row: models.Model, number: int, /, **changes: Callable[[int], Any]) -> list[Any]:
    """So many new rows like ``row``, with new keys; ``changes`` make a column of the number of the clone."""
    made = []
    for index in range(number):
        new = copy.copy(row)
        new._state = copy.copy(row._state)
        new._state.fields_cache = {}
        pk = row._meta.pk
        new.pk = uuid.uuid4() if isinstance(pk, models.UUIDField) else None
        for column, change in changes.items():
            setattr(new, column, change(index))
        made.append(new)
    return list(type(row)._base_manager.bulk_create(made))  # type: ignore[attr-defined]


def grow(world: World, number: int) -> None:
    """``number`` more of what there is more of every month."""
    start = next(_numbers) * 100_000

    def unique(index: int) -> str:
        return name(start + index)

    people = clones(
        world.other_learner, number, username=lambda i: f"u{unique(i)}", username_key=lambda i: f"u{unique(i)}",
        full_name=lambda i: f"Awa {unique(i)}", name_key=lambda i: f"awa {unique(i)}", email=lambda i: "",
        phone=lambda i: f"+2217{start + i:08d}"[:16],
    )  # fmt: skip
    staff = clones(
        world.employer_user, number, username=lambda i: f"e{unique(i)}", username_key=lambda i: f"e{unique(i)}",
        email=lambda i: f"e{unique(i)}@example.org", phone=lambda i: None,
    )  # fmt: skip
    at = lambda rows: lambda index: rows[index]  # noqa: E731

    # learning
    enrolments = clones(world.enrolment, number, user=at(people))
    clones(StepProgress.objects.filter(enrolment=world.enrolment).first(), number, enrolment=at(enrolments))
    attempts = clones(world.attempt, number, enrolment=at(enrolments))
    attempts += clones(world.attempt, number, number=lambda i: start % 30_000 + i + 10)  # of one learner
    grades = clones(Grade.objects.filter(attempt=world.attempt).first(), 2 * number, attempt=at(attempts))
    clones(ItemMark.objects.filter(grade__attempt=world.attempt).first(), 2 * number, grade=at(grades))
    for item in AttemptItem.objects.filter(attempt=world.attempt):
        answer = item.responses.latest("saved_at")
        clones(answer, 2 * number, item=at(clones(item, 2 * number, attempt=at(attempts))))
    clones(world.allowance, number, key=lambda i: uuid.uuid4())
    notes = clones(world.learner_note, number, key=lambda i: uuid.uuid4())
    clones(world.learner_note.before.first(), number, note=at(notes))
    clones(world.learner_note, number, learner=at(people), key=lambda i: uuid.uuid4(), call=lambda i: "call-back",
           call_back_on=lambda i: site_day())  # fmt: skip
    clones(CohortMember.objects.filter(cohort=world.cohort).first(), number, user=at(people))
    cohorts = clones(world.cohort, number, name=lambda i: f"Groupe {unique(i)}", join_code=lambda i: None)
    Cohort.trainers.through.objects.bulk_create(
        Cohort.trainers.through(cohort=cohort, user=person)
        for cohort in cohorts for person in (world.trainer, world.author)
    )  # fmt: skip
    certificates = clones(
        world.certificate, number, enrolment=at(enrolments), user=at(people), code=lambda i: new_code()
    )
    bank = world.bank
    questions = clones(
        world.question, number, translation_key=lambda i: uuid.uuid4(), code=lambda i: f"q{unique(i)}",
        latest_revision=lambda i: None, live_revision=lambda i: None,
    )  # fmt: skip
    assert bank == questions[0].bank
    banks = clones(bank, number, code=lambda i: f"b{unique(i)}")
    assert isinstance(banks[0], QuestionBank)
    clones(world.assessment, number, code=lambda i: f"a{unique(i)}")
    clones(Revision.objects.for_instance(world.question).first(), number)

    # bulk work
    clones(world.imported, number)
    clones(ImportedRow.objects.filter(run=world.imported).first(), number, number=lambda i: start + i)
    marking = RegradeRun.objects.get_or_create(
        by=world.trainer, assessment=world.assessment, state=RunState.READY, defaults={"language": "fr"}
    )[0]
    marks = [
        RegradedMark(run=marking, attempt=attempt, old_score=1, new_score=2, old_passed=False, new_passed=False,
                     is_lowered=False)
        for attempt in attempts
    ]  # fmt: skip
    RegradedMark.objects.bulk_create(marks)
    asked = QuestionImportRun(
        by=world.trainer, bank=bank, skill=world.skill, locale=world.question.locale, language="fr", difficulty=1,
        live=True, state=RunState.DONE,
    )  # fmt: skip
    clones(asked, number)
    texts = {"fr": "Bonjour"}
    written = MessageRun(by=world.trainer, cohort=world.cohort, language="fr", texts=texts, state=RunState.DONE)
    clones(written, number)

    # messages and logs
    clones(world.news, number, key=lambda i: f"k{unique(i)}")
    clones(AuditEvent.objects.first(), number)
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            content_type=Revision.objects.for_instance(world.question).first().content_type, label="x",
            object_id=str(world.question.pk), action="wagtail.edit", user=world.trainer,
            timestamp=world.news.created_at,
        )
        for _ in range(number)
    )  # fmt: skip
    AccountMerge.objects.bulk_create(
        AccountMerge(kept=world.learner, merged=person, undo_until=world.news.created_at) for person in people
    )
    for model in (get_image_model(), get_document_model()):
        model.objects.bulk_create(file_row(model, index) for index in range(number))

    # placement
    profiles = clones(world.profile, number, user=at(people), pseudonym=lambda i: f"Candidat {unique(i)}")
    clones(SearchEntry.objects.get(pk=world.profile.pk), number, profile=at(profiles))
    employers = clones(world.employer, number, slug=lambda i: f"s{unique(i)}")
    clones(world.contact, number, employer=at(employers), user=at(staff))
    opportunities = clones(world.opportunity, number)
    clones(world.review, number, opportunity=at(opportunities))
    clones(world.opportunity, number, employer=at(employers))
    clones(
        OpportunitySkill.objects.filter(opportunity=world.opportunity).first(), number, opportunity=at(opportunities)
    )
    referrals = clones(world.referral, number, profile=at(profiles), certificate=at(certificates))
    clones(world.referral, number, opportunity=at(opportunities))  # one learner, many opportunities
    clones(world.proposal, number, opportunity=at(clones(world.other_opportunity, number)))
    clones(ReferralEvent.objects.filter(referral=world.referral).first(), number, referral=at(referrals))
    clones(world.outcome, number, referral=at(referrals))
    teams = clones(world.mission, number)
    clones(world.mission.lines.get(), number, mission=at(teams), opportunity=at(clones(world.opportunity, number)))
    clones(world.case, number, employer=at(employers))
    EmployerCheck.objects.bulk_create(
        EmployerCheck(employer=world.employer, kind="call", result="unclear", done_on=site_day()) for _ in range(number)
    )
    clones(CaseEntry.objects.filter(case=world.case).first(), number, referral=lambda i: world.referral)
    clones(ThreadMessage.objects.filter(referral=world.hired).first(), number, referral=lambda i: world.referral,
           event=lambda i: None, key=lambda i: unique(i))  # fmt: skip
    offer = Offer.objects.filter(referral=world.hired).first()
    texts = clones(ThreadMessage.objects.filter(referral=world.hired).first(), number, referral=at(referrals),
                   event=lambda i: None, key=lambda i: unique(i))  # fmt: skip
    clones(offer, number, referral=at(referrals), message=at(texts), key=lambda i: unique(i))
    meeting = Interview.objects.filter(referral=world.hired).first()
    clones(meeting, number, referral=at(referrals), key=lambda i: unique(i), uid=lambda i: uuid.uuid4())
    earlier = 1 + Sight.objects.filter(employer=world.employer, profile=world.profile).count()  # days that are taken
    Sight.objects.bulk_create(
        Sight(employer=world.employer, profile=world.profile, channel="list", fields=["skills"],
              day=site_day() - timedelta(days=earlier + i))
        for i in range(number)
    )  # fmt: skip
    Objection.objects.bulk_create(
        Objection(employer=employer, profile=profile) for employer, profile in zip(employers, profiles, strict=True)
    )
    Objection.objects.bulk_create(Objection(employer=employer, profile=world.profile) for employer in employers)
    Shortlisted.objects.bulk_create(Shortlisted(employer=world.employer, profile=profile) for profile in profiles)
    Invitation.objects.bulk_create(
        Invitation(employer=world.employer, email=f"invited{earlier + i}@example.org") for i in range(number)
    )
    PersonNote.objects.bulk_create(
        PersonNote(employer=world.employer, profile=profile, text="Mot.") for profile in profiles
    )
    PersonRead.objects.bulk_create(
        PersonRead(employer=world.employer, user=world.employer_user, profile=profile, is_counted=False)
        for profile in profiles
    )


def file_row(model: Any, index: int) -> Any:
    title = f"Fichier {index}"
    if model is get_image_model():
        return model(title=title, file="original_images/none.png", width=10, height=10)
    return model(title=title, file="documents/none.pdf")
