"""The two demo courses, with their questions and assessments."""

from pathlib import Path

from django.conf import settings

from assessments.loading import load_folder
from courses.models import Course

FOLDERS = ("premiers-pas", "saisie-qualite")


def load_content() -> list[str]:
    """Load the courses that are not there yet; their codes."""
    folder = Path(settings.BASE_DIR) / "courses" / "demo"
    missing = [name for name in FOLDERS if not Course.objects.filter(code=name, pages__isnull=False).exists()]
    for name in missing:
        load_folder(folder / name, is_demo=True)
    return missing
