"""Wagtail calls every function that was registered for a hook, and has no way to take one of a library's away."""

from collections.abc import Callable
from typing import Any

from wagtail import hooks


def remove_hook(name: str, function: Callable[..., Any]) -> None:
    """``function`` is called no more for the hook ``name``. Raises LookupError where it was not registered.

    Only the end of a temporary registration takes something away: this ends one that the function's module began.
    """
    if function not in hooks.get_hooks(name):
        raise LookupError(f"{function.__module__}.{function.__qualname__} is not registered for the hook {name}")
    hooks.register_temporarily(name, function).__exit__(None, None, None)
