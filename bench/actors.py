"""What the scenarios do inside an installation, through the apps' own services: ``python -m bench.actors NAME ARG``."""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import lms  # noqa: F401  (a sound SQLite first)


def seed_learners(count: str, lessons: str = "2") -> int:
    """A published course and ``count`` learners enrolled on it."""
    from courses.models import Enrolment
    from lms.accounts.models import User
    from tests.factories.courses import make_course

    course = make_course("chaos", lessons=int(lessons), languages=("fr",))
    users = User.objects.bulk_create(
        User(username=f"chaos-{number}", full_name=f"Awa Ndiaye {number}", password="!") for number in range(int(count))
    )
    Enrolment.objects.bulk_create(Enrolment(user=user, course=course, language="fr") for user in users)
    return len(users)


def pass_all() -> int:
    """Every learner does every step, in the order of enrolment. Safe to run again."""
    from courses.enums import StepKind
    from courses.models import Course, Enrolment
    from courses.services import mark_step_done
    from tests.factories.courses import step_keys

    course = Course.objects.get(code="chaos")
    keys = step_keys(course)
    for enrolment in Enrolment.objects.filter(course=course, completed_at=None).select_related("course", "user"):
        for key in keys:
            mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    return Enrolment.objects.filter(course=course, completed_at__isnull=False).count()


def count_certificates() -> dict[str, int]:
    """What stands of the course ``chaos``, in the database and on the disk."""
    import hashlib

    from django.conf import settings

    from certificates.models import Certificate
    from courses.models import Enrolment
    from lms.accounts.models import OutboundMessage

    enrolments = Enrolment.objects.filter(course__code="chaos")
    rows = list(Certificate.objects.filter(enrolment__in=enrolments))
    files = list((Path(settings.PRIVATE_ROOT) / "certificates").rglob("*.pdf"))
    whole = sum(bool(r.pdf) and hashlib.sha256(Path(r.pdf.path).read_bytes()).hexdigest() == r.pdf_sha256 for r in rows)
    notices = OutboundMessage.objects.filter(kind="certificate-ready")
    return {
        "completed": enrolments.filter(completed_at__isnull=False).count(),
        "certificates": len(rows),
        "enrolments certified": len({row.enrolment_id for row in rows}),
        "files on disk": len(files),
        "PDFs as recorded": whole,
        "notices": notices.count(),
        "people told": notices.values("user").distinct().count(),
    }


def seed_runs() -> list[str]:
    """One run of every kind, confirmed; their tables."""
    from django.conf import settings

    from cms.services import ensure_site
    from lms.accounts.enums import Role
    from lms.lib import runs
    from tests.factories.people import make_user
    from tests.flows.test_bulk import KINDS

    settings.PARSE_APART = False  # the limits of a short TASK_SECONDS are too short for a process of its own
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ensure_site()
    tables = []
    for number, (make, _count, _right) in enumerate(KINDS.values()):
        run = make(make_user(f"trainer-{number}", Role.TRAINER))
        if not runs.confirm(run):
            raise RuntimeError(f"{run._meta.label}: {run.note}")
        tables.append(run._meta.db_table)
    return tables


def longest_writes() -> dict[str, dict[str, float]]:
    from bench.transactions import measured

    return measured()


def count_runs() -> dict[str, Any]:
    from tests.flows.test_bulk import KINDS

    return {
        "counted": {label: count() for label, (_make, count, _right) in KINDS.items()},
        "right": {label: right for label, (_make, _count, right) in KINDS.items()},
    }


def seed_hanging(count: str) -> int:
    """An e-mail that will hang, and ``count`` certificates to generate behind it; all of them published."""
    from certificates.services import without_pdf
    from certificates.tasks import generate_certificate
    from lms.accounts.enums import Channel
    from lms.accounts.messages import queue_message

    queue_message(
        key="hangs", user=None, channel=Channel.EMAIL, kind="test", body="Bonjour", address="a@b.example", language="fr"
    )
    seed_certificates(count)
    for pk in without_pdf().values_list("pk", flat=True):
        generate_certificate.delay(pk)
    return 1


def ask_for_code() -> int:
    """Once the e-mail hangs."""
    import time

    from django.conf import settings

    from lms.accounts.enums import Channel
    from lms.accounts.messages import SIGN_IN_CODE, queue_message

    while not (settings.DATA_DIR / "hanging").exists():
        time.sleep(0.02)
    queue_message(
        key="code",
        user=None,
        channel=Channel.SMS,
        kind=SIGN_IN_CODE,
        body="123456",
        address="+221771000000",
        language="fr",
    )
    return 1


WARM_UP = 8  # styles, fonts, and the fallback fonts of rarer letters: a second, once in a worker's life


def draw_certificates(count: str) -> list[float]:
    """Generate ``count`` waiting certificates, as a worker does; the seconds each took, bookkeeping included."""
    import time

    from certificates import services

    for pk in list(services.without_pdf().order_by("?").values_list("pk", flat=True)[:WARM_UP]):
        services.generate_pdf(certificate_id=pk)
    took: list[float] = []
    while len(took) < int(count):
        start, drawn = time.perf_counter(), 0
        waiting = services.without_pdf().filter(lease_until=None).order_by("?").values_list("pk", flat=True)[:50]
        for pk in list(waiting):
            if services.generate_pdf(certificate_id=pk):
                took.append(time.perf_counter() - start)
                start, drawn = time.perf_counter(), drawn + 1
        if not drawn:  # the other actor has them, or what is left failed and waits for its next try
            break
    return took


def seed_site(people: str = "16") -> dict[str, Any]:
    """A course of five lessons and an assessment of ten questions; learners with a session and an open attempt."""
    from django.urls import reverse
    from django.utils import translation

    from assessments.services import start
    from courses.models import Course
    from lms.accounts.models import User
    from tests.factories.assessments import assessment_page, make_assessment, make_in_both_languages
    from tests.factories.courses import BOTH, lesson_page, make_course, make_enrolment

    translation.activate("fr")
    course = make_course("banc", lessons=5, languages=BOTH)
    for language in ("fr", "en"):
        for number in range(1, 6):
            page = lesson_page(course, number, language)
            page.body = [("text", LESSON)] * 3
            page.save_revision().publish()
    questions = [make_in_both_languages("single", code=f"q{number}")[0] for number in range(10)]
    rules = make_assessment(course, questions=questions, max_attempts=0, pause_minutes=0)
    page, course = assessment_page(rules), Course.objects.get(pk=course.pk)
    seeded = []
    for number in range(int(people)):
        user = User.objects.create(username=f"banc-{number}", full_name=f"Awa Ndiaye {number}", password="!")
        attempt = start(enrolment=make_enrolment(user, course), page=page, language="fr")
        here = {"code": course.code, "slug": page.slug}
        seeded.append(
            {
                "cookies": session_cookies(user),
                "lesson": lesson_page(course, 1 + number % 5).get_url(),
                "intro": reverse("assessments:intro", kwargs=here),
                "attempt": reverse("assessments:overview", kwargs={**here, "attempt_id": attempt.pk}),
            }
        )
    return {"people": seeded, "lesson": reverse("courses:lesson", args=[course.code, lesson_page(course).slug])}


def seed_past(count: str) -> int:
    """``count`` learners of earlier years on the course of ``seed_site``, each with an attempt of ten answers handed
    in, so that tables and indexes have the size of a real site's; their responses.
    """
    from django.utils import timezone

    from assessments.models import Attempt, AttemptItem, Response
    from courses.models import Enrolment
    from lms.accounts.models import User

    pattern = Attempt.objects.select_related("enrolment").prefetch_related("items").first()
    if pattern is None:
        raise RuntimeError("seed_site first")
    made = 0
    for start in range(0, int(count), 1000):
        numbers = range(start, min(start + 1000, int(count)))
        users = User.objects.bulk_create(
            User(username=f"ancien-{number}", full_name=f"Awa Ndiaye {number}", password="!") for number in numbers
        )
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(user=user, course=pattern.enrolment.course, language="fr") for user in users
        )
        attempts = Attempt.objects.bulk_create(
            Attempt(
                enrolment=enrolment, assessment_id=pattern.assessment_id, step_key=pattern.step_key, number=1, seed=1,
                language="fr", submitted_at=timezone.now(), score=80, passed=True,
            )
            for enrolment in enrolments
        )  # fmt: skip
        items = AttemptItem.objects.bulk_create(
            AttemptItem(
                attempt=attempt, position=item.position, question_id=item.question_id, question_key=item.question_key,
                revision_id=item.revision_id,
            )
            for attempt in attempts
            for item in pattern.items.all()
        )  # fmt: skip
        made += len(Response.objects.bulk_create(Response(item=item, key=uuid4(), answer={}) for item in items))
    return made


def seed_sitters(count: str) -> list[dict[str, str]]:
    """Learners with a session on the course of ``seed_site`` who have not begun its assessment."""
    from courses.models import Course, Enrolment
    from lms.accounts.models import User

    course = Course.objects.get(code="banc")
    users = User.objects.bulk_create(
        User(username=f"candidat-{number}", full_name=f"Awa Ndiaye {number}", password="!")
        for number in range(int(count))
    )
    Enrolment.objects.bulk_create(Enrolment(user=user, course=course, language="fr") for user in users)
    return [{"cookies": session_cookies(user)} for user in users]


def count_sitters() -> dict[str, int]:
    """What is kept of them."""
    from assessments.models import Attempt, Response

    theirs = Attempt.objects.filter(enrolment__user__username__startswith="candidat-")
    return {
        "answers": Response.objects.filter(item__attempt__in=theirs).values("item").distinct().count(),
        "handed in": theirs.exclude(submitted_at=None).count(),
    }


def seed_finishers(code: str, count: str) -> list[dict[str, str]]:
    """A course of one lesson, and learners with a session who have only to say that they read it."""
    from django.urls import reverse
    from django.utils import translation

    from lms.accounts.models import User
    from tests.factories.courses import lesson_page, make_course, make_enrolment

    translation.activate("fr")
    course = make_course(code, lessons=1, languages=("fr",))
    here = [code, lesson_page(course).slug]
    paths = {"lesson": reverse("courses:lesson", args=here), "done": reverse("courses:step_done", args=here)}
    people = []
    for number in range(int(count)):
        user = User.objects.create(username=f"{code}-{number}", full_name="Awa Ndiaye", password="!")
        make_enrolment(user, course)
        people.append({"cookies": session_cookies(user), **paths})
    return people


LESSON = (
    "<h2>Relire</h2>" + "<p>Une saisie se relit toujours une seconde fois, chiffre par chiffre, à voix basse.</p>" * 12
)
TOKEN = "b" * 32


def session_cookies(user: Any) -> str:
    """The cookies of a person who has signed in, and of their CSRF token ``TOKEN``."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def sign_in_as(username: str) -> str:
    from lms.accounts.models import User

    return session_cookies(User.objects.get(username=username))


SKILLS = (  # of the demo's second course
    ("dw.data-entry", "Saisie de données", 2),
    ("dw.data-quality", "Contrôle de la qualité des données", 2),
    ("dw.spreadsheet", "Tableur", 1),
    ("dc.1.3", "Gérer des données, des informations et des contenus numériques", 1),
    ("dc.4.2", "Protéger les données personnelles et la vie privée", 1),
)


def seed_certificates(count: str) -> int:
    """Completed enrolments on a course of five skills, issued and not generated yet."""
    from certificates import services
    from courses.models import Course, CourseSkill
    from lms.accounts.models import User
    from tests.factories.certificates import make_completed, make_skill

    titles = {"fr": "Saisie et qualité des données", "en": "Data entry and data quality"}
    course = Course.objects.create(code="saisie", titles=titles, hours=1.5)
    for code, name, level in SKILLS:
        CourseSkill.objects.create(course=course, skill=make_skill(code, name, name), level=level)
    for number in range(int(count)):
        user = User.objects.create(username=f"cert-{number}", full_name=f"Aïssatou Ndiaye {number}", password="!")
        services.issue(enrolment_id=make_completed(user).pk)
    return int(count)


def seed_journey(code: str, username: str, password: str) -> dict[str, Any]:
    """A learner who may sign in, and the addresses of the loaded course."""
    from django.urls import reverse
    from django.utils import translation
    from wagtail.images import get_image_model

    from cms.picture_sizes import make_sizes
    from courses.models import Course
    from courses.outline import get_outline
    from lms.accounts.models import User

    translation.activate("fr")
    for image in get_image_model().objects.all():  # the worker's: without them a page shows no photo
        make_sizes(image)
    User.objects.create_user(username, password=password, full_name="Awa Ndiaye")
    outline = get_outline(Course.objects.get(code=code), "fr")
    assert outline is not None
    lessons = [step for step in outline.steps if step.is_lesson]
    return {
        "public": reverse("catalogue:course", args=[code]),
        "lessons": [step.path for step in lessons],
        "expect": lessons[0].title,
        "questions": 10,
    }


def fill_million(people: str, openings: str) -> dict[str, int]:
    from bench.million_rows import fill

    return fill(int(people), int(openings))


def million_facts() -> dict[str, Any]:
    """Sessions of ten employers and a manager, and whom and what they look at."""
    from django.urls import reverse
    from django.utils import translation

    from lms.accounts.enums import Role
    from lms.accounts.models import User
    from lms.accounts.services import set_role
    from placement.models import CandidateProfile, Employer, Opportunity, Shortlisted
    from placement.services.code_names import code_names

    translation.activate("fr")
    people = User.objects.filter(username__startswith="million-employer-").order_by("pk")
    employer = Employer.objects.get(contacts__user=people[0])
    wanted = Opportunity.objects.filter(employer=employer).order_by("pk").first()
    found = list(CandidateProfile.objects.filter(is_searchable=True).order_by("pk")[:30])
    Shortlisted.objects.bulk_create(Shortlisted(employer=employer, profile=row) for row in found)
    manager = User.objects.create_user("million-manager", password="!", full_name="Fatou Sarr", language="fr")
    set_role(user=manager, role=Role.MANAGER)
    User.objects.filter(pk=manager.pk).update(is_superuser=True)
    manager.refresh_from_db()
    return {
        "employers": [session_cookies(user) for user in people],
        "manager": session_cookies(manager),
        "opportunity": wanted.pk,
        "person": code_names(employer.pk, [found[0].pk])[found[0].pk],
        "manager_pages": {
            "employers' home (public)": reverse("placement:home"),
            "manager: overview": reverse("placement_overview"),
            "manager: list of referrals": "/cms/snippets/placement/referral/",
            "manager: search of referrals": "/cms/snippets/placement/referral/?q=Baobab",
        },
    }


def time_placement() -> dict[str, str]:
    from bench.million_work import time_all

    return time_all()


def main(name: str, *args: str) -> None:
    import django

    django.setup()
    actor: Any = globals()[name]
    print(json.dumps(actor(*args)))


if __name__ == "__main__":
    main(*sys.argv[1:])
