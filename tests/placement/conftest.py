import pytest

from tests.factories.placement import make_employer


@pytest.fixture
def employer(employer_user):
    """Claire's, vetted."""
    return make_employer("Pont Data", user=employer_user)


@pytest.fixture
def claire(employer, employer_user, sign_in):
    """A browser where Claire of ``employer`` is signed in."""
    return sign_in(employer_user)


@pytest.fixture
def rival(sign_in):
    """A browser where somebody of another vetted employer is signed in."""
    return sign_in(make_employer("Rivale").contacts.get().user)
