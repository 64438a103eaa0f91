"""Forms of the catalogue."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.catalogue import Entry
from courses.enums import Level
from lms.lib.sort_order import by_label

DURATIONS = [("2", _("up to 2 hours")), ("5", _("up to 5 hours")), ("10", _("up to 10 hours"))]


class CatalogueForm(forms.Form):
    """Search and filters, sent by GET. Choices hold only what the catalogue has."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search", "enterkeyhint": "search", "class": "grow"}),
    )
    skill = forms.ChoiceField(label=_("Skill"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    hours = forms.ChoiceField(label=_("Duration"), required=False, choices=[("", _("any")), *DURATIONS])

    def __init__(self, *args: Any, entries: Iterable[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = list(entries)
        skills = {row.skill.code: row.skill.name for entry in entries for row in entry.skills}
        levels = {entry.course.level for entry in entries}
        languages = {code for entry in entries for code in entry.languages}
        self.choose("skill", _("all"), by_label(skills.items()))
        self.choose("level", _("all"), [(str(value), label) for value, label in Level.choices if value in levels])
        self.choose("language", _("all"), [pair for pair in settings.LANGUAGES if pair[0] in languages])

    def choose(self, name: str, every: Any, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [("", every), *choices]

    @property
    def is_filtered(self) -> bool:
        """Something besides the search words was chosen."""
        return any(self.data.get(name) for name in ("skill", "level", "language", "hours"))


class JoinForm(forms.Form):
    """The code of a group, typed by hand: spaces, dashes and small letters do not matter."""

    code = forms.CharField(
        label=_("Code of the group"), max_length=30,
        help_text=_("8 letters and digits. Capital or small letters make no difference."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
