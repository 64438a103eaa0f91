"""What an employer types about work for a team: the whole, and up to ``LINES`` kinds of seats in it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.enums import Level
from courses.models import Skill
from lms.lib.form_problems import problems_beside
from lms.lib.moments import site_day
from lms.lib.sort_order import by_label
from placement import mission_pay, rules
from placement.choices import BLANK, CURRENCIES, countries_with, country_choices, language_choices
from placement.enums import Cefr, Connectivity, WorkPlace
from placement.forms import capitalised, equipment_choices
from placement.mission_enums import TimeWindow
from placement.missions.money import UnitPrice
from placement.models import Mission, MissionLine
from placement.text_checks.hours import MOST_HOURS_A_WEEK

LINES, MOST_SEATS = 5, 100
LINE_FIELDS = (
    "people", "skill", "level", "language", "language_level", "hours", "window", "equipment", "connectivity",
    "starts_on", "unit", "price", "units",
)  # fmt: skip


@dataclass(frozen=True)
class LineTyped:
    """One line as it was typed."""

    number: int
    people: int
    skill: int
    level: int
    language: str
    language_level: int
    hours: int
    window: str
    connectivity: int
    unit: str
    price: Decimal
    units: Decimal
    starts_on: date | None = None
    equipment: list[str] = field(default_factory=list)

    @property
    def languages(self) -> dict[str, int]:
        return {self.language: self.language_level} if self.language else {}


class LineRows(forms.Form):
    """``people_1``, ``skill_1`` ... A line without a number of people is no line; one at least is asked for.

    ``asked``: lines about which people were asked. They have no fields, and no new line stands beside them.
    """

    asked: list[MissionLine]

    def add_lines(self, known: dict[int, dict[str, Any]]) -> None:
        skills = BLANK + by_label((str(skill.pk), skill.name) for skill in Skill.objects.all())
        levels = [(n, _("Level %d") % n) for n in Level.values]
        self.known = known or {1: {}}
        self.numbers = sorted(known) if self.asked else list(range(1, LINES + 1))
        for number in self.numbers:
            values = known.get(number, {})
            for name, made in self.line_fields(skills, levels).items():
                made.required, made.sometimes = False, True  # type: ignore[attr-defined]
                if name in values:
                    made.initial = values[name]
                self.fields[f"{name}_{number}"] = made

    def line_fields(self, skills: Any, levels: Any) -> dict[str, forms.Field]:
        return {
            "people": forms.IntegerField(label=_("How many people"), min_value=1, max_value=MOST_SEATS),
            "skill": forms.ChoiceField(label=_("Skill that they have proved"), choices=skills),
            "level": forms.TypedChoiceField(label=_("At least"), choices=levels, coerce=int, empty_value=None),
            "language": forms.ChoiceField(label=_("Language"), choices=BLANK + language_choices()),
            "language_level": forms.TypedChoiceField(
                label=_("Level of the language"), choices=Cefr.choices, coerce=int, initial=Cefr.B1, empty_value=None
            ),
            "hours": forms.IntegerField(label=_("Hours a week"), min_value=1, max_value=MOST_HOURS_A_WEEK, initial=20),
            "window": forms.ChoiceField(label=_("When they work"), choices=capitalised(TimeWindow.choices)),
            "starts_on": forms.DateField(
                label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
                help_text=_("To begin in steps, write one line for each first day."),
            ),
            "connectivity": forms.TypedChoiceField(
                label=_("Network needed"), choices=Connectivity.choices, coerce=int, initial=Connectivity.MOBILE_3G,
                empty_value=None,
            ),
            "equipment": forms.MultipleChoiceField(
                label=_("Equipment needed"), choices=equipment_choices, widget=forms.CheckboxSelectMultiple
            ),
            "unit": forms.CharField(
                label=_("What is counted"), max_length=60, help_text=_("One invoice, one picture, one minute of sound.")
            ),
            "price": forms.DecimalField(
                label=_("Price that you pay for one"), min_value=Decimal("0.001"), max_digits=12, decimal_places=3
            ),
            "units": forms.DecimalField(
                label=_("How many a trained person does in an hour"), min_value=Decimal("0.01"), max_digits=8,
                decimal_places=2,
            ),
        }  # fmt: skip

    def lines(self) -> list[dict[str, Any]]:
        """For the template: each line's fields, and whether it stands open."""
        return [
            {**{name: self[f"{name}_{n}"] for name in LINE_FIELDS}, "number": n,
             "is_open": n in self.known or any(self.errors.get(f"{name}_{n}") for name in LINE_FIELDS)}
            for n in self.numbers
        ]  # fmt: skip

    def typed(self) -> list[LineTyped]:
        """After cleaning."""
        data = self.cleaned_data
        rows = []
        for n in self.numbers:
            if data.get(f"people_{n}"):
                values = {name: data[f"{name}_{n}"] for name in LINE_FIELDS}
                rows.append(LineTyped(number=n, **{**values, "skill": int(values["skill"])}))
        return rows

    def check_lines(self, data: dict[str, Any]) -> None:
        """What each line must say; a line that is begun is a line."""
        written = [n for n in self.numbers if data.get(f"people_{n}") or data.get(f"skill_{n}")]
        problems: dict[str, Any] = {}
        if not written and not self.asked and not self.errors:
            problems["people_1"] = _("Say how many people you need, and what they can do.")
        asked = {
            "people": _("Say how many people you need."), "skill": _("Choose a skill: it is what people can prove."),
            "unit": _("Say what is counted and paid."), "price": _("Give the price of one unit."),
            "units": _("Say how many units an hour of work gives."), "hours": _("Say how many hours a week."),
            "level": _("Choose the level of the skill."), "window": _("Choose when they work."),
            "connectivity": _("Choose the network."), "language_level": _("Choose the level of the language."),
        }  # fmt: skip
        for n in written:
            for name, text in asked.items():
                if name == "language_level" and not data.get(f"language_{n}"):
                    continue
                if not data.get(f"{name}_{n}") and f"{name}_{n}" not in self.errors:
                    problems[f"{name}_{n}"] = _("Line %(number)d. %(problem)s") % {"number": n, "problem": text}
            if (day := data.get(f"starts_on_{n}")) and day < site_day():
                problems[f"starts_on_{n}"] = _("This day has passed: choose a later one.")
        others = sum(line.people for line in self.asked)
        if written and others + sum(data.get(f"people_{n}") or 0 for n in written) > MOST_SEATS:
            problems[f"people_{written[-1]}"] = _(
                "The largest team: %(count)d. Write a second team mission for the others."
            ) % {"count": MOST_SEATS}
        if problems:
            raise ValidationError(problems)


class MissionForm(LineRows):
    """Words in one language are enough, as for an opportunity."""

    title = forms.CharField(label=_("Title"), max_length=120)
    description = forms.CharField(
        label=_("What the team will do"), required=False, max_length=4000, widget=forms.Textarea({"rows": 5})
    )
    country = forms.ChoiceField(
        label=_("Country where the people live"), choices=country_choices,
        help_text=_("Its lowest pay and its law hold for this work."),
    )  # fmt: skip
    place = forms.ChoiceField(label=_("Where"), choices=lambda: capitalised(WorkPlace.choices))
    region = forms.CharField(label=_("Region or town"), max_length=80, required=False)
    same_region = forms.BooleanField(label=_("Everybody lives in one region, so that they can meet"), required=False)
    has_lead = forms.BooleanField(label=_("One person of the first line leads the team"), required=False)
    reserve_percent = forms.IntegerField(
        label=_("Reserve, in percent of the seats"), min_value=0, max_value=100, initial=0,
        help_text=_("People who agree to step in when somebody leaves."),
    )  # fmt: skip
    closes_on = forms.DateField(
        label=_("Answer by"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    worker_share = forms.IntegerField(
        label=_("Share of the price for the person who does the work, in percent"), min_value=1, max_value=100
    )
    local_share = forms.IntegerField(
        label=_("Share for others in the same country, in percent"), min_value=0, max_value=100, initial=0,
        help_text=_("The lead, the room, electricity and network, checking."),
    )  # fmt: skip

    OWN = (
        "place", "country", "region", "same_region", "has_lead", "reserve_percent", "currency", "worker_share",
        "local_share", "closes_on",
    )  # fmt: skip

    def __init__(self, *args: Any, mission: Mission, language: str, **kwargs: Any) -> None:
        self.mission, self.language = mission, language
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries_with(mission.country)  # type: ignore[attr-defined]
        known = list(mission.lines.all()) if mission.pk else []
        self.asked = [line for line in known if not line.may_change]
        if mission.pk:
            self.initial.update({name: getattr(mission, name) for name in self.OWN})
            self.initial.update(
                {
                    "title": mission.titles.get(language) or mission.title,
                    "description": mission.descriptions.get(language) or mission.description,
                }
            )
        self.add_lines({line.number: values_of(line) for line in known if line.may_change})
        if self.asked:
            self.keep_what_was_asked()

    def keep_what_was_asked(self) -> None:
        """What the lines about which people were asked depend on; the words, too, when there is no other line."""
        kept = {*self.OWN} - {"closes_on"} if self.numbers else {*self.OWN, "title", "description"} - {"closes_on"}
        if self.mission.closes_on is None:
            kept.add("closes_on")
        for name in kept:
            self.fields[name].disabled = True
            self.fields[name].widget.attrs["class"] = "soft"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for check in (self.check_texts, self.check_own, self.check_lines, self.check_prices):
            with problems_beside(self):
                check(data)
        return data

    def check_texts(self, data: dict[str, Any]) -> None:
        rules.check_words(**{name: data.get(name) or "" for name in ("title", "description", "region")})
        units = {f"unit_{n}": data.get(f"unit_{n}") or "" for n in self.numbers}
        rules.check_words_that_cannot_wait(**units)

    def check_own(self, data: dict[str, Any]) -> None:
        mission_pay.check_shares(worker_share=data.get("worker_share"), local_share=data.get("local_share"))
        day, told = data.get("closes_on"), self.mission.closes_on
        rules.check_closing_day(day)
        if self.asked and day and told and day < told:
            raise ValidationError({"closes_on": _("People were told a day: choose it or a later one.")})

    def check_prices(self, data: dict[str, Any]) -> None:
        problems = {}
        for n in self.numbers:
            price, units, share = data.get(f"price_{n}"), data.get(f"units_{n}"), data.get("worker_share")
            if not (price and units and share and data.get("country")):
                continue
            money = UnitPrice(price, units, share, data.get("local_share") or 0)
            try:
                mission_pay.check_unit_price(
                    country=data["country"], currency=data.get("currency") or "", money=money,
                    hours_per_week=data.get(f"hours_{n}") or 0,
                )  # fmt: skip
            except ValidationError as error:
                problems[f"price_{n}"] = error.message_dict["price"]
        if problems:
            raise ValidationError(problems)

    def values(self) -> dict[str, Any]:
        """Fields of the mission, after cleaning."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in self.OWN},
            "reserve_percent": data["reserve_percent"] or 0, "local_share": data["local_share"] or 0,
            "titles": self.text_in(self.mission.titles, data["title"]),
            "descriptions": self.text_in(self.mission.descriptions, data["description"]),
        }  # fmt: skip

    def text_in(self, texts: dict[str, str], text: str) -> dict[str, str]:
        """The text under the writer's language; other languages keep theirs."""
        kept = {code: value for code, value in texts.items() if code in dict(settings.LANGUAGES)}
        return {**kept, self.language: text} if text else {k: v for k, v in kept.items() if k != self.language}


def values_of(line: Any) -> dict[str, Any]:
    """A line of a mission as its form shows it."""
    row = line.opportunity
    skill, language = next(iter(row.skills.all()), None), next(iter(row.languages.all()), None)
    return {
        "people": line.people, "window": line.window, "unit": line.unit, "price": as_typed(line.price),
        "units": as_typed(line.units_per_hour), "hours": row.hours_per_week, "connectivity": row.connectivity,
        "starts_on": row.starts_on, "equipment": row.equipment, "skill": skill.skill_id if skill else "",
        "level": skill.level if skill else None, "language": language.language if language else "",
        "language_level": language.level if language else Cefr.B1,
    }  # fmt: skip


def as_typed(number: Decimal) -> str:
    """Without zeros behind the point, and never as ``5E+1``."""
    return f"{number.normalize():f}"
