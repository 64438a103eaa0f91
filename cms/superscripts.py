"""Powers and indices in plain words (10³, H₂O) as readers see them elsewhere: raised and lowered in their own font.

Unicode has letters for them, which stand in answers and cells; many phones draw them from other fonts, or as boxes.
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.foreign.plain import SUBSCRIPTS, SUPERSCRIPTS

_RAISED = {chr(high): chr(low) for low, high in SUPERSCRIPTS.items()} | {"⁻": "−"}
_LOWERED = {chr(deep): chr(low) for low, deep in SUBSCRIPTS.items()} | {"₋": "−"}
_RUNS = re.compile(f"[{''.join(_RAISED)}]+|[{''.join(_LOWERED)}]+")


def superscripts(text: object) -> SafeString:
    """``10³`` as ``10<sup>3</sup>``, everything else escaped."""
    return mark_safe(_RUNS.sub(_as_element, escape(text)))  # noqa: S308  (escaped, and digits between two tags)


def _as_element(run: re.Match[str]) -> str:
    tag, letters = ("sup", _RAISED) if run[0][0] in _RAISED else ("sub", _LOWERED)
    return f"<{tag}>{''.join(letters[letter] for letter in run[0])}</{tag}>"
