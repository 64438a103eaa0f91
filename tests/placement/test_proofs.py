"""What an employer reads of each proven skill, before and after a yes."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from certificates.models import Certificate, CertificateSkill, SkillEvidence
from placement.enums import ReferralState
from placement.evidence import with_evidence
from placement.proofs import proof_lines
from tests.factories.assessments import make_assessment
from tests.factories.placement import code_name, make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(site):
    return make_candidate()


def prove(person, **fields):
    proves = CertificateSkill.objects.filter(certificate__user=person.user).first()
    values = {"kind": "knowledge", "questions": 4, "band": 70, "tested_on": date(2026, 11, 12), **fields}
    return SkillEvidence.objects.create(proves=proves, assessment=make_assessment(code="examen"), **values)


def page(client, person, language="fr"):
    with translation.override(language):
        answer = client.get(reverse("placement:profile", args=[code_name(person)]))
    return answer.content.decode().replace("\u00a0", " ")


def test_before_a_yes_only_how_it_was_tested_is_shown(claire, person):
    """Results and counts stand on the public check, which names the holder: they would lead from a card to a name."""
    prove(person)
    shown = page(claire, person)
    assert "Test de connaissances" in shown
    assert "/verify/how/examen/" in shown
    for words in ("4 questions", "70–79", "12 nov", Certificate.objects.get(user=person.user).code):
        assert words not in shown
    assert "Knowledge test" in page(claire, person, "en")


def test_after_the_yes_weight_band_and_month_are_shown(employer, claire, person):
    referral = make_referral(person, make_opportunity(employer), state=ReferralState.FORWARDED)
    prove(person)
    with translation.override("fr"):
        shown = claire.get(reverse("placement:referral", args=[referral.pk])).content.decode().replace("\u00a0", " ")
    assert "Test de connaissances · 4 questions · 70–79 % · nov. 2026" in shown


def test_an_untested_skill_and_an_old_certificate_say_so(claire, person):
    Certificate.objects.update(has_detail=True)
    assert "Formation suivie, non évaluée" in page(claire, person)
    Certificate.objects.update(has_detail=False)
    assert "Aucun détail n’a été enregistré pour cette compétence" in page(claire, person)


def test_what_a_disclosure_takes_away_is_not_read(person):
    prove(person)
    (shown,) = with_evidence([person])
    assert [len(line.pieces) for line in proof_lines(shown, is_agreed=True)] == [1]
    shown.held = []
    assert proof_lines(shown, is_agreed=True) == []


def test_queries_do_not_grow_with_skills(person, django_assert_num_queries):
    prove(person)
    (shown,) = with_evidence([person])
    with django_assert_num_queries(3):
        proof_lines(shown, is_agreed=True)
