"""Start-up warning when the libraries that make certificates are missing, before a learner waits for one."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

APT_LINE = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core"
BREW_LINE = "brew install pango"

# One row for each library, by its names on Linux, macOS and Windows: the first that opens is enough.
LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
)


@checks.register()
def pdf_libraries(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """Opens the libraries alone: importing WeasyPrint here would cost each start half a second and 40 MB."""
    missing = [names[0] for names in LIBRARIES if not any(map(_opens, names))]
    if not missing:
        return []
    return [
        checks.Warning(
            f"Certificates cannot be generated: {', '.join(missing)} not found. Everything else works.",
            hint=f"On Debian or Ubuntu: {APT_LINE}. On macOS: {BREW_LINE}.",
            id="certificates.W001",
        )
    ]


@checks.register()
def words_fit(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """Every certificate copies these words: one too long would stop them all."""
    from certificates.models import Certificate

    found: list[checks.CheckMessage] = []
    for name in ("ISSUER_NAME", "ISSUER_PLACE", "SIGNATORY_NAME", "SIGNATORY_TITLE"):
        most = getattr(Certificate._meta.get_field(name.lower()), "max_length", None)
        if most is not None and len(getattr(settings, name)) > most:
            text = f"{name} has {len(getattr(settings, name))} characters, more than {most}"
            found.append(checks.Error(text, hint="Shorten it: it is printed on certificates.", id="certificates.E001"))
    return found


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
