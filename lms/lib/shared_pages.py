"""Pages that are the same for everyone in the same state: rendered once, then only the form's token is written in,
and whose page it is.

The key must name all that the page shows (content version, language, what they have done ...). A page with messages
for this one person is rendered for them and not kept.
"""

import secrets
from collections.abc import Callable

from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.html import escape

from lms.lib.direct_answers import owner_and_address
from lms.lib.form_tokens import needs_token

TOKEN = f"token-{secrets.token_hex(16)}"
"""Where the reader's own stands in a page that is kept. No author can write it into a lesson, to send tokens away in a
link: it is another one in every process, as is the cache.
"""
FIELD = f'<input type="hidden" name="csrfmiddlewaretoken" value="{TOKEN}">'
OWNER = f"owner-{secrets.token_hex(16)}"
"""Where stands whose page it is (``page_owner``)."""


def shared_page(request: HttpRequest, key: str, render: Callable[[str], str]) -> HttpResponse:
    """The page kept under ``key``; ``render`` is called with what stands for ``csrf_token`` in its context."""
    is_personal = bool(len(get_messages(request)))
    page: str | None = None if is_personal else caches["bodies"].get(key)
    if page is None:
        page = render(TOKEN)
        if not is_personal:
            caches["bodies"].set(key, page)
    if not needs_token(request):
        page = page.replace(FIELD, "")
    if TOKEN in page:
        page = page.replace(TOKEN, get_token(request))
    if OWNER in page:
        page = page.replace(OWNER, escape(owner_and_address(request)))
    return HttpResponse(page)
