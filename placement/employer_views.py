"""The employers' pages about people: the public face, search, a profile, the shortlist."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.cache import cache
from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.accounts import identity
from lms.accounts.services import record
from lms.lib.form_problems import NO_BUTTON
from lms.lib.http import HtmxRequest
from lms.lib.numbers import read_number
from lms.lib.ratelimit import client_network, may_try
from lms.lib.tables import csv_response
from placement.access import EmployerRequest, for_employer
from placement.enums import ReferralState as S
from placement.enums import Vetting
from placement.evidence import employers_match_of, wanted_by
from placement.exports import shortlist_header, shortlist_rows
from placement.filters import Filters
from placement.forms import JoinForm
from placement.marks import contacted
from placement.models import CandidateProfile, CodeName, Opportunity, Referral, Shortlisted
from placement.note_forms import NoteForm
from placement.querysets import NEEDS
from placement.search import search, without
from placement.selectors import SHORTLIST, employer_of, listed_by
from placement.services import employers, notes, proposals
from placement.services.code_names import person_named
from placement.services.disclosure import Basis, name_people, show_people, show_referrals
from placement.services.people_shown import record_people
from placement.services.sights import record_people_seen
from placement.services.transitions import TransitionError
from placement.words import explain

REQUESTS_PER_ADDRESS = 5  # to join, with one e-mail address, in an hour
REQUESTS_PER_NETWORK = 30  # to join, from one network, in an hour: a fair of employers on one connection fits in
TO_CHOOSE, REFERRALS = 100, 20  # opportunities in a drop-down, referrals on the page of a person
COUNT_SECONDS = 600  # a public figure may be as old
MIN_PEOPLE_SHOWN = 5  # a public figure about fewer people is not shown


def too_many_requests(request: HttpRequest) -> bool:
    """Count one request of an employer to join: whoever invents addresses does not fill the list of what is checked."""
    return not may_try(f"join-from:{client_network(request)}", limit=REQUESTS_PER_NETWORK, seconds=3600)


def home(request: HtmxRequest) -> HttpResponse:
    """What employers find here, and the form to join; people of a vetted employer go to their work."""
    employer = employer_of(request.user) if request.user.is_authenticated else None
    if employer and employer.vetting == Vetting.VETTED:
        return redirect("placement:search")
    form = JoinForm(request.POST or None)
    if request.method == "POST" and employer is None and form.is_valid():
        mail = identity.username_key(form.cleaned_data["contact_email"])
        if not may_try(f"join:{mail}", limit=REQUESTS_PER_ADDRESS, seconds=3600):
            form.add_error(
                "contact_email",
                _(
                    "We already have several requests from this address, and will reply to it. "
                    "Please try again in an hour."
                ),
            )
        elif too_many_requests(request):
            form.add_error(
                None,
                _(
                    "We have had many requests from your connection. Please send yours again in an hour: what you "
                    "typed stays on this page."
                ),
            )
        else:
            employers.request_to_join(**form.values())
            return redirect("placement:thanks")
    people = cache.get_or_set("placement:searchable", CandidateProfile.objects.searchable().count, COUNT_SECONDS) or 0
    context = {"form": form, "employer": employer, "people": people if people >= MIN_PEOPLE_SHOWN else 0}
    return render(request, "placement/home.html", context, status=422 if form.errors else 200)


@require_safe
def thanks(request: HtmxRequest) -> HttpResponse:
    return render(request, "placement/thanks.html")


def count_people(request: EmployerRequest, people: Iterable[CandidateProfile]) -> None:
    """Every page and file for employers calls this with the people it shows, before it shows them."""
    shown = list(people)
    request.limit_use = record_people(employer=request.employer, user=request.user, people=shown)
    if request.method != "HEAD":
        route = request.resolver_match.view_name if request.resolver_match else ""
        record_people_seen(employer_id=request.employer.pk, people=shown, route=route)


def count_referrals(request: EmployerRequest, referrals: Iterable[Referral]) -> list[Referral]:
    """``count_people`` of those whom referrals name, each with what is disclosed now."""
    rows = show_referrals(referrals)
    count_people(request, [row.profile for row in rows])
    return rows


def to_choose_from(rows: QuerySet[Opportunity], chosen: str) -> tuple[list[Opportunity], Opportunity | None]:
    """The newest opportunities for a drop-down, and the chosen one, which is among them however old it is."""
    mine = list(rows.select_related("employer")[:TO_CHOOSE])
    key = read_number(chosen)
    wanted = next((row for row in mine if row.pk == key), None)
    if wanted is None and key is not None:
        wanted = rows.select_related("employer").filter(pk=key).first()
        mine += [wanted] if wanted else []
    return mine, wanted


@require_safe
@for_employer
def search_people(request: EmployerRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    mine, wanted = to_choose_from(Opportunity.objects.visible_to(request.user).open(), request.GET.get("for", ""))
    if wanted:
        prefetch_related_objects([wanted], *NEEDS)
    number, only_new = request.GET.get("page", "1"), request.GET.get("new") == "1"
    found = search(
        people=CandidateProfile.objects.searchable(), filters=filters, opportunity=wanted,
        page=int(number) if number.isdecimal() and len(number) < 5 else 1, employer_id=request.employer.pk,
        leave_out=contacted(request.employer.pk) if only_new else None,
    )  # fmt: skip
    people = [*found.profiles, *found.near]
    count_people(request, people)
    name_people(people, request.employer.pk)
    notes.add_marks(people, request.employer.pk)
    asked = tidy(request.GET)
    chosen = [(filters.label_of(token), without(asked, token)) for token in filters.tokens()]
    if only_new:
        chosen.append((_("Not yet contacted"), without_new(asked)))
    context = {
        "filters": filters,
        "asked": asked,
        "found": found,
        "previous_page": found.page - 1,
        "next_page": found.page + 1,
        "opportunities": mine,
        "opportunity": wanted,
        "chosen": chosen,
        "only_new": only_new,
        "loosen": [(filters.label_of(token), count, without(asked, token)) for token, count in found.loosen],
        "listed": listed_by(request.employer, request.user),
    }
    part = "#found" if request.htmx and not request.htmx.history_restore_request else ""
    response = render(request, f"placement/search.html{part}", context)
    response.headers["Vary"] = "HX-Request"
    response.headers["HX-Push-Url"] = f"{request.path}?{asked.urlencode()}" if asked else request.path
    return response


def without_new(query: QueryDict) -> str:
    """The address's query for everybody again, contacted or not."""
    changed = query.copy()
    for name in ("new", "page"):
        changed.pop(name, None)
    return changed.urlencode()


def tidy(query: QueryDict) -> QueryDict:
    """The address's query without the selects that were left alone: a form sends some thirty."""
    kept = query.copy()
    for name, values in query.lists():
        kept.setlist(name, [value for value in values if value])
        if not kept.getlist(name):
            del kept[name]
    return kept


@require_safe
@for_employer
def find(request: EmployerRequest) -> HttpResponse:
    """By code name: those whom this employer has met, and nobody else."""
    found = person_named(request.employer.pk, request.GET.get("name", ""))
    if found is None:
        messages.info(request, _("Nobody has this name among the people you have seen here."))
        return redirect("placement:search")
    return redirect("placement:profile", found.name)


def shown_as(request: EmployerRequest, name: CodeName | None) -> CandidateProfile | None:
    """Who has this name now, if the employer may see them."""
    if name is None or name.ended_at:
        return None
    rows = CandidateProfile.objects.visible_to(request.user).filter(pk=name.profile_id)
    person = next(iter(show_people(rows, request.employer.pk)), None)
    return person if person is not None and person.disclosure.code_name == name.name else None  # it ended meanwhile


def visible_profile(request: EmployerRequest, code_name: str) -> CandidateProfile:
    person = shown_as(request, person_named(request.employer.pk, code_name))
    if person is None:
        raise Http404
    return person


@require_safe
@for_employer
def profile(request: EmployerRequest, code_name: str) -> HttpResponse:
    """A person under their code name: what they proved, and how they fit. Opening it is written down for them."""
    name = person_named(request.employer.pk, code_name)
    if name is None:
        raise Http404
    person = shown_as(request, name)
    if person is None:
        return render(request, "placement/person_gone.html", {"name": name}, status=404)
    count_people(request, [person])
    return show_person(request, person)


def show_person(
    request: EmployerRequest, person: CandidateProfile, *, note_form: NoteForm | None = None, status: int = 200
) -> HttpResponse:
    """``note_form``: one that came back with its mistakes."""
    mine, chosen = to_choose_from(Opportunity.objects.visible_to(request.user).open(), request.GET.get("for", ""))
    wanted = chosen or (mine[0] if mine else None)
    if wanted:
        prefetch_related_objects([wanted], *NEEDS)
    match = employers_match_of(wanted_by(wanted), person) if wanted else None
    referrals = referrals_as(request, person).select_related("opportunity")
    context = {
        "person": person,
        "opportunities": mine,
        "opportunity": wanted,
        "match": match,
        "reasons": explain(match.as_json(), with_proof=False, to_employer=True) if match else [],
        "referrals": list(referrals[:REFERRALS]),
        "is_listed": Shortlisted.objects.filter(employer=request.employer, profile=person).exists(),
        "notes": notes.notes_on(request.employer.pk, person.pk),
        "note_form": note_form or NoteForm(auto_id="note_%s"),
    }
    part = "#card" if request.htmx and not request.htmx.history_restore_request else ""
    return render(request, f"placement/profile.html{part}", context, status=status)


@require_POST
@for_employer
def request_referral(request: EmployerRequest, code_name: str) -> HttpResponse:
    """Ask to meet them for one of our opportunities. They decide; until then nothing is shown."""
    person = visible_profile(request, code_name)
    count_people(request, [person])
    if person.disclosure.basis != Basis.FOUND:
        raise Http404
    key = read_number(request.POST.get("opportunity", ""))
    wanted = get_object_or_404(Opportunity.objects.visible_to(request.user), pk=key or 0)
    try:
        referral = proposals.request_referral(opportunity=wanted, profile=person, actor=request.user)
    except TransitionError as error:
        messages.warning(request, str(error))
        return redirect("placement:profile", code_name)
    if referral.state == S.PROPOSED:
        messages.success(
            request, _("We have asked %(name)s. You will hear from us if they say yes.") % {"name": code_name}
        )
    elif referrals_as(request, person).filter(pk=referral.pk).exists():
        messages.info(request, _("You are already in touch about this opportunity."))
    else:
        messages.info(request, _("%(name)s is not available for this opportunity.") % {"name": code_name})
    return redirect("placement:profile", code_name)


def referrals_as(request: EmployerRequest, person: CandidateProfile) -> QuerySet[Referral]:
    """The referrals of this person under this name: those of an earlier name would tell whose it was."""
    rows: QuerySet[Referral] = Referral.objects.visible_to(request.user)
    return rows.filter(profile=person, code_name=person.disclosure.code_name)


@require_POST
@for_employer
def toggle_shortlist(request: EmployerRequest, code_name: str) -> HttpResponseBase:
    person = visible_profile(request, code_name)
    count_people(request, [person])
    wanted = {"1": True, "0": False}.get(request.POST.get("wanted", ""))
    if wanted is None:
        messages.warning(request, NO_BUTTON)
        return redirect("placement:shortlist")
    employers.set_shortlisted(profile=person, employer=request.employer, user=request.user, wanted=wanted)
    if request.htmx:
        seen_on = request.htmx.current_url_abs_path or ""
        context = {
            "person": person,
            "is_listed": wanted,
            "in_drawer": "drawer" in request.POST,  # the card under the drawer changes too
            "is_search": seen_on.startswith(reverse("placement:search")),  # where the count beside the results changes
            "count": len(listed_by(request.employer, request.user)),
        }
        return render(request, "placement/_shortlist.html", context)
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours and back.startswith("/") else "placement:shortlist")


def shortlisted(request: EmployerRequest) -> list[CandidateProfile]:
    """People on the employer's list who may still be seen, newest first."""
    keys = Shortlisted.objects.filter(employer=request.employer).order_by("-added_at").values_list("profile", flat=True)
    order = {key: place for place, key in enumerate(keys[:SHORTLIST])}
    rows = CandidateProfile.objects.visible_to(request.user).filter(pk__in=order)
    return sorted(show_people(rows, request.employer.pk), key=lambda row: order[row.pk])


@require_safe
@for_employer
def shortlist(request: EmployerRequest) -> HttpResponse:
    people = shortlisted(request)
    count_people(request, people)
    notes.add_marks(people, request.employer.pk)
    return render(request, "placement/shortlist.html", {"people": people, "listed": {row.pk for row in people}})


@require_safe
@for_employer
def export_shortlist(request: EmployerRequest) -> HttpResponse:
    people = shortlisted(request)
    count_people(request, people)
    record(actor=request.user, verb="export-shortlist", target=request.employer, fields=["code name", "skills"])
    return csv_response("passerelle-shortlist", shortlist_header(), shortlist_rows(people))
