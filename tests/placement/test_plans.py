"""How PostgreSQL reads the tables of placement when they are large: by an index, however little memory a sort may take.

Some thousands of rows are enough to tell: the plans are asked for, and nothing is timed.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate, CertificateSkill
from courses.models import Enrolment
from lms.accounts.models import User
from placement.models import (
    CandidateLanguage,
    CandidateProfile,
    Employer,
    Opportunity,
    OpportunitySkill,
    Referral,
    SearchEntry,
)
from placement.services import deadlines, freeing, proposals, sending
from tests.factories.courses import make_skill
from tests.factories.placement import (
    ENTRY,
    code_name,
    give_certificate,
    make_candidate,
    make_opportunity,
    make_referral,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="plans of PostgreSQL"),
]

ROWS = 2500
LARGE = ("accounts_user", "certificates_certificate", "certificates_certificateskill", "courses_enrolment",
         "placement_candidateprofile", "placement_candidatelanguage", "placement_searchentry", "placement_referral",
         "placement_opportunity")  # fmt: skip


@pytest.fixture
def multitude(employer) -> Any:
    """Copies of one person, of one opportunity of theirs and of one old proposal, ``ROWS`` of each."""
    profile, opportunity = make_candidate(), make_opportunity()
    referral = make_referral(profile, opportunity)
    proof, skill = profile.user.certificates.get(), make_skill(ENTRY)
    now, entry = timezone.now(), SearchEntry.objects.get(pk=profile.pk)
    numbers = range(ROWS)
    users = User.objects.bulk_create(
        User(username=f"many-{n}", username_key=f"many-{n}", password="!", full_name="Awa Ndiaye") for n in numbers
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(user=user, course=proof.course, completed_at=now) for user in users
    )
    certificates = Certificate.objects.bulk_create(
        Certificate(enrolment=each, user=each.user, course=proof.course, code=f"{n:016d}", language="fr", title="x",
                    holder_name="x", hours=1, issuer_name="x", examined_at=now)
        for n, each in enumerate(enrolments)
    )  # fmt: skip
    CertificateSkill.objects.bulk_create(
        CertificateSkill(certificate=each, skill=skill, level=1 + n % 3, name="x")
        for n, each in enumerate(certificates)
    )
    profiles = CandidateProfile.objects.bulk_create(
        CandidateProfile(user=user, pseudonym=f"Baobab-{n}", is_searchable=True, country="SN",
                         last_active_at=now - timedelta(hours=n))
        for n, user in enumerate(users)
    )  # fmt: skip
    CandidateLanguage.objects.bulk_create(CandidateLanguage(profile=p, language="fr", level=3) for p in profiles)
    SearchEntry.objects.bulk_create(
        SearchEntry(profile=p, is_listed=True, tokens=entry.tokens, proofs=entry.proofs, hours=20, steady=4,
                    active_at=p.last_active_at, changed=1)
        for p in profiles
    )  # fmt: skip
    employers = Employer.objects.bulk_create(
        Employer(name="Pont", slug=f"many-{n}", country="SN", vetting="vetted") for n in range(ROWS // 5)
    )
    openings = Opportunity.objects.bulk_create(
        Opportunity(
            employer=employers[n % len(employers)], kind="job", titles={"fr": "x"}, state="open", proposed_at=now
        )
        for n in numbers
    )
    OpportunitySkill.objects.bulk_create(OpportunitySkill(opportunity=o, skill=skill, level=3) for o in openings)
    Referral.objects.bulk_create(
        Referral(opportunity=opportunity, profile=p, state="expired", reasons=referral.reasons, expires_at=now)
        for p in profiles
    )
    Certificate.objects.filter(examined_at=None).update(examined_at=now)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(LARGE)}, placement_employer, placement_employercontact")
    return profile


def read_whole(act: Callable[[], object]) -> list[str]:
    """The large tables that a query of this act reads from end to end, with little memory and with much."""
    with CaptureQueriesContext(connection) as queries:
        act()
    found = []
    for memory in ("64kB", "64MB"):
        for query in queries.captured_queries:
            if not query["sql"].startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL work_mem = '{memory}'")
                cursor.execute("SET LOCAL random_page_cost = 1.1")  # of a disk without moving parts
                cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"), [])
                plan = "\n".join(row[0] for row in cursor.fetchall())
            found += [f"{name} ({memory}):\n{query['sql'][:300]}\n{plan}"
                      for name in re.findall(r"Seq Scan on (\w+)", plan) if name in LARGE]  # fmt: skip
    return found


PAGES = {
    "search": lambda profile, opportunity: reverse("placement:search"),
    "filters": lambda profile, opportunity: f"{reverse('placement:search')}?skill={ENTRY}:1&country=SN&page=9",
    "order": lambda profile, opportunity: f"{reverse('placement:search')}?for={opportunity.pk}",
    "person": lambda profile, opportunity: reverse("placement:profile", args=[code_name(profile)]),
    "shortlist": lambda profile, opportunity: reverse("placement:shortlist"),
    "opportunity": lambda profile, opportunity: reverse("placement:opportunity", args=[opportunity.pk]),
}


def test_no_page_for_employers_reads_a_large_table_whole(multitude, claire, employer):
    opportunity = make_opportunity(employer)
    for address in PAGES.values():
        url = address(multitude, opportunity)
        assert claire.get(url).status_code == 200  # what a process reads once
        assert read_whole(lambda url=url: claire.get(url)) == []


def test_no_work_of_the_worker_reads_history(multitude, learner):
    for sweep in [*deadlines.SWEEPS, freeing.FREE, proposals.MATCH, proposals.INDEX, proposals.PROPOSE, sending.SEND]:
        assert read_whole(lambda sweep=sweep: list(sweep.rows(timezone.now()).values_list("pk", flat=True)[:200])) == []
    certificate = give_certificate(learner, [(ENTRY, 2)])
    found = read_whole(lambda: proposals.propose_matches(certificate=certificate))
    assert [each for each in found if not each.startswith("placement_opportunity ")] == []
