"""The content blocks a trainer writes with. To add one: a class here, a line in ``PageBlocks`` or ``ContentBlocks``
below, a template in templates/cms/blocks/, a test in tests/cms/test_blocks.py. Weight and words are counted in
cms/weight.py without being told of it; course folders learn of it in courses/loading/blocks.py and lesson_text.py.
"""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

from cms.fields import ProseBlock
from cms.table_text import TEXT_EMBEDS, with_bars

INLINE = ["bold", "italic", "link", "code", "superscript", "subscript", "strikethrough"]
PROSE = ["h2", "h3", *INLINE, "ol", "ul"]
LIKE_PROSE = [*INLINE, "ol", "ul", *TEXT_EMBEDS]  # without headings: of a question, of a tip


def blank_rows(row: type[blocks.StructBlock], count: int = 2) -> list[dict[str, Any]]:
    """Rows a list begins with. Each names every field: one left out is “undefined” in the editor, as if typed."""
    return [{name: child.get_default() for name, child in row.base_blocks.items()} for _row in range(count)]


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(
        label=_("what the picture shows"),
        max_length=250,
        help_text=_("Read aloud to people who cannot see it."),
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "cms/blocks/image.html"


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120, required=False)
    text = ProseBlock(label=_("text"), features=LIKE_PROSE)

    class Meta:
        template = "cms/blocks/callout.html"


class TipBlock(CalloutBlock):
    class Meta:
        icon = "pick"
        label = _("Tip")


class ExampleBlock(CalloutBlock):
    class Meta:
        icon = "openquote"
        label = _("Example")


class WarningBlock(CalloutBlock):
    class Meta:
        icon = "warning"
        label = _("Warning")


class StepsBlock(blocks.StructBlock):
    steps = blocks.ListBlock(
        blocks.RichTextBlock(features=INLINE, label=_("step")), min_num=2, default=["", ""], label=_("steps")
    )

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "cms/blocks/steps.html"


class TableBlock(blocks.StructBlock):
    """Rows are lines, cells are split by the sign |: as quick to type on a laptop as to read here."""

    caption = blocks.CharBlock(label=_("caption"), max_length=160, required=False)
    rows = blocks.TextBlock(
        label=_("rows"), help_text=_("One row per line, cells separated by |. The first row is the header.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        cleaned["rows"] = with_bars(cleaned["rows"] or "")
        return cleaned

    class Meta:
        icon = "table"
        label = _("Table")
        template = "cms/blocks/table.html"


class CodeBlock(blocks.StructBlock):
    code = blocks.TextBlock(label=_("text shown exactly as typed"))

    class Meta:
        icon = "code"
        label = _("Code or exact text")
        template = "cms/blocks/code.html"


class AudioBlock(blocks.StructBlock):
    media = AudioChooserBlock(label=_("audio file"))
    transcript = blocks.RichTextBlock(label=_("transcript"), features=INLINE)

    class Meta:
        icon = "media"
        label = _("Audio")
        template = "cms/blocks/audio.html"


class VideoBlock(blocks.StructBlock):
    media = VideoChooserBlock(label=_("video file"))
    transcript = blocks.RichTextBlock(label=_("transcript"), features=INLINE)

    class Meta:
        icon = "media"
        label = _("Video")
        template = "cms/blocks/video.html"


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("file"))
    title = blocks.CharBlock(label=_("what it is"), max_length=120)

    class Meta:
        icon = "download"
        label = _("File to download")
        template = "cms/blocks/download.html"


class CheckOptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("answer"), max_length=250)
    correct = blocks.BooleanBlock(label=_("right answer"), required=False)
    feedback = blocks.CharBlock(label=_("feedback"), max_length=400)

    class Meta:
        label = _("answer")
        label_format = "{text}"


class SelfCheckBlock(blocks.StructBlock):
    """An ungraded question inside a lesson; each answer opens its feedback, without script and without the server."""

    question = blocks.CharBlock(label=_("question"), max_length=300)
    options = blocks.ListBlock(
        CheckOptionBlock(), min_num=2, max_num=6, default=blank_rows(CheckOptionBlock), label=_("answers")
    )

    def clean(self, value: Any) -> Any:
        """Asked when published; a draft may wait for its answers."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not any(option["correct"] for option in cleaned["options"]):
            text = gettext("Tick the right answer, or each right answer.")
            raise StructBlockValidationError({"options": ListBlockValidationError(non_block_errors=[text])})
        return cleaned

    class Meta:
        icon = "help"
        label = _("Self-check question")
        template = "cms/blocks/self_check.html"


class PageBlocks(blocks.StreamBlock):
    text = ProseBlock(features=[*PROSE, *TEXT_EMBEDS], label=_("Text"), icon="pilcrow")
    image = ImageBlock()
    tip = TipBlock()
    example = ExampleBlock()
    warning = WarningBlock()
    steps = StepsBlock()
    table = TableBlock()

    class Meta:
        required = False
        template = "cms/blocks/stream.html"


class ContentBlocks(PageBlocks):
    """A lesson's blocks."""

    code = CodeBlock()
    audio = AudioBlock()
    video = VideoBlock()
    download = DownloadBlock()
    self_check = SelfCheckBlock()
