"""The thread of a referral: on the learner's phone, in the employer's portal, and behind the link of an e-mail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.lib.form_problems import problems_beside
from lms.lib.http import HtmxRequest
from lms.lib.numbers import read_number
from placement import interviews, thread_words
from placement.access import EmployerRequest, for_employer, own_referral
from placement.enums import ActorKind
from placement.interview_forms import CancelForm, ChoiceForm
from placement.learner_views import offer_of
from placement.link_access import for_link, of_link
from placement.models import Referral
from placement.referral_views import done, show, visible_referral
from placement.reply_views import show_answer
from placement.services import held
from placement.services import thread_rules as threads
from placement.services.disclosure import of_referral
from placement.services.threads import WroteOftenError, write
from placement.services.transitions import TransitionError
from placement.thread_forms import MessageForm

SENT, HELD, TO_CORRECT, TOO_MANY = 200, 202, 422, 429


def written(form: MessageForm, referral: Referral, by: ActorKind, actor: User | None) -> int:
    """Write what the form holds. ``SENT`` when it stands in the thread, ``HELD`` when the programme reads it first.

    Else the form says what is wrong, with this status.
    """
    if not form.is_valid():
        return TO_CORRECT
    words, status = {name: form.cleaned_data[name] for name in ("text", "key")}, SENT
    try:
        with problems_beside(form):
            if by == ActorKind.LEARNER:
                write(referral=referral, by=by, actor=actor, **words)
            elif not held.write(referral=referral, actor=actor, **words):
                status = HELD
    except WroteOftenError as error:
        form.add_error("text", str(error))
        return TOO_MANY
    except TransitionError as error:
        form.add_error("text", str(error))
    return TO_CORRECT if form.errors else status


@require_http_methods(["GET", "HEAD", "POST"])
@own_referral
def thread(request: SignedInRequest, referral: Referral) -> HttpResponse:
    """The learner's page: light, without a script, newest words last."""
    form, status = MessageForm(request.POST or None), 200
    if request.method == "POST":
        form = MessageForm(request.POST)
        status = written(form, referral, ActorKind.LEARNER, request.user)
        if status == SENT:
            messages.success(request, _("Sent. The answer arrives here, and we tell you."))
            return redirect(reverse("opportunities:thread", args=[referral.pk]))
    context = {
        "referral": referral, "form": form if threads.is_open(referral) else None,
        "thread": threads.for_learner(referral, read_number(request.GET.get("before", ""))),
        "seen": of_referral(referral),
        "interview": interviews.current(referral), "choice": ChoiceForm(), "called_off": CancelForm(),
        "next": thread_words.for_learner(referral.state), **offer_of(referral),
    }  # fmt: skip
    return render(request, "opportunities/thread.html", context, status=status)


@require_POST
@for_employer
def write_in_portal(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = visible_referral(request, pk)
    form = MessageForm(request.POST)
    status = written(form, referral, ActorKind.EMPLOYER, request.user)
    if status not in (SENT, HELD):
        return show(request, referral, message=form, status=status)
    if status == SENT:
        messages.success(request, _("Your message was sent. The answer comes to you by e-mail."))
    else:
        messages.info(request, _("Your message waits for our check. We read it before the candidate does."))
    return done(request, pk)


@require_POST
@for_link()
def write_by_link(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    """A message of the contact whose link it is: no account, and the same words twice are one message."""
    form = MessageForm(request.POST)
    status = written(form, referral, ActorKind.EMPLOYER, of_link(secret, referral))
    if status not in (SENT, HELD):
        return show_answer(request, referral, secret, message=form, status=status)
    return redirect(f"{reverse('reply:answer', args=[secret])}#thread")
