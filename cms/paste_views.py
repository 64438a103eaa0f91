"""What the editor asks when somebody pastes."""

import json

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms.pasting import LONGEST, read_paste

MOST_BYTES = 4 * LONGEST


@require_POST
def read_pasted(request: HttpRequest) -> JsonResponse:
    """``{"html": ..., "features": [...]}`` as content for the editor, with what is lost and how to bring it in."""
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        return JsonResponse({"error": _("This is too long to paste at once. Paste it in parts.")}, status=413)
    try:
        sent = json.loads(request.body if request.content_type == "application/json" else b"")  # a form's was read
        html, features = sent["html"], sent["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"error": _("The text could not be read.")}, status=422)
    if not isinstance(html, str) or not isinstance(features, list) or len(html) > LONGEST:
        return JsonResponse({"error": _("This is too long to paste at once. Paste it in parts.")}, status=422)
    return JsonResponse(read_paste(html, [name for name in features if isinstance(name, str)]))
