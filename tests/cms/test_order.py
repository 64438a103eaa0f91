"""Lists and choosers of the admin follow the alphabet, on every database: É between E and F."""

import re

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.models import Page

from cms.models import HomePage, PlainPage
from courses.models import Cohort, Course, Skill
from lms.lib.translated import as_read
from placement.models import Employer
from tests.factories.placement import make_employer

TITLES = ["Zoologie", "Écriture", "eau", "Evaluer", "Fatou", "élever", "Ébène"]
ORDER = ["eau", "Ébène", "Écriture", "élever", "Evaluer", "Fatou", "Zoologie"]


def in_order(answer) -> list[str]:
    page = answer.content.decode()
    found = [(match.start(), title) for title in TITLES for match in [re.search(rf">\s*{title}\s*<", page)] if match]
    return [title for _place, title in sorted(found)]


def test_pages(site, sign_in, manager):
    home = HomePage.objects.first()
    for title in TITLES:
        home.add_child(instance=PlainPage(title=title))
    answer = sign_in(manager).get(f"/cms/pages/{home.pk}/?ordering=title")
    assert in_order(answer) == ORDER
    answer = sign_in(manager).get(f"/cms/pages/{home.pk}/?ordering=-title")
    assert in_order(answer) == ORDER[::-1]
    assert Page.objects.filter(title="Écriture").exists()


def test_documents(site, sign_in, manager):
    for title in TITLES:
        get_document_model().objects.create(title=title, file=ContentFile(b"a,b\n", name=f"{len(title)}.csv"))
    assert in_order(sign_in(manager).get("/cms/documents/")) == ORDER


def test_employers(site, sign_in, manager):
    for title in TITLES:
        make_employer(title)
    assert [row.name for row in Employer.objects.filter(name__in=TITLES)] == ORDER
    assert in_order(sign_in(manager).get("/cms/snippets/placement/employer/")) == ORDER


def test_groups(db):
    for title in TITLES:
        Cohort.objects.create(name=title)
    assert [row.name for row in Cohort.objects.all()] == ORDER


@pytest.mark.parametrize(("language", "order"), [("fr", "cab"), ("en", "abc")])
def test_drop_downs_follow_the_readers_language(db, language, order):
    for code, fr, en in (("a", "Élever", "Breed"), ("b", "Fabriquer", "Craft"), ("c", "eau", "")):
        Skill.objects.create(code=code, framework="dw", names={"fr": fr, "en": en})
    with translation.override(language):
        assert "".join(as_read(Skill.objects.filter(code__in="abc")).values_list("code", flat=True)) == order


def test_an_order_of_its_own_stays(db):
    assert as_read(Course.objects.all()).query.order_by[:1] == ("position",)
