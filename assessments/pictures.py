"""The picture of a question, rendered for small screens and kept for a while."""

from django.core.cache import caches
from django.utils.safestring import SafeString
from wagtail.images import get_image_model

from assessments.content import QuestionContent
from cms.pictures import photo

KEPT_FOR = 600  # seconds: a picture replaced in the library shows up by then


def picture_of(content: QuestionContent) -> SafeString:
    """``<picture>``, or nothing when there is none or it was deleted."""
    if content.image_id is None:
        return SafeString("")
    key = f"question-picture:{content.image_id}:{hash(content.image_alt)}"
    kept: SafeString | None = caches["bodies"].get(key)
    if kept is None:
        image = get_image_model().objects.filter(pk=content.image_id).first()
        kept = photo(image, content.image_alt) if image else SafeString("")
        caches["bodies"].set(key, kept, KEPT_FOR)
    return kept
