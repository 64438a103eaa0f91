"""What the scenarios do inside an installation, through the apps' own services: ``python -m bench.actors NAME ARG``."""

import json
import sys
from pathlib import Path
from typing import Any

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
    """What stands in the database and on the disk."""
    import hashlib

    from django.conf import settings

    from certificates.models import Certificate
    from courses.models import Enrolment
    from lms.accounts.models import OutboundMessage

    rows = list(Certificate.objects.all())
    files = list((Path(settings.PRIVATE_ROOT) / "certificates").rglob("*.pdf"))
    whole = sum(bool(r.pdf) and hashlib.sha256(Path(r.pdf.path).read_bytes()).hexdigest() == r.pdf_sha256 for r in rows)
    notices = OutboundMessage.objects.filter(kind="certificate-ready")
    return {
        "completed": Enrolment.objects.filter(completed_at__isnull=False).count(),
        "certificates": len(rows),
        "enrolments certified": len({row.enrolment_id for row in rows}),
        "files on disk": len(files),
        "PDFs as recorded": whole,
        "notices": notices.count(),
        "people told": notices.values("user").distinct().count(),
    }


def draw_certificates(count: str) -> float:
    """Draw ``count`` waiting certificates, as a worker does; the seconds it took."""
    import time

    from certificates import services

    services.draw(certificate_id=services.without_pdf().order_by("?").values_list("pk", flat=True)[0])  # fonts, styles
    start, drawn = time.perf_counter(), 0
    while drawn < int(count):
        waiting = services.without_pdf().filter(lease_until=None).order_by("?").values_list("pk", flat=True)[:50]
        drawn += sum(services.draw(certificate_id=pk) for pk in list(waiting))
        if not waiting:
            break
    return (time.perf_counter() - start) / max(drawn, 1)


def main(name: str, *args: str) -> None:
    import django

    django.setup()
    actor: Any = globals()[name]
    print(json.dumps(actor(*args)))


if __name__ == "__main__":
    main(*sys.argv[1:])
