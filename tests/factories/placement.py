"""Employers, opportunities and certified candidates for tests. Certificates are plain rows: no PDF, no signal."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from django.db.models import F
from django.utils import timezone

from certificates.codes import new_code
from certificates.models import Certificate, CertificateSkill
from courses.models import Course, Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib.moments import site_day
from placement.email_frequency import EmailFrequency
from placement.enums import Cefr, OpportunityKind, OpportunityState, ReferralState, Vetting
from placement.evidence import match_of, wanted_by, with_evidence
from placement.index.packing import unpack_numbers
from placement.models import (
    CandidateProfile,
    Employer,
    EmployerContact,
    Mission,
    MissionLine,
    MissionSeat,
    Offer,
    Opportunity,
    OpportunityLanguage,
    OpportunitySkill,
    PlacementCountry,
    Referral,
    SearchEntry,
    SearchToken,
)
from placement.services import answers, indexing, offers, profiles, proposals, referrals, sending
from placement.services.code_names import code_names
from tests.factories.courses import make_skill
from tests.factories.people import make_user

_numbers = count(1)


def open_country(code: str = "SN", **fields: Any) -> PlacementCountry:
    """Placement is open there, with all that the law asks for."""
    defaults = {
        "authority": "CDP", "filing": "2026-17", "transfers": {"fr": "En France.", "en": "To France."},
        "contact_name": "Fatou Sarr", "contact_email": "fatou@example.org", "is_open": True, **fields,
    }  # fmt: skip
    return PlacementCountry.objects.get_or_create(country=code, defaults=defaults)[0]


ENTRY = "dw.data-entry"


def make_employer(name: str = "Pont Data", *, user: User | None = None, **fields: Any) -> Employer:
    """A vetted employer with one contact, its owner (``employer.contacts.get().user``)."""
    number = next(_numbers)
    defaults = {"slug": f"employer-{number}", "country": "SN", "vetting": Vetting.VETTED}
    employer = Employer.objects.create(name=name, **{**defaults, **fields})
    user = user or make_user(f"contact-{number}", Role.EMPLOYER, email=f"contact{number}@example.org")
    EmployerContact.objects.create(employer=employer, user=user, mails=EmailFrequency.EACH, is_owner=True)
    return employer


def make_opportunity(
    employer: Employer | None = None, *, skills: Iterable[tuple[str, int, bool]] = ((ENTRY, 2, True),),
    languages: dict[str, int] | None = None, **fields: Any,
) -> Opportunity:  # fmt: skip
    defaults = {
        "kind": OpportunityKind.JOB,
        "titles": {"fr": "Saisie de factures", "en": "Invoice entry"},
        "state": OpportunityState.OPEN,
        "hours_per_week": 20,
        "connectivity": 1,
        "proposed_at": timezone.now(),
    }
    if not PlacementCountry.objects.exists():
        open_country()
    opportunity = Opportunity.objects.create(employer=employer or make_employer(), **{**defaults, **fields})
    for code, level, essential in skills:
        OpportunitySkill.objects.create(
            opportunity=opportunity, skill=make_skill(code), level=level, essential=essential
        )
    for language, level in (languages or {}).items():
        OpportunityLanguage.objects.create(opportunity=opportunity, language=language, level=level)
    return opportunity


def make_mission(opportunity: Opportunity | None = None, *, people: int = 2, **fields: Any) -> Mission:
    """A team mission of one line, open unless its ``opportunity`` is a draft."""
    row = opportunity or make_opportunity(kind=OpportunityKind.ASSIGNMENT)
    if row.state != OpportunityState.DRAFT:
        Opportunity.objects.filter(pk=row.pk).update(approved_at=row.created_at)
    defaults = {"titles": row.titles, "country": "SN", "worker_share": 70, "local_share": 10}
    by = row.employer.contacts.get().user
    mission = Mission.objects.create(employer=row.employer, created_by=by, **{**defaults, **fields})
    line = MissionLine.objects.create(
        mission=mission, number=1, opportunity=row, people=people, unit="page", price=25, units_per_hour=60
    )
    MissionSeat.objects.bulk_create(MissionSeat(line=line, number=number) for number in range(1, people + 1))
    return mission


def give_certificate(user: User, skills: Iterable[tuple[str, int]] = ((ENTRY, 2),), **fields: Any) -> Certificate:
    number = next(_numbers)
    course = Course.objects.create(code=f"proof-{number}", titles={"fr": "Saisie", "en": "Data entry"}, hours=2)
    enrolment = Enrolment.objects.create(user=user, course=course, completed_at=timezone.now())
    defaults = {
        "code": new_code(), "language": "fr", "holder_name": str(user), "title": "Saisie de données", "hours": 2,
        "issuer_name": "Passerelle",
    }  # fmt: skip
    certificate = Certificate.objects.create(enrolment=enrolment, user=user, course=course, **{**defaults, **fields})
    for code, level in skills:
        skill = make_skill(code)
        CertificateSkill.objects.create(certificate=certificate, skill=skill, level=level, name=skill.name)
    return certificate


WHOLE = {
    "country": "SN", "region": "Dakar", "hours_per_week": 25, "works_remote": True, "works_on_site": True,
    "equipment": ["phone"], "connectivity": 2, "pay_currency": "XOF",
}  # fmt: skip
"""A profile that says everything."""


def tell_all(user: User) -> CandidateProfile:
    """Their profile, which says everything."""
    open_country(WHOLE["country"])
    return profiles.update_profile(profile=profiles.ensure_profile(user=user), languages={"fr": Cefr.B1}, **WHOLE)


def make_candidate(
    user: User | None = None, *, skills: Iterable[tuple[str, int]] = ((ENTRY, 2),), searchable: bool = True,
    **fields: Any,
) -> CandidateProfile:  # fmt: skip
    """A certified learner with a profile, in the index when searchable."""
    number = next(_numbers)
    country = fields.get("country", WHOLE["country"])
    if country and not PlacementCountry.objects.filter(country=country).exists():
        open_country(country)
    user = user or make_user(f"candidate-{number}", full_name=f"Binta Secret {number}", country="SN")
    give_certificate(user, skills)
    profile = profiles.ensure_profile(user=user)
    CandidateProfile.objects.filter(pk=profile.pk).update(
        is_searchable=searchable, **{**WHOLE, "mails": EmailFrequency.EACH, **fields}
    )
    if not profile.languages.exists():
        profile.languages.create(language="fr", level=Cefr.B1)
    profile.refresh_from_db()
    indexing.index_profile(profile=profile)
    return profile


def code_name(profile: CandidateProfile, employer: Employer | None = None) -> str:
    """What this employer (the first that was made) calls them now."""
    employer = employer or Employer.objects.earliest("pk")
    return code_names(employer.pk, [profile.pk])[profile.pk]


def facts_of(profile: CandidateProfile) -> set[str]:
    """What the search index says of them, in words."""
    entry = SearchEntry.objects.filter(pk=profile.pk).first()
    numbers = unpack_numbers(bytes(entry.tokens)).tolist() if entry else []
    return set(SearchToken.objects.filter(pk__in=numbers).values_list("token", flat=True))


def make_referral(
    profile: CandidateProfile | None = None, opportunity: Opportunity | None = None, *,
    state: ReferralState = ReferralState.PROPOSED, fields: Iterable[str] = ("name",),
) -> Referral:  # fmt: skip
    """A proposal, or one that went on to CONSENTED or FORWARDED by the real services."""
    profile, opportunity = profile or make_candidate(), opportunity or make_opportunity()
    certificate = profile.user.certificates.first()
    needs = wanted_by(Opportunity.objects.with_needs().get(pk=opportunity.pk))
    found = match_of(needs, *with_evidence([profile]))
    referral = proposals.propose(opportunity=opportunity, profile=profile, match=found, certificate=certificate)
    if state != ReferralState.PROPOSED:
        referrals.consent(referral=referral, fields=fields, user=profile.user)
    if state == ReferralState.FORWARDED:
        assert sending.send(referral_id=referral.pk)
    return Referral.objects.with_page_data().get(pk=referral.pk)


def offer_terms(**terms: Any) -> dict[str, Any]:
    """What an employer offers: 80 000 FCFA a month, 20 h a week, from today in a week."""
    return {
        "amount": 80_000, "currency": "XOF", "unit": "month", "day_hours": None, "hours_per_week": 20,
        "contract": "permanent", "starts_on": site_day() + timedelta(days=7), "ends_on": None, "place": "remote",
        "where": "", **terms,
    }  # fmt: skip


def offer_work(referral: Referral, *, message: str = "", actor: User | None = None, **terms: Any) -> Offer:
    """By the real service, whatever is below what was announced."""
    made = offers.make(
        referral=referral, terms=offer_terms(**terms), is_confirmed=True, message=message, actor=actor
    )  # fmt: skip
    referral.refresh_from_db()
    return made


def sent_before(referral: Referral, *, days: int) -> None:
    """As if it had been sent so many days ago: nobody starts before that."""
    Referral.objects.filter(pk=referral.pk).update(forwarded_at=F("forwarded_at") - timedelta(days=days))
    referral.refresh_from_db()


def make_hired(*, days: int = 0, **kwargs: Any) -> Referral:
    """A referral that went on to work, whose first day was so many ``days`` ago."""
    referral = make_referral(state=ReferralState.FORWARDED, **kwargs)
    offer_work(referral)
    referral.refresh_from_db()
    referrals.accept_offer(referral=referral, user=referral.profile.user)
    referral.refresh_from_db()
    sent_before(referral, days=days)
    answers.mark_started(referral=referral, on=timezone.localdate() - timedelta(days=days))
    return Referral.objects.with_page_data().get(pk=referral.pk)
