"""What the purpose of a ``ConsentRecord`` means in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {"account": _("Keep my name, number and results, so that I can learn here")}


def words_of(purpose: str) -> str:
    return str(WORDS.get(purpose, purpose))
