"""News from placement: the roof. Nobody above listens; messages and reports are queued in services."""

from django.dispatch import Signal

referral_changed = Signal()
"""Sent by ``transitions.change_state`` after each change. Carries ``referral_id``, ``before`` and ``after``."""

more_to_free = Signal()
"""Sent by ``services.freeing`` when people still wait to be freed. Carries nothing."""

opportunity_opened = Signal()
"""Sent by ``services.opportunities.publish`` after the row is written. Carries ``opportunity_id``."""

certificate_to_match = Signal()
"""Sent by ``services.profiles.update_profile``: what they say now may fit more. Carries ``certificate_id``."""
