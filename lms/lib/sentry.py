"""Errors are sent to Sentry, or to what speaks its protocol (GlitchTip, Bugsink), when ``SENTRY_DSN`` is set.

The same errors as in the files of ``lms.lib.error_files``, from web, worker and commands. The library looks at no
request, query or task by itself: of what it made of an error only the fields named here leave, in words without people.
"""

import logging
from typing import Any

from django.conf import settings

from lms.lib.redaction import without_people
from lms.lib.requestid import request_id, work_in_hand

LOGGERS = ("", "django")  # those whose errors are written to files too: LOGGING in lms/settings/base.py
OF_EVENT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "server_name", "sdk")
OF_EXCEPTION = ("type", "module", "mechanism")
OF_FRAME = ("filename", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context")
CONTEXTS = ("runtime", "trace")


def problem(dsn: str) -> str:
    """What is wrong with the setting, "" when nothing is."""
    try:
        from sentry_sdk.utils import BadDsn, Dsn
    except ImportError:
        return "SENTRY_DSN is set, and the package sentry-sdk is not installed"
    try:
        Dsn(dsn)
    except (BadDsn, ValueError):
        return "SENTRY_DSN is not an address of Sentry"
    return ""


def start(*, transport: Any = None) -> None:
    """Send errors from now on. Nothing happens without the setting, or while it is wrong: a system check tells."""
    if not settings.SENTRY_DSN or problem(settings.SENTRY_DSN):
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import EventHandler

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        transport=transport,
        default_integrations=False,
        integrations=[ExcepthookIntegration(), AtexitIntegration(callback=lambda pending, timeout: None)],
        data_collection=NOTHING_OF_PEOPLE,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=kept_of,
        before_send_transaction=lambda event, hint: None,
    )
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(handler, EventHandler) for handler in logger.handlers):
            logger.addHandler(EventHandler(level=logging.ERROR))


NOTHING_OF_PEOPLE: Any = {  # takes the place of ``send_default_pii=False``, which means less
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}


def kept_of(event: Any, hint: dict[str, Any]) -> Any:
    """A new event of what may leave: whatever a version of the library adds is left out until it is named here."""
    kept: dict[str, Any] = {name: event[name] for name in OF_EVENT if name in event}
    kept["tags"] = {"route": work_in_hand(), "request_id": request_id.get()}
    kept["contexts"] = {name: value for name, value in event.get("contexts", {}).items() if name in CONTEXTS}
    if event.get("logentry"):
        kept["logentry"] = {"message": without_people(str(event["logentry"].get("message", "")))}  # and no arguments
    values = event.get("exception", {}).get("values", [])
    if values:
        kept["exception"] = {"values": [exception(value) for value in values]}
    return kept


def exception(value: dict[str, Any]) -> dict[str, Any]:
    kind = str(value.get("type"))
    words = without_people(f"{kind}: {value.get('value') or ''}").removeprefix(f"{kind}: ")
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        **{name: value[name] for name in OF_EXCEPTION if name in value},
        "value": words,
        "stacktrace": {"frames": [{name: frame[name] for name in OF_FRAME if name in frame} for frame in frames]},
    }
