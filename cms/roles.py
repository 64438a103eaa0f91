"""Rights of the groups of the Wagtail admin. Each app names its own with ``allow`` in its ``AppConfig.ready``;
``services.ensure_site`` writes them all after each migration.
"""

from collections import defaultdict

from lms.accounts.services import ALL_COURSES, MANAGERS, TRAINERS

TEAM = (TRAINERS, MANAGERS)
SITE_WIDE = (MANAGERS, ALL_COURSES)  # write every page; others write the courses they have a role in
RIGHTS: dict[str, set[str]] = defaultdict(set)


def allow(*permissions: str, groups: tuple[str, ...] = TEAM) -> None:
    """Give ``app_label.codename`` permissions to groups by name."""
    for group in groups:
        RIGHTS[group].update(permissions)


def crud(label: str, *models: str, delete: bool = False) -> list[str]:
    """Names of the add, change, view (and delete) permissions of an app's models."""
    verbs = ("add", "change", "view", *(("delete",) if delete else ()))
    return [f"{label}.{verb}_{model}" for model in models for verb in verbs]


allow("wagtailadmin.access_admin", "simple_translation.submit_translation")
allow("accounts.add_user", "accounts.change_user", "accounts.view_user", groups=(MANAGERS,))
