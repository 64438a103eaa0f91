"""Issuing, revoking and looking up certificates, and making their PDFs. Each function may be called many times."""

import hashlib
import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import EvidenceKind, Purpose
from certificates.codes import is_code, new_code, normalise_code
from certificates.evidence import pieces_of
from certificates.glyphs import MissingGlyphsError
from certificates.models import Certificate, CertificateSkill, SkillEvidence
from certificates.signals import certificate_issued, certificate_revoked
from certificates.words import CertificateWords
from courses.enums import Level
from courses.models import CoursePage, Enrolment
from lms.accounts.messages import tell
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record
from lms.lib import leases, sweeps
from lms.lib.moments import site_day
from lms.lib.percentages import percent
from lms.lib.sort_order import Alphabetical
from lms.lib.translated import pick

logger = logging.getLogger(__name__)

WITH_ASSESSMENTS = Prefetch("skills__evidence", SkillEvidence.objects.select_related("assessment"))
CHECK_EVERY = timedelta(days=7)
SCORE_BAND_FLOORS = (Decimal(90), Decimal(80), Decimal(70), Decimal(60))


def issue(*, enrolment_id: int) -> Certificate | None:
    """The certificate of a completed enrolment: made on the first call, the same row on every other.

    None while the course is not completed. Sends ``certificate_issued`` in the transaction that writes the row.
    """
    enrolment = Enrolment.objects.select_related("user", "course").get(pk=enrolment_id)
    if enrolment.completed_at is None:
        return None
    existing = Certificate.objects.filter(enrolment=enrolment).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            certificate = write_certificate(enrolment)
            certificate_issued.send(Certificate, certificate_id=certificate.pk)
    except IntegrityError:  # somebody else was faster
        return Certificate.objects.get(enrolment=enrolment)
    return certificate


def write_certificate(enrolment: Enrolment) -> Certificate:
    """Freeze the words of today into a row."""
    if enrolment.completed_at is None:
        raise ValueError("the course is not completed")
    language, course = enrolment.language, enrolment.course
    page = CoursePage.objects.filter(course=course, locale__language_code=language, live=True).first()
    certificate = Certificate.objects.create(
        enrolment=enrolment,
        user=enrolment.user,
        course=course,
        code=new_code(),
        language=language,
        holder_name=enrolment.user.get_full_name(),
        title=page.title if page else pick(course.titles, language),
        hours=course.hours,
        score_band=score_band(enrolment),
        issuer_name=settings.ISSUER_NAME,
        issuer_place=settings.ISSUER_PLACE,
        signatory_name=settings.SIGNATORY_NAME,
        signatory_title=settings.SIGNATORY_TITLE,
        issued_at=enrolment.completed_at,
        has_detail=True,
    )
    write_skills(certificate)
    return certificate


def write_skills(certificate: Certificate) -> None:
    """Its skills with the words of their level, and what stands behind each."""
    language = certificate.language
    rows = certificate.course.skills.select_related("skill")
    CertificateSkill.objects.bulk_create(
        CertificateSkill(
            certificate=certificate, skill=row.skill, level=row.level, name=pick(row.skill.names, language),
            level_words=row.skill.words_at(row.level, language),
        )
        for row in rows
    )  # fmt: skip
    proven = {row.skill.code: row for row in certificate.skills.select_related("skill")}
    SkillEvidence.objects.bulk_create(
        SkillEvidence(
            proves=proven[piece.skill], assessment=piece.assessment, kind=piece.assessment.evidence,
            questions=piece.questions, band=piece.band, tested_on=piece.on,
            about=pick(piece.assessment.about, language),
        )
        for piece in pieces_of(certificate.enrolment)
        if piece.skill in proven
    )  # fmt: skip


def score_band(enrolment: Enrolment) -> str:
    """The band of ten points of their mean best passing score, in the certificate's language; may be empty.

    Of what certifies alone: practice may be repeated at will, and says nothing of what somebody can do.
    """
    certifying = enrolment.attempts.filter(passed=True, assessment__purpose=Purpose.CERTIFYING)
    best = certifying.values("assessment").annotate(best=Max("score"))
    scores = [row["best"] for row in best if row["best"] is not None]
    if not scores:
        return ""
    mean = sum(scores) / len(scores)
    floor = next((band for band in SCORE_BAND_FLOORS if mean >= band), None)
    if floor is None:
        return ""
    with translation.override(enrolment.language):
        return f"{floor:.0f}–{percent(100 if floor == SCORE_BAND_FLOORS[0] else floor + 9)}"


def words_of(certificate: Certificate) -> CertificateWords:
    """What the PDF says. Needs no row that could have been renamed since."""
    skills = list(certificate.skills.order_by("-level", Alphabetical("name")).prefetch_related("evidence"))
    with translation.override(certificate.language):
        return CertificateWords(
            language=certificate.language,
            holder_name=certificate.holder_name,
            title=certificate.title,
            issued_on=site_day(certificate.issued_at),
            valid_until=site_day(certificate.expires_at) if certificate.expires_at else None,
            issuer_name=certificate.issuer_name,
            issuer_place=certificate.issuer_place,
            signatory_name=certificate.signatory_name,
            signatory_title=certificate.signatory_title,
            code=certificate.code,
            verify_url=certificate.public_url,
            kind_line=kind_line(certificate, skills),
            skills=tuple((row.name, str(Level(row.level).label)) for row in skills),
            proofs=tuple(proof_line(row) for row in skills) if certificate.has_detail else (),
            hours=certificate.hours,
            score_band=certificate.score_band,
        )  # fmt: skip


def kind_line(certificate: Certificate, skills: list[CertificateSkill]) -> str:
    """How it was earned: it was not by passing an assessment where none stands behind it."""
    if certificate.has_detail and not any(row.pieces for row in skills):
        return ""
    return _("for passing the automatically graded assessments of the course")


def proof_line(skill: CertificateSkill) -> str:
    """The strongest evidence of a skill in the active language, and how many more there are."""
    if not skill.pieces:
        return _("training followed, not tested")
    best, *more = skill.pieces
    words = [str(EvidenceKind(best.kind).label), best.weight_text, best.band_text, date_format(best.tested_on, "N Y")]
    return " · ".join([*words, *([f"+ {len(more)}"] if more else [])])


def without_pdf() -> QuerySet[Certificate]:
    return Certificate.objects.filter(pdf="", revoked_at=None)


def generate_pdf(*, certificate_id: int) -> bool:
    """Generate the PDF under a lease, keep it, and tell the learner; True when this call did it."""
    row = without_pdf().filter(pk=certificate_id)
    if not leases.claim(row):
        return False
    certificate = row.select_related("user").get()
    try:
        from certificates.pdf import render_pdf

        pdf = render_pdf(words_of(certificate))
        name = store_pdf(certificate, pdf)
    except Exception as error:  # noqa: BLE001  (whatever went wrong, the row says so and the next try comes later)
        leases.release(row, error=f"{type(error).__name__}: {error}", tries=certificate.tries)
        if isinstance(error, MissingGlyphsError):  # no later try finds the font: the learner and the doctor hear it now
            leases.give_up(row)
        return False
    pdf_fields = {"pdf": name, "pdf_sha256": hashlib.sha256(pdf).hexdigest(), "lease_until": None}
    with transaction.atomic():
        if not row.update(**pdf_fields, notified_at=timezone.now()):  # withdrawn, or generated by another, meanwhile
            return False
        tell_ready(certificate)
    return True


def intact_pdf(certificate: Certificate) -> bytes | None:
    """The file, if it is the one that was generated; else None, and it is generated again.

    A disk that was cut off from its power, a restore without ``private/`` or a hand on the server may have emptied,
    shortened or removed it. Whoever asks gets the right file later, never a wrong one.
    """
    name, expected = str(certificate.pdf.name), certificate.pdf_sha256
    try:
        with certificate.pdf.storage.open(name) as file:
            content = bytes(file.read())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        content = b""
    found = hashlib.sha256(content).hexdigest()
    if content and found == (expected or found):  # the first versions kept no hash
        return content
    logger.error("the PDF of certificate %s is damaged: generated again", certificate.pk)
    damaged = Certificate.objects.filter(pk=certificate.pk, pdf=name, pdf_sha256=expected)
    damaged.update(pdf="", pdf_sha256="", pdf_checked_at=None, tries=0, last_error="", lease_until=None, due_at=Now())
    return None


def check_pdf(*, certificate_id: int, now: datetime) -> None:
    """Read the file once after it was generated, and once a week: nobody else may ask for it in years."""
    certificate = unchecked(now).filter(pk=certificate_id).first()
    if certificate is not None and intact_pdf(certificate) is not None:
        Certificate.objects.filter(pk=certificate.pk).update(pdf_checked_at=now)


def unchecked(now: datetime) -> QuerySet[Certificate]:
    is_due = Q(pdf_checked_at=None) | Q(pdf_checked_at__lt=now - CHECK_EVERY)
    return Certificate.objects.exclude(pdf="").filter(is_due, revoked_at=None)


def given_up() -> QuerySet[Certificate]:
    """PDFs that nobody generates any more. Invented people of the demo never get one."""
    return leases.given_up(without_pdf()).filter(user__is_demo=False)


@transaction.atomic
def generate_again(*, certificate: Certificate, by: User) -> bool:
    """Let a PDF that was given up be generated again; False when it is generated, withdrawn or still being tried."""
    if not leases.retry(without_pdf().filter(pk=certificate.pk)):
        return False
    record(actor=by, verb="generate-certificate-again", target=certificate)
    return True


def store_pdf(certificate: Certificate, pdf: bytes) -> str:
    """Store the file under a name that a second run replaces, never doubles."""
    storage: Storage = certificate.pdf.storage
    name = f"certificates/{certificate.issued_at:%Y/%m}/{certificate.code}.pdf"
    storage.delete(name)
    return storage.save(name, ContentFile(pdf))


def tell_ready(certificate: Certificate) -> None:
    with in_language_of(certificate.user):
        tell(
            user=certificate.user,
            key=f"certificate:{certificate.pk}:ready",
            kind="certificate-ready",
            subject=_("Your certificate is ready"),
            body=_("Your certificate “%(title)s” is ready. Anyone can check it with the code %(code)s.")
            % {"title": certificate.title, "code": certificate.printed_code},
            link=reverse("certificates:mine"),
        )


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, by: User) -> bool:
    """Withdraw a certificate; False when it was withdrawn already. The reason is public."""
    changed = Certificate.objects.filter(pk=certificate.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_reason=reason, revoked_by=by, examined_at=None
    )
    if not changed:
        return False
    certificate.refresh_from_db()
    record(actor=by, verb="revoke-certificate", target=certificate, fields=["revoked_at", "revoked_reason"])
    certificate_revoked.send(Certificate, certificate_id=certificate.pk)
    user = certificate.user
    with in_language_of(user):
        tell(
            user=user,
            key=f"certificate:{certificate.pk}:revoked",
            kind="certificate-revoked",
            subject=_("Your certificate was withdrawn"),
            body=_(
                "Your certificate “%(title)s” was withdrawn on %(date)s. Reason: %(reason)s. "
                "If you think this is a mistake, speak to your training centre."
            )
            % {"title": certificate.title, "date": date_format(site_day()), "reason": reason},
            link=reverse("certificates:mine"),
        )
    return True


def find_certificate(text: str) -> Certificate | None:
    """The certificate that a typed, pasted or scanned code names."""
    code = normalise_code(text)
    if not is_code(code):
        return None
    return Certificate.objects.prefetch_related("skills", WITH_ASSESSMENTS).filter(code=code).first()


def completed_without_certificate() -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(completed_at__isnull=False, certificate=None)


ISSUE = sweeps.register(
    sweeps.Sweep(
        name="certificates.issue",
        label=gettext_lazy("Certificates to issue"),
        remedy=gettext_lazy("Check the title of this course, the names of its skills and the learner’s name."),
        rows=lambda now: completed_without_certificate().order_by("completed_at"),
        work=lambda key, now: issue(enrolment_id=key),
    )
)
GENERATE = sweeps.register(
    sweeps.Sweep(
        name="certificates.pdf",
        label=gettext_lazy("PDFs to generate"),
        remedy=gettext_lazy("Check the text of this certificate, and the free space on the disk."),
        rows=lambda now: leases.waiting(without_pdf()).order_by("due_at"),
        work=lambda key, now: generate_pdf(certificate_id=key),
        leased=True,
    )
)
CHECK = sweeps.register(
    sweeps.Sweep(
        name="certificates.check",
        label=gettext_lazy("PDFs to check"),
        remedy=gettext_lazy("Look whether the folder of private files can be read."),
        rows=lambda now: unchecked(now).order_by(F("pdf_checked_at").asc(nulls_first=True)),
        work=lambda key, now: check_pdf(certificate_id=key, now=now),
        leased=True,  # the file may be on another machine: no transaction waits for it, and reading twice harms nobody
    )
)
