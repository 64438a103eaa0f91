"""One bound field, rendered by ``includes/_field.html``: label, help, errors, and the ties between them."""

from django import forms
from django.template.loader import render_to_string


class Example(forms.Form):
    phone = forms.CharField(label="Phone", help_text="With the country code.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    where = forms.ChoiceField(label="Where", choices=[("a", "At home"), ("b", "On site")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(
        label="Days", choices=[("1", "Monday"), ("2", "Tuesday")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput)


def render(name: str, data: dict[str, object] | None = None) -> str:
    return render_to_string("includes/_field.html", {"field": Example(data)[name]})


def test_label_and_help_are_tied_to_the_input():
    html = render("phone")
    assert '<label for="id_phone">Phone</label>' in html
    assert 'aria-describedby="id_phone_helptext"' in html
    assert 'id="id_phone_helptext"' in html


def test_error_is_tied_to_the_input_and_typed_text_kept():
    html = render("phone", {"phone": ""})
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'id="id_phone_error"' in html
    assert "half a number" in render("phone", {"phone": "half a number"})


def test_what_may_be_left_out_says_so():
    assert "<small>" in render("note")
    assert "<small>" not in render("phone")


def test_choices_are_cards_in_a_named_group():
    html = render("where", {"where": "b"})
    assert "<legend>Where</legend>" in html
    assert html.count('<label class="opt">') == 2
    assert html.count("checked") == 1
    assert render("days").count('type="checkbox"') == 2


def test_error_of_a_group_is_tied_to_the_group():
    html = render("where", {"note": "x"})
    assert '<fieldset class="field" id="id_where" aria-describedby="id_where_error"' in html
    assert 'id="id_where_error"' in html
    assert "errorlist" not in render("where")


def test_single_checkbox_is_one_card():
    assert render("agreed").count('<label class="opt">') == 1


def test_hidden_field_has_no_label():
    assert "label" not in render("token")


def test_summary_leads_to_each_field():
    html = render_to_string("includes/_summary.html", {"form": Example({"phone": ""})})
    assert '<a href="#id_phone">Phone</a>' in html
    assert 'role="alert"' in html
    assert render_to_string("includes/_summary.html", {"form": Example()}).strip() == ""
