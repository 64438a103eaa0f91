"""Writing records of learning: enrolments, steps done, courses finished."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale

from cms.models import HomePage
from courses.enums import StepKind
from courses.models import Cohort, CohortMember, Course, CoursePage, Enrolment, StepProgress
from courses.outline import Outline, active_language, all_outlines, best_outline
from courses.progress import is_complete, required_keys
from courses.signals import course_completed
from courses.turns import take_turn
from lms.accounts.models import User
from lms.lib.locks import locked


class EnrolmentRefusedError(Exception):
    """Why they cannot take the course now, in their language, with what to do. ``missing``: courses to finish first."""

    def __init__(self, message: str, missing: Iterable[Course] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.missing = list(missing)


@transaction.atomic
def begin_page(*, course: Course, locale: Locale, title: str, summary: str, by: User) -> CoursePage:
    """The course's page in a language, as a draft below that language's home page."""
    take_turn()
    home = HomePage.objects.get(locale=locale)
    page = CoursePage(title=title, summary=summary, course=course, locale=locale, live=False, owner=by)
    home.add_child(instance=page)
    page.save_revision(user=by, log_action=True, clean=False)
    return page


def missing_prerequisites(user: User, course: Course) -> list[Course]:
    finished = Enrolment.objects.filter(user=user, completed_at__isnull=False).values("course_id")
    return list(course.prerequisites.exclude(pk__in=finished))


def cohort_for(user: User, course: Course) -> Cohort | None:
    """The newest of their groups that takes this course."""
    return Cohort.objects.filter(members__user=user, courses=course).order_by("-starts_on", "-pk").first()


def check_may_enrol(*, user: User, course: Course) -> None:
    """Raise ``EnrolmentRefusedError`` when they may not take the course yet."""
    if not user.is_learner:
        raise EnrolmentRefusedError(_("This account cannot take courses. Use a learner’s account to take a course."))
    if best_outline(course) is None:
        raise EnrolmentRefusedError(_("This course is not published yet. Choose another one for now."))
    if not course.is_open and cohort_for(user, course) is None:
        raise EnrolmentRefusedError(
            _("You can only take this course in a group. Ask your training centre for a place.")
        )
    missing = missing_prerequisites(user, course)
    if missing:
        names = ", ".join(other.title for other in missing)
        raise EnrolmentRefusedError(_("First finish: %(courses)s.") % {"courses": names}, missing)


@transaction.atomic
def enrol(*, user: User, course: Course, language: str = "") -> Enrolment:
    """Their enrolment, made when they have none. Raises ``EnrolmentRefusedError``; a second call changes nothing."""
    existing = Enrolment.objects.filter(user=user, course=course).first()
    if existing is not None:
        return existing
    check_may_enrol(user=user, course=course)
    defaults = {"cohort": cohort_for(user, course), "language": language or active_language()}
    return Enrolment.objects.get_or_create(user=user, course=course, defaults=defaults)[0]


@transaction.atomic
def enrol_many(*, users: Sequence[User], course: Course) -> int:
    """``enrol`` for many at once, each in their own language; those whom ``check_may_enrol`` refuses are left out.

    How many queries does not depend on how many they are. Returns the number of new enrolments at most.
    """
    if best_outline(course) is None:
        return 0
    members = CohortMember.objects.filter(user__in=users, cohort__courses=course)
    newest = dict(members.order_by("cohort__starts_on", "cohort_id").values_list("user_id", "cohort_id"))
    wanted = set(course.prerequisites.values_list("pk", flat=True))
    done: dict[int, set[int]] = defaultdict(set)
    if wanted:
        finished = Enrolment.objects.filter(user__in=users, course__in=wanted, completed_at__isnull=False)
        for user_id, course_id in finished.values_list("user_id", "course_id"):
            done[user_id].add(course_id)
    enrolled = set(Enrolment.objects.filter(user__in=users, course=course).values_list("user_id", flat=True))
    new = [
        Enrolment(user=user, course=course, cohort_id=newest.get(user.pk), language=user.language or active_language())
        for user in users
        if user.is_learner
        and user.pk not in enrolled
        and (course.is_open or user.pk in newest)
        and wanted <= done[user.pk]
    ]
    Enrolment.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def save_last_step(*, enrolment: Enrolment, step_key: UUID, language: str) -> bool:
    """Remember the step they have open, for "continue where I was"; writes only when it changed."""
    if enrolment.last_step_key == step_key and enrolment.language == language:
        return False
    enrolment.last_step_key, enrolment.language, enrolment.last_active_at = step_key, language, timezone.now()
    Enrolment.objects.filter(pk=enrolment.pk).update(
        last_step_key=step_key, language=language, last_active_at=enrolment.last_active_at
    )
    return True


@transaction.atomic
def mark_step_done(*, enrolment: Enrolment, step_key: UUID, kind: StepKind | str, by_learner: bool = True) -> bool:
    """Write once that a step is done, and with the last required one that the course is; True the first time.

    ``by_learner``: it is their own act, not a mark that a trainer corrected.

    Sends ``course_completed``, once in a lifetime, inside this transaction. The enrolment's row is
    locked (SQLite's transactions are IMMEDIATE), so two steps finished at the same moment complete the course once.
    """
    fresh = locked(Enrolment.objects.select_related("course")).get(pk=enrolment.pk)
    _row, is_new = StepProgress.objects.get_or_create(
        enrolment=fresh, step_key=step_key, defaults={"kind": StepKind(kind)}
    )
    if is_new and by_learner:
        fresh.last_active_at = timezone.now()
        fresh.save(update_fields=["last_active_at"])
    complete_if_done(fresh)
    enrolment.completed_at = fresh.completed_at
    return is_new


@transaction.atomic
def finish_course(*, enrolment: Enrolment) -> bool:
    """Complete a course whose last missing step the trainers have withdrawn; True when it is complete now."""
    fresh = locked(Enrolment.objects.select_related("course")).get(pk=enrolment.pk)
    complete_if_done(fresh)
    enrolment.completed_at = fresh.completed_at
    return fresh.completed_at is not None


def complete_if_done(enrolment: Enrolment) -> None:
    """Write ``completed_at`` and send ``course_completed`` when every required step is done. Wants the row locked."""
    if enrolment.completed_at is not None:
        return
    own = best_outline(enrolment.course, enrolment.language)
    if own is None or not is_complete(finishing_keys(enrolment.course, own), done_keys(enrolment)):
        return
    enrolment.completed_at = timezone.now()
    enrolment.save(update_fields=["completed_at"])
    course_completed.send(Enrolment, enrolment_id=enrolment.pk)


def finishing_keys(course: Course, own: Outline) -> frozenset[UUID]:
    return required_keys(own, all_outlines(course))


def done_keys(enrolment: Enrolment) -> frozenset[UUID]:
    return frozenset(StepProgress.objects.filter(enrolment=enrolment).values_list("step_key", flat=True))
