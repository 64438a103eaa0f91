"""Reading what is written in several languages."""

from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet
from wagtail.models import Locale

from cms.rows import rows_for


def with_untranslated_locale(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """``_has_untranslated_locale`` on each translatable row, what Wagtail does for pages only: true where a language is
    missing and this person may publish the row, for a translation is a new row.
    """
    translations = rows.model._default_manager.filter(translation_key=OuterRef(OuterRef("translation_key")))
    missing = Locale.objects.exclude(pk__in=translations.values("locale_id"))
    theirs = rows_for(user, "publish", rows.model).filter(pk=OuterRef("pk"))
    return rows.annotate(_has_untranslated_locale=ExpressionWrapper(Exists(missing) & Exists(theirs), BooleanField()))
