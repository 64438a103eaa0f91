"""Willow copies a photo's EXIF, with the place it was taken at, into every JPEG and PNG made of it."""

from willow.plugins.pillow import PillowImage


def keep_no_exif() -> None:
    PillowImage.get_exif_data = lambda self: None
