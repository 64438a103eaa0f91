"""What stands behind each skill of a person, as an employer reads it.

Before a yes: how it was tested, which is the same for everybody who took that assessment. Results, counts and months
are on the public check of a certificate, which names its holder: beside a code name they would lead from one to the
other. After the yes: all of it. Give people as ``services/disclosure.py`` lets them be seen.
"""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from certificates.models import CertificateSkill, SkillEvidence
from placement.evidence import Evidence, evidence_of
from placement.models import CandidateProfile


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """One assessment behind a skill, in words, and the code of its public page."""

    words: str
    assessment: str


@dataclass(frozen=True, slots=True)
class ProofLine:
    """The best certificate of one skill; ``remark`` says why there is no piece."""

    evidence: Evidence
    pieces: list[ShownPiece]
    remark: str


def proof_lines(profile: CandidateProfile, is_agreed: bool) -> list[ProofLine]:
    """One for each proven skill, in three queries."""
    lines = evidence_of(profile)
    rows = CertificateSkill.objects.filter(
        certificate__code__in={line.certificate for line in lines}, skill__code__in={line.code for line in lines}
    ).select_related("certificate", "skill")
    found = {(row.certificate.code, row.skill.code): row for row in rows.prefetch_related("evidence__assessment")}
    return [
        ProofLine(line, [shown_piece(piece, is_agreed) for piece in row.pieces], remark_of(row))
        for line in lines
        if (row := found.get((line.certificate, line.code)))
    ]


def remark_of(skill: CertificateSkill) -> str:
    if skill.pieces:
        return ""
    untested = _("Training followed, not tested")
    return untested if skill.certificate.has_detail else _("No detail was recorded for this skill")


def shown_piece(piece: SkillEvidence, is_agreed: bool) -> ShownPiece:
    kind = capfirst(piece.get_kind_display())
    told = [piece.weight_text, piece.band_text, date_format(piece.tested_on, "N Y")] if is_agreed else []
    return ShownPiece(" · ".join([kind, *told]), piece.assessment.code)
