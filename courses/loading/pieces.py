"""What was read of a stranger's text, as blocks of a lesson."""

import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cms import foreign
from lms.lib.problems import Problem, ProblemKind, at_line


def as_blocks(document: foreign.Document, folder: Path, beside: Path) -> tuple[list[tuple[str, Any]], list[Problem]]:
    """The pieces of a text as blocks of a lesson file; pictures are looked for ``beside`` it, inside ``folder``."""
    blocks: list[tuple[str, Any]] = []
    problems = list(document.problems)
    for piece in document.pieces:
        if isinstance(piece, foreign.Text):
            blocks.append(("text", piece.html))
        elif isinstance(piece, foreign.Table):
            header, *rows = piece.rows
            blocks.append(("table", {"caption": piece.caption[:160], "header": header, "rows": rows}))
            if len(piece.caption) > 160:
                blocks.append(("text", f"<p>{escape(piece.caption)}</p>"))
        elif isinstance(piece, foreign.Code):
            blocks.append(("code", {"code": piece.code}))
        elif re.match(r"(?:[a-z]+:)?//|data:", piece.src, re.IGNORECASE):
            problems.append(foreign.lost_picture(piece))
        else:
            name = picture_name(piece.src)
            path = (beside / name).resolve()
            if not is_inside(folder, path):
                what = f"no picture {name} in the folder"
                problems.append(at_line(piece.line, what, "Add the file, or correct its name (capital letters matter)"))
                continue
            file = path.relative_to(folder.resolve()).as_posix()
            blocks.append(("image", {"file": file, "alt": piece.alt[:250]}))
            if len(piece.alt) > 250:
                blocks.append(("text", f"<p>{escape(piece.alt)}</p>"))
            if not piece.alt:
                what = f"the picture {name} has no words for people who do not see it"
                problems.append(at_line(piece.line, what, "Write them in its alt", ProblemKind.CHANGED))
    return blocks, problems


def picture_name(src: str) -> str:
    """The file that an address names: Moodle's own prefix and what a browser adds are taken off."""
    return unquote(src.replace("@@PLUGINFILE@@/", "").partition("?")[0].partition("#")[0])


def is_inside(folder: Path, path: Path) -> bool:
    try:
        return path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # a name that no file system takes
        return False
