"""What stands behind each skill of a person, as an employer reads it: how it was tested, how heavily, how well.

Give people as ``services/disclosure.py`` lets them be seen: what it takes away is not read here.
"""

from dataclasses import dataclass

from certificates.models import CertificateSkill, SkillEvidence
from placement.evidence import Evidence, evidence_of
from placement.models import CandidateProfile


@dataclass(frozen=True, slots=True)
class ProofLine:
    """The best certificate of one skill. ``has_detail``: it was issued since evidence is recorded for each skill."""

    evidence: Evidence
    has_detail: bool
    pieces: list[SkillEvidence]


def proof_lines(profile: CandidateProfile) -> list[ProofLine]:
    """One for each proven skill, in three queries."""
    lines = evidence_of(profile)
    rows = CertificateSkill.objects.filter(
        certificate__code__in={line.certificate for line in lines}, skill__code__in={line.code for line in lines}
    ).select_related("certificate", "skill")
    found = {(row.certificate.code, row.skill.code): row for row in rows.prefetch_related("evidence__assessment")}
    return [
        ProofLine(line, row.certificate.has_detail, row.pieces)
        for line in lines
        if (row := found.get((line.certificate, line.code)))
    ]
