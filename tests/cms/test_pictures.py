"""No picture holds a request: each that is taken is drawn within a limit of pixels, any other is not drawn at all."""

import io
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import ImageField
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.models import Filter, SourceImageIOError
from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.users.models import UserProfile

from cms.picture_sizes import make_sizes
from cms.pictures import WIDE, photo
from cms.weight import image_bytes
from lms.lib.picture_check import fault_of_shape

MOST = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
SQUARE = int(MOST**0.5)
SIDE = settings.PICTURE_LONGEST_SIDE
WORK = 12 * MOST
"""Steps that one size may cost: half a second to a second and a half of a processor."""


def work_of(width: int, height: int, target: int = WIDE) -> int:
    """LANCZOS looks at 2 * 3 * scale points of a row for each point of the result, and then at as many of a column."""
    scale = max(1.0, width / target)
    narrow, low = max(1, round(width / scale)), max(1, round(height / scale))
    return round(width * height + 6 * scale * narrow * height + 6 * scale * low * narrow + 20 * narrow * low)


SHAPES = [(MOST, 1), (1, MOST), (SQUARE, SQUARE), (SIDE, MOST // SIDE), (MOST // SIDE, SIDE), (WIDE, SIDE), (1, SIDE),
          (MOST // 10, 10), (10, MOST // 10), (WIDE, MOST // WIDE)]  # fmt: skip


def stored(width: int, height: int) -> Any:
    """As one that came in before there was a limit: its file is small here, its row says what it was."""
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(file, "PNG")
    image = get_image_model().objects.create(title="x", file=ContentFile(file.getvalue(), "x.png"))
    get_image_model().objects.filter(pk=image.pk).update(width=width, height=height)
    return get_image_model().objects.get(pk=image.pk)


@pytest.fixture
def run(monkeypatch) -> list[str]:
    """The sizes that were begun."""
    begun: list[str] = []
    plain = Filter.run

    def run(self: Filter, *given: Any, **named: Any) -> Any:
        begun.append(self.spec)
        return plain(self, *given, **named)

    monkeypatch.setattr(Filter, "run", run)
    return begun


def test_what_is_taken_is_drawn_within_the_limit():
    taken = [shape for shape in SHAPES if fault_of_shape(*shape) is None]
    assert len(taken) == 5
    assert all(height <= SIDE and work_of(width, height) <= WORK for width, height in taken)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_stored_picture_is_drawn_or_told_in_words(db, shape, run):
    image = stored(*shape)
    shown = photo(image, "Une carte")
    assert shown == "<em>Une carte</em>"
    assert image_bytes(image) == 0
    assert run == []
    if fault_of_shape(*shape) is None:
        make_sizes(image)
        assert photo(image, "Une carte").startswith("<picture>")
        assert image_bytes(image)
        return
    with pytest.raises(SourceImageIOError):
        make_sizes(image)
    assert photo(image, "Une carte") == shown
    assert get_rendition_or_not_found(image, "max-165x165").file.name == "not-found"
    assert run == []


def test_the_admin_lists_and_opens_what_cannot_be_drawn(manager, client, run):
    image = stored(MOST, 1)
    client.force_login(manager)
    for page in ("", f"{image.pk}/", "chooser/", f"{image.pk}/delete/"):
        assert client.get(f"/cms/images/{page}").status_code == 200, page
    assert run == []


def test_every_column_of_pictures_has_a_door_that_judges():
    """Those of tests/lib/test_picture_check.py; renditions are ours, and nobody sends a picture of themselves."""
    fields = {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.get_fields()
              if isinstance(field, ImageField)}  # fmt: skip
    assert fields == {"wagtailimages.Image.file", "wagtailimages.Rendition.file", "wagtailusers.UserProfile.avatar"}


def test_nobody_sends_a_picture_of_themselves(manager, client):
    client.force_login(manager)
    address = "/cms/account/"
    assert b'type="file"' not in client.get(address).content
    client.post(address, {"avatar-avatar": SimpleUploadedFile("a.png", b"x"), "name_email-first_name": "x"})
    assert not UserProfile.get_for_user(manager).avatar
