"""Templates of libraries that ours copy with a change, because no block and no setting reaches the place.

A template that only extends the library's needs no line here, nor do the pages that allauth asks its users to write.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.template.utils import get_app_template_dirs

COPIES = {
    "wagtailadmin/bulk_actions/footer.html": "cf1e78a262466a5c",
    "wagtailadmin/chooser/tables/page_title_cell.html": "9eb99aeab3143c12",
    "wagtailadmin/pages/add_subpage.html": "1e9243f4b0e6ae00",
    "wagtailadmin/shared/side_panels/includes/status/usage.html": "9d55cd553251bd84",
    "wagtailmedia/chooser/chooser.html": "ae51c229bfcba2a0",
}
"""The fingerprint of the original that each was copied from, the same in every version that ``SEAMS`` names."""


def original(name: str) -> Path | None:
    """The library's template that one of ours stands before."""
    found = (Path(str(home), name) for home in get_app_template_dirs("templates"))  # our own are in no app
    return next((path for path in found if path.is_file()), None)


def fingerprint(path: Path) -> str:
    """The same however lines are broken and indented."""
    return hashlib.sha256(" ".join(path.read_text(encoding="utf-8").split()).encode()).hexdigest()[:16]


def changed() -> Iterator[str]:
    """Copies whose original is not the one they were made from: its change belongs into ours."""
    for name, made_from in COPIES.items():
        path = original(name)
        if path is None or fingerprint(path) != made_from:
            yield name
