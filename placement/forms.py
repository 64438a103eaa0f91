"""What learners and employers type."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from lms.accounts.fields import AddressField
from lms.accounts.person_names import clean_name
from lms.lib.form_problems import problems_beside, problems_of_field
from lms.lib.moments import site_day
from placement import pay_floors, rules
from placement.choices import BLANK, CURRENCIES, Choices, countries_with, country_choices
from placement.enums import Connectivity, Equipment, OpportunityKind, RefusalReason
from placement.enums import ReferralState as S
from placement.form_rows import LanguageRows, SkillRows
from placement.models import CandidateProfile, Employer, Opportunity, Referral
from placement.offer_enums import DeclineReason
from placement.regions import listed, region_choices
from placement.services.answers import ANSWERS


def capitalised(choices: Choices) -> Choices:
    """In the language of the moment: made for each form."""
    return [(value, capfirst(str(name))) for value, name in choices]


def refusal_choices() -> Choices:
    return BLANK + capitalised(RefusalReason.choices)


def equipment_choices() -> Choices:
    return capitalised(Equipment.choices)


KEEP_SHARING, STOP_SHARING = "keep", "stop"


def sharing_choices() -> Choices:
    return [
        (KEEP_SHARING, _("keep what I sent them, and we go on")),
        (STOP_SHARING, _("no longer see me: this ends what I had started with them")),
    ]


def yes_or_no(label: Any) -> forms.TypedChoiceField:
    """Two buttons; neither is pressed before they say it."""
    return forms.TypedChoiceField(
        label=label, choices=[("True", _("Yes")), ("False", _("No"))], required=False, empty_value=None,
        coerce=lambda word: word == "True", widget=forms.RadioSelect,
    )  # fmt: skip


class RegionField(forms.ChoiceField):
    """One of a country's regions. With another country than before, a region that is not there is no mistake."""

    country_has_changed = False

    def clean(self, value: Any) -> Any:
        return "" if self.country_has_changed and not self.valid_value(value) else super().clean(value)


class FactsForm(LanguageRows, forms.ModelForm):
    """What employers see of a candidate's own words. What is left empty is unknown, and shown so."""

    supposes_level = False
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    region = RegionField(label=_("Region"), required=False)
    works_remote = yes_or_no(_("I can work remotely"))
    works_on_site = yes_or_no(_("I can go to work in my region"))
    equipment = forms.MultipleChoiceField(
        label=_("What I have"), choices=equipment_choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    connectivity = forms.TypedChoiceField(
        label=_("My network, most days"), choices=Connectivity.choices, coerce=int, widget=forms.RadioSelect,
        required=False, empty_value=None,
    )  # fmt: skip
    hours_per_week = forms.IntegerField(label=_("Hours a week I can work"), min_value=1, max_value=60, required=False)

    class Meta:
        model = CandidateProfile
        fields: tuple[str, ...] = (
            "country", "region", "hours_per_week", "works_remote", "works_on_site", "equipment", "connectivity",
            "available_from",
        )  # fmt: skip
        labels = {"available_from": _("I am available from")}
        widgets = {"available_from": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries_with(self.instance.country)  # type: ignore[attr-defined]
        self.typed_region = self.add_regions()
        self.add_language_rows({row.language: row.level for row in self.instance.languages.all()})
        for field in self.fields.values():  # what is asked for is not marked as free
            field.sometimes = True  # type: ignore[attr-defined]

    def add_regions(self) -> str:
        """Those of the country that the profile has: without a script, the country is saved first.

        Gives what was typed before there was a list and is not surely on it: it stays until they choose.
        """
        field: Any = self.fields["region"]
        country, text = self.instance.country, self.instance.region
        if self.is_bound and (posted := self.data.get(self.add_prefix("country"), country)) != country:
            field.country_has_changed, country, text = True, posted, ""
        code = listed(country, text)
        field.choices = BLANK + region_choices(country)
        field.help_text = _("Used only for work that must be done on site.")
        if not country:
            field.help_text = _("Choose your country first and save: then its regions are here.")
        elif text and not code:
            field.help_text = _("You had written “%(region)s”: choose it in the list.") % {"region": text}
        self.initial["region"] = code
        return text if text and not code else ""

    def clean_region(self) -> str:
        return self.cleaned_data["region"] or self.typed_region

    def values(self) -> dict[str, Any]:
        """Fields of the profile, after cleaning."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class ProfileForm(FactsForm):
    pay_currency = forms.ChoiceField(label=_("Currency"), choices=BLANK + CURRENCIES, required=False)

    class Meta(FactsForm.Meta):
        fields = (*FactsForm.Meta.fields, "is_searchable", "pay_floor", "pay_currency", "mails")
        labels = {
            **FactsForm.Meta.labels,
            "is_searchable": _("Yes, employers may find me under my code name"),
            "pay_floor": _("The lowest monthly pay I accept"),
            "mails": _("News about work, by e-mail and SMS"),
        }
        help_texts = {"pay_floor": _("Employers never see this. We use it to propose opportunities that pay enough.")}

    def __init__(self, *args: Any, sharing: Sequence[Referral] = (), **kwargs: Any) -> None:
        """``sharing``: what employers see after a yes. Whoever hides says whether it ends too."""
        super().__init__(*args, **kwargs)
        self.was_searchable = self.instance.is_searchable
        if sharing and self.was_searchable:
            names = ", ".join(dict.fromkeys(row.opportunity.employer.name for row in sharing))
            self.fields["sharing"] = forms.ChoiceField(
                label=_("If I say no here, the employers to whom I said yes (%(names)s):") % {"names": names},
                choices=sharing_choices, required=False, widget=forms.RadioSelect,
            )  # fmt: skip
            self.fields["sharing"].sometimes = True  # type: ignore[attr-defined]
        self.fields["mails"].required = False  # a form shown by an earlier version does not have it
        self.fields["mails"].sometimes = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        with problems_beside(self):
            rules.check_pay_floor(pay_floor=data.get("pay_floor"), pay_currency=data.get("pay_currency") or "")
        return data

    def clean_sharing(self) -> str:
        choice: str = self.cleaned_data["sharing"]
        with problems_of_field():
            rules.check_hiding(hides=self.hides, choice=choice)
        return choice

    @property
    def hides(self) -> bool:
        return bool(self.was_searchable and not self.cleaned_data.get("is_searchable"))

    def stops_sharing(self) -> bool:
        return self.hides and self.cleaned_data.get("sharing") == STOP_SHARING

    def values(self) -> dict[str, Any]:
        """Fields of the profile, after cleaning."""
        data = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        return {**data, "mails": data["mails"] or self.initial["mails"]}


class ConsentForm(forms.Form):
    """The name always goes: an employer who answers must know whom to call."""

    phone = forms.BooleanField(required=False)
    email = forms.BooleanField(required=False)
    seen = forms.CharField(required=False, max_length=64)

    def fields_agreed(self) -> list[str]:
        return [name for name in ("phone", "email") if self.cleaned_data[name]]


class WordsForm(forms.Form):
    """One free text of a person to another; kept as typed."""

    text = forms.CharField(label=_("Your message"), max_length=1000, widget=forms.Textarea({"rows": 4}))


ANSWER_WORDS: Choices = [
    (S.INTERESTED, _("Interested: I will contact this person")),
    (S.QUESTION, _("I have a question first")),
    (S.INTERVIEW, _("I propose an interview")),
    (S.REFUSED, _("No, not this time")),
]


class AnswerForm(forms.Form):
    """What an employer answers. Which words a choice needs is said by the error, and the typed text is kept."""

    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    message = forms.CharField(
        label=_("Message to the candidate"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("For an interview: the day, the time and how."),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Reason, if the answer is no"), required=False,
        choices=refusal_choices,
    )  # fmt: skip
    shared = forms.BooleanField(label=_("The candidate may see the reason"), required=False, initial=True)

    def __init__(self, *args: Any, allowed: tuple[str, ...] = ANSWERS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [pair for pair in ANSWER_WORDS if pair[0] in allowed]
        if S.INTERVIEW not in allowed:
            self.fields["message"].help_text = ""
        self.fields["answer"] = forms.ChoiceField(
            label=_("Your answer"), widget=forms.RadioSelect, choices=choices,
            error_messages={"required": _("Choose an answer.")},
        )  # fmt: skip
        for name in ("message", "reason"):  # asked for by some answers: not marked as free
            self.fields[name].sometimes = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with problems_beside(self):
            words = {name: data.get(name) or "" for name in ("answer", "message", "reason")}
            rules.check_answer(**words)
        return data


def decline_choices() -> Choices:
    return BLANK + capitalised(DeclineReason.choices)


class YesNoForm(forms.Form):
    """Two buttons. ``seen``: the fingerprint of the terms that stood beside them."""

    answer = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda word: word == "yes")
    seen = forms.CharField(required=False, max_length=64)


class OfferAnswerForm(YesNoForm):
    """The buttons under an offer of work; a no has its reason, which the employer reads."""

    reason = forms.ChoiceField(label=_("Why?"), required=False, choices=decline_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].sometimes = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with problems_beside(self):
            rules.check_decline(is_yes=data.get("answer", True), reason=data.get("reason") or "")
        return data


class StartForm(forms.Form):
    """The first day at work of somebody who was sent on ``sent_on``."""

    on = forms.DateField(label=_("Date"), error_messages={"required": _("Give the first day at work.")})

    def __init__(self, *args: Any, sent_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent_on = sent_on
        today = site_day().isoformat()
        self.fields["on"].widget = forms.DateInput(
            {"type": "date", "min": sent_on.isoformat(), "max": today}, format="%Y-%m-%d"
        )
        self.initial.setdefault("on", today)

    def clean_on(self) -> date:
        with problems_of_field():
            rules.check_first_day(self.cleaned_data["on"], sent_on=self.sent_on)
        day: date = self.cleaned_data["on"]
        return day


class OutcomeForm(forms.Form):
    """The buttons of "Do you still work there?"; ``correct`` says that they change an answer given before."""

    in_work = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda word: word == "yes")
    correct = forms.BooleanField(required=False)
    paid = forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda word: word == "yes", required=False,
        empty_value=None,
    )  # fmt: skip


class JoinForm(forms.Form):
    name = forms.CharField(label=_("Name of your organisation"), max_length=120)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    town = forms.CharField(label=_("Town"), max_length=80, required=False)
    website = forms.URLField(label=_("Website"), max_length=200, required=False, assume_scheme="https")
    registration = forms.CharField(
        label=_("Company registration"), max_length=60, required=False,
        help_text=_("For example NINEA, RCCM or SIRET. It makes our check faster."),
    )  # fmt: skip
    contact_name = forms.CharField(label=_("Your name"), max_length=120)
    contact_email = AddressField(label=_("Your work e-mail address"), max_length=254)
    pledge = forms.BooleanField(
        label=_("We never ask candidates for money, at any step, and we pay for work, trial tasks included."),
        error_messages={"required": _("Without this promise we cannot put anybody in touch with you.")},
    )

    def clean_contact_name(self) -> str:
        return clean_name(self.cleaned_data["contact_name"])

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "pledge"}


class OpportunityForm(SkillRows, LanguageRows, forms.ModelForm):
    """Title and description in one language are enough: they are shown in every language until translated."""

    language_rows = 3
    field_order = ("title", "kind", "description")
    title = forms.CharField(label=_("Title"), max_length=120)
    description = forms.CharField(
        label=_("What the person will do"), required=False, max_length=4000, widget=forms.Textarea({"rows": 6})
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=country_choices, required=False, help_text=_("Needed when the work is on site.")
    )
    hours_per_week = forms.IntegerField(label=_("Hours a week"), min_value=1, max_value=168, initial=20)
    positions = forms.IntegerField(label=_("Positions"), min_value=1, max_value=1000, initial=1)
    equipment = forms.MultipleChoiceField(
        label=_("Equipment needed"), choices=equipment_choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    pay_currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)

    class Meta:
        model = Opportunity
        fields = (
            "kind", "place", "country", "region", "hours_per_week", "positions", "pay_min", "pay_max", "pay_currency",
            "pay_period", "equipment", "connectivity", "starts_on", "closes_on",
        )  # fmt: skip
        help_texts = {
            "region": _("A region is compared with where people live; a town is only read by candidates."),
        }
        widgets = {
            "starts_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "closes_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(
        self, *args: Any, language: str, employer: Employer, pending: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """``pending``: a change that waits or came back, shown in place of what is published."""
        row, self.employer, pending = kwargs["instance"], employer, pending or {}
        for name, value in pending.get("fields", {}).items():
            setattr(row, name, value)
        super().__init__(*args, **kwargs)
        self.language = language
        self.fields["country"].choices = countries_with(row.country)  # type: ignore[attr-defined]
        self.fields["kind"].choices = BLANK + capitalised(OpportunityKind.choices)  # type: ignore[attr-defined]
        self.fields["country"].sometimes = True  # type: ignore[attr-defined]
        self.initial.setdefault("title", row.titles.get(language) or (row.title if row.pk else ""))
        self.initial.setdefault("description", row.descriptions.get(language) or (row.description if row.pk else ""))
        languages = {r.language: r.level for r in row.languages.all()} if row.pk else {}
        self.add_language_rows(pending.get("languages", languages))
        skills = [(s.skill_id, s.level, s.essential) for s in row.skills.all()] if row.pk else []
        self.add_skill_rows(pending.get("skills", skills))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with problems_beside(self):
            rules.check_opportunity(
                place=data.get("place") or "",
                country=data.get("country") or "",
                pay_min=data.get("pay_min"),
                pay_max=data.get("pay_max"),
                hours_per_week=data.get("hours_per_week"),
            )
        with problems_beside(self):
            pay_floors.check_pay(
                country=data.get("country") or self.employer.country,
                kind=data.get("kind") or "",
                pay_min=data.get("pay_min"),
                pay_max=data.get("pay_max"),
                currency=data.get("pay_currency") or "",
                period=data.get("pay_period") or "",
                hours_per_week=data.get("hours_per_week") or 0,
            )
        with problems_beside(self):
            rules.check_words(**{name: data.get(name) or "" for name in ("title", "description", "region")})
        if "closes_on" in self.changed_data or "open" in self.data:
            with problems_beside(self):
                rules.check_closing_day(data.get("closes_on"))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        row = self.instance
        return {
            **{name: data[name] for name in self._meta.fields or ()},
            "titles": self.text_in(row.titles, data["title"]),
            "descriptions": self.text_in(row.descriptions, data["description"]),
        }

    def text_in(self, texts: dict[str, str], text: str) -> dict[str, str]:
        """The text under the writer's language; other languages keep theirs."""
        kept = {code: value for code, value in texts.items() if code in dict(settings.LANGUAGES)}
        return {**kept, self.language: text} if text else {k: v for k, v in kept.items() if k != self.language}
