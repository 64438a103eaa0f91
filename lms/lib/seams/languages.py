"""Django knows some hundred languages; ``get_language_info`` of any other is an error on every page that names it."""

from django.conf.locale import LANG_INFO


def add_language(code: str, name: str, *, is_bidi: bool) -> None:
    """Unless Django knows it, or the language it is a variety of. ``name`` is in the language itself."""
    if code not in LANG_INFO and code.partition("-")[0] not in LANG_INFO:
        LANG_INFO[code] = {"bidi": is_bidi, "code": code, "name": name, "name_local": name}
