"""The QR is read back, and refuses to be made when it would not be readable on paper."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from certificates.qr import MAX_VERSION, QUIET_MODULES, Qr, QrTooDenseError, render_qr

URL = "https://passerelle.example/v/7K3MC9XWDTF4H2JP"
SEALED = "HTTPS://PASSERELLE.EXAMPLE/C/7K3MC9XWDTF4H2JP#" + "0123456789" * 40


def picture(qr: Qr) -> Image.Image:
    return Image.frombytes("1", (qr.pixels, qr.pixels), qr.bits)


def read(qr: Qr) -> str:
    (found,) = zxingcpp.read_barcodes(picture(qr).convert("L"))
    return found.text


@pytest.mark.parametrize("text", [URL, SEALED, "https://vérification.example/v/é#12", "HTTPS://A.EXAMPLE/#x"])
def test_reads_back_exactly(text: str) -> None:
    assert read(render_qr(text)) == text


def test_four_pixels_a_module_in_a_white_quiet_zone() -> None:
    qr = render_qr(URL)
    image = picture(qr)
    assert qr.pixels == 4 * (qr.modules + 2 * QUIET_MODULES)
    edge = 4 * QUIET_MODULES
    assert image.crop((0, 0, image.width, edge)).getextrema() == (255, 255)
    assert image.crop((0, 0, edge, image.height)).getextrema() == (255, 255)


@pytest.mark.parametrize("text", ["7K3M", URL, SEALED])
def test_size_on_paper(text: str) -> None:
    qr = render_qr(text)
    assert qr.module_mm >= 0.5
    assert qr.module_mm * qr.modules >= 28 - 1e-9
    assert qr.side_mm <= 39


def test_digits_after_the_mark_are_packed() -> None:
    """The same length in letters needs a larger symbol."""
    letters = SEALED.replace("0", "a")[: len(URL) + 200]
    assert render_qr(SEALED[: len(URL) + 200]).modules < render_qr(letters).modules


def test_same_text_same_bytes() -> None:
    assert render_qr(URL) == render_qr(URL)


def test_refuses_what_would_not_be_readable() -> None:
    with pytest.raises(QrTooDenseError):
        render_qr(URL + "?" + "x" * 250)
    with pytest.raises(QrTooDenseError):
        render_qr("x" * 5000)
    assert render_qr("x" * 250).modules == 17 + 4 * MAX_VERSION
