"""News from the content that every app writes with. Sent after the rows that prove it are written."""

from django.dispatch import Signal

picture_ready = Signal()
"""Sent by ``picture_sizes.make_sizes`` when every size of a picture is there. Carries ``image``, its row."""
