"""Builds the site of the restore drill, in a process with that site's own settings: ``python -m tests.flows.drill``."""

import json
from pathlib import Path

import django

STATIC = Path(__file__).resolve().parent.parent.parent / "lms" / "static"


def main() -> dict[str, str]:
    """A small complete world, with files and somebody signed in; what the drill looks for afterwards."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.files.base import ContentFile
    from django.core.files.images import ImageFile
    from django.core.files.storage import storages
    from wagtail.images import get_image_model

    from lms.lib.background_tasks import AfterCommit
    from tests.factories.people import PASSWORD
    from tests.flows.world import build

    AfterCommit.waits = False
    world = build()
    with (STATIC / "img" / "touch.png").open("rb") as file:
        picture = get_image_model().objects.create(title="Icône", file=ImageFile(file, name="icon.png"))
    picture.get_rendition("width-40")
    storages["private"].save("runs/Liste d’été.csv", ContentFile("Inès;Koffi\n"))
    session = SessionStore()
    session["_auth_user_id"] = str(world.learner.pk)
    session.save()
    return {
        "session": session.session_key or "",
        "code": world.certificate.code,
        "name": world.learner.full_name,
        "title": world.certificate.title,
        "username": world.learner.username,
        "password": PASSWORD,
    }


if __name__ == "__main__":
    import lms  # noqa: F401  (a sound SQLite, before Django opens one)

    django.setup()
    print(json.dumps(main()))  # noqa: T201
