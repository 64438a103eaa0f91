"""Files that people upload: broken pictures and heavy sound are refused in a sentence, and what phones write into
pictures stays here.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm
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


class MediaForm(BaseMediaForm):
    """The form of the library of sound and video, with a limit: each byte is paid for by learners."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            most = filesizeformat(settings.MEDIA_MAX_UPLOAD_SIZE)
            self.fields["file"].help_text = _("At most %(most)s.") % {"most": most}

    def clean_file(self) -> Any:
        return self._light("file")

    def clean_thumbnail(self) -> Any:
        return self._light("thumbnail")

    def _light(self, name: str) -> Any:
        """The file, unless it is new and too heavy; an old one stays when only its title is mended."""
        file = self.cleaned_data[name]
        if name in self.changed_data and file and file.size > settings.MEDIA_MAX_UPLOAD_SIZE:
            text = _(
                "This file weighs %(size)s, and at most %(most)s is taken. Save it smaller: sound as MP3 or Opus at "
                "32 kbit/s, video 360 pixels high."
            )
            sizes = {"size": filesizeformat(file.size), "most": filesizeformat(settings.MEDIA_MAX_UPLOAD_SIZE)}
            raise ValidationError(text % sizes, code="too_heavy")
        return file


def keep_no_exif() -> None:
    """Willow copies a photo's EXIF, with the place it was taken at, into every JPEG and PNG made of it."""
    PillowImage.get_exif_data = lambda self: None
