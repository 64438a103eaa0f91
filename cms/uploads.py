"""Files that people upload: what is not of its kind, broken or too heavy is refused in a sentence, and what phones
write into pictures stays here.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm
from wagtailmedia.models import MediaType

from lms.lib.filetypes import UNKNOWN, extension_of, type_of
from lms.lib.picture_check import fault_of_picture, fault_of_size
from lms.lib.seams.truncated_images import truncated_images_refused

POSTERS = ["gif", "jpg", "jpeg", "png", "webp"]


def allowed_extensions(media_type: str) -> list[str]:
    """The extensions of a kind of the library of sound and video; none for a kind that is neither."""
    names = {MediaType.AUDIO: "AUDIO_EXTENSIONS", MediaType.VIDEO: "VIDEO_EXTENSIONS"}
    return list(settings.WAGTAILMEDIA[names[MediaType(media_type)]]) if media_type in MediaType.values else []


def refuse_other_kinds(file: Any, name: str, extensions: list[str]) -> None:
    """Raise ``ValidationError`` unless the extension of ``name`` is one of these and the content is what it says.

    A browser's word about the type of a file counts for nothing.
    """
    kind = extension_of(name)
    if kind not in extensions:
        text = _("This kind of file is not accepted here. Accepted: %(kinds)s.")
        raise ValidationError(text % {"kinds": ", ".join(extensions)}, code="kind_not_taken")
    if type_of(name, file) == UNKNOWN:
        text = _(
            "This is not a valid %(kind)s file: it is incomplete, or its name was changed. Save it again and send it."
        )
        raise ValidationError(text % {"kind": kind.upper()}, code="not_its_kind")


def refuse_picture(fault: tuple[str, str] | None) -> None:
    """Raise ``ValidationError`` with what is wrong with a picture and how to fix it."""
    if fault is not None:
        what = _("This picture cannot be used: %(fault)s.") % {"fault": fault[0]}
        raise ValidationError(f"{what} {fault[1]}.", code="file_too_large_pixels")


class CheckedImageField(WagtailImageField):
    """Wagtail looks at the first bytes only; a truncated file fails at its size; Pillow opens no huge one."""

    def to_python(self, data: Any) -> Any:
        if hasattr(data, "seek"):
            refuse_picture(fault_of_size(data))
        return super().to_python(data)

    def check_image_pixel_size(self, f: Any) -> None:
        try:
            with truncated_images_refused():
                super().check_image_pixel_size(f)
        except ValidationError:
            raise
        except Exception as error:  # each format of picture fails in its own way
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error


def leave_out(form: Any, *names: str) -> None:
    """Fields that ask a trainer for what nobody reads; a new file goes to the root collection without them."""
    for name in names:
        form.fields.pop(name, None)


class ForgetsRefused:
    """A new file that is refused takes its title with it: the editor writes that of the next one only into an empty
    field. What somebody typed themselves stays.
    """

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        form: Any = self
        file = form.files.get(form.add_prefix("file"))
        if form.instance.pk is not None or file is None or "file" not in form.errors:
            return
        name = form.add_prefix("title")
        if form.data.get(name, "").strip() in {file.name, file.name.rpartition(".")[0]}:
            form.data = form.data.copy()
            form.data[name] = ""


class ImageForm(ForgetsRefused, BaseImageForm):
    """The form of Wagtail's image library, with our field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_out(self, "tags", "collection")
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = CheckedImageField(label=given.label, required=given.required, widget=given.widget)


class DocumentForm(ForgetsRefused, BaseDocumentForm):
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

    def add_error(self, field: str | None, error: Any) -> None:
        """Wagtail judges the ending of a file that was refused already, and so is not there any more."""
        told = getattr(error, "error_dict", None)
        if field is None and told and "file" in self.errors:
            told.pop("file", None)
            if not told:
                return
        super().add_error(field, error)

    def clean_file(self) -> Any:
        """The file, unless its content is not of its kind: nobody could open it, or a browser would run it."""
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            refuse_other_kinds(file, file.name, settings.WAGTAILDOCS_EXTENSIONS)
        return file


class MediaForm(ForgetsRefused, BaseMediaForm):
    """The form of the library of sound and video, with a limit: each byte is paid for by learners."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.instance.type not in MediaType.values:
            raise Http404  # wagtailmedia has a third kind, "media", that takes any file
        is_audio = self.instance.type == MediaType.AUDIO
        leave_out(self, "tags", "collection", *(["thumbnail"] if is_audio else []))
        if "file" in self.fields:
            kinds = allowed_extensions(self.instance.type)
            limits = {"kinds": ", ".join(kinds).upper(), "most": filesizeformat(settings.MEDIA_MAX_UPLOAD_SIZE)}
            self.fields["file"].help_text = _("%(kinds)s, at most %(most)s.") % limits

    def add_error(self, field: str | None, error: Any) -> None:
        """wagtailmedia says nowhere which field a refused kind of file stands in."""
        nowhere = getattr(error, "error_dict", {}).pop(NON_FIELD_ERRORS, [])
        super().add_error(field, error)
        if nowhere and "file" not in self.errors:
            super().add_error("file", nowhere)

    def clean_file(self) -> Any:
        return self._checked("file", allowed_extensions(self.instance.type))

    def clean_thumbnail(self) -> Any:
        poster = self._checked("thumbnail", POSTERS)
        if "thumbnail" in self.changed_data and poster:
            refuse_picture(fault_of_picture(poster))
        return poster

    def _checked(self, name: str, extensions: list[str]) -> Any:
        """The file, unless it is new and too heavy or not of its kind; an old one stays when only its title changes."""
        file = self.cleaned_data[name]
        if name in self.changed_data and file and file.size > settings.MEDIA_MAX_UPLOAD_SIZE:
            text = _(
                "This file is %(size)s, and the limit is %(most)s. Make it smaller: sound as MP3 or Opus at "
                "32 kbit/s, video 360 pixels high."
            )
            sizes = {"size": filesizeformat(file.size), "most": filesizeformat(settings.MEDIA_MAX_UPLOAD_SIZE)}
            raise ValidationError(text % sizes, code="too_heavy")
        if name in self.changed_data and file:
            refuse_other_kinds(file, file.name, extensions)
        return file
