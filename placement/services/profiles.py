"""Candidate profiles: made once with a code name, changed by their owner, and written into the search index."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.lib.locks import hold
from placement.evidence import with_evidence
from placement.filters import FILTERS
from placement.models import CandidateLanguage, CandidateProfile, CandidateToken, MatchedCertificate
from placement.names import NAMES
from placement.querysets import valid_certificates
from placement.signals import certificate_to_match


def ensure_profile(*, user: User) -> CandidateProfile:
    """Their profile; made on the first call, not searchable until they say so. What they have not said is unknown."""
    found = CandidateProfile.objects.filter(user=user).first()
    if found:
        return found
    for _attempt in range(30):
        try:
            with transaction.atomic():
                return CandidateProfile.objects.create(user=user, pseudonym=new_pseudonym())
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
    look_again(profile)
    return profile


def look_again(profile: CandidateProfile) -> None:
    """What they said may make more opportunities fit: their latest certificate is looked at once more."""
    latest = valid_certificates().filter(user=profile.user_id).order_by("-issued_at", "-pk").first()
    if latest is not None and MatchedCertificate.objects.filter(certificate=latest).delete()[0]:
        certificate_to_match.send(MatchedCertificate, certificate_id=latest.pk)


@transaction.atomic
def index_profile(*, profile: CandidateProfile) -> set[str]:
    """Rebuild their rows of the search index; returns them. Nobody who is hidden or uncertified has any."""
    hold(CandidateProfile.objects.filter(pk=profile.pk))  # one rebuilding at a time
    (fresh,) = with_evidence([CandidateProfile.objects.select_related("user").get(pk=profile.pk)])
    wanted = tokens_of(fresh) if fresh.is_searchable and fresh.user.is_active else set()
    kept = set(fresh.tokens.values_list("token", flat=True))
    fresh.tokens.filter(token__in=kept - wanted).delete()
    CandidateToken.objects.bulk_create(
        (CandidateToken(profile=fresh, token=token) for token in sorted(wanted - kept)), ignore_conflicts=True
    )
    CandidateProfile.objects.filter(pk=fresh.pk).update(indexed_at=timezone.now())
    return wanted


def tokens_of(profile: CandidateProfile) -> set[str]:
    """Every fact one may search by; none at all without a certificate. Read the profile ``with_evidence``."""
    if not profile.held:
        return set()
    return {"certified"} | {f"{each.name}:{value}" for each in FILTERS for value in each.values_of(profile)}
