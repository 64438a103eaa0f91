"""The services that touch many rows at once, each with enough of them: ``bench.transactions`` times what it writes in
one transaction, ``tests/flows/test_bulk.py`` counts its rows.
"""

from collections.abc import Callable

MANY = 100


def referrals_of_one_employer(number: int = MANY) -> "list[int]":
    """So many people proposed for one opportunity; keys of the referrals."""
    from tests.factories.placement import make_candidate, make_opportunity, make_referral

    opportunity = make_opportunity()
    return [make_referral(make_candidate(), opportunity).pk for _number in range(number)]


def closing() -> Callable[[], object]:
    """An opportunity that many people wait for is closed."""
    from placement.enums import OpportunityState
    from placement.models import Opportunity, Referral
    from placement.services import opportunities

    keys = referrals_of_one_employer()
    row = Opportunity.objects.get(pk=Referral.objects.get(pk=keys[0]).opportunity_id)
    return lambda: opportunities.close(opportunity=row, state=OpportunityState.CLOSED)


def suspending() -> Callable[[], object]:
    """An employer of many is suspended."""
    from lms.accounts.enums import Role
    from placement.models import Referral
    from placement.services import employers
    from tests.factories.people import make_user

    keys = referrals_of_one_employer()
    employer = Referral.objects.get(pk=keys[0]).opportunity.employer
    return lambda: employers.suspend(employer=employer, by=make_user("suspends", Role.MANAGER))


def joining() -> Callable[[], object]:
    """Many learners join a group with a course, on the page of the group."""
    from courses.cohorts import add_members
    from lms.accounts.enums import Role
    from tests.factories.courses import make_cohort, make_course
    from tests.factories.people import make_user

    by = make_user("leads", Role.MANAGER)
    cohort = make_cohort(trainers=(by,), courses=(make_course("joined", lessons=1),))
    names = [make_user(f"joins-{number}").username for number in range(MANY * 4)]
    return lambda: add_members(cohort=cohort, names=names, by=by)


SERVICES: dict[str, Callable[[], Callable[[], object]]] = {
    "opportunities.close": closing,
    "employers.suspend": suspending,
    "cohorts.add_members": joining,
}
"""Service -> makes what it needs, and returns the call."""
