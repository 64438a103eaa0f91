"""Every text that somebody types would run, be calculated, begin a line of a header or turn a name around: on every
page and in every file it stays a text.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.html import escape
from wagtail.fields import RichTextField

from lms.lib.translated import LONGEST_LINE, TranslatedField
from placement.services import employers
from tests.flows.routes import OWN_LABELS
from tests.flows.table import pages
from tests.flows.test_longest import CODES, FORMED
from tests.flows.world import World
from tests.worlds import put_back, signed_in_as_before

pytestmark = pytest.mark.pages

MARK = "=\"zq='zq'<b zq>\r\nzq: 1\u202e"
"""Leaves an attribute between either kind of quotation marks, and a text: ``zq`` is an attribute then."""
KEPT = (models.EmailField, models.SlugField, RichTextField)  # the last holds the HTML of the editor
DATA = {"application/json", "importmap"}  # types of a script that runs nothing
SHORT = 20  # characters: a column with fewer has no room for the mark


class Attributes(HTMLParser):
    """What a marked text has become in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any("zq" in name or "&lt;" in name for name, _value in attrs):
            self.found.append(f"line {self.getpos()[0]}: an attribute of <{tag}>")
        self.is_script = tag in {"script", "style"} and dict(attrs).get("type") not in DATA

    def handle_endtag(self, tag: str) -> None:
        self.is_script = False

    def handle_data(self, data: str) -> None:
        if self.is_script and MARK[:6] in data:
            self.found.append(f"line {self.getpos()[0]}: a part of a script")


def typed_columns() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields if model._meta.app_label in OWN_LABELS else ():
            is_typed = not (column.name in FORMED or column.choices or f"{model._meta.label}.{column.name}" in CODES)
            has_room = (column.max_length or LONGEST_LINE) > SHORT
            if is_typed and has_room and isinstance(column, TranslatedField | models.CharField | models.TextField):
                yield model, column


def marked(column: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(column, TranslatedField):
        return {code: (MARK + text)[:LONGEST_LINE] for code, text in (value or {}).items()}
    if isinstance(column, KEPT) or not isinstance(value, str) or not value:
        return value
    return (MARK + value)[: column.max_length]


def mark_texts() -> int:
    """Begin every text of every row with the mark; how many columns have rows."""
    found = 0
    for model, column in typed_columns():
        rows = list(model._base_manager.values_list("pk", column.attname))
        for pk, value in rows:
            model._base_manager.filter(pk=pk).update(**{column.attname: marked(column, value)})
        found += bool(rows)
    return found


def tables(world: World) -> Iterator[tuple[str, str]]:
    """(role, address) of each file for a spreadsheet."""
    yield "trainer", reverse("courses_cohort", args=[world.cohort.pk]) + "?format=csv"
    yield "manager", reverse("assessment_results", args=[world.assessment.pk]) + "?export=csv"
    yield "manager", reverse("placement_demand") + "?format=csv"
    yield "employer", reverse("placement:export_shortlist")


def answers(world: World) -> Iterator[tuple[str, Any]]:
    """Each page and file once, as the first who may open it."""
    asked: set[str] = set()
    for role, path in itertools.chain(tables(world), pages(world)):
        if path not in asked:
            asked.add(path)
            client = world.client(role)
            with put_back(), signed_in_as_before(client):
                yield path, client.get(path)


def faults_of(answer: Any, content: str) -> list[str]:
    faults = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    for name, value in answer.headers.items():
        if "zq" in name or re.search(r"[\r\n\u202e]", value):
            faults.append(f"the header {name}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/html":
        return faults + Attributes(content).found
    if kind == "text/calendar" and re.search(r"^zq:", content, re.MULTILINE):
        faults.append("a line of its own")
    if kind == "text/csv" and re.search(r'(^|[;,\n"])=', content):
        faults.append("a formula")
    return faults


@pytest.mark.parametrize("page", ["<p>{}</p>", '<p title="{}">', "<p title='{}'>", "<script>x = '{}'</script>"])
def test_the_mark_is_seen_where_it_is_not_escaped(page):
    assert Attributes(page.format(MARK)).found


def test_the_mark_is_seen_where_a_part_of_it_is_escaped():
    for page in ('<p title="{}">', "<p title='{}'>"):
        assert Attributes(page.format(MARK.replace("<", "&lt;"))).found
        assert not Attributes(page.format(escape(MARK))).found
    assert Attributes("<p>{}</p>".format(MARK.replace('"', "&quot;"))).found


def test_every_typed_text_stays_a_text(world):
    employers.set_shortlisted(profile=world.profile, employer=world.employer, user=world.employer_user, wanted=True)
    assert mark_texts() > 40
    wrong, kinds = [], Counter[str]()
    for path, answer in answers(world):
        content = answer.getvalue().decode("utf-8", "replace")
        kinds[answer.headers.get("Content-Type", "").partition(";")[0]] += "zq" in content
        wrong += [f"{path}: {fault}" for fault in faults_of(answer, content)]
    assert not wrong, "\n".join(wrong)
    assert kinds["text/html"] > 100
    assert (kinds["text/csv"], kinds["text/calendar"]) == (4, 3)
