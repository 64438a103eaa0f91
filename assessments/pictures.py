"""The picture of a question, rendered for small screens and kept for a while."""

from django.core.cache import caches
from django.utils.safestring import SafeString
from wagtail.images import get_image_model

from assessments.content import QuestionContent
from cms.pictures import description_html, picture_html
from cms.pictures import picture_of as picture_sizes

KEPT_FOR = 600  # seconds: a picture replaced in the library shows up by then


def picture_of(content: QuestionContent) -> SafeString:
    """``<picture>``, or nothing when there is none or it was deleted."""
    if content.image_id is None:
        return SafeString("")
    key = f"question-picture:{content.image_id}:{hash(content.image_alt)}"
    kept: SafeString | None = caches["bodies"].get(key)
    if kept is None:
        image = get_image_model().objects.filter(pk=content.image_id).first()
        made = picture_sizes(image) if image else None
        if image is not None and made is None:  # not kept: its sizes may be there at the next visit
            return description_html(content.image_alt)
        kept = picture_html(made, content.image_alt) if made else SafeString("")
        caches["bodies"].set(key, kept, KEPT_FOR)
    return kept
