"""Files that people upload: broken pictures and heavy sound are refused in a sentence, and what phones write into
pictures stays here.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm
from wagtailmedia.models import MediaType
from willow.plugins.pillow import PillowImage

ZIP = b"PK\x03\x04"  # what office files are
BEGINNINGS = {"pdf": b"%PDF-", **dict.fromkeys(["docx", "ods", "odt", "pptx", "xlsx"], ZIP)}


class WholeImageField(WagtailImageField):
    """Wagtail looks at the first bytes only; a cut file or a decompression bomb fails when its size is asked."""

    def check_image_pixel_size(self, f: Any) -> None:
        try:
            super().check_image_pixel_size(f)
        except ValidationError:
            raise
        except Exception as error:  # each format of picture fails in its own way
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error


def leave_out(form: Any, *names: str) -> None:
    """Fields that ask a trainer for what nobody reads; a new file goes to the root collection without them."""
    for name in names:
        form.fields.pop(name, None)


class ImageForm(BaseImageForm):
    """The form of Wagtail's image library, with our field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_out(self, "tags", "collection")
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = WholeImageField(label=given.label, required=given.required, widget=given.widget)


class DocumentForm(BaseDocumentForm):
    """The form of Wagtail's library of documents, without what nobody reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_out(self, "tags", "collection")
        if "file" in self.fields:
            limits = {
                "kinds": ", ".join(settings.WAGTAILDOCS_EXTENSIONS).upper(),
                "most": filesizeformat(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE),
            }
            self.fields["file"].help_text = _("%(kinds)s, at most %(most)s.") % limits

    def clean_file(self) -> Any:
        """The file, unless its first bytes are not those of its kind: nobody could open it."""
        file = self.cleaned_data["file"]
        kind = file.name.rpartition(".")[2].lower() if file else ""
        if "file" in self.changed_data and file and not file.read(1024).lstrip().startswith(BEGINNINGS.get(kind, b"")):
            text = _("This is no real %(kind)s file: it was cut, or its name was changed. Save it again and send it.")
            raise ValidationError(text % {"kind": kind.upper()}, code="not_its_kind")
        if file:
            file.seek(0)
        return file


class MediaForm(BaseMediaForm):
    """The form of the library of sound and video, with a limit: each byte is paid for by learners."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_audio = self.instance.type == MediaType.AUDIO
        leave_out(self, "tags", "collection", *(["thumbnail"] if is_audio else []))
        if "file" in self.fields:
            kinds = settings.WAGTAILMEDIA["AUDIO_EXTENSIONS" if is_audio else "VIDEO_EXTENSIONS"]
            limits = {"kinds": ", ".join(kinds).upper(), "most": filesizeformat(settings.MEDIA_MAX_UPLOAD_SIZE)}
            self.fields["file"].help_text = _("%(kinds)s, at most %(most)s.") % limits

    def add_error(self, field: str | None, error: Any) -> None:
        """wagtailmedia says nowhere which field a refused kind of file stands in."""
        nowhere = getattr(error, "error_dict", {}).pop(NON_FIELD_ERRORS, [])
        super().add_error(field, error)
        if nowhere and "file" not in self.errors:
            super().add_error("file", nowhere)

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
