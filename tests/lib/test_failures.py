"""What no page of ours sends is answered with 400; a fault of ours stays a fault."""

import pytest
from django.test import RequestFactory

from lms.lib.failures import DatabaseFailureMiddleware

FAULTS = {
    "half a sign": lambda: "\ud800".encode(),
    "a number of 5,000 digits": lambda: int("9" * 5000),
}


def answer(method: str, fault):
    middleware = DatabaseFailureMiddleware(lambda request: None)
    try:
        fault()
    except ValueError as error:
        return middleware.process_exception(RequestFactory().generic(method, "/cms/"), error)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_damaged_forms_are_bad_requests(fault):
    assert answer("POST", fault).status_code == 400


def test_another_wrong_value_is_our_fault():
    assert answer("POST", lambda: int("nine")) is None
