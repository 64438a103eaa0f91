"""Every row of every model as the ORM reads it, counted and hashed: ``python -m tests.flows.all_rows``.

Another way than that of the command which moves a site, so that both do not err alike.
"""

import hashlib
import json
from typing import Any

import django


def comparable_value(value: Any) -> Any:
    """In one form: PostgreSQL keeps the keys of JSON in an order of its own."""
    if isinstance(value, memoryview):
        return bytes(value).hex()
    if hasattr(value, "raw_data"):  # of a StreamField
        value = list(value.raw_data)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def main() -> dict[str, list[Any]]:
    from django.apps import apps

    found: dict[str, list[Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or model._meta.app_label == "wagtailsearch":
            continue
        rows = model._base_manager.values_list(*(field.attname for field in model._meta.concrete_fields))
        texts = (repr([comparable_value(one) for one in row]) for row in rows.iterator())
        hashes = sorted(hashlib.sha256(text.encode()).hexdigest() for text in texts)
        found[model._meta.label] = [len(hashes), hashlib.sha256("".join(hashes).encode()).hexdigest()]
    return found


if __name__ == "__main__":
    import lms  # noqa: F401  (a sound SQLite, before Django opens one)

    django.setup()
    print(json.dumps(main()))  # noqa: T201
