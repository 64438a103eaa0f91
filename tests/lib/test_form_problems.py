"""What a rule refuses stands beside the right field."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from lms.lib.form_problems import problems_beside, problems_of_field


def refuse(problem):
    raise ValidationError(problem)


class Form(forms.Form):
    code = forms.CharField(required=False)
    problem = None

    def clean(self):
        with problems_beside(self, slug="code"):
            if self.problem:
                refuse(self.problem)


@pytest.mark.parametrize(
    ("problem", "errors"),
    [
        ({"code": "Taken."}, {"code": ["Taken."]}),
        ({"slug": "Taken."}, {"code": ["Taken."]}),
        ({"code": ["One.", "Two."]}, {"code": ["One.", "Two."]}),
        ({"elsewhere": "Not here."}, {"__all__": ["Not here."]}),
        ("No field.", {"__all__": ["No field."]}),
        (None, {}),
    ],
)
def test_problems_stand_beside_their_fields(problem, errors):
    form = Form({"code": "a"})
    form.problem = problem
    assert form.errors == errors


@pytest.mark.parametrize(
    "problem", [{"code": ValidationError("Taken.", "unique")}, ValidationError("Taken.", "unique")]
)
def test_a_cleaned_field_shows_the_rule_and_loses_its_value(problem):
    class OneForm(forms.Form):
        code = forms.CharField()

        def clean_code(self):
            with problems_of_field():
                refuse(problem)

    form = OneForm({"code": "a"})
    assert form.errors == {"code": ["Taken."]}
    assert form.has_error("code", "unique")
    assert "code" not in form.cleaned_data
