"""docs/privacy-data-map.md tells of every table: what it holds about people and why, or that it holds nothing."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from lms.accounts.models import User
from placement.models import CandidateProfile
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "privacy-data-map.md").read_text()
TABLE = re.compile(r"`(\w+\.[A-Z]\w+)`")
MODELS = {
    model._meta.label: model
    for model in apps.get_models(include_auto_created=True)
    if not model._meta.proxy and model._meta.managed
}
TELLING = re.compile(
    r"(^|_)(name|email|phone|address|note|reason|message|body|password|birth|gender|ip|user_agent|answer)$"
)
"""Names of columns that hold something about somebody, as a rule."""
HARMLESS = {
    "auth.Group.name": "of a group", "auth.Permission.name": "of a right", "accounts.Heartbeat.name": "of a process",
    "courses.Cohort.name": "of a group of learners", "taggit.Tag.name": "of a word", "wagtailcore.Collection.name":
    "of a folder", "wagtailcore.Site.site_name": "of the site", "wagtailcore.Task.name": "of a step",
    "wagtailcore.Workflow.name": "of a way", "wagtailembeds.Embed.author_name": "nothing writes it",
    "wagtailembeds.Embed.provider_name": "nothing writes it",
    "wagtailcore.CollectionViewRestriction.password": "shared, and switched off",
    "wagtailcore.PageViewRestriction.password": "shared, of a page", "wagtailsearch.IndexEntry.body": "of a page",
    "wagtailsearch.SQLiteFTSIndexEntry.body": "of a page", "house.SeenTime.reason": "of a doubt about the clock",
    "cms.CentreContact.name": "of a centre", "cms.CentreContact.phone": "published by the centre",
    "placement.PlacementCountry.contact_name": "published: in charge of data there",
    "placement.PlacementCountry.contact_email": "published: in charge of data there",
    "courses.Cohort.contact_phone": "of a group, published to its learners",
    "wagtailcore.GroupApprovalTask.name": "of a step", "account.EmailConfirmation.email_address": "nothing writes it",
}  # fmt: skip


def section(title: str) -> str:
    return TEXT.split(f"## {title}\n")[1].split("\n## ")[0]


ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in section("Tables with personal data").splitlines()
    if line.startswith("| `")
]
PERSONAL = {label for row in ROWS for label in TABLE.findall(row[0])}
OTHERS = set(TABLE.findall(section("Tables without personal data")))


def test_every_table_is_in_the_map():
    """A new model: what does it hold about people, why, who sees it, how does it go?"""
    known = set(MODELS)
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        known.add("wagtailsearch.SQLiteFTSIndexEntry")
    assert known - PERSONAL - OTHERS == set(), "docs/privacy-data-map.md"
    assert (PERSONAL | OTHERS) - known == set(), "no such table"
    assert set() == PERSONAL & OTHERS, "one or the other"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: TABLE.findall(row[0])[0])
def test_a_row_answers_every_question(row):
    assert len(row) == 7
    assert all(row)
    assert re.search(r"agreement|training|interest|proof", row[3]), "the basis is one of the four"
    tables = [MODELS[label] for label in TABLE.findall(row[0])]
    columns = {field.name for model in tables for field in model._meta.get_fields() if field.concrete}
    named = set(re.findall(r"`([a-z_]+)`", row[1]))
    assert named, "which columns?"
    assert named <= columns, "no such column"


def test_what_points_at_a_person_is_personal():
    pointing = {
        label
        for label, model in MODELS.items()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, User)
    }
    assert len(pointing) > 30
    assert pointing - PERSONAL == set()


def test_what_hangs_on_a_person_is_personal():
    """An answer of an attempt of an enrolment of somebody: rows that cannot be without their person."""
    found, hanging = {User._meta.label}, set()
    while found:
        label = found.pop()
        hanging.add(label)
        found |= {
            relation.related_model._meta.label
            for relation in MODELS[label]._meta.related_objects
            if not relation.many_to_many and not relation.field.null and relation.related_model._meta.label in MODELS
        } - hanging
    assert {"assessments.Response", "placement.OutcomeAnswer"} <= hanging
    assert hanging - PERSONAL - {"account.EmailConfirmation"} == set()


def test_columns_that_tell_of_somebody_are_in_the_map():
    telling = {
        f"{label}.{field.name}" for label in OTHERS & set(MODELS) for field in MODELS[label]._meta.concrete_fields
        if TELLING.search(field.name)
    }  # fmt: skip
    assert telling - HARMLESS.keys() == set(), "about whom? say it in the map, or here why it is harmless"
    assert {name for name in HARMLESS if name.rpartition(".")[0] in MODELS} - telling == set(), "no longer there"


@pytest.mark.parametrize("model", [User, CandidateProfile])
def test_each_column_of_a_person_is_named(model):
    (row,) = [row for row in ROWS if model._meta.label in TABLE.findall(row[0])]
    technical = {"id", "indexed_at", "searchable_since", "works_remote", "works_on_site"}
    columns = {field.name for field in model._meta.concrete_fields} - technical
    assert columns - set(re.findall(r"`([a-z_]+)`", row[1])) == set()
