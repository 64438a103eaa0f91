"""The page of one learner in the admin: what they did and can, for whoever may see their account."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.admin_forms import new_note_form
from courses.cohorts import cohorts_of
from courses.group_messages import TRAINER_MESSAGE
from courses.learner_notes import standing_notes
from courses.learner_sections import SECTIONS, courses_of_learner
from lms.accounts.access import team_only
from lms.accounts.enums import Channel
from lms.accounts.http import SignedInRequest
from lms.accounts.models import OutboundMessage, SignIn
from lms.accounts.visibility import visible_to
from lms.lib.http import private

GROUPS_SHOWN, MESSAGES_SHOWN, NOTES_SHOWN = 20, 20, 3


@require_safe
@private
@team_only
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """Courses step by step, groups that the reader leads, messages of trainers, and what other apps know."""
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    told = OutboundMessage.objects.filter(user=learner, channel=Channel.APP, kind=TRAINER_MESSAGE)  # none of employers
    made = [make(learner, request.user) for make in SECTIONS]
    seen = SignIn.objects.filter(user=learner).order_by("-seen_at").values_list("seen_at", flat=True).first()
    notes = standing_notes(learner)
    context = {
        "notes": notes[:NOTES_SHOWN], "notes_count": notes.count(), "note_form": new_note_form(),
        "learner": learner, "courses": courses_of_learner(learner), "seen_at": seen,
        "groups": cohorts_of(request.user).filter(members__user=learner)[:GROUPS_SHOWN],
        "told": told.order_by("-created_at").only("subject", "created_at", "read_at")[:MESSAGES_SHOWN],
        "sections": [section for section in made if section is not None],
        "header_title": str(learner),
        "breadcrumbs_items": [
            {"url": reverse("learners:list"), "label": _("Learners")}, {"url": "", "label": str(learner)},
        ],
    }  # fmt: skip
    return render(request, "courses/admin/learner.html", context)
