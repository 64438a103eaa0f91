"""Size, type and hash of a file that did not come through Wagtail's own form, as the form would have set them."""

from typing import Any

from PIL import Image


def measure_image(image: Any) -> None:
    """Django reads the begin of a picture and gives up on one of a few bytes: then it is opened whole."""
    image._set_image_file_metadata()
    if image.width is None:
        with image.file.open("rb") as file, Image.open(file) as picture:
            image.width, image.height = picture.size


def measure_document(document: Any) -> None:
    document._set_document_file_metadata()
