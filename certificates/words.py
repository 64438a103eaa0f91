"""What a certificate says: the frozen words, and nothing that could change after the day of issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWords:
    """Input of the PDF. Texts are plain, never HTML; an empty text or None leaves its line out."""

    language: str
    holder_name: str
    title: str
    issued_on: date
    issuer_name: str
    code: str
    """The public code as stored, without separators."""
    verify_url: str
    """Address of the public check page of this certificate: what the QR opens."""
    issuer_place: str = ""
    signatory_name: str = ""
    signatory_title: str = ""
    kind_line: str = ""
    """How it was earned, in the certificate's language ("for passing the supervised assessment of the
    course").
    """
    skills: tuple[tuple[str, str], ...] = ()
    """Pairs of skill name and level label, the strongest first."""
    proofs: tuple[str, ...] = ()
    """What stands behind each of the skills, in their order; none on certificates of before it was recorded."""
    hours: Decimal | int | None = None
    """Hours of training."""
    valid_until: date | None = None
    score_band: str = ""
    """The result in words ("distinction") or as a band ("80-89 %"), never the exact score."""

    @property
    def verify_host(self) -> str:
        """The host in words, printed beside the QR so that a look-alike address is noticed."""
        return urlsplit(self.verify_url).netloc.lower()

    @property
    def verify_path(self) -> str:
        """What stands between host and code: host, path and code typed one after the other open the page."""
        path = urlsplit(self.verify_url).path
        return path[: -len(self.code)] if self.code and path.endswith(self.code) else "/"
