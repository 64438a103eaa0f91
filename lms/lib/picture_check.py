"""Whether a picture that somebody gives can be stored, and if not, why: one judge for every door that takes them."""

from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from PIL import Image

from lms.lib.picture_parts import has_too_many_parts
from lms.lib.seams.truncated_images import truncated_images_refused

MILLION = 1_000_000


def fault_of_picture(source: Path | BinaryIO | Any) -> tuple[str, str] | None:
    """(what is wrong, how to fix it) of a file that claims to be a picture; None for a good one.

    It is read to its last pixel: a truncated picture would stop what stores it. A file stays where it was being read.
    """
    if fault := fault_of_size(source):
        return fault
    place = source.tell() if hasattr(source, "tell") else 0
    try:
        with truncated_images_refused(), Image.open(source) as image:
            image.load()
    except Exception:  # noqa: BLE001  (Pillow's decoders raise whatever they meet)
        return _("it is damaged, or is not a picture"), _("Save it again as PNG or JPEG")
    finally:
        if hasattr(source, "seek"):
            source.seek(place)
    return None


def fault_of_size(source: Path | BinaryIO | Any) -> tuple[str, str] | None:
    """The same for one that is too large, by what it says of itself; None also for what is no picture."""
    if fault := fault_of_parts(source):
        return fault
    place = source.tell() if hasattr(source, "tell") else 0
    try:
        with Image.open(source) as image:
            return fault_of_shape(*image.size)
    except Image.DecompressionBombError:  # Pillow does not even open it
        return too_many_pixels()
    except Exception:  # noqa: BLE001
        return None
    finally:
        if hasattr(source, "seek"):
            source.seek(place)


def fault_of_parts(source: Path | BinaryIO | Any) -> tuple[str, str] | None:
    """The same for one whose many parts take long to read, however small it is."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            many = has_too_many_parts(file)
    else:
        place = source.tell()
        source.seek(0)
        many = has_too_many_parts(source)
        source.seek(place)
    if not many:
        return None
    return _("it is made of more parts than any camera or program writes"), _("Save it again as PNG or JPEG")


def fault_of_shape(width: int, height: int) -> tuple[str, str] | None:
    """The same by its width and height, in pixels.

    The area is the memory that it takes; the longest side is the time that its smaller copies take, which one row of
    forty million pixels stretches to minutes.
    """
    if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        return too_many_pixels()
    longest = settings.PICTURE_LONGEST_SIDE
    if max(width, height) <= longest:
        return None
    most = number_format(longest, force_grouping=True)
    what = _("it is more than %(most)s pixels wide or high, which is the limit") % {"most": most}
    return what, _("Cut it into several pictures, or make it smaller, and save it again")


def too_many_pixels() -> tuple[str, str]:
    most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // MILLION
    what = _("it has more than %(most)s million pixels, which is the limit") % {"most": most}
    return what, _("Make it smaller, for example 1600 pixels wide, and save it again")
