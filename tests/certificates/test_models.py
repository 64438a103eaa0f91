"""What the database itself refuses, whoever writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from certificates.codes import new_code
from certificates.models import Certificate
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db


def test_one_certificate_an_enrolment_and_one_code_a_certificate(learner):
    first = make_certificate(learner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            enrolment=first.enrolment, user=learner, course=first.course, code=new_code(), hours=1
        )
    other = make_certificate(learner, "autre")
    with pytest.raises(IntegrityError):
        Certificate.objects.filter(pk=other.pk).update(code=first.code)


def test_it_never_ends_before_it_begins(learner):
    make_certificate(learner)
    Certificate.objects.update(expires_at=F("issued_at") + timedelta(days=1))
    with pytest.raises(IntegrityError):
        Certificate.objects.update(expires_at=F("issued_at"))


def test_it_is_withdrawn_for_a_reason_only(learner):
    make_certificate(learner)
    with pytest.raises(IntegrityError):
        Certificate.objects.update(revoked_at=timezone.now())
