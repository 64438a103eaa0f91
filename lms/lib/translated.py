"""Short texts in several languages on one language-neutral row: ``{"fr": "Saisie", "en": "Data entry"}``.

Pages are translated as Wagtail trees; a skill's or an opportunity's few words are not worth a tree. A new language
in ``settings.LANGUAGES`` adds an input to every form, with no migration.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.lib.sort_order import Alphabetical, alphabetically


def pick(texts: dict[str, str] | None, language: str | None = None) -> str:
    """The text in ``language`` (default: the active one), else in the site's language, else any."""
    texts = texts or {}
    wanted = (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return texts.get(wanted) or texts.get(settings.LANGUAGE_CODE) or next((t for t in texts.values() if t), "")


def by_words(name: str) -> Alphabetical:
    """``order_by(by_words("names"))``: rows as their texts, picked like ``pick``, stand in the alphabet."""
    languages = [
        get_language() or settings.LANGUAGE_CODE,
        settings.LANGUAGE_CODE,
        *(c for c, _name in settings.LANGUAGES),
    ]
    codes = dict.fromkeys(code.split("-")[0] for code in languages)
    texts = [NullIf(KeyTextTransform(code, name), Value("")) for code in codes]
    return Alphabetical(Coalesce(*texts, Value(""), output_field=models.TextField()))


def as_read(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Rows of a drop-down in the order of what it shows, unless they have an order of their own (a date, a place)."""
    first = str((rows.query.order_by or rows.model._meta.ordering or ("",))[0])
    texts = [field.name for field in rows.model._meta.concrete_fields if isinstance(field, TranslatedField)]
    if first == "code" and texts:
        return rows.order_by(by_words(texts[0]), "code")
    return alphabetically(rows)


def untranslated(row: models.Model) -> str:
    """The languages that one of the row's texts lacks, for a list; a text without any word lacks none."""
    texts = [getattr(row, field.attname) for field in row._meta.concrete_fields if isinstance(field, TranslatedField)]
    lacking = {code for text in texts if text for code, _name in settings.LANGUAGES if not text.get(code)}
    return ", ".join(str(name) for code, name in settings.LANGUAGES if code in lacking) or "—"


LONGEST_LINE = 255
"""Characters of a text of one line, in each language: a page's title, and whatever copies one, holds as many."""


def check_lengths(texts: dict[str, str]) -> None:
    """Raises ValidationError, which names the text, for one longer than ``LONGEST_LINE``."""
    for text in texts.values():
        if len(text) > LONGEST_LINE:
            raise ValidationError(
                _("At most %(most)d characters: “%(text)s …” has %(length)d.")
                % {"most": LONGEST_LINE, "text": text[:40], "length": len(text)}
            )


class TranslatedWidget(forms.MultiWidget):
    template_name = "site/translated_widget.html"

    def __init__(self, lines: int = 1, attrs: dict[str, Any] | None = None) -> None:
        self.codes = [code for code, _name in settings.LANGUAGES]
        kind: type[forms.Widget] = forms.TextInput if lines == 1 else forms.Textarea
        extra = {} if lines == 1 else {"rows": lines}
        super().__init__({code: kind({"lang": code, **extra}) for code in self.codes}, attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.codes]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for sub, (code, label) in zip(context["widget"]["subwidgets"], settings.LANGUAGES, strict=True):
            sub["language"], sub["language_name"] = code, label
            sub["is_missing"] = not sub["value"] and any(other["value"] for other in context["widget"]["subwidgets"])
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        """A browser would ask for every language; one is enough."""
        return False


class TranslatedFormField(forms.MultiValueField):
    def __init__(self, *, lines: int = 1, **kwargs: Any) -> None:
        self.codes = [code for code, _name in settings.LANGUAGES]
        self.lines = lines
        fields = [forms.CharField(required=False) for _code in self.codes]
        kwargs.pop("encoder", None), kwargs.pop("decoder", None)
        kwargs["widget"] = TranslatedWidget(lines)
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        return {code: text.strip() for code, text in zip(self.codes, data_list, strict=False) if text and text.strip()}

    def clean(self, value: Any) -> dict[str, str]:
        """One language is enough: who reads another gets it by ``pick``, and the editor says what is missing."""
        texts = self.compress(list(value or []))
        if self.required and not texts:
            raise ValidationError(_("Write this text in at least one language."))
        if self.lines == 1:
            check_lengths(texts)
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != self.compress(list(data or []))


class TranslatedField(models.JSONField):
    """A dict language code -> text. Read it with ``pick``."""

    def __init__(self, *args: Any, lines: int = 1, **kwargs: Any) -> None:
        self.lines = lines
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if self.lines == 1:
            check_lengths(value or {})

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.pop("widget", None), kwargs.pop("form_class", None)
        return models.Field.formfield(self, form_class=TranslatedFormField, lines=self.lines, **kwargs)
