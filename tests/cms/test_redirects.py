"""Redirects that the team enters lead from old addresses of the site; the admin has none and looks for none."""

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


def test_only_outside_the_admin_is_one_looked_for(site, client, manager):
    client.force_login(manager)
    assert "wagtailredirects" in questions(client, "/fr/inconnue/")
    assert "wagtailredirects" not in questions(client, "/cms/questions/999999/")
