"""What a question of a file is called here."""

import hashlib

from django.utils.text import slugify


def short_name(identifier: str, identity: str) -> str:
    """Its identifier as written where that is a code, else a name made from its identity: never its title or place."""
    return identifier if identifier and slugify(identifier)[:60] == identifier else name_from(identity)


def name_from(identity: str) -> str:
    return "q-" + hashlib.sha256(identity.encode()).hexdigest()[:16]
