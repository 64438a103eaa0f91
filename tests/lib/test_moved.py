"""Old addresses: e-mails that were sent and bookmarks still lead where they led."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/fr/offers/", "/fr/opportunities/"),
        ("/en/offers/12/?from=mail&x=1", "/en/opportunities/12/?from=mail&x=1"),
        ("/fr/offers/profile/seen/", "/fr/opportunities/profile/seen/"),
        ("/fr/offers/12/outcome/3/", "/fr/opportunities/12/outcome/3/"),
        ("/fr/opportunities/12/talk/?from=mail", "/fr/opportunities/12/thread/?from=mail"),
        ("/fr/employers/people/Baobab-1/introduce/", "/fr/employers/people/Baobab-1/request/"),
    ],
)
def test_an_old_address_leads_to_the_new_one_for_good(client: Client, old: str, new: str):
    answer = client.get(old)
    assert (answer.status_code, answer.headers["Location"]) == (308, new)
    assert client.post(old, {"answer": "yes"}).status_code == 308  # what was posted is posted again
