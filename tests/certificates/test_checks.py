"""The set-up check names what to install, and costs a web process nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from certificates import checks


def test_silent_when_the_libraries_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_opens", lambda name: True)
    assert checks.pdf_libraries(None) == []


def test_warns_with_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LIBRARIES", (("libnowhere-1.0.so.0",),))
    (warning,) = checks.pdf_libraries(None)
    assert warning.id == "certificates.W001"
    assert "libnowhere" in warning.msg
    assert "apt-get install libpango-1.0-0" in warning.hint


def test_one_name_of_a_library_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_opens", lambda name: name.endswith(".dylib"))
    assert checks.pdf_libraries(None) == []


def test_start_does_not_import_weasyprint() -> None:
    script = (
        "import django, sys; django.setup()\n"
        "from django.core.checks import run_checks\n"
        "import certificates.pdf, lms.urls; run_checks()\n"
        "sys.exit('weasyprint' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
