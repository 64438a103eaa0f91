"""What was copied from Word, LibreOffice, Google Docs or a web page, for the editor: what it holds, and what is lost.

The reader is that of every other foreign text (``cms.foreign``), so that pasting and importing keep the same.
"""

import json
import ntpath
from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from cms import foreign
from cms.blocks import PROSE
from cms.table_text import TEXT_EMBEDS, close_breaks
from lms.lib.problems import Problem, ProblemKind, at_line

LONGEST = foreign.LONGEST


def read_paste(html: str, features: list[str]) -> dict[str, Any]:
    """``content`` for an editor with these features, and ``lost``: what to tell the author, with the remedy.

    Where the editor has no tables or code, they are lines of text.
    """
    document = foreign.read(html)
    problems = [problem for problem in document.problems if problem.kind is not ProblemKind.CHANGED]
    problems += pictures_to_add(document.pictures, in_question="h2" not in features)
    if set(TEXT_EMBEDS) <= set(features):
        text, known = foreign.as_rich_text(document), [*PROSE, *TEXT_EMBEDS]
    else:
        text, known = foreign.as_html(document), PROSE
        if any(isinstance(piece, foreign.Table) for piece in document.pieces):
            problems.append(at_line(0, _("A table became lines of text."), _("Check that it still reads well.")))
    content = json.loads(ContentstateConverter(known).from_database_format(close_breaks(text)))
    return {"content": content, "lost": [f"{fault.what} {fault.remedy}" for fault in dict.fromkeys(problems)]}


def pictures_to_add(pictures: list[foreign.Picture], *, in_question: bool) -> list[Problem]:
    """A browser gives the names of copied pictures, not the pictures."""
    if not pictures:
        return []
    names = [picture.alt.strip() or ntpath.basename(picture.src.partition("?")[0]) for picture in pictures]
    told = ", ".join(name[:60] for name in names if name and not name.startswith("data:"))
    what = _("Pictures cannot be pasted (%(count)s: %(names)s).") % {"count": len(pictures), "names": told or "?"}
    save = _("In the document, save each as a file (right click, “Save as picture”).")
    place = (
        _("Then choose it under “Picture”.")
        if in_question
        else _("Then add a block “Image” below this text and choose the file.")
    )
    return [at_line(0, what, f"{save} {place}", ProblemKind.LOST)]
