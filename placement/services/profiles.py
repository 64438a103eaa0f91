"""Candidate profiles: made once with a code name, changed by their owner, and written into the search index."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates.models import Certificate
from lms.accounts.models import User
from lms.lib.locks import hold
from placement.code_name_words import NAMES
from placement.models import CandidateLanguage, CandidateProfile, CodeName
from placement.querysets import valid_certificates
from placement.services.code_names import end_names
from placement.services.indexing import index_profile
from placement.signals import certificate_to_match


def ensure_profile(*, user: User) -> CandidateProfile:
    """Their profile; made on the first call, not searchable until they say so. What they have not said is unknown."""
    found = CandidateProfile.objects.filter(user=user).first()
    if found:
        return found
    for _attempt in range(30):
        pseudonym = new_pseudonym()
        if CodeName.objects.filter(name=pseudonym).exists():
            continue  # an employer calls somebody else so
        try:
            with transaction.atomic():
                return CandidateProfile.objects.create(user=user, pseudonym=pseudonym)
        except IntegrityError:  # the code name is taken, or somebody else made their profile
            found = CandidateProfile.objects.filter(user=user).first()
            if found:
                return found
    raise RuntimeError("no free code name after 30 tries")


def new_pseudonym() -> str:
    """A tree, a bird or a river with a number: ``Baobab-417``. Says nothing about the person."""
    return f"{secrets.choice(NAMES)}-{secrets.randbelow(9900) + 100}"


@transaction.atomic
def update_profile(*, profile: CandidateProfile, languages: dict[str, int], **fields: Any) -> CandidateProfile:
    """Save what they offer; hiding themselves takes effect at once."""
    hold(CandidateProfile.objects.filter(pk=profile.pk))
    profile.refresh_from_db()  # as it is behind the lock: it may have moved to another account of theirs
    fields["last_active_at"] = timezone.now()
    hides = profile.is_searchable and not fields.get("is_searchable", True)
    if fields.get("is_searchable") and not profile.is_searchable:
        fields["searchable_since"] = timezone.now()
    for name, value in fields.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(fields))
    profile.languages.all().delete()
    CandidateLanguage.objects.bulk_create(
        CandidateLanguage(profile=profile, language=language, level=level) for language, level in languages.items()
    )
    if hides:
        end_names(profile_id=profile.pk)
    index_profile(profile=profile)
    look_again(profile)
    return profile


def look_again(profile: CandidateProfile) -> None:
    """What they said may make more opportunities fit: their latest certificate is looked at once more."""
    latest = valid_certificates().filter(user=profile.user_id).order_by("-issued_at", "-pk").first()
    if latest is None:
        return
    if Certificate.objects.filter(pk=latest.pk, examined_at__isnull=False).update(examined_at=None):
        certificate_to_match.send(Certificate, certificate_id=latest.pk)
