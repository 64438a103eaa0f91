"""Every list of the admin asks the policy that is registered for its model, whichever Wagtail looks it up."""

import pytest
from django.urls import reverse
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.models import get_snippet_models

from cms.policies import ReadOnlyPolicy, RowPolicy
from cms.search import RowsViewSet
from lms.accounts.models import User
from lms.accounts.people_admin import NoDeletePolicy
from lms.lib.seams.policies import policy_of


def lists():
    reverse("wagtailadmin_home")  # reads the addresses, which registers them all
    snippets = [model.snippet_viewset for model in get_snippet_models()]
    return {one.model: one for one in [*viewsets.viewsets, *snippets] if isinstance(one, ModelViewSet)}


def test_each_list_asks_what_is_registered():
    found = lists()
    assert User in found
    for model, viewset in found.items():
        assert type(viewset.permission_policy) is type(policy_of(model)), model


def test_lists_of_rows_ask_whose_they_are():
    for model, viewset in lists().items():
        if isinstance(viewset, RowsViewSet):
            assert isinstance(policy_of(model), (RowPolicy, ReadOnlyPolicy)), (
                f"register a RowPolicy for {model.__name__}"
            )


def test_registers_are_only_read():
    from certificates.models import Certificate
    from placement.models import Referral

    for model in (Certificate, Referral):
        assert isinstance(policy_of(model), ReadOnlyPolicy)


@pytest.mark.django_db
def test_nobody_deletes_a_person(admin_user, learner):
    policy = policy_of(User)
    assert isinstance(policy, NoDeletePolicy)
    assert not policy.user_has_permission(admin_user, "delete")
    assert not policy.user_has_permission_for_instance(admin_user, "delete", learner)
    assert policy.user_has_permission_for_instance(admin_user, "change", learner)
