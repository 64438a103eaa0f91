"""Where a page that is not there leads: to where this person's work is."""

import pytest

from tests.factories.placement import make_employer

pytestmark = pytest.mark.pages


@pytest.mark.parametrize(
    ("who", "way"),
    [("learner", "/fr/courses/"), ("employer_user", "/fr/employers/"), ("manager", "/cms/"), (None, "/fr/courses/")],
)
@pytest.mark.parametrize(("path", "status"), [("/fr/nothing-here/", 404), ("/fr/", 200)])
def test_the_first_button_fits_who_reads(request, site, client, sign_in, who, way, path, status):
    if who == "employer_user":
        make_employer(user=request.getfixturevalue(who))
    browser = sign_in(request.getfixturevalue(who)) if who else client
    answer = browser.get(path)
    assert answer.status_code == status
    assert f'<a class="btn" href="{way}">' in answer.content.decode().partition('<p class="row">')[2][:80]
