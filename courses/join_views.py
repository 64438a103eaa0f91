"""Joining a group by the code that its trainer shows. Looking changes nothing: the button joins."""

from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from courses import join_codes
from courses.forms import JoinForm
from courses.models import CohortMember
from lms.accounts.models import User
from lms.lib.http import private
from lms.lib.ratelimit import client_network, may_try


def too_many_wrong(request: HttpRequest) -> bool:
    """Count one code of no group. Right ones are never counted nor refused: a class joins at once."""
    amount, seconds = settings.WRONG_CARD_LIMIT
    return not may_try(f"join:{client_network(request)}", limit=amount, seconds=seconds)


def learner_of(request: HttpRequest) -> User | None:
    user = request.user
    return user if isinstance(user, User) and user.is_learner and not user.is_superuser else None


@private
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """For phones that read no QR: type the code."""
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohort = join_codes.find(form.cleaned_data["code"])
        if cohort is not None:
            return redirect("join:group", cohort.join_code)
        if too_many_wrong(request):
            return respond_429(request)
        form.add_error(
            "code", _("No group has this code now. Check each character, or ask your trainer for a new code.")
        )
    return render(request, "courses/join_code.html", {"form": form})


@private
def join_group(request: HttpRequest, code: str) -> HttpResponseBase:
    cohort = join_codes.find(code)
    if cohort is None:
        if too_many_wrong(request):
            return respond_429(request)
        return render(request, "courses/join_dead.html", status=404)
    learner = learner_of(request)
    if request.method != "POST" or learner is None:
        is_in = learner is not None and CohortMember.objects.filter(cohort=cohort, user=learner).exists()
        courses = list(cohort.courses.all())
        context = {"cohort": cohort, "courses": courses, "is_learner": learner is not None, "is_in": is_in}
        return render(request, "courses/join.html", context | {"self_sign_up": settings.SELF_SIGN_UP})
    try:
        join_codes.join(user=learner, cohort=cohort)
    except join_codes.FullError:
        return render(request, "courses/join_dead.html", status=404)
    messages.success(request, _("You are in the group. Its courses are here."))
    answer: HttpResponse = redirect("courses:my_courses")
    return answer
