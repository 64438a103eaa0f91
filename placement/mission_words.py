"""What keeps a seat empty, in the active language."""

from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from courses.enums import Level
from lms.lib.translated import pick
from placement import words
from placement.missions.gaps import Gap


def gap_words(gap: Gap) -> str:
    """The need, as a line of a list."""
    if gap.kind == "skill":
        return f"{pick(dict(gap.names)) or gap.code}, {Level(gap.need).label}"
    if gap.kind == "start":
        return _("First day on %(day)s") % {"day": date_format(date.fromisoformat(gap.need), "j F Y")}
    return capfirst(words.need_words({"kind": gap.kind, "code": gap.code, "need": gap.need}))
