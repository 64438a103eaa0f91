"""The page on which a trainer finds a learner who forgot the PIN."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import learner_help
from courses.models import Course, CoursePage
from lms.accounts.access import team_only
from lms.accounts.cards import PrintedCard
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.lib.form_problems import problems_beside
from lms.lib.sort_order import by_label


class LearnerHelpForm(forms.Form):
    login = forms.CharField(label=gettext_lazy("User name or phone number"), max_length=254)
    full_name = forms.CharField(label=gettext_lazy("First name and family name"), max_length=120)
    course = forms.ChoiceField(label=gettext_lazy("A course that they take"))
    is_here = forms.BooleanField(label=gettext_lazy("I have asked this person, who is in front of me or whom I know."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.card = by, None
        published = CoursePage.objects.filter(live=True).values("course")
        titles = [(row.code, row.title) for row in Course.objects.filter(pk__in=published)]
        choices = [("", "—"), *by_label(titles), (learner_help.NO_COURSE, _("none yet"))]
        self.fields["course"] = forms.ChoiceField(label=_("A course that they take"), choices=choices)
        self.order_fields(["login", "full_name", "course", "is_here"])

    card: PrintedCard | None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            with problems_beside(self):
                self.card = learner_help.print_card(
                    login=data["login"].strip(), full_name=data["full_name"], course=data["course"], by=self.by
                )
        return data


@team_only
def help_learner(request: SignedInRequest) -> HttpResponse:
    form = LearnerHelpForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid() and form.card is not None:
        return render(request, "accounts/admin/cards.html", {"cards": [form.card]})
    return render(request, "courses/admin/help_learner.html", {"form": form})
