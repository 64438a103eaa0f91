"""``DJANGO_SETTINGS_MODULE`` of the newer version."""

from lms.settings.production import *  # noqa: F403

MIGRATION_MODULES = {"house": "tests.flows.next_version.migrations"}
