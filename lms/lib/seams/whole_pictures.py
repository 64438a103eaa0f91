"""WeasyPrint, once imported, lets Pillow take half a picture for a whole one, everywhere in the process."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile


@contextmanager
def whole_pictures() -> Iterator[None]:
    """Within it a picture that was cut short raises, whatever another library asked of Pillow."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
