"""The web process is ready before its first reader comes."""

import subprocess
import sys

SCRIPT = """
import gc, sys
import lms.wsgi
print(gc.get_freeze_count() > 100_000, "placement.employer_views" in sys.modules, callable(lms.wsgi.application))
"""


def test_views_are_imported_and_left_alone_by_the_collector():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True", "True"]
