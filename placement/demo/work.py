"""Four invented employers, their opportunities, one of them in English, and some referrals on their way."""

from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from courses.models import Skill
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.services import set_role
from lms.lib.locks import hold
from lms.lib.moments import site_day
from placement.check_enums import CheckKind, CheckResult
from placement.countries import open_countries
from placement.demo.people import ADDRESS
from placement.enums import OpportunityKind, OpportunityState, Vetting, WorkPlace
from placement.enums import ReferralState as S
from placement.evidence import match_of, wanted_by, with_evidence
from placement.matching import best_matches
from placement.models import (
    CandidateProfile,
    Employer,
    EmployerCheck,
    EmployerContact,
    Opportunity,
    OpportunityLanguage,
    OpportunitySkill,
    Referral,
    ReferralEvent,
)
from placement.offer_enums import ENDS, Contract
from placement.services import answers, offers, proposals, referrals, sending
from placement.services.link_secrets import hash_of, reply_secret

EMPLOYERS: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("pont-data", "Pont Data", "SN", "Dakar",
     {"fr": "Saisie et contrôle de données pour des clients d’Afrique et d’Europe.",
      "en": "Data entry and control for clients in Africa and Europe."}),
    ("lagune-services", "Lagune Services", "CI", "Abidjan",
     {"fr": "Relation client par messagerie pour des boutiques en ligne.",
      "en": "Customer support by chat for online shops."}),
    ("atelier-rhone", "Atelier Rhône", "FR", "Marseille",
     {"fr": "Entreprise d’insertion : numérisation et archives.",
      "en": "A work-integration company: digitisation and archives."}),
    ("sahel-voix", "Sahel Voix", "SN", "Saint-Louis",
     {"fr": "Transcription et données de langues africaines.",
      "en": "Transcription and data of African languages."}),
)  # fmt: skip

# employer, fields, skills (code, level, essential), languages
OPPORTUNITIES: tuple[tuple[str, dict[str, Any], tuple[tuple[str, int, bool], ...], dict[str, int]], ...] = (
    ("pont-data", {"kind": "job", "titles": {"fr": "Saisie de factures, à distance", "en": "Invoice entry, remote"},
     "descriptions": {"fr": "Vous recopiez des factures numérisées et signalez les écarts. Formation payée.",
                      "en": "You copy scanned invoices and flag differences. Paid training."},
     "hours_per_week": 20, "positions": 3, "pay_min": 75_000, "pay_max": 90_000, "connectivity": 2},
     (("dw.data-entry", 2, True), ("dw.data-quality", 2, False)), {"fr": 3}),
    ("pont-data", {"kind": "mission", "titles": {"fr": "Mission : 12 000 fiches à relire",
                   "en": "Mission: 12,000 records to check"},
     "descriptions": {"fr": "Six semaines, payé à la tâche, contrôle par une collègue.",
                      "en": "Six weeks, paid by the task, checked by a colleague."},
     "hours_per_week": 15, "positions": 6, "pay_min": 60, "pay_max": 80, "pay_period": "task", "connectivity": 2},
     (("dw.data-quality", 2, True), ("dw.spreadsheet", 1, False)), {"fr": 3}),
    ("pont-data", {"kind": "job", "titles": {"fr": "Saisie pour un client anglophone, à distance",
                   "en": "Data entry for a client in Accra, remote"},
     "descriptions": {"fr": "Vous recopiez des bons de livraison en anglais ; l’équipe parle anglais.",
                      "en": "You copy delivery notes in English; the team speaks English."},
     "hours_per_week": 20, "positions": 2, "pay_min": 80_000, "pay_max": 95_000, "connectivity": 2},
     (("dw.data-entry", 2, True), ("dw.spreadsheet", 1, False)), {"en": 3}),
    ("pont-data", {"kind": "internship", "titles": {"fr": "Stage contrôle qualité, Dakar",
                   "en": "Quality control internship, Dakar"},
     "descriptions": {"fr": "Trois mois au bureau de Dakar, indemnité et transport.",
                      "en": "Three months at the Dakar office, allowance and transport."},
     "place": "on-site", "country": "SN", "region": "Dakar", "hours_per_week": 30, "positions": 2, "pay_min": 60_000,
     "pay_max": 60_000, "connectivity": 1},
     (("dw.data-quality", 2, True),), {"fr": 4}),
    ("lagune-services", {"kind": "job", "titles": {"fr": "Relation client par messagerie",
                         "en": "Customer support by chat"},
     "descriptions": {"fr": "Vous répondez aux clients de trois boutiques, avec des modèles de réponse.",
                      "en": "You answer customers of three shops, with ready-made answers."},
     "hours_per_week": 35, "positions": 4, "pay_min": 95_000, "pay_max": 120_000, "connectivity": 3,
     "equipment": ["computer"]},
     (("dw.customer-chat", 2, True), ("digcomp.2.1", 1, False)), {"fr": 4}),
    ("lagune-services", {"kind": "mission", "titles": {"fr": "Modération d’avis, le soir",
                         "en": "Review moderation, evenings"},
     "descriptions": {"fr": "Deux heures par soir, règles fournies, soutien psychologique gratuit.",
                      "en": "Two hours an evening, rules provided, free counselling."},
     "hours_per_week": 10, "positions": 2, "pay_min": 45_000, "pay_max": 55_000, "connectivity": 2},
     (("dw.content-moderation", 2, True),), {"fr": 4}),
    ("atelier-rhone", {"kind": "apprenticeship", "titles": {"fr": "Apprentissage : archives numériques, Marseille",
                       "en": "Apprenticeship: digital archives, Marseille"},
     "descriptions": {"fr": "Un an, en alternance, avec une tutrice.",
                      "en": "One year, work and study, with a mentor."},
     "place": "hybrid", "country": "FR", "region": "Marseille", "hours_per_week": 35, "positions": 1, "pay_min": 1_000,
     "pay_max": 1_200, "pay_currency": "EUR", "connectivity": 2},
     (("dw.data-entry", 2, True),), {"fr": 4}),
    ("sahel-voix", {"kind": "mission", "titles": {"fr": "Transcription d’entretiens en français",
                    "en": "Transcription of interviews in French"},
     "descriptions": {"fr": "Fichiers de 20 minutes, casque fourni sur demande.",
                      "en": "Files of 20 minutes, headset on request."},
     "hours_per_week": 20, "positions": 5, "pay_min": 70_000, "pay_max": 100_000, "connectivity": 3},
     (("dw.transcription", 2, True), ("dw.typing", 1, False)), {"fr": 4}),
    ("sahel-voix", {"kind": "job", "titles": {"fr": "Annotation d’images agricoles", "en": "Annotation of farm images"},
     "descriptions": {"fr": "Vous entourez des plantes sur des photos de champs.",
                      "en": "You outline plants on photos of fields."},
     "hours_per_week": 25, "positions": 3, "pay_min": 80_000, "pay_max": 95_000, "connectivity": 3,
     "equipment": ["shared"]},
     (("dw.image-annotation", 2, True),), {"fr": 3}),
)  # fmt: skip


@transaction.atomic
def make_employers(claire: User) -> list[Employer]:
    """Four vetted employers; the first is that of the ``employer`` account."""
    now = timezone.now()
    rows: list[Employer] = []
    for slug, name, country, town, about in EMPLOYERS:
        defaults = {
            "name": name, "country": country, "town": town, "about": about, "no_fee_pledge_at": now, "is_demo": True,
            "vetting": Vetting.VETTED, "vetted_at": now,
        }  # fmt: skip
        employer, is_new = Employer.objects.get_or_create(slug=slug, defaults=defaults)
        if is_new:
            user = contact_for(employer, claire, is_first=not rows)
            EmployerContact.objects.create(employer=employer, user=user, is_owner=True)
            check_demo(employer, len(rows))
        rows.append(employer)
    return rows


def check_demo(employer: Employer, number: int) -> None:
    """As a manager would: the check of the third ends soon, the last was never checked."""
    today = site_day()
    if number == 3:
        return
    age = 345 if number == 2 else 60
    kinds = [CheckKind.REGISTER, CheckKind.CALL, CheckKind.VISIT, CheckKind.CONTRACT][: 4 - number]
    EmployerCheck.objects.bulk_create(
        EmployerCheck(
            employer=employer, kind=kind, result=CheckResult.GOOD, done_on=today - timedelta(days=age),
            valid_until=today + timedelta(days=365 - age),
        )
        for kind in kinds
    )  # fmt: skip


def contact_for(employer: Employer, claire: User, *, is_first: bool) -> User:
    if is_first and not EmployerContact.objects.filter(user=claire).exists():
        return claire
    user = User.objects.create(
        username=f"demo-{employer.slug}",
        full_name=f"Contact {employer.name}",
        email=ADDRESS % employer.slug,
        password=make_password(None),
        is_demo=True,
    )
    set_role(user=user, role=Role.EMPLOYER)
    return user


@transaction.atomic
def make_opportunities(employers: list[Employer]) -> list[Opportunity]:
    """Eight open ones, two for each of the needs that the courses teach. Nobody is told of them by e-mail."""
    by_slug = {employer.slug: employer for employer in employers}
    skills = {skill.code: skill for skill in Skill.objects.all()}
    rows = []
    for slug, fields, needs, languages in OPPORTUNITIES:
        found = Opportunity.objects.filter(employer=by_slug[slug], titles=fields["titles"]).first()
        if found is None:
            found = Opportunity.objects.create(
                employer=by_slug[slug], state=OpportunityState.OPEN, is_demo=True, proposed_at=timezone.now(), **fields
            )
            OpportunitySkill.objects.bulk_create(
                OpportunitySkill(opportunity=found, skill=skills[code], level=level, essential=essential)
                for code, level, essential in needs
            )
            OpportunityLanguage.objects.bulk_create(
                OpportunityLanguage(opportunity=found, language=code, level=level) for code, level in languages.items()
            )
        rows.append(found)
    return rows


# How far the best candidates of an opportunity have come: the last state, and how many days ago it was sent.
WAYS = (
    (S.FORWARDED, 2), (S.FORWARDED, 5), (S.SEEN, 8), (S.QUESTION, 6), (S.INTERESTED, 12), (S.INTERVIEW, 16),
    (S.REFUSED, 21), (S.OFFER, 19), (S.STARTED, 40), (S.REFUSED, 33), (S.WITHDRAWN, 9),
)  # fmt: skip
CONTRACTS: dict[str, str] = {
    OpportunityKind.JOB: Contract.PERMANENT, OpportunityKind.INTERNSHIP: Contract.INTERNSHIP,
    OpportunityKind.APPRENTICESHIP: Contract.APPRENTICESHIP, OpportunityKind.ASSIGNMENT: Contract.SERVICE,
}  # fmt: skip
WORDS = {
    S.QUESTION: "Pouvez-vous commencer le matin à 8 h ?",
    S.INTERVIEW: "Jeudi à 10 h, par téléphone. Nous vous appelons.",
    S.REFUSED: "Merci pour votre envoi. Le contrôle qualité au niveau 3 ferait la différence.",
}


@transaction.atomic
def make_referrals(opportunities: list[Opportunity]) -> int:
    """Referrals in every state, made by the real services and then put back in time."""
    if Referral.objects.filter(opportunity__is_demo=True).exists():
        return 0
    demo = CandidateProfile.objects.filter(
        user__is_demo=True, user__username__startswith="demo-", country__in=open_countries()
    )
    people = with_evidence(demo.select_related("user"))
    used: set[int] = set()
    hold(Opportunity.objects.filter(pk__in=[row.pk for row in opportunities]))  # before the first row: docs/locks.md
    rows = Opportunity.objects.with_needs().filter(pk__in=[row.pk for row in opportunities])
    for place, opportunity in enumerate(rows):
        ways = WAYS if opportunity.employer.slug == "pont-data" else WAYS[place % 4 :: 3]
        wanted = wanted_by(opportunity)
        free = [(match_of(wanted, person), person) for person in people if person.pk not in used]
        best = best_matches(free, tie=attrgetter("pk"))
        for (state, days), (match, person) in zip(ways, best, strict=False):
            used.add(person.pk)
            referral = proposals.propose(opportunity=opportunity, profile=person, match=match)
            walk(Referral.objects.with_page_data().get(pk=referral.pk), S(state))
            put_back(referral.pk, days)
    return len(used)


def walk(referral: Referral, state: S) -> None:
    """Take it to ``state`` by the ordinary steps."""
    user = referral.profile.user
    referrals.consent(referral=referral, fields=["phone"], user=user)
    sending.forward(referral)
    if state == S.WITHDRAWN:
        referrals.withdraw(referral=referral, user=user)
    elif state in {S.SEEN, S.OFFER, *answers.ANSWERS}:
        contact = referral.opportunity.employer.contacts.select_related("user").get()
        answers.open_referral(referral=referral, user=contact.user)
        if state == S.OFFER:
            make_offer(referral, actor=contact.user)
        elif state in answers.ANSWERS:
            answers.answer(referral=referral, to=state, actor=contact.user, message=WORDS.get(state, ""),
                           reason="level" if state == S.REFUSED else "")  # fmt: skip
    elif state == S.STARTED:
        make_offer(referral)
        referrals.accept_offer(referral=referral, user=user)
        Referral.objects.filter(pk=referral.pk).update(forwarded_at=timezone.now() - timedelta(days=30))
        referral.refresh_from_db()
        answers.mark_started(referral=referral, on=timezone.localdate() - timedelta(days=25))


def make_offer(referral: Referral, actor: User | None = None) -> None:
    """What was announced, with a first day in a week."""
    row = referral.opportunity
    starts_on = row.starts_on or site_day() + timedelta(days=7)
    terms = {
        "amount": row.pay_min or 80_000, "currency": row.pay_currency, "unit": row.pay_period, "day_hours": None,
        "hours_per_week": row.hours_per_week, "contract": CONTRACTS[row.kind], "place": row.place,
        "starts_on": starts_on, "ends_on": None,
        "where": row.region if row.place != WorkPlace.REMOTE else "",
    }  # fmt: skip
    if terms["contract"] in ENDS:
        terms["ends_on"] = starts_on + timedelta(days=180)
    offers.make(referral=referral, terms=terms, actor=actor)
    referral.refresh_from_db()


def put_back(key: int, days: int) -> None:
    """Sent ``days`` ago; its steps follow one another since then, four days from sending to answer."""
    sent = timezone.now() - timedelta(days=days)
    referral = Referral.objects.get(pk=key)
    referral.forwarded_at, referral.created_at = sent, sent - timedelta(days=2)
    referral.reply_hash = hash_of(reply_secret(referral)) if referral.reply_hash else ""
    referral.save(update_fields=["forwarded_at", "created_at", "reply_hash"])
    Referral.objects.filter(pk=key, answered_at__isnull=False).update(answered_at=sent + timedelta(days=min(days, 4)))
    for number, event in enumerate(ReferralEvent.objects.filter(referral=key)):
        when = min(sent + timedelta(days=number - 2, hours=number), timezone.now())
        ReferralEvent._base_manager.filter(pk=event.pk).update(at=when)  # the log itself is append-only
