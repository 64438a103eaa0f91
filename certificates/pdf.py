"""Frozen words in, PDF bytes out. The only file that imports WeasyPrint, and only when a PDF is really generated.

Nothing outside this process is ever fetched: the fetcher knows two stand-ins by name, a pixel each, whose places the
mark and the QR take in the finished PDF. The same words give the same bytes, on the same machine with the same fonts.
"""

from __future__ import annotations

import io
import math
import threading
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from certificates.codes import format_code
from certificates.qr import Qr, render_qr
from certificates.seams import POINTS, STAND_INS, put_vectors
from certificates.text_size import direction, fitted_size, width_in_ems
from certificates.words import CertificateWords

if TYPE_CHECKING:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

DESIGN = Path(__file__).parent / "design"
TEMPLATE = "certificates/pdf/river.html"

_BASE = "design:/"
_NAME_SIZES = {"one_line": (46, 42, 38, 34, 31), "two_lines": (28, 26, 24, 22, 19, 16)}
_TITLE_SIZES = {"one_line": (26, 24, 22, 20), "two_lines": (20, 18, 16, 14, 12, 10)}
_PROOF_SIZES = {"one_line": (10.5, 9.5, 8.5, 7.5), "two_lines": (7,)}
_TEXT_WIDTH_MM = 240.0
_SANS_IS_NARROWER = 1.12  # than the face by which widths are estimated (text_size)
_MOST_SKILLS = 6
_SKILL_SIZE, _SKILLS_WIDTH_MM = 10.5, 204.0  # river.css, less the space around a skill
_lock = threading.Lock()


def render_pdf(words: CertificateWords) -> bytes:
    """One A4 page, tagged for screen readers (PDF/UA-1).

    Raises QrTooDenseError for too long an address, MissingGlyphsError for letters that no font of this machine has.
    """
    qr = render_qr(words.verify_url)
    html = certificate_html(words, qr)
    with _lock:
        return _write_pdf(html, qr)


def certificate_html(words: CertificateWords, qr: Qr) -> str:
    """The page before layout, in the certificate's own language whatever the reader's language is."""
    with translation.override(words.language):
        return render_to_string(TEMPLATE, _context(words, qr))


def _context(words: CertificateWords, qr: Qr) -> dict[str, Any]:
    language = translation.get_language_info(words.language)
    proofs = words.proofs or ("",) * len(words.skills)
    return {
        "words": words,
        "page_direction": "rtl" if language["bidi"] else "ltr",
        "name_direction": direction(words.holder_name),
        "title_direction": direction(words.title),
        "name_size": fitted_size(words.holder_name, **_NAME_SIZES, width_mm=_TEXT_WIDTH_MM),
        "title_size": fitted_size(words.title, **_TITLE_SIZES, width_mm=_TEXT_WIDTH_MM),
        "skills": [
            (*skill, proof, bool(proof) or _fits_one_line(skill))
            for skill, proof in zip(words.skills[:_MOST_SKILLS], proofs, strict=False)
        ],
        "proof_size": _proof_size(words),
        "more_skills": len(words.skills[_MOST_SKILLS:]),
        "hours_count": _hours_count(words),
        "issued_on": _long_date(words.issued_on, words.language),
        "valid_until": _long_date(words.valid_until, words.language) if words.valid_until else "",
        "qr": qr,
        "code": format_code(words.code),
    }


def _fits_one_line(skill: tuple[str, str]) -> bool:
    return width_in_ems(" ".join(skill)) * _SKILL_SIZE <= _SKILLS_WIDTH_MM * POINTS


def _proof_size(words: CertificateWords) -> float:
    """Of skills with what stands behind them, each on a line of its own: the largest at which the longest fits."""
    lines = [" ".join((*skill, proof)) for skill, proof in zip(words.skills, words.proofs, strict=False)]
    longest = max(lines[:_MOST_SKILLS], key=width_in_ems, default="")
    return fitted_size(longest, **_PROOF_SIZES, width_mm=_TEXT_WIDTH_MM * _SANS_IS_NARROWER)


def _long_date(day: date, language: str) -> str:
    """The day in words, the same to every reader: "14 October 2026"; French writes the first as "1er"."""
    if language.startswith("fr") and day.day == 1:
        return date_format(day, r"1\e\r F Y")
    return date_format(day, "j F Y" if language.startswith(("en", "fr")) else "DATE_FORMAT")


def _hours_count(words: CertificateWords) -> int:
    """The whole number that decides about the plural: French says "1,5 heure", others say "1.5 hours"."""
    hours = words.hours or 0
    return math.floor(hours) if words.language.startswith("fr") else math.ceil(hours)


def _write_pdf(html: str, qr: Qr) -> bytes:
    resources = _resources()
    pdf: bytes = resources.page(string=html, base_url=_BASE, url_fetcher=resources.fetcher).write_pdf(
        finisher=partial(put_vectors, qr),
        font_config=resources.fonts,
        stylesheets=[resources.sheet],
        pdf_variant="pdf/ua-1",
    )
    return pdf


@dataclass(frozen=True)
class _Resources:
    """What is made once for the process: it is half of the cost of a page (``python -m bench.certificates``)."""

    page: type[HTML]
    fonts: FontConfiguration
    sheet: CSS
    fetcher: URLFetcher


@cache
def _resources() -> _Resources:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), _closed_fetcher()
    style = (DESIGN / "river.css").read_text(encoding="utf-8")
    return _Resources(HTML, fonts, CSS(string=style, base_url=_BASE, url_fetcher=fetcher, font_config=fonts), fetcher)


def _closed_fetcher() -> URLFetcher:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):
        """Serves the stand-ins; everything else stops the rendering."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if width := STAND_INS.get(url):
                return URLFetcherResponse(url, _white_png(width), {"Content-Type": "image/png"})
            raise FatalURLFetchingError(f"A certificate may not fetch {url[:80]!r}")

    return ClosedFetcher(allowed_protocols=(), allow_redirects=False)


def _white_png(width: int) -> bytes:
    """One row of white pixels."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (width, 1), 255).save(out, "PNG")
    return out.getvalue()
