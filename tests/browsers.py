"""Which browser tests drive."""

import shutil

WHOLE = ("chromium", "chromium-browser")
WITHOUT_WINDOW = "chromium-headless-shell"
"""Debian's own package of it: the same engine, for a third less CPU. It keeps no page to go back to."""


def chromium_path(*, keeps_pages: bool = False) -> str | None:
    names = WHOLE if keeps_pages else (WITHOUT_WINDOW, *WHOLE)
    return next(filter(None, map(shutil.which, names)), None)
