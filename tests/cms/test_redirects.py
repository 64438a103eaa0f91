"""Redirects that the team enters lead from old addresses of the site; the admin has none and looks for none."""

import pytest
from django.db import connection
from wagtail.contrib.redirects.models import Redirect

from tests.reads import counted_reads


def questions(client, path: str) -> str:
    with counted_reads() as reads:
        assert client.get(path).status_code == 404
    return " ".join(reads.by_sql)


def test_an_old_address_leads_on(site, client):
    Redirect.add_redirect("/fr/ancienne/", "/fr/courses/")
    answer = client.get("/fr/ancienne/")
    assert (answer.status_code, answer["Location"]) == (301, "/fr/courses/")


@pytest.mark.parametrize(
    ("entered", "asked"),
    [
        ("/fr/ancienne", "/fr/ancienne/?page=2&x=1"),
        ("/fr/ancienne?page=2", "/fr/ancienne/?page=2"),
        ("/fr/entraînement", "/fr/entra%C3%AEnement/"),
        ("/fr/entraînement?été=1", "/fr/entra%C3%AEnement/?%C3%A9t%C3%A9=1"),
        ("/fr/ancienne?été=1", "/fr/ancienne/?%C3%A9t%C3%A9=1"),
        ("/fr/100%25", "/fr/100%25/"),
    ],
)
def test_an_old_address_is_known_however_it_is_written(site, client, entered, asked):
    Redirect.objects.create(old_path=entered, redirect_link="/fr/courses/")
    assert client.get(asked).get("Location") == "/fr/courses/"


def test_what_no_database_takes_is_no_old_address(site, client):
    assert client.get("/fr/in\0connue/").status_code == client.get("/fr/%FF%00/").status_code == 404


def test_what_is_not_there_costs_one_question(site, client):
    """However many ways there are to write the address."""
    asked: list[str] = []

    def note(execute, sql, *more):
        asked.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        assert client.get("/fr/courses/entra%C3%AEnement/?%C3%A9t%C3%A9=1").status_code == 404
    assert sum("wagtailredirects" in sql for sql in asked) == 1


def test_only_outside_the_admin_is_one_looked_for(site, client, manager):
    client.force_login(manager)
    assert "wagtailredirects" in questions(client, "/fr/inconnue/")
    assert "wagtailredirects" not in questions(client, "/cms/questions/999999/")
