"""The inside of WeasyPrint and pydyf: drawings put into the finished page, and letters that no font had.

``python -m bench.certificates`` shows what it is worth (docs/seams.md): the same drawings as SVG images, as anybody
would give them to WeasyPrint, take several times as long. Versions that were tried: ``lms.lib.seams.SEAMS``.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

from certificates.artwork import HEIGHT, MARK_HEIGHT, MARK_WIDTH, WIDTH, mark_operators, river_operators
from certificates.glyphs import MissingGlyphsError, missing_glyphs
from certificates.qr import Qr

if TYPE_CHECKING:
    import pydyf
    from weasyprint import Document

STAND_INS = {"design:/mark.png": 1, "design:/qr.png": 2}  # pixels wide: how the finisher knows them
POINTS = 72 / 25.4


def put_vectors(qr: Qr, document: Document, pdf: pydyf.PDF) -> None:
    """The mark and the QR in the place of their stand-ins, and the river below the text.

    The river is marked as decoration, so that screen readers pass over it.
    """
    import pydyf

    if missing := missing_glyphs(codepoint for font in document.fonts.values() for codepoint in font.missing):
        raise MissingGlyphsError(missing)
    for image in [row for row in pdf.objects if isinstance(row, pydyf.Stream) and row.extra.get("Subtype") == "/Image"]:
        _put_vector(image, qr)
    box = pydyf.Array([0, 0, WIDTH * POINTS, HEIGHT * POINTS])
    form = {"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Filter": "/FlateDecode"}
    river = pydyf.Stream([_packed_river()], extra=form)
    below = pydyf.Stream([b"/Artifact BMC q /River Do Q EMC"])
    pdf.add_object(river)
    pdf.add_object(below)
    for page in _objects(pdf, pdf.pages["Kids"][::3]):
        page["Contents"] = pydyf.Array([below.reference, page["Contents"]])
        (resources,) = _objects(pdf, [int(page["Resources"].split()[0])])
        resources.setdefault("XObject", pydyf.Dictionary())["River"] = river.reference


def _put_vector(image: pydyf.Stream, qr: Qr) -> None:
    """Draw in the unit square, where an image is drawn too."""
    import pydyf

    if image.extra["Width"] == STAND_INS["design:/qr.png"]:
        sides = {"Width": qr.pixels, "Height": qr.pixels, "ColorSpace": "/DeviceGray", "BitsPerComponent": 1}
        image.extra = {"Type": "/XObject", "Subtype": "/Image", **sides, "Filter": "/FlateDecode"}
        image.stream = [zlib.compress(qr.bits, 9)]
    else:
        box = pydyf.Array([0, 0, MARK_WIDTH, MARK_HEIGHT])
        to_unit = pydyf.Array([1 / MARK_WIDTH, 0, 0, 1 / MARK_HEIGHT, 0, 0])
        image.extra = {"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Matrix": to_unit}
        image.stream = [mark_operators()]


def _objects(pdf: pydyf.PDF, numbers: list[int]) -> list[Any]:
    return [pdf.objects[number] for number in numbers]


@cache
def _packed_river() -> bytes:
    return zlib.compress(river_operators(), 9)
