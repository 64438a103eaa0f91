"""Pictures that people upload: broken ones are refused in a sentence, and what phones write into them stays here."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from willow.plugins.pillow import PillowImage


class WholeImageField(WagtailImageField):
    """Wagtail looks at the first bytes only; a cut file or a decompression bomb fails when its size is asked."""

    def check_image_pixel_size(self, f: Any) -> None:
        try:
            super().check_image_pixel_size(f)
        except ValidationError:
            raise
        except Exception as error:  # each format of picture fails in its own way
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error


class ImageForm(BaseImageForm):
    """The form of Wagtail's image library, with our field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = WholeImageField(label=given.label, required=given.required, widget=given.widget)


def keep_no_exif() -> None:
    """Willow copies a photo's EXIF, with the place it was taken at, into every JPEG and PNG made of it."""
    PillowImage.get_exif_data = lambda self: None
