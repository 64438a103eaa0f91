"""Every text that may be long is as long as its column takes, in every row of the small world: no sweep stops at it.

PostgreSQL refuses what is too long, SQLite does not: here it is PostgreSQL that proves something.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from certificates.models import Certificate
from courses.models import Enrolment
from lms.accounts.models import OutboundMessage, User
from lms.lib import sweeps
from lms.lib.models import FailedRow
from lms.lib.translated import LONGEST_LINE, TranslatedField
from placement.enums import ReferralState as S
from placement.models import Opportunity, Outcome, Referral
from placement.services import proposals, referrals
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_opportunity
from tests.flows.routes import OWN_LABELS

FORMED = {
    "language", "country", "pay_currency", "cost_currency", "time_zone", "phone", "phone_typed", "password", "path",
    "url_path", "slug", "kind", "purpose", "wording", "verb", "target", "actor_role", "by", "before", "answered_by",
    "key", "model", "username_key", "name_key", "token", "stopped", "provider", "provider_id", "link", "address",
    "secret_hash", "reply_hash", "pdf", "pdf_sha256", "grader_version", "esco_uri", "website", "scope", "name_of_beat",
    "pseudonym", "last_error", "subject", "score_band", "words_hash",
}  # fmt: skip
"""Columns that the code forms and no person types: ``tests/test_lengths.py`` compares them with what goes into them."""

CODES = {"certificates.Certificate.code"}  # of one form, looked up by people


def typed_columns() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields if model._meta.app_label in OWN_LABELS else ():
            if f"{model._meta.label}.{column.name}" in CODES or column.name in FORMED or column.choices:
                continue
            if isinstance(column, TranslatedField) or (isinstance(column, models.CharField) and column.max_length):
                yield model, column


def longest(column: models.Field[Any, Any], value: Any, pk: Any) -> Any:
    if isinstance(column, TranslatedField):
        most = LONGEST_LINE if column.lines == 1 else 3000
        return {code: (text * most)[:most] for code, text in (value or {}).items() if text}
    most = column.max_length or 0
    if isinstance(column, models.EmailField):
        return f"{'n' * (63 - len(str(pk)))}{pk}@{'a' * 60}.{'b' * 60}.{'c' * 60}.org" if value else value
    if isinstance(column, models.SlugField) or column.unique:
        return f"{value}-{pk}-{'x' * most}"[:most] if value else value
    return ("É" + str(value) + " de la saisie et du contrôle" * 20)[: most - 1] + "s" if value else value


def stretch() -> int:
    """Make every typed text of every row as long as its column takes; how many columns there are."""
    columns = list(typed_columns())
    for model, column in columns:
        for pk, value in list(model._base_manager.values_list("pk", column.attname)):
            model._base_manager.filter(pk=pk).update(**{column.attname: longest(column, value, pk)})
    for page in apps.get_model("wagtailcore.Page").objects.filter(depth__gt=2):
        type(page).objects.filter(pk=page.pk).update(title=("É" + page.title * 255)[:255])
    return len(columns)


def test_every_sweep_takes_the_longest_texts(world):
    late = make_user("bintou", full_name="Bintou Diallo", email="bintou@example.org")
    candidate = make_candidate(region="Thiès")
    consented = proposals.request_referral(opportunity=world.opportunity, profile=candidate, actor=world.employer_user)
    waiting = make_opportunity(world.employer, proposed_at=None)
    assert stretch() > 25
    referrals.consent(referral=Referral.objects.get(pk=consented.pk), fields=["name", "phone", "email"],
                      user=User.objects.get(pk=candidate.user_id))  # fmt: skip
    Enrolment.objects.create(
        user=late, course=world.course, language="fr", completed_at=timezone.now() - timedelta(minutes=1)
    )
    Outcome.objects.filter(asked_at=None).update(due_on=timezone.localdate() - timedelta(days=1))
    before = Certificate.objects.count()
    for sweep in sweeps.SWEEPS.values():
        sweeps.run(sweep)
    assert list(FailedRow.objects.values_list("sweep", "key", "last_error")) == []
    assert Certificate.objects.count() == before + 1
    assert Referral.objects.get(pk=consented.pk).state == S.FORWARDED
    assert Opportunity.objects.get(pk=waiting.pk).proposed_at is not None
    unsent = OutboundMessage.objects.filter(channel="email", sent_at=None).exclude(last_error="")
    assert list(unsent.values_list("kind", "last_error")) == []
