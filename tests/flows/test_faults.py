"""A fault of ours is told as ours on every page: 500 and a traceback, never a 404 or 400 that hides it."""

import logging

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, connection
from django.template.backends.django import Template

from tests.flows.table import everybodys_pages
from tests.worlds import signed_in_as_before

pytestmark = pytest.mark.pages


class Once:
    """Raises at the first call, then does what the original did: the page that says so is rendered too."""

    def __init__(self, fault, original) -> None:
        self.fault, self.original, self.calls = fault, original, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.calls == 1:
            raise self.fault
        return self.original(*args, **kwargs)


class LastFails:
    """Counts queries; the one of that number, when it reads, fails as PostgreSQL fails for a value it cannot hold."""

    def __init__(self, number: int = 0) -> None:
        self.number, self.count = number, 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        if self.count == self.number and sql.startswith("SELECT"):
            raise DataError("integer out of range")
        return execute(sql, params, many, context)


@pytest.mark.parametrize("fault", [DataError("value too long"), ObjectDoesNotExist("no such row")], ids=["data", "row"])
def test_a_fault_inside_any_page_is_a_logged_500(world, clients, monkeypatch, caplog, fault):
    """Raised while the view renders its page, of every address: a 404 or 400 would hide it from everybody."""
    wrong, tried = [], 0
    for role, path in everybodys_pages(world):
        client = clients(role)
        client.raise_request_exception = False
        with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "django.request"):
            caplog.clear()
            once = Once(fault, Template.render)
            patch.setattr(Template, "render", lambda *args, once=once, **kwargs: once(*args, **kwargs))
            with signed_in_as_before(client):
                status = client.get(path).status_code
        if not once.calls:
            continue  # a file, a list of words
        tried += 1
        traces = [record for record in caplog.records if record.exc_info and record.exc_info[1] is fault]
        if status != 500 or not traces:
            wrong.append(f"{path} as {role}: {status}, {len(traces)} traces")
    assert tried > 80
    assert not wrong, "\n".join(wrong)


def test_a_fault_in_the_last_question_to_the_database_is_a_500(world, clients):
    """The brother that renders nothing: each page's last query fails as PostgreSQL fails for a value it cannot hold."""
    wrong, tried = [], 0
    for role, path in everybodys_pages(world):
        client = clients(role)
        client.raise_request_exception = False
        counting = LastFails()
        with signed_in_as_before(client):
            with connection.execute_wrapper(counting):
                client.get(path)
            failing = LastFails(counting.count)
            with connection.execute_wrapper(failing):
                status = client.get(path).status_code
        tried += failing.count >= failing.number
        if status in (400, 404):
            wrong.append(f"{path} as {role}: {status}")
    assert tried > 80
    assert not wrong, "\n".join(wrong)
