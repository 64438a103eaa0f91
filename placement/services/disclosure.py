"""What an employer may see of a person now: the one place that decides.

Every page, part, message, file and link that shows an employer a person asks here, each time it is shown. A yes covers
what there was when it was given; whoever may be found shows every employer the same, under a code name.
``CandidateQuerySet.visible_to`` is the same rule as a query.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.db.models import prefetch_related_objects

from lms.accounts.models import User
from placement.enums import SHARED_FIELDS, SHARING_STATES, STILL_ASKING
from placement.evidence import Evidence, with_evidence
from placement.index.spans import ProofTimes, Span, month_of
from placement.models import CandidateProfile, Consent, Referral
from placement.objections import objected_pairs, objectors
from placement.sent_values import put_back
from placement.services.code_names import code_names


class Basis(IntEnum):
    """Why an employer sees something of a person."""

    NOTHING = 0
    FOUND = 1  # they may be found by every employer
    AGREED = 2  # they said yes to this one, and have not ended it


@dataclass(frozen=True)
class Disclosure:
    """What one employer may see of one person at this moment."""

    employer_id: int
    code_name: str
    basis: Basis = Basis.NOTHING
    contact: Mapping[str, str] = field(default_factory=dict)  # of ``SHARED_FIELDS``, as agreed to
    has_withdrawn: bool = False  # they ended it, or are no longer here: employers are told the same
    proofs_until: datetime | None = None  # later certificates are not covered by the yes
    sent: Mapping[str, Any] = field(default_factory=dict)  # the values of their yes; {}: those of today
    times: ProofTimes = field(default_factory=ProofTimes, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.contact.get("name") or self.code_name

    @property
    def shows_proofs(self) -> bool:
        """Skills with their level and month, hours, place, languages, equipment, and how well they match."""
        return self.basis >= Basis.FOUND

    @property
    def shows_certificates(self) -> bool:
        """Titles, and the numbers that lead to the public check, which names the holder."""
        return self.basis >= Basis.AGREED

    def time_of(self, proof: Evidence) -> Span | None:
        """When they proved it: the month, once they agreed; before, what enough people share (``index.spans``)."""
        if self.shows_certificates:
            return Span(month_of(proof.on), month_of(proof.on))
        return self.times.span_of(proof.code, proof.level, proof.on)

    @property
    def shows_answers(self) -> bool:
        """What they wrote; an employer's own words it always reads (``thread_rules``)."""
        return self.basis >= Basis.AGREED

    def limit(self, profile: CandidateProfile) -> CandidateProfile:
        """A person read ``with_evidence``, with the certificates that this covers and the facts that were sent."""
        until = self.proofs_until
        profile.held = [row for row in profile.held if until is None or row.on <= until] if self.shows_proofs else []
        if self.sent:
            put_back(profile, self.sent)
        return profile


def consent_of(referral: Referral) -> Consent | None:
    consent: Consent | None = getattr(referral, "consent", None)
    return consent


def agreed(referral: Referral) -> Consent | None:
    """Their yes, while it stands and is of use, and their account is open."""
    consent = consent_of(referral)
    if consent is None or consent.withdrawn_at or not referral.profile.user.is_active:
        return None
    return consent if referral.state in SHARING_STATES else None


def of_referral(referral: Referral) -> Disclosure:
    """Of a referral read ``with_page_data``, to its employer."""
    return of_referrals([referral])[0]


def of_referrals(referrals: Iterable[Referral]) -> list[Disclosure]:
    """Each referral's, to its employer, in one query however many they are. Read them ``with_page_data``."""
    rows = list(referrals)
    findable = findable_of(row.profile_id for row in rows if row.state in STILL_ASKING)
    unasked = [
        (row.opportunity.employer_id, row.profile_id) for row in rows if not hasattr(row, "is_objected")
    ]  # not read ``with_page_data``
    pairs = objected_pairs(unasked) if unasked else set()
    name_referrals(rows)
    return [
        to_employer(
            row,
            may_be_found=row.profile_id in findable,
            is_objected=getattr(row, "is_objected", False) or (row.opportunity.employer_id, row.profile_id) in pairs,
        )
        for row in rows
    ]


def name_referrals(rows: list[Referral]) -> None:
    """Each under the name it was sent under; what no employer has met yet, under that of today."""
    unnamed: dict[int, list[Referral]] = defaultdict(list)
    for row in rows:
        if not row.code_name:
            unnamed[row.opportunity.employer_id].append(row)
    for employer_id, some in unnamed.items():
        names = code_names(employer_id, [row.profile_id for row in some])
        for row in some:
            row.code_name = names[row.profile_id]


def findable_of(profiles: Iterable[int], employer_id: int | None = None) -> set[int]:
    """Of these, the profiles that may be found; by this employer, to which some object."""
    keys = set(profiles)
    if not keys:
        return set()
    rows = CandidateProfile.objects.searchable().filter(pk__in=keys)
    if employer_id is not None:
        rows = rows.not_objecting_to(employer_id)
    return set(rows.values_list("pk", flat=True))


def to_employer(referral: Referral, *, may_be_found: bool, is_objected: bool) -> Disclosure:
    user, consent = referral.profile.user, agreed(referral)
    nothing = Disclosure(referral.opportunity.employer_id, referral.code_name)
    if is_objected:
        return replace(nothing, has_withdrawn=True)
    if consent is not None:
        return replace(
            nothing, basis=Basis.AGREED, contact=contact_of(consent, user), proofs_until=consent.given_at,
            sent=consent.values,
        )  # fmt: skip
    given = consent_of(referral)
    if not user.is_active or (given is not None and given.withdrawn_at):
        return replace(nothing, has_withdrawn=True)
    is_asked = referral.state in STILL_ASKING and may_be_found
    return replace(nothing, basis=Basis.FOUND) if is_asked else nothing


def contact_of(consent: Consent, user: User) -> dict[str, str]:
    """As it was sent; of a yes from before values were frozen, as it is."""
    if consent.values:
        return dict(consent.values["contact"])
    values = {"name": user.get_full_name(), "phone": user.phone or "", "email": user.email}
    return {name: values[name] for name in SHARED_FIELDS if name in consent.fields and values[name]}


def show_referrals(referrals: Iterable[Referral]) -> list[Referral]:
    """For a page: each with its ``disclosure``."""
    rows = list(referrals)
    prefetch_related_objects(rows, "opportunity", "profile__user", "consent")
    for row, disclosure in zip(rows, of_referrals(rows), strict=True):
        row.disclosure = row.profile.disclosure = disclosure
    return rows


def show_people(people: Iterable[CandidateProfile], employer_id: int) -> list[CandidateProfile]:
    """Of these people those whom the employer may see under their code name, read ``with_evidence``.

    Whoever is found shows what every employer finds; who only said yes to this one, what the yes covers.
    """
    rows = list(people)
    findable = findable_of((row.pk for row in rows), employer_id)
    yes = yes_to(employer_id, {row.pk for row in rows} - findable)
    if yes:
        kept_away = objectors(employer_id)
        yes = {key: consent for key, consent in yes.items() if key not in kept_away}
    shown = name_people((row for row in rows if row.pk in findable or row.pk in yes), employer_id)
    for row in with_evidence(shown):
        consent = yes.get(row.pk)
        if consent is not None:
            row.disclosure = replace(
                row.disclosure, basis=Basis.AGREED, proofs_until=consent.given_at, sent=consent.values
            )
        row.disclosure.limit(row)
    return shown


def name_people(people: Iterable[CandidateProfile], employer_id: int) -> list[CandidateProfile]:
    """Whoever a search has just found, under the names that this employer has for them."""
    rows = list(people)
    names, times = code_names(employer_id, [row.pk for row in rows]), ProofTimes()
    for row in rows:
        row.disclosure = Disclosure(employer_id, names[row.pk], Basis.FOUND, times=times)
    return rows


def yes_to(employer_id: int, profiles: Iterable[int]) -> dict[int, Consent]:
    """Of these, the profiles whose yes to this employer stands, with the latest."""
    rows = Referral.objects.agreed_to(employer_id).filter(profile__in=set(profiles)).select_related("consent")
    return {row.profile_id: row.consent for row in rows.order_by("consent__given_at")}
