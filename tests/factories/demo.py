"""The demo, without the pages of its courses, which take longest and have tests of their own."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from lms.lib.background_tasks import AfterCommit
from placement import demo


def load_demo(candidates: int) -> None:
    """As the command leaves it in a test: what waits for a commit waits, also where a world is ``built``."""
    with translation.override(settings.LANGUAGE_CODE), pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "load_content", list)
        patch.setattr(AfterCommit, "waits", True)
        call_command("demo", "--candidates", str(candidates), verbosity=0)
