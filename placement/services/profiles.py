"""Candidate profiles: made once with a code name, changed by their owner, and written into the search index."""

import secrets
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.lib.locks import hold
from placement.enums import Cefr, Equipment
from placement.models import CandidateLanguage, CandidateProfile
from placement.names import NAMES
from placement.services.indexing import index_profile


def ensure_profile(*, user: User) -> CandidateProfile:
    """Their profile; made on the first call, not searchable until they say so.

    The languages in which they passed a course and the one they read the site in are put down as B1: they can correct
    them.
    """
    found = CandidateProfile.objects.filter(user=user).first()
    if found:
        return found
    for _attempt in range(30):
        try:
            with transaction.atomic():
                profile = CandidateProfile.objects.create(
                    user=user, pseudonym=new_pseudonym(), country=user.country or settings.DEFAULT_COUNTRY,
                    equipment=[Equipment.PHONE],
                )  # fmt: skip
                CandidateLanguage.objects.bulk_create(
                    CandidateLanguage(profile=profile, language=language, level=Cefr.B1) for language in read_by(user)
                )
                return profile
        except IntegrityError:  # the code name is taken, or somebody else made their profile
            found = CandidateProfile.objects.filter(user=user).first()
            if found:
                return found
    raise RuntimeError("no free code name after 30 tries")


def read_by(user: User) -> set[str]:
    return {user.language, *user.certificates.values_list("language", flat=True)}


def new_pseudonym() -> str:
    """A tree, a bird or a river with a number: ``Baobab-417``. Says nothing about the person."""
    return f"{secrets.choice(NAMES)}-{secrets.randbelow(9900) + 100}"


@transaction.atomic
def update_profile(*, profile: CandidateProfile, languages: dict[str, int], **fields: Any) -> CandidateProfile:
    """Save what they offer; hiding themselves takes effect at once."""
    hold(CandidateProfile.objects.filter(pk=profile.pk))
    profile.refresh_from_db()  # as it is behind the lock: it may have moved to another account of theirs
    fields["last_active_at"] = timezone.now()
    if fields.get("is_searchable") and not profile.is_searchable:
        fields["searchable_since"] = timezone.now()
    for name, value in fields.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(fields))
    profile.languages.all().delete()
    CandidateLanguage.objects.bulk_create(
        CandidateLanguage(profile=profile, language=language, level=level) for language, level in languages.items()
    )
    index_profile(profile=profile)
    return profile
