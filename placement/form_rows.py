"""Rows that repeat in a form (languages, skills): plain numbered inputs, so that no script is needed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import Level
from courses.models import Skill
from lms.lib.form_problems import problems_beside
from lms.lib.sort_order import by_label
from placement import rules
from placement.choices import BLANK, Choices, language_choices
from placement.enums import Cefr


class LanguageRows(forms.Form):
    """``language_1``, ``language_level_1`` ... An empty language is no row."""

    language_rows = 4
    supposes_level = True  # else a language without a level is asked for its level

    def add_language_rows(self, known: dict[str, int]) -> None:
        first: int | str = Cefr.B1 if self.supposes_level else ""
        levels = list(Cefr.choices) if self.supposes_level else [*BLANK, *Cefr.choices]
        pairs = [*known.items(), *[("", first)] * self.language_rows][: max(self.language_rows, len(known) + 1)]
        self.language_count = len(pairs)
        for number, (language, level) in enumerate(pairs, start=1):
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=_("Language %d") % number, choices=BLANK + language_choices(), required=False, initial=language
            )
            self.fields[f"language_level_{number}"] = forms.ChoiceField(
                label=_("Level %d") % number, choices=levels, required=False, initial=level
            )

    def language_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        numbers = range(1, self.language_count + 1)
        return [(self[f"language_{n}"], self[f"language_level_{n}"]) for n in numbers]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.supposes_level:
            numbers = range(1, self.language_count + 1)
            with problems_beside(self):
                rules.check_levels([(data.get(f"language_{n}"), data.get(f"language_level_{n}")) for n in numbers])
        return data

    def languages(self) -> dict[str, int]:
        """After cleaning."""
        data = self.cleaned_data
        rows = [(data.get(f"language_{n}"), data.get(f"language_level_{n}")) for n in range(1, self.language_count + 1)]
        return {language: int(level or Cefr.B1) for language, level in rows if language}


class SkillRows(forms.Form):
    """``skill_1``, ``skill_level_1``, ``skill_essential_1`` ... An empty skill is no row; one at least is asked for."""

    skill_rows = 6

    def add_skill_rows(self, known: Sequence[tuple[int, int, bool]]) -> None:
        rows = [*known, *[(None, Level.BASIC, False)] * self.skill_rows][: max(self.skill_rows, len(known) + 1)]
        skills = BLANK + by_label((str(skill.pk), skill.name) for skill in Skill.objects.all())
        levels: Choices = [(str(n), _("Level %d") % n) for n in Level.values]
        self.skill_numbers = range(1, len(rows) + 1)
        for number, (skill, level, essential) in enumerate(rows, start=1):
            self.fields[f"skill_{number}"] = forms.ChoiceField(
                label=_("Skill %d") % number, choices=skills, required=False, initial=str(skill or ""))  # fmt: skip
            self.fields[f"skill_level_{number}"] = forms.ChoiceField(
                label=_("Level %d") % number, choices=levels, required=False, initial=level)  # fmt: skip
            self.fields[f"skill_essential_{number}"] = forms.BooleanField(
                label=_("essential"), required=False, initial=essential)  # fmt: skip

    def skill_triples(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"skill_{n}"], self[f"skill_level_{n}"], self[f"skill_essential_{n}"])
                for n in self.skill_numbers]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with problems_beside(self):
            rules.check_skills([data.get(f"skill_{number}") or "" for number in self.skill_numbers])
        return data

    def skills(self) -> list[tuple[Skill, int, bool]]:
        """After cleaning."""
        data = self.cleaned_data
        rows = [(data.get(f"skill_{n}"), data.get(f"skill_level_{n}"), data.get(f"skill_essential_{n}"))
                for n in self.skill_numbers]  # fmt: skip
        found = Skill.objects.in_bulk([int(skill) for skill, _level, _essential in rows if skill])
        return [(found[int(skill)], int(level or 1), bool(essential)) for skill, level, essential in rows if skill]
