"""WeasyPrint, once imported, lets Pillow accept a truncated picture, everywhere in the process."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile


@contextmanager
def truncated_images_refused() -> Iterator[None]:
    """Within it a truncated picture raises, whatever another library asked of Pillow."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
