"""What ``bench.machines`` does inside its installation: ``python -m bench.machines_actors NAME ARG``."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import lms  # noqa: F401  (a sound SQLite first)

COURSE = "machines"


def seed(count: str, asked: str = "6") -> list[dict[str, Any]]:
    """A course of two lessons and an assessment, and ``count`` people with a session and an e-mail address."""
    from django.urls import reverse
    from django.utils import translation

    from bench.actors import session_cookies
    from lms.accounts.models import User
    from tests.factories.assessments import assessment_page, make_assessment, make_in_both_languages
    from tests.factories.courses import BOTH, lesson_page, make_course, make_enrolment

    translation.activate("fr")
    course = make_course(COURSE, lessons=2, languages=BOTH)
    questions = [make_in_both_languages("single", code=f"m{number}")[0] for number in range(int(asked))]
    rules = {"pass_mark": 1, "skill_pass_mark": 0, "max_attempts": 0, "pause_minutes": 0}  # almost everybody passes
    page = assessment_page(make_assessment(course, questions=questions, **rules))
    lessons = [reverse("courses:lesson", args=[COURSE, lesson_page(course, number).slug]) for number in (1, 2)]
    people = []
    for number in range(int(count)):
        user = User.objects.create(
            username=f"machines-{number}", full_name=f"Awa Ndiaye {number}", password="!",
            email=f"awa-{number}@passerelle.example",
        )  # fmt: skip
        enrolment = make_enrolment(user, course)
        people.append(
            {
                "enrolment": enrolment.pk,
                "cookies": session_cookies(user),
                "lessons": lessons,
                "intro": reverse("assessments:intro", kwargs={"code": COURSE, "slug": page.slug}),
            }
        )
    return people


def count(ledger: str, *sent: str) -> dict[str, Any]:
    """What was acknowledged and is not there, and what is there twice.

    An e-mail is twice there when two letters tell one piece of news. The same letter, under the same ``Message-ID``,
    may be handed over ``again``: who is killed between the server's word and the row cannot know (RFC 5321, 6.1).
    """
    from django.db.models import Count

    from assessments.models import Attempt, Response
    from certificates.models import Certificate
    from courses.models import Enrolment, StepProgress
    from lms.accounts.models import OutboundMessage

    told: dict[str, list[Any]] = json.loads(Path(ledger).read_text())
    keys = {str(key) for key in Response.objects.values_list("key", flat=True)}
    handed_in = set(Attempt.objects.filter(submitted_at__isnull=False).values_list("enrolment_id", flat=True))
    done = Counter(StepProgress.objects.filter(kind="lesson").values_list("enrolment_id", flat=True))
    certified = Counter(Certificate.objects.values_list("enrolment_id", flat=True))
    completed = set(Enrolment.objects.filter(completed_at__isnull=False).values_list("pk", flat=True))
    steps = Counter(told["done"])
    mails = Counter(line for path in sent if Path(path).exists() for line in Path(path).read_text().splitlines())

    def doubled(rows: Any, *fields: str) -> int:
        return rows.values(*fields).annotate(times=Count("pk")).filter(times__gt=1).count()

    return {
        "acknowledged": {name: len(entries) for name, entries in told.items()},
        "lost": {
            "answers": len(set(told["answers"]) - keys),
            "lessons done": sum(max(number - done[pk], 0) for pk, number in steps.items()),
            "handed in": len(set(told["handed in"]) - handed_in),
            "certificates": len(completed - set(certified)),
        },
        "doubled": {
            "attempts": doubled(Attempt.objects, "enrolment_id"),
            "answers": doubled(Response.objects, "item_id"),
            "steps": doubled(StepProgress.objects, "enrolment_id", "step_key"),
            "certificates": sum(number > 1 for number in certified.values()),
            "notices": doubled(OutboundMessage.objects.filter(kind="certificate-ready"), "user_id", "channel"),
            "e-mails": sum(number > 1 for number in Counter(line.rpartition(" ")[0] for line in mails).values()),
        },
        "again": sum(mails.values()) - len(mails),
        "completed": len(completed),
        "e-mails": len(mails),
    }


def main(name: str, *args: str) -> None:
    import django

    django.setup()
    print(json.dumps(globals()[name](*args)))


if __name__ == "__main__":
    main(*sys.argv[1:])
