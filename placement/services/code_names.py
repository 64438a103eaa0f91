"""Code names: one for each employer and person, drawn when the employer first meets them, ended when they leave."""

import re
import secrets
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from lms.lib.locks import locked
from placement.code_name_words import NAMES, NameEndedError
from placement.models import CandidateProfile, CodeName, Employer, PersonNote, Referral, Shortlisted

ROUNDS = 20
FEW_DIGITS, MORE_DIGITS = range(100, 10_000), range(10_000, 1_000_000)  # an employer with very many needs longer ones


def code_names(employer_id: int, profiles: Iterable[int]) -> dict[int, str]:
    """What this employer calls each of these people now. One query; four where somebody is new to it.

    Never a name that the programme itself uses for anybody: who hears a name must know which person is meant.
    """
    keys = set(profiles)
    if not keys:
        return {}
    found = standing(employer_id, keys)
    for round_number in range(ROUNDS):
        missing = sorted(keys - set(found))
        if not missing:
            return found
        names = {key: new_name(round_number) for key in missing}
        used = set(CandidateProfile.objects.filter(pseudonym__in=names.values()).values_list("pseudonym", flat=True))
        CodeName.objects.bulk_create(
            (
                CodeName(employer_id=employer_id, profile_id=key, name=name)
                for key, name in names.items()
                if name not in used
            ),
            ignore_conflicts=True,  # taken in this employer's list, or given by another request in this moment
        )
        found = standing(employer_id, keys)
    raise RuntimeError(f"no free code name after {ROUNDS} rounds")


def standing(employer_id: int, keys: set[int]) -> dict[int, str]:
    rows = CodeName.objects.filter(employer=employer_id, profile__in=keys, ended_at=None)
    return dict(rows.values_list("profile_id", "name"))


def new_name(round_number: int) -> str:
    """A tree, a bird or a river with a number: ``Baobab-417``. Says nothing about the person or the employer."""
    return f"{secrets.choice(NAMES)}-{secrets.choice(FEW_DIGITS if round_number < ROUNDS // 2 else MORE_DIGITS)}"


def keep_name(referral: Referral) -> str:
    """The name in this referral, for good: a history that changed names would tell the new one."""
    if not referral.code_name:
        employer_id = referral.opportunity.employer_id
        referral.code_name = code_names(employer_id, [referral.profile_id])[referral.profile_id]
        Referral.objects.filter(pk=referral.pk, code_name="").update(code_name=referral.code_name)
    return referral.code_name


def hold_name(*, employer_id: int, profile: CandidateProfile) -> None:
    """Until the end of the transaction the employer knows them by the name under which it read them: what it writes
    about a person is there before they leave, and goes with the name, or is never written. Raises NameEndedError.

    A ``profile`` that no page for employers has read has the name of today.
    """
    shown = getattr(profile, "disclosure", None)
    name = shown.code_name if shown is not None else code_names(employer_id, [profile.pk])[profile.pk]
    rows = CodeName.objects.filter(employer=employer_id, profile=profile.pk, name=name, ended_at=None)
    if not locked(rows):
        raise NameEndedError


def end_names(*, profile_id: int, employers: Iterable[int] | None = None) -> None:
    """They hid from everybody, or are leaving these ``employers``: what a yes still covers keeps its name.

    Their place on the shortlists goes too, and what was noted about them: it would tell who the new name is.
    """
    names = CodeName.objects.filter(profile=profile_id, ended_at=None)
    if employers is not None:
        names = names.filter(employer__in=set(employers))
    kept = Employer.objects.filter(
        pk__in=names.values("employer"), opportunities__referrals__in=standing_yes(profile_id)
    )
    left = set(names.values_list("employer_id", flat=True)) - set(kept.values_list("pk", flat=True))
    if left:
        names.filter(employer__in=left).update(ended_at=timezone.now())
        Shortlisted.objects.filter(profile=profile_id, employer__in=left).delete()
        PersonNote.objects.filter(profile=profile_id, employer__in=left).delete()


def standing_yes(profile_id: int) -> QuerySet[Referral]:
    return Referral.objects.filter(profile=profile_id).with_standing_yes()


def person_named(employer_id: int, text: str) -> CodeName | None:
    """Who this employer calls so, whether the name still stands or has ended. As typed: ``baobab 417`` too."""
    return code_names_written(text).filter(employer=employer_id).first()


def code_names_written(text: str) -> QuerySet[CodeName]:
    """Everybody whom some employer calls or called so."""
    rows: QuerySet[CodeName] = CodeName.objects.filter(name=written(text))
    return rows.select_related("profile__user", "employer").order_by("-given_at", "pk")


def written(text: str) -> str:
    """As names are written, with one capital: ``baobab 417`` -> ``Baobab-417``."""
    return re.sub(r"[\s_–—-]+", "-", text.strip())[:40].capitalize()


def people_called(text: str) -> QuerySet[CandidateProfile]:
    """By the name that the programme itself gives them, which no employer sees."""
    rows: QuerySet[CandidateProfile] = CandidateProfile.objects.filter(pseudonym=written(text))
    return rows.select_related("user")
