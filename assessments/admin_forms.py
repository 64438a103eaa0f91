"""Forms of the admin: what the engine finds wrong with a question is said beside its answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale

from assessments import rules
from assessments.enums import Decision, Difficulty
from assessments.illustrations import LARGEST_ARCHIVE
from assessments.models import QuestionBank
from cms.forms import RowsForm
from cms.rows import rows_for
from courses.admin_forms import needs_a_course
from courses.models import Skill
from lms.lib.form_problems import problems_beside
from lms.lib.known_files import recognise
from lms.lib.translated import as_read

LARGEST = 1024 * 1024  # bytes of an imported file
TEXTS, WITH_PICTURES = (
    ("gift", "aiken", "items-table"),
    ("gift-archive", "moodle-xml", "documents-archive"),
)  # kinds that are taken
LARGEST_NAMED = 64 * 1024 * 1024  # of an archive that is looked into, to name it


class QuestionForm(RowsForm):
    """A draft may be half written; what is published must be a question that can be answered and marked."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        answers = cleaned.get("answers")
        if not self.is_deferred_validation:
            with problems_beside(self):
                rules.check_question(
                    answers=answers.get_prep_value() if answers else None,
                    has_picture=bool(cleaned.get("image")),
                    picture_text=cleaned.get("image_alt") or "",
                )
        return cleaned


class BankForm(RowsForm):
    """A bank belongs to a course of the person who makes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs_a_course(self)


class AssessmentForm(BankForm):
    """Each section has somewhere to take its questions from."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        with problems_beside(self):
            rules.check_sample(sample=cleaned.get("sample"))
        sections = self.formsets.get("sections")
        if sections is not None and sections.is_valid():
            for section in sections.forms:
                if section.cleaned_data.get("DELETE"):
                    continue
                with problems_beside(section):
                    rules.check_section(has_bank=bool(section.cleaned_data.get("bank")), named=named_in(section))
        return cleaned


def named_in(section: Any) -> int:
    """Questions it names that are not being taken away."""
    rows = [row.cleaned_data for row in section.formsets["named"].forms]
    return sum(bool(row.get("question")) and not row.get("DELETE") for row in rows)


class CorrectionForm(forms.Form):
    """What becomes of a question that was wrong, and why. Nothing is decided before the list was seen."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What shall count"),
        choices=[
            (Decision.FULL, gettext_lazy("Full marks to everybody who was asked it")),
            (Decision.DROP, gettext_lazy("It does not count: marks are made of the other questions")),
            (Decision.KEY, gettext_lazy("The answer that is right in the version published now")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("It stays in the history, for the team.")
    )


class ImportForm(forms.Form):
    """A file or a pasted text, and where its questions go."""

    file = forms.FileField(
        label=gettext_lazy("File of questions"),
        required=False,
        help_text=gettext_lazy(
            "GIFT, Aiken, or a table of items to classify (CSV), at most 1 MB. With pictures, at most 20 MB: Moodle "
            "XML, a .zip of a GIFT file and its pictures, or a .zip of a table and the documents to enter."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("or paste the questions here"),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    bank: Any = forms.ModelChoiceField(label=gettext_lazy("Bank"), queryset=None)
    skill: Any = forms.ModelChoiceField(label=gettext_lazy("Skill they test"), queryset=None)
    difficulty = forms.TypedChoiceField(
        label=gettext_lazy("Difficulty"), choices=Difficulty.choices, coerce=int, initial=Difficulty.MEDIUM
    )
    locale = forms.ModelChoiceField(label=gettext_lazy("Language"), queryset=Locale.objects.all())
    live = forms.BooleanField(
        label=gettext_lazy("Publish them at once"),
        required=False,
        help_text=gettext_lazy("Otherwise they are kept as drafts: learners do not get them until you publish them."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].queryset = rows_for(user, "change", QuestionBank)  # type: ignore[attr-defined]
        self.fields["skill"].queryset = as_read(Skill.objects.all())  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if not file:
            return file
        known = recognise(file.read(LARGEST), file if file.size < LARGEST_NAMED else None)
        file.seek(0)
        if known is not None and known.key not in (*TEXTS, *WITH_PICTURES):
            raise ValidationError(f"{known.what} {known.remedy}")
        has_pictures = known is not None and known.key in WITH_PICTURES
        if file.size > (LARGEST_ARCHIVE if has_pictures else LARGEST):
            raise ValidationError(
                _("This file is too large. Split it into files of at most 1 MB, or 20 MB with their pictures.")
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not (cleaned.get("text") or "").strip() and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste questions."))
        return cleaned

    def content(self) -> bytes:
        """What was given, once the form is valid."""
        file = self.cleaned_data.get("file")
        return bytes(file.read()) if file else str(self.cleaned_data["text"]).encode()
