"""Who may do what with the rows of a model: Wagtail 8 asks a registry of models, Wagtail 7 asks each viewset.

Registered here, both ask the same policy. Once Wagtail 7 is no longer supported, ``wagtail.permissions`` takes the
place of this module, and ``HasRegisteredPolicy`` goes.
"""

from typing import Any

from django.db.models import Model
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

try:
    from wagtail.permissions import policy_registry, register_permission_policy
except ImportError:  # Wagtail 7
    policy_registry = register_permission_policy = None

_policies: dict[type[Model], Any] = {}


def register_policy(policy: Any) -> None:
    """Make it the policy of its model, in ``AppConfig.ready``: before anything asks."""
    _policies[policy.model] = policy
    if register_permission_policy is not None:
        register_permission_policy(policy.model, policy, exact_class=True)


def policy_of(model: type[Model]) -> Any:
    """What Wagtail asks: the registered one, else its own, which knows permissions and no rows."""
    if policy_registry is not None:
        return policy_registry.get_by_type(model)
    return _policies.setdefault(model, ModelPermissionPolicy(model))


class HasRegisteredPolicy(ModelViewSet):
    """For viewsets of models whose policy is registered. Wagtail 8 does the same without it."""

    @property
    def permission_policy(self) -> Any:
        return policy_of(self.model)
