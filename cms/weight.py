"""What content costs a learner: bytes on the wire at 360 px, and words to read."""

from collections.abc import Iterator

import brotli
from django.utils import translation
from wagtail import blocks
from wagtail.images.models import AbstractImage

from cms.pictures import bytes_of, picture_of

FRAME_BYTES = 1100  # head, bar, buttons and headers around a body, compressed
QUALITY = 5  # as the middleware compresses


def render(body: blocks.StreamValue, language: str, on_tap: bool = False) -> str:
    """The body's HTML, with the few words of its blocks in ``language``; ``on_tap``: with links for its pictures."""
    with translation.override(language):
        return str(body.render_as_block({"on_tap": on_tap})).strip()


def images_of(body: blocks.StreamValue) -> Iterator[AbstractImage]:
    for child in body:
        image = child.value.get("image") if isinstance(child.value, blocks.StructValue) else None
        if isinstance(image, AbstractImage):
            yield image


def image_bytes(image: AbstractImage) -> int:
    """What a phone of 360 px with a sharp screen loads; 0 while its words are shown."""
    made = picture_of(image)
    return bytes_of(made.phone.file) if made is not None else 0


def body_weight(body: blocks.StreamValue, language: str) -> int:
    """Bytes a phone loads for a page with this body: compressed HTML and pictures; audio and video not."""
    html = brotli.compress(render(body, language).encode(), quality=QUALITY)
    return FRAME_BYTES + len(html) + sum(image_bytes(image) for image in images_of(body))
