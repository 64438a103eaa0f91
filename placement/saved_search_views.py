"""Searches that a contact keeps: the list, who is new in one, its name and its alert."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from placement.access import EmployerRequest, for_employer
from placement.employer_views import count_people
from placement.filters import Filters
from placement.models import SavedSearch
from placement.saved_search_forms import NAME_LENGTH, SavedSearchForm
from placement.search import PAGE, people_with
from placement.selectors import listed_by
from placement.services import notes, saved_searches


def own(request: EmployerRequest, pk: int) -> SavedSearch:
    rows = SavedSearch.objects.filter(contact=request.user.employer_contact).select_related("contact")
    found: SavedSearch = get_object_or_404(rows, pk=pk)
    return found


@require_safe
@for_employer
def index(request: EmployerRequest) -> HttpResponse:
    """All of them with how many people fit now, and how many are new."""
    rows = list(SavedSearch.objects.filter(contact=request.user.employer_contact)[: saved_searches.MOST_SAVED])
    searches = [
        {"row": row, "labels": (filters := saved_searches.filters_of(row)).labels,
         "people": len(people := people_with(filters, request.employer.pk)),
         "new": len(saved_searches.read(row.fresh) & people)}
        for row in rows
    ]  # fmt: skip
    return render(request, "placement/saved_searches.html", {"searches": searches})


@require_http_methods(["GET", "HEAD", "POST"])
@for_employer
def save(request: EmployerRequest) -> HttpResponse:
    """Keep the search of the address, under a name."""
    filters = Filters.read(request.GET)
    name = ", ".join(filters.labels)[:NAME_LENGTH]
    form = SavedSearchForm(request.POST if request.method == "POST" else None, initial={"name": name})
    if request.method == "POST" and form.is_valid():
        try:
            row, is_new = saved_searches.save_search(
                contact=request.user.employer_contact, filters=filters, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            again = _("You had already saved this search: its name and its alert are changed.")
            messages.success(request, _("Your search is saved.") if is_new else again)
            return redirect("placement:saved_search", row.pk)
    people = people_with(filters, request.employer.pk)
    context = {"form": form, "labels": filters.labels, "query": filters.query, "people": len(people),
               "is_too_wide": len(people) > saved_searches.WIDEST, "widest": saved_searches.WIDEST}  # fmt: skip
    return render(request, "placement/save_search.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_employer
def detail(request: EmployerRequest, pk: int) -> HttpResponse:
    """Who is new, and the form that changes the name and the alert."""
    row = own(request, pk)
    form = SavedSearchForm(
        request.POST if request.method == "POST" else None, initial={"name": row.name, "alert": row.alert}
    )
    if request.method == "POST" and form.is_valid():
        if saved_searches.change_search(search=row, **form.cleaned_data) is None:
            raise Http404
        messages.success(request, _("Your changes are saved."))
        return redirect("placement:saved_search", row.pk)
    filters = saved_searches.filters_of(row)
    people = people_with(filters, request.employer.pk)
    page = Paginator(saved_searches.newcomers(row, people), PAGE).get_page(request.GET.get("page"))
    shown = saved_searches.visible(list(page), request.employer.pk)
    count_people(request, shown)
    notes.add_marks(shown, request.employer.pk)
    context = {
        "search": row, "form": form, "labels": filters.labels, "total": len(people), "page": page, "people": shown,
        "is_too_wide": len(people) > saved_searches.WIDEST, "widest": saved_searches.WIDEST,
        "listed": listed_by(request.employer, request.user),
    }  # fmt: skip
    return render(request, "placement/saved_search.html", context, status=422 if form.errors else 200)


@require_POST
@for_employer
def remove(request: EmployerRequest, pk: int) -> HttpResponse:
    row = own(request, pk)
    row.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return redirect("placement:saved_searches")
