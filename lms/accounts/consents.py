"""What a consent's purpose means in words. Apps above add theirs with ``describe``."""

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {"account": _("Keep my name, number and results, so that I can learn here")}


def describe(purpose: str, words: Any) -> None:
    """Name a purpose for the settings page. ``words`` is a lazy translation."""
    WORDS[purpose] = words


def words_of(purpose: str) -> str:
    return str(WORDS.get(purpose, purpose))
