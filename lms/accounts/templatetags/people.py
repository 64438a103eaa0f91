"""Filters that show a person's data as people read it."""

from django import template

from lms.accounts import consents, phones
from lms.accounts.models import ConsentRecord

register = template.Library()


@register.filter
def phone(number: str | None) -> str:
    """``+221771234567`` as ``+221 77 123 45 67``, in one line."""
    return phones.for_people(number).replace(" ", "\u00a0")


@register.filter
def consent_words(consent: ConsentRecord) -> str:
    """What they agreed to, in the reader's language."""
    return consents.words_of(consent.purpose)
