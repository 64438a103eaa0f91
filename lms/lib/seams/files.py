"""Size, type and hash of a file that did not come through Wagtail's own form, as the form would have set them."""

from typing import Any


def measure_image(image: Any) -> None:
    image._set_image_file_metadata()


def measure_document(document: Any) -> None:
    document._set_document_file_metadata()
