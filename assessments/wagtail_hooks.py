"""The admin of assessments: one menu with questions, banks, assessments, and the import."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Left, Length
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django_filters import ModelChoiceFilter
from wagtail import hooks
from wagtail.admin import messages as admin_messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, SnippetViewSetGroup

from assessments import admin_allowances, admin_attempts, admin_export, admin_views, admin_write
from assessments.admin_forms import AssessmentForm, BankForm, QuestionForm
from assessments.drawing import DrawError
from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from assessments.question_types import QUESTION_TYPES
from assessments.services.blueprints import weaknesses
from assessments.services.starting import try_draw
from cms.gates import OPEN, Rows
from cms.gates import allow as allow_views
from cms.rows import may, rows_for
from cms.search import RowsViewSet, WordsChooser, WordsIndexView
from cms.selectors import with_untranslated_locale
from courses import admin_group, admin_tree
from courses.models import Course, CoursePage, Skill
from lms.lib.http import for_pages_only
from lms.lib.numbers import read_number
from lms.lib.translated import pick, untranslated


class KindColumn(Column):
    def get_value(self, instance: Any) -> Any:
        kind = QUESTION_TYPES.get(instance.kind)
        return kind.label if kind else "—"


class QuestionIndexView(WordsIndexView):
    @property
    def header_more_buttons(self) -> Any:
        buttons = super().header_more_buttons
        if self.request.user.has_perm("assessments.add_question"):
            buttons.append(Button(_("Import questions"), url=reverse("import_questions"), icon_name="upload"))
        return buttons


class QuestionCreateView(CreateView):
    """A bank is written in one go: the next question begins with bank and skill of the one before."""

    def get_initial_form_instance(self) -> Question:
        question: Question = super().get_initial_form_instance() or Question()
        for name, model in (("bank", QuestionBank), ("skill", Skill)):
            given = read_number(self.request.GET.get(name, ""))
            if given and rows_for(self.request.user, "change", model).filter(pk=given).exists():
                setattr(question, f"{name}_id", given)
        return question


class QuestionViewSet(RowsViewSet):
    model = Question
    base_form_class = QuestionForm
    add_view_class = QuestionCreateView
    index_view_class = QuestionIndexView
    chooser_viewset_class = WordsChooser
    icon = "help"
    menu_label = gettext_lazy("Questions")
    list_per_page = 50
    search_fields: ClassVar[list[str]] = ["prompt", "title", "code"]
    list_filter: ClassVar[list[str]] = ["bank", "skill", "difficulty", "live"]
    list_display: ClassVar[list[Any]] = [
        "__str__",
        Column("title", label=gettext_lazy("Name"), sort_key="title"),
        KindColumn("kind", label=gettext_lazy("Kind")),
        Column("skill", label=gettext_lazy("Skill"), sort_key="skill__code"),
        Column("get_difficulty_display", label=gettext_lazy("Difficulty"), sort_key="difficulty"),
        Column("bank", label=gettext_lazy("Bank"), sort_key="bank__code"),
        Column("locale", label=gettext_lazy("Language"), sort_key="locale"),
        BooleanColumn("live", label=gettext_lazy("Published"), sort_key="live"),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("skill", "bank", "locale", "latest_revision")
        return with_untranslated_locale(rows, request.user).order_by("bank__code", "code", "pk")


class QuestionBankViewSet(RowsViewSet):
    model = QuestionBank
    base_form_class = BankForm
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Banks")
    index_view_class = WordsIndexView
    chooser_viewset_class = WordsChooser
    search_fields: ClassVar[list[str]] = ["code"]
    list_display: ClassVar[list[Any]] = [
        "__str__",
        "code",
        Column(untranslated, label=gettext_lazy("To translate")),
        Column("live_questions", label=gettext_lazy("Published questions, all languages")),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(live_questions=Count("questions", filter=Q(questions__live=True)))


class CoursesColumn(Column):
    def get_value(self, instance: Any) -> str:
        """Its pages in the languages of one course count once."""
        return ", ".join(dict.fromkeys(pick(page.course_titles) for page in instance.pages.all())) or "—"


class AssessmentFilterSet(WagtailFilterSet):
    course = ModelChoiceFilter(queryset=Course.objects.all(), label=gettext_lazy("Course"), method="in_course")

    class Meta:
        model = Assessment
        fields: ClassVar[list[str]] = []

    def in_course(self, rows: QuerySet[Assessment], name: str, course: Course) -> QuerySet[Assessment]:
        paths = CoursePage.objects.filter(course=course).values("path")
        return rows.filter(pk__in=pages_with_course_path().filter(course_path__in=paths).values("assessment"))


class AssessmentViewSet(RowsViewSet):
    model = Assessment
    base_form_class = AssessmentForm
    icon = "tasks"
    menu_label = gettext_lazy("Assessments")
    index_view_class = WordsIndexView
    chooser_viewset_class = WordsChooser
    search_fields: ClassVar[list[str]] = ["code", "titles"]
    filterset_class = AssessmentFilterSet
    list_display: ClassVar[list[Any]] = [
        "__str__",
        "code",
        Column(untranslated, label=gettext_lazy("To translate")),
        CoursesColumn("courses", label=gettext_lazy("Course")),
        Column("get_purpose_display", label=gettext_lazy("What it is for"), sort_key="purpose"),
        Column("pass_mark", label=gettext_lazy("Pass mark, %"), sort_key="pass_mark"),
        Column("ended", label=gettext_lazy("Attempts handed in"), sort_key="ended"),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        ended = Count("attempts", filter=Q(attempts__submitted_at__isnull=False))
        courses = CoursePage.objects.filter(path=OuterRef("course_path")).values("course__titles")
        pages = pages_with_course_path().annotate(course_titles=Subquery(courses)).order_by("path")
        rows = super().get_queryset(request).annotate(ended=ended)
        return rows.prefetch_related(Prefetch("pages", pages)).order_by("code")


def pages_with_course_path() -> QuerySet[AssessmentPage]:
    """A page of an assessment stands in a module, and this in a page of a course."""
    return AssessmentPage.objects.annotate(course_path=Left("path", Length("path") - 2 * Page.steplen))


class AssessmentGroup(SnippetViewSetGroup):
    items = (AssessmentViewSet, QuestionViewSet, QuestionBankViewSet)
    menu_icon = "tasks"
    menu_label = gettext_lazy("Assessments")
    menu_name = "assessments"
    menu_order = 115

    def get_submenu_items(self) -> Any:
        entry = ImportMenuItem(gettext_lazy("Import questions"), reverse("import_questions"), icon_name="upload")
        entry.order = 900
        return [*super().get_submenu_items(), entry]


class ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("assessments.add_question"))


register_snippet(AssessmentGroup)


allow_views(
    {
        "import_questions": OPEN,  # its form offers the person's own banks
        "export_questions": Rows(lambda: QuestionBank, "pk", "view"),
        "assessment_results": Rows(lambda: Assessment, "pk", "view"),
        "course_export": Rows(lambda: Course, "pk", "change"),
        "assessment_write": Rows(lambda: Assessment, "pk", "change"),
        "assessment_regrade": Rows(lambda: Assessment, "pk", "change"),
        "correct_question": Rows(lambda: Assessment, "pk", "change"),
        "assessment_question": Rows(lambda: Assessment, "pk", "view"),
        "learner_allowances": OPEN,  # finds its learner through ``visible_to``
        "allowance_take_back": OPEN,  # its rows are those of ``enrolments_to_help``
        "cohort_allowances": OPEN,  # finds its group through ``cohorts_of``
        "assessment_attempts": Rows(lambda: Assessment, "pk", "view"),
        "assessment_attempt": Rows(lambda: Assessment, "pk", "view"),
    }
)


def links_of_course(course: Course) -> list[tuple[str, str]]:
    return [(reverse("course_export", args=[course.pk]), _("As a file"))]


admin_tree.LINKS.append(links_of_course)
admin_group.ACTIONS.append(("cohort_allowances", gettext_lazy("More attempts or time")))


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("questions/import/", admin_views.import_questions, name="import_questions"),
        path("questions/export/<int:pk>/<str:language>/", admin_views.export_questions, name="export_questions"),
        path("assessments/<int:pk>/results/", admin_views.results, name="assessment_results"),
        path("courses/<int:pk>/export/", admin_export.export, name="course_export"),
        path("assessments/<int:pk>/questions/", admin_write.write, name="assessment_write"),
        path("assessments/<int:pk>/regrade/", admin_views.regrade, name="assessment_regrade"),
        path("assessments/<int:pk>/attempts/", admin_attempts.attempts, name="assessment_attempts"),
        path("assessments/<int:pk>/attempts/<uuid:attempt_id>/", admin_attempts.attempt, name="assessment_attempt"),
        path("learner/<int:pk>/allowances/", admin_allowances.of_learner, name="learner_allowances"),
        path(
            "learner/<int:pk>/allowances/<int:allowance_id>/take-back/",
            admin_allowances.take_it_back,
            name="allowance_take_back",
        ),
        path("cohorts/<int:pk>/allowances/", admin_allowances.to_group, name="cohort_allowances"),
        path("assessments/<int:pk>/questions/<uuid:key>/", admin_attempts.question, name="assessment_question"),
        path(
            "assessments/<int:pk>/questions/<uuid:key>/correct/", admin_views.correct_question, name="correct_question"
        ),
    ]


@hooks.register("register_snippet_listing_buttons")
def results_button(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    if isinstance(snippet, Assessment) and user.has_perm("assessments.view_assessment"):
        url = reverse("assessment_results", args=[snippet.pk])
        yield Button(_("Results"), url, icon_name="history", priority=5)


@hooks.register("register_snippet_listing_buttons")
def export_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    """A file for each language of the site."""
    if (
        isinstance(snippet, QuestionBank)
        and user.has_perm("assessments.change_question")
        and may(user, "view", snippet)
    ):
        for code, _name in settings.LANGUAGES:
            label = _("Export for Moodle (%(language)s)") % {"language": get_language_info(code)["name_local"]}
            url = reverse("export_questions", args=[snippet.pk, code])
            yield Button(label, url, icon_name="download", priority=60)


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
@for_pages_only
def link_next_question(request: HttpRequest, snippet: Any) -> None:
    if isinstance(snippet, Question) and "action-publish" in request.POST:
        filing = {"locale": snippet.locale.language_code, "bank": snippet.bank_id, "skill": snippet.skill_id}
        url = f"{reverse('wagtailsnippets_assessments_question:add')}?{urlencode(filing)}"
        text = _("Next: another question, in the same bank.")
        admin_messages.info(request, text, buttons=[admin_messages.button(url, _("Add"))])


@hooks.register("after_edit_snippet")
@for_pages_only
def link_regrade(request: HttpRequest, snippet: Any) -> None:
    """Another pass mark or right answer changes no attempt by itself."""
    if isinstance(snippet, Assessment) and snippet.attempts.filter(submitted_at__isnull=False).exists():
        url = reverse("assessment_regrade", args=[snippet.pk])
        text = _("Attempts that are handed in keep their marks until you mark them again.")
        admin_messages.info(request, text, buttons=[admin_messages.button(url, _("See what would change"))])


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
@for_pages_only
def warn_if_undrawable(request: HttpRequest, snippet: Any) -> None:
    """Say at once what a learner would only find out when they start."""
    if not isinstance(snippet, Assessment):
        return
    try:
        try_draw(snippet)
    except DrawError as error:
        messages.warning(request, format_html("<strong>{}</strong> {}", _("Learners cannot start this yet."), error))


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
@for_pages_only
def warn_of_blueprint(request: HttpRequest, snippet: Any) -> None:
    """Which skill hangs on one question: a level on a certificate needs more."""
    if isinstance(snippet, Assessment) and (found := list(weaknesses(snippet))):
        items = format_html_join("", "<li>{}</li>", ((text,) for text in found))
        messages.warning(request, format_html("<strong>{}</strong><ul>{}</ul>", _("What this proves is weak."), items))
