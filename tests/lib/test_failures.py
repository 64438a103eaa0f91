"""What no page of ours sends is refused where it comes in; a fault of ours is a 500 with its traceback in the log."""

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, OperationalError
from django.test import Client, RequestFactory
from django.utils.datastructures import MultiValueDictKeyError

from lms.lib.failures import DatabaseFailureMiddleware

FAULTS = [
    DataError("value too long for type character varying(10)"),
    IntegrityError("NOT NULL constraint failed"),
    OverflowError("Python int too large to convert to SQLite INTEGER"),
    ValueError("A string literal cannot contain NUL (0x00) characters."),
    ValueError("Field 'id' expected a number but got 'x'."),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    ObjectDoesNotExist("no such row"),
    MultiValueDictKeyError("field"),
    KeyError("x"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_of_ours_is_nobody_elses(fault):
    middleware = DatabaseFailureMiddleware(lambda request: None)
    for method in ("GET", "POST"):
        assert middleware.process_exception(RequestFactory().generic(method, "/cms/"), fault) is None


@pytest.mark.django_db
def test_a_list_that_counts_more_rows_than_it_holds_is_a_damaged_form(site):
    middleware = DatabaseFailureMiddleware(lambda request: None)
    damaged = MultiValueDictKeyError("skills-1-id")
    assert middleware.process_exception(RequestFactory().post("/cms/"), damaged).status_code == 400


def test_a_database_that_is_away_says_when_to_come_back():
    middleware = DatabaseFailureMiddleware(lambda request: None)
    response = middleware.process_exception(RequestFactory().get("/fr/"), OperationalError("database is locked"))
    assert response.status_code == 503
    assert response["Retry-After"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/fr/%00/", "/fr/courses/x%00y/", "/cms/pages/%00/", "/v/%00", "/documents/1/%00"])
def test_nul_in_an_address_leads_nowhere(site, path):
    assert Client(raise_request_exception=False).get(path).status_code == 404


@pytest.mark.django_db
def test_nul_in_a_query_is_a_bad_request(site):
    for query in ("q=%00", "x%00=1", "code=a%00b"):
        assert Client(raise_request_exception=False).get(f"/fr/verify/?{query}").status_code == 400


@pytest.mark.django_db
def test_numbers_that_no_column_holds_are_found_nowhere(learner):
    for huge in (10**30, -(10**30), 2**63):
        assert list(type(learner).objects.filter(pk__in=[huge, learner.pk])) == [learner]
        assert not type(learner).objects.filter(pk__in=[huge]).exists()
    assert type(learner).objects.filter(pk__in=type(learner).objects.values("pk")).exists()
