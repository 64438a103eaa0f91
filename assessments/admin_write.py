"""The screen on which the questions of an assessment are written, all at once, where the assessment is."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Locale

from assessments import rules
from assessments.course_parts import bank_of_course
from assessments.enums import Difficulty
from assessments.models import Assessment, Question, QuestionBank
from assessments.plain_questions import Typed, as_gift
from assessments.question_imports import start_question_import
from cms.rows import rows_for
from courses.models import CourseSkill, Skill
from courses.outline import active_language
from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.lib.form_problems import problems_of_field
from lms.lib.translated import as_read

LONGEST = 200_000
MAX_SHOWN = 50


class WriteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Questions"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy(
            "One question, its answers below it, one per line, a star (*) before each right one; then an empty line. "
            "One answer alone is to be typed. Or rows of a spreadsheet: question, right answer, wrong answers."
        ),
    )
    skill: Any = forms.ModelChoiceField(label=gettext_lazy("Skill they test"), queryset=None, empty_label=None)
    locale: Any = forms.ModelChoiceField(label=gettext_lazy("Language"), queryset=None, empty_label=None)

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Skill.objects.filter(pk__in=CourseSkill.objects.filter(course=assessment.course_id).values("skill"))
        skills = as_read(own if own else Skill.objects.all())
        self.fields["skill"].queryset = skills  # type: ignore[attr-defined]
        self.fields["locale"].queryset = Locale.objects.order_by("pk")  # type: ignore[attr-defined]

    def clean_text(self) -> list[Typed]:
        with problems_of_field():
            return rules.typed_questions(self.cleaned_data["text"])


@needs("assessments.change_assessment")
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """A list or a table becomes questions of the bank that it draws from: the worker reads, shows and adds them."""
    assessment = get_object_or_404(Assessment, pk=pk)
    wanted = request.GET.get("language") or active_language()
    locale = Locale.objects.filter(language_code=wanted).first() or Locale.get_active()
    sent = request.POST if request.method == "POST" else None
    form = WriteForm(sent, assessment=assessment, initial={"locale": locale})
    bank, draws_elsewhere = bank_for(assessment, request.user)
    if request.method == "POST" and bank is None:
        bank = bank_of_course(assessment.course)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        run = start_question_import(
            content=as_gift(data["text"]).encode(), by=request.user, bank=bank, skill=data["skill"],
            difficulty=Difficulty.MEDIUM, locale=data["locale"],
            live=request.user.has_perm("assessments.publish_question"),
        )  # fmt: skip
        return redirect("runs:run", run.pk)
    questions = Question.objects.filter(bank=bank or 0).select_related("skill", "locale").order_by("-pk")
    context = {
        "form": form, "assessment": assessment, "bank": bank, "questions": questions[:MAX_SHOWN],
        "count": questions.count(), "title": _("Questions of an assessment"), "draws_elsewhere": draws_elsewhere,
    }  # fmt: skip
    return render(request, "assessments/admin/write.html", context, status=422 if form.errors else 200)


def bank_for(assessment: Assessment, user: User) -> tuple[QuestionBank | None, bool]:
    """Where this person writes its questions: what its first section draws from, of the banks that are theirs to
    change, else the first bank of its course. And whether it draws from none but banks of others.
    """
    theirs = rows_for(user, "change", QuestionBank)
    drawn = assessment.sections.exclude(bank=None).order_by("sort_order")
    section = drawn.filter(bank__in=theirs.values("pk")).select_related("bank").first()
    if section is not None:
        return section.bank, False
    own = theirs.filter(course=assessment.course_id).order_by("pk").first()
    return own, drawn.exists()
