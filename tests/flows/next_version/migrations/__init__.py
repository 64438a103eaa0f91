"""The migrations of ``lms.lib``, and two more."""

from pathlib import Path

OURS = Path(__file__).resolve().parents[4] / "lms" / "lib" / "migrations"
__path__ = [*__path__, str(OURS)]
