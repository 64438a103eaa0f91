"""A batch of documents as one archive: a table of what they say (CSV or XLSX), and their pictures."""

import io
import posixpath

from django.utils.translation import gettext as _

from assessments.formats import documents
from assessments.formats.neutral import ReadQuestion
from assessments.illustrations import LARGEST, MOST_NAMES, InArchive, member
from courses.loading.pieces import picture_name
from lms.lib.archives import READ_FAULTS, open_zip
from lms.lib.known_files import DOCUMENT_TABLES
from lms.lib.parsing import UnreadableFileError
from lms.lib.tables import MAX_BYTES, read_table

MOST_DOCUMENTS = 500


def open_batch(content: bytes) -> tuple[list[ReadQuestion], InArchive]:
    """(the documents, their pictures). Raises UnreadableFileError when the archive is damaged, has not one table, or
    its table cannot be read.
    """
    try:
        archive = open_zip(io.BytesIO(content))
    except READ_FAULTS as error:
        raise damaged() from error
    names = [name for name in archive.namelist()[:MOST_NAMES] if is_table(name)]
    if len(names) != 1:
        what = _("Tables (.csv or .xlsx) in the archive: %(count)s.") % {"count": len(names)}
        remedy = _("Put one into it, with the pictures of the documents.")
        raise UnreadableFileError(f"{what} {remedy}")
    table = member(archive, names[0], MAX_BYTES)
    if not table:
        raise damaged()
    pictures = InArchive(archive, posixpath.dirname(names[0].replace("\\", "/")))
    return documents.loads(read_table(table, max_rows=MOST_DOCUMENTS), pictures), pictures


def is_table(name: str) -> bool:
    """Not what macOS adds beside each file."""
    return name.lower().endswith(DOCUMENT_TABLES) and not posixpath.basename(name).startswith("._")


def damaged() -> UnreadableFileError:
    return UnreadableFileError(
        _("This file is damaged: it begins like an archive, and cannot be opened. Make it again.")
    )


def files_of(sources: list[str], pictures: InArchive) -> dict[str, bytes]:
    """The pictures that were named, by these names, for the worker that stores them."""
    files: dict[str, bytes] = {}
    for source in sources:
        name = posixpath.normpath(picture_name(source))
        stored = pictures.names.get(posixpath.normpath(posixpath.join(pictures.place, name)))
        if stored is not None and name not in files:
            files[name] = member(pictures.archive, stored, LARGEST)
    return files
