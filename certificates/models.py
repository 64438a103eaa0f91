"""A certificate freezes the words it was issued with; nothing that is renamed later changes it."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import EvidenceKind
from assessments.models import Assessment
from certificates.bands import band_text, weight_text
from certificates.codes import format_code
from courses.enums import Level
from courses.models import Course, Enrolment, Skill
from lms.lib.leases import MAX_TRIES, Leased


def private_storage() -> Storage:
    return storages["private"]


class Certificate(Leased):
    """Issued exactly once per enrolment. ``Leased`` is for its PDF: an empty ``pdf`` asks to be generated."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="certificate")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates")
    course = models.ForeignKey(Course, models.PROTECT, related_name="certificates", verbose_name=_("course"))
    code = models.CharField(_("code"), max_length=32, unique=True)  # without separators, see codes.py
    language = models.CharField(_("language"), max_length=12)
    holder_name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("title"), max_length=255)  # as of pages: tests/test_lengths.py
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1)
    score_band = models.CharField(max_length=20, blank=True)  # "passed", "distinction" ...
    has_detail = models.BooleanField(default=False, editable=False)  # False: issued before skills had evidence
    issuer_name = models.CharField(max_length=120)
    issuer_place = models.CharField(max_length=120, blank=True)
    signatory_name = models.CharField(max_length=120, blank=True)
    signatory_title = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField(_("issued on"), default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)
    revoked_reason = models.CharField(_("reason"), max_length=300, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    pdf = models.FileField(storage=private_storage, upload_to="certificates/%Y/%m", blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_checked_at = models.DateTimeField(null=True, blank=True, editable=False)  # the file was found whole
    notified_at = models.DateTimeField(null=True, blank=True)  # the learner was told that the PDF is there
    examined_at = models.DateTimeField(null=True, blank=True, editable=False)  # what follows from it was looked for

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering: ClassVar[list[str]] = ["-issued_at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("issued_at")), name="certificate_valid_for_a_while"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(revoked_reason=""), name="certificate_revoked_for_a_reason"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(pdf=""), name="certificate_without_pdf"),
            models.Index(fields=["id"], condition=Q(examined_at=None), name="certificate_to_examine"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def printed_code(self) -> str:
        """The code in groups, as people read it."""
        return format_code(self.code)

    @property
    def public_url(self) -> str:
        """The short address of the public check, as printed and in the QR."""
        return f"{settings.BASE_URL}{reverse('short:check', args=[self.code])}"

    @property
    def short_address(self) -> str:
        """The same without its scheme, to read and to type."""
        return self.public_url.partition("://")[2]

    @property
    def is_given_up(self) -> bool:
        """Nothing generates its PDF any more before somebody fixes the cause and asks for it (``doctor``)."""
        return not self.pdf and self.tries >= MAX_TRIES

    @property
    def is_valid(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class CertificateSkill(models.Model):
    """A skill that the certificate proves, with the words it had on that day."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="proofs")
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    name = models.CharField(max_length=255)  # frozen
    level_words = models.TextField(blank=True)  # what somebody can do at this level; frozen, empty on old certificates

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["certificate", "skill"], name="certificate_skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.level}"

    @property
    def pieces(self) -> "list[SkillEvidence]":
        """The strongest first. Read ``evidence__assessment`` with the rows."""
        order = list(EvidenceKind)
        return sorted(self.evidence.all(), key=lambda row: (-order.index(EvidenceKind(row.kind)), -row.questions))


class SkillEvidence(models.Model):
    """One assessment behind a skill of a certificate, as it was on that day. A skill without any was not tested."""

    proves = models.ForeignKey(CertificateSkill, models.CASCADE, related_name="evidence")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=12, choices=EvidenceKind.choices)
    questions = models.PositiveSmallIntegerField()  # of this skill, that counted
    band = models.PositiveSmallIntegerField()  # percent in this skill, the lower end of a step of ten; 0: under 50
    tested_on = models.DateField()  # a day of the site
    about = models.TextField(blank=True)  # how it is tested, in the certificate's language

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["proves", "assessment"], name="skill_proven_once_by_an_assessment"),
            models.CheckConstraint(condition=Q(band__lte=90, questions__gte=1), name="evidence_has_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.proves} {self.kind} {self.band}"

    @property
    def band_text(self) -> str:
        return band_text(self.band)

    @property
    def weight_text(self) -> str:
        return weight_text(EvidenceKind(self.kind), self.questions)
