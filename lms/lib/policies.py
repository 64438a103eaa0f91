"""Wagtail's permission policies, where both versions that we support find them."""

from typing import Any


def register_policy(policy: Any) -> None:
    """Make it the policy of its model. Wagtail 8 asks a registry of models, Wagtail 7 the viewset alone."""
    try:
        from wagtail.permissions import register_permission_policy
    except ImportError:
        return
    register_permission_policy(policy.model, policy, exact_class=True)
