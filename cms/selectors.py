"""Reading what is written in several languages."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Locale


def with_untranslated_locale(rows: QuerySet[Any]) -> QuerySet[Any]:
    """``_has_untranslated_locale`` on each translatable row: what Wagtail does for pages only."""
    translations = rows.model._default_manager.filter(translation_key=OuterRef(OuterRef("translation_key")))
    missing = Locale.objects.exclude(pk__in=translations.values("locale_id"))
    return rows.annotate(_has_untranslated_locale=Exists(missing))
