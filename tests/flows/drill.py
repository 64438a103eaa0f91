"""What drills look for, made in a process with their site's settings: ``python -m tests.flows.drill [USERNAME]``."""

import json
import sys
from pathlib import Path
from typing import Any

import django

STATIC = Path(__file__).resolve().parent.parent.parent / "lms" / "static"


def build_world() -> dict[str, str]:
    """A small complete world, with files and somebody signed in; what the drill looks for afterwards."""
    from lms.lib.background_tasks import AfterCommit
    from tests.flows.world import build

    AfterCommit.waits = False
    world = build()
    return known_of(world.learner, world.certificate)


def look_at(username: str) -> dict[str, str]:
    """The same for somebody who has got a certificate on a running site."""
    from certificates.models import Certificate
    from lms.accounts.models import User
    from tests.factories.people import PASSWORD

    user = User.objects.get(username=username)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return known_of(user, Certificate.objects.get(enrolment__user=user))


def known_of(user: Any, certificate: Any) -> dict[str, str]:
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.files.base import ContentFile
    from django.core.files.images import ImageFile
    from django.core.files.storage import storages
    from wagtail.images import get_image_model

    from tests.factories.people import PASSWORD

    with (STATIC / "img" / "touch.png").open("rb") as file:
        picture = get_image_model().objects.create(title="Icône", file=ImageFile(file, name="icon.png"))
    picture.get_rendition("width-40")
    storages["private"].save("runs/Liste d’été.csv", ContentFile("Inès;Koffi\n"))
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session.save()
    return {
        "session": session.session_key or "",
        "code": certificate.code,
        "name": user.full_name,
        "title": certificate.title,
        "username": user.username,
        "password": PASSWORD,
    }


if __name__ == "__main__":
    import lms  # noqa: F401  (a sound SQLite, before Django opens one)

    django.setup()
    print(json.dumps(look_at(sys.argv[1]) if sys.argv[1:] else build_world()))  # noqa: T201
