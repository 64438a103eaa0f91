"""An offer of work, as it is typed."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.lib.form_problems import problems_beside
from placement.choices import CURRENCIES
from placement.enums import WorkPlace
from placement.forms import capitalised
from placement.models import Offer, Opportunity
from placement.offer_enums import Contract, PayUnit
from placement.offer_rules import LONGEST_DAY
from placement.offer_terms import FIELDS, Verdict
from placement.services import offers
from placement.services import thread_rules as threads
from placement.text_checks.hours import MOST_HOURS_A_WEEK


class WorkOfferForm(forms.Form):
    """Begins with what stands: the version before, else what was announced. ``key`` names this showing of the form."""

    amount = forms.IntegerField(label=_("Pay"), min_value=1, max_value=1_000_000_000)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    unit = forms.ChoiceField(label=_("Unit of pay"), choices=PayUnit.choices)
    day_hours = forms.IntegerField(
        label=_("Hours of a paid day"), min_value=1, max_value=LONGEST_DAY, required=False,
        help_text=_("Only for pay by the day."),
    )  # fmt: skip
    hours_per_week = forms.IntegerField(label=_("Hours a week"), min_value=1, max_value=MOST_HOURS_A_WEEK)
    contract = forms.ChoiceField(label=_("Contract"), choices=Contract.choices)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a contract that ends."),
    )  # fmt: skip
    place = forms.ChoiceField(label=_("Where"), choices=WorkPlace.choices)
    where = forms.CharField(
        label=_("Address of the work"), max_length=200, required=False, help_text=_("Not needed for remote work.")
    )
    message = forms.CharField(
        label=_("A few words with it"), max_length=threads.LONGEST, required=False, widget=forms.Textarea({"rows": 3})
    )
    confirm = forms.BooleanField(
        label=_("I know that this is below what was announced: the person sees both."), required=False
    )
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, opportunity: Opportunity, announced: dict[str, Any], offer: Offer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.opportunity, self.announced = opportunity, announced
        for name, choices in (("contract", Contract.choices), ("place", WorkPlace.choices)):
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=capitalised(choices))
        for name in ("day_hours", "ends_on", "where"):  # asked for by some offers
            self.fields[name].sometimes = True  # type: ignore[attr-defined]
        self.initial = {**self.first_values(offer), **self.initial}
        self.initial.setdefault("key", secrets.token_urlsafe(9))

    def first_values(self, offer: Offer | None) -> dict[str, Any]:
        if offer is not None:
            return offer.terms
        row, told = self.opportunity, self.announced
        kind_contract = {"internship": Contract.INTERNSHIP, "apprenticeship": Contract.APPRENTICESHIP,
                         "mission": Contract.SERVICE}  # fmt: skip
        return {
            "amount": told.get("pay_min") or told.get("pay_max"), "currency": told["pay_currency"],
            "unit": told["pay_period"], "hours_per_week": told["hours_per_week"],
            "contract": kind_contract.get(row.kind, Contract.PERMANENT), "starts_on": told.get("starts_on"),
            "place": told["place"],
        }  # fmt: skip

    @property
    def fields_to_ask(self) -> list[forms.BoundField]:
        """The question whether they know is asked where there is something to know."""
        return [field for field in self.visible_fields() if field.name != "confirm" or self.is_worse]

    @property
    def is_worse(self) -> bool:
        return any(line.verdict == Verdict.WORSE for line in self.lines)

    @property
    def lines(self) -> list[Any]:
        """What is typed, beside what was announced; empty before it makes sense."""
        data = getattr(self, "cleaned_data", {})
        if not self.is_bound or any(name not in data for name in FIELDS):
            return []
        return offers.beside(self.announced, self.terms)

    @property
    def terms(self) -> dict[str, Any]:
        data = self.cleaned_data
        hours = data["day_hours"] if data["unit"] == PayUnit.DAY else None
        return {**{name: data[name] for name in FIELDS}, "day_hours": hours}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if all(name in data for name in FIELDS):
            with problems_beside(self):
                offers.check(self.opportunity, self.announced, self.terms, is_confirmed=data.get("confirm", False),
                             message=data.get("message") or "")  # fmt: skip
        return data
