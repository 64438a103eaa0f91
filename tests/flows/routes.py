"""Every address that is ours, read from the resolver."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

OWN = ("lms.", "cms.", "courses.", "assessments.", "certificates.", "placement.")
OWN_LABELS = tuple(name.rpartition(".")[2] for name in settings.INSTALLED_APPS[:7])
FOREIGN = ("wagtail.", "wagtailmedia.", "django.contrib.auth.")


def is_own(view: Any, path: str) -> bool:
    """Ours by its module, by the model it shows, or because we gave a page of allauth's its address."""
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    model = getattr(view, "view_initkwargs", {}).get("model")
    label = getattr(getattr(model, "_meta", None), "app_label", "")
    if module.startswith(OWN) or label in OWN_LABELS:
        return True
    return not path.startswith("cms/") and not module.startswith(FOREIGN)


def walk(patterns: list[Any], prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, path, ":".join(filter(None, [namespace, entry.namespace])))
        elif isinstance(entry, URLPattern) and is_own(entry.callback, path):
            path = path.replace("^", "")
            yield (f"{namespace}:{entry.name}" if namespace else entry.name or path), path


@cache
def own_routes() -> dict[str, list[str]]:
    """Name (or pattern, where it has none) -> patterns."""
    found: dict[str, list[str]] = {}
    for name, path in walk(get_resolver().url_patterns):
        found.setdefault(name if not name.endswith(":") and not name.endswith(":None") else path, []).append(path)
    return found
