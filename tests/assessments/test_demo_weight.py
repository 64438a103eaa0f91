"""The demo courses prove what their certificates say: no skill hangs on one question."""

import pytest
from django.conf import settings

from assessments.loading import load_folder
from assessments.models import Assessment
from assessments.services.blueprints import weaknesses
from courses.loading import load_skills

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.mark.parametrize("folder", ["premiers-pas", "saisie-qualite"])
def test_no_level_hangs_on_one_question(site, folder):
    load_skills()
    load_folder(settings.BASE_DIR / "courses" / "demo" / folder)
    certifying = [row for row in Assessment.objects.all() if not row.is_practice]
    assert certifying
    assert [text for row in certifying for text in weaknesses(row)] == []
