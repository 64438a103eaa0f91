"""Accounts that may be one person's, side by side; merging two of them; undoing it. For programme managers."""

from collections import Counter
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from lms.accounts import merge_advice, merging
from lms.accounts.access import manager_only
from lms.accounts.directory import namesakes, people_matching
from lms.accounts.enums import MergeOutcome
from lms.accounts.http import SignedInRequest
from lms.accounts.merge_rules import MergeRefusedError
from lms.accounts.models import AccountMerge, MergedRow, SeparatePeople, User
from lms.lib.sort_order import by_label

GROUPS = 25  # of likely duplicates on a page
NAMESAKES = 500  # accounts that are compared on a page, those of the oldest first
FOUND = 20  # people among whom one chooses the other account


def breadcrumbs(*labels: str) -> list[dict[str, str]]:
    first = {"url": reverse("merges:duplicates"), "label": _("Likely duplicates")}
    return [first, *({"url": "", "label": label} for label in labels)]


def mergeable() -> "QuerySet[User]":
    """Accounts that may be one side of a merge."""
    return User.objects.filter(merged_into=None, is_superuser=False)


def settled(people: "QuerySet[User]") -> Q:
    """Names of which every two accounts were declared two people's."""
    separate: Counter[tuple[str, str]] = Counter()
    for pair in SeparatePeople.objects.filter(first__in=people, second__in=people).select_related("first", "second"):
        one, other = pair.first, pair.second
        if (one.name_key, one.role) == (other.name_key, other.role):
            separate[one.name_key, one.role] += 1
    sizes = people.filter(name_key__in={key for key, _role in separate}).order_by().values_list("name_key", "role")
    done = Q(pk__in=[])
    for key, role, size in sizes.annotate(n=Count("pk")):
        if separate[key, role] == size * (size - 1) // 2:
            done |= Q(name_key=key, role=role)
    return done


@manager_only
def list_duplicates(request: SignedInRequest) -> HttpResponse:
    """People of one role whose names are the same however they are spelled, unless all are declared to be others."""
    people = mergeable().filter(is_active=True).exclude(name_key="")
    names = people.exclude(settled(people)).order_by("name_key", "role").values_list("name_key", "role")
    page = Paginator(names.annotate(n=Count("pk")).filter(n__gt=1), GROUPS).get_page(request.GET.get("page"))
    wanted = [(key, role) for key, role, _n in page.object_list]
    groups: dict[tuple[str, str], list[User]] = {each: [] for each in wanted}
    for user in people.filter(name_key__in=[key for key, _role in wanted]).order_by("date_joined", "pk")[:NAMESAKES]:
        if (user.name_key, user.role) in groups:
            groups[user.name_key, user.role].append(user)
    keys = [user.pk for group in groups.values() for user in group]
    separate = set(SeparatePeople.objects.filter(first__in=keys).values_list("first", "second"))
    title = _("Likely duplicates")
    context = {
        "groups": [to_compare(group, separate) for group in groups.values()], "page_obj": page,
        "separate": SeparatePeople.objects.select_related("first", "second", "by").order_by("-at", "-pk")[:GROUPS],
         "breadcrumbs_items": [{"url": "", "label": title}],
        "header_title": title,
    }  # fmt: skip
    return render(request, "accounts/admin/duplicates.html", context)


def to_compare(group: list[User], separate: set[tuple[int, int]]) -> list[tuple[User, User | None]]:
    """The people of a name, the oldest account first, each with the oldest one that may still be theirs."""
    found = []
    for place, user in enumerate(group):
        older = (other for other in group[:place] if (min(other.pk, user.pk), max(other.pk, user.pk)) not in separate)
        found.append((user, next(older, None)))
    return found


@require_POST
@manager_only
def separate(request: SignedInRequest, kept: int, other: int) -> HttpResponse:
    one, two = (get_object_or_404(mergeable(), pk=pk) for pk in (kept, other))
    try:
        merging.separate(one=one, other=two, by=request.user)
    except MergeRefusedError as error:
        messages.error(request, str(error))
    else:
        text = _("Noted: %(one)s and %(other)s are two people. You can undo this below.")
        messages.success(request, text % {"one": one.username, "other": two.username})
    return redirect("merges:duplicates")


@require_POST
@manager_only
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    merging.undo_separate(row=get_object_or_404(SeparatePeople, pk=pk), by=request.user)
    messages.success(request, _("Undone: the two accounts are listed again."))
    return redirect("merges:duplicates")


class OtherForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, user name or number of the other account"), max_length=80)


@manager_only
def choose_other(request: SignedInRequest, pk: int) -> HttpResponse:
    """The other account of this person: those of the same name, or a search."""
    person = get_object_or_404(mergeable(), pk=pk)
    others = mergeable().filter(role=person.role).exclude(pk=pk).order_by("sort_key", "username")
    form = OtherForm(request.GET if "q" in request.GET else None)
    if form.is_bound:
        others = others.filter(people_matching(form.cleaned_data["q"])) if form.is_valid() else others.none()
    else:
        others = namesakes(others, person.full_name)
    title = _("Merge with another account")
    context = {
        "person": person, "others": others[:FOUND], "form": form, "breadcrumbs_items": breadcrumbs(title),
        "header_title": title,
    }  # fmt: skip
    return render(request, "accounts/admin/merge_choose.html", context)


@manager_only
def compare(request: SignedInRequest, kept: int, other: int) -> HttpResponse:
    """What each account holds, what to know before, and the button."""
    stays, goes = (get_object_or_404(mergeable(), pk=pk) for pk in (kept, other))
    if request.method == "POST":
        try:
            merge = merging.merge(kept=stays, merged=goes, by=request.user)
        except MergeRefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The two accounts are now one."))
            return redirect("merges:show", merge.pk)
    cautions = merge_advice.warnings(stays, goes)
    title = _("Merge two accounts")
    context = {
        "kept": stays, "other": goes, "holdings": merge_advice.side_by_side(stays, goes), "cautions": cautions,
        "is_stopped": any(each.stops for each in cautions), "days": merging.UNDO_DAYS,
        "is_separate": merge_advice.are_separate(stays, goes),
        "breadcrumbs_items": breadcrumbs(title), "header_title": title,
    }  # fmt: skip
    return render(request, "accounts/admin/merge.html", context)


@manager_only
def list_merges(request: SignedInRequest) -> HttpResponse:
    rows = AccountMerge.objects.select_related("kept", "merged", "by").order_by("-at", "-pk")
    page = Paginator(rows, GROUPS).get_page(request.GET.get("page"))
    title = _("Merged accounts")
    context = {"page_obj": page, "breadcrumbs_items": breadcrumbs(title), "header_title": title}
    return render(request, "accounts/admin/merges.html", context)


@manager_only
def show_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(AccountMerge.objects.select_related("kept", "merged", "by", "undone_by"), pk=pk)
    lines = list(merge.rows.all())
    title = _("Merged accounts")
    context = {
        "merge": merge,
        "moved": counted(line for line in lines if line.outcome == MergeOutcome.MOVED),
        "apart": described([line for line in lines if line.outcome == MergeOutcome.APART]),
        "left": described([line for line in lines if line.undone not in {"", "back"}]),
        "breadcrumbs_items": [*breadcrumbs(), {"url": reverse("merges:list"), "label": title},
                              {"url": "", "label": str(merge.kept)}],
        "header_title": _("Two accounts that are now one"),
    }  # fmt: skip
    return render(request, "accounts/admin/merge_show.html", context)


@require_POST
@manager_only
def undo_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(AccountMerge, pk=pk)
    try:
        left = merging.undo(merge=merge, by=request.user)
    except MergeRefusedError as error:
        messages.error(request, str(error))
        return redirect("merges:show", pk)
    messages.success(request, _("The merge is undone: there are two accounts again."))
    if left:
        text = ngettext(
            "%(count)d row has changed since and was left as it is: see below.",
            "%(count)d rows have changed since and were left as they are: see below.",
            len(left),
        )
        messages.warning(request, text % {"count": len(left)})
    return redirect("merges:show", pk)


def name_of(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


def counted(lines: Any) -> list[tuple[str, int]]:
    """How many rows of each kind."""
    found = Counter(line.model for line in lines)
    return [(name, found[label]) for label, name in by_label((label, name_of(label)) for label in found)]


def described(lines: list[MergedRow]) -> list[tuple[str, str, str]]:
    """Kind of row, the row itself, and why it was left where it is."""
    found = []
    for line in lines:
        try:
            row = apps.get_model(line.model)._base_manager.filter(pk=line.key).first()
        except LookupError:
            row = None
        reason = str(line.get_undone_display()) if line.undone else ""
        found.append((name_of(line.model), str(row or "–"), reason))
    return found
