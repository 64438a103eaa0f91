"""The name and the alert of a search that is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from placement.enums import SearchAlert
from placement.models import SavedSearch

NAME_LENGTH = SavedSearch._meta.get_field("name").max_length or 0


class SavedSearchForm(forms.Form):
    name = forms.CharField(label=_("Name of this search"), max_length=NAME_LENGTH)
    alert = forms.ChoiceField(
        label=_("Tell me of new people"), choices=SearchAlert.choices, initial=SearchAlert.WEEKLY,
        widget=forms.RadioSelect,
    )  # fmt: skip
