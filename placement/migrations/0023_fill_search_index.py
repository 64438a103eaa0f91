"""The search index as one row a person, from the rows of each fact; certificates that were looked at say so themselves."""

import struct
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEWCOMER = 4.0  # points for kept interviews of somebody who had none
AT_ONCE = 1000


def fill(apps, schema_editor):
    CandidateToken, SearchToken, SearchEntry = (
        apps.get_model("placement", name) for name in ("CandidateToken", "SearchToken", "SearchEntry")
    )
    CandidateProfile = apps.get_model("placement", "CandidateProfile")
    words = CandidateToken.objects.order_by("token").values_list("token", flat=True).distinct()
    SearchToken.objects.bulk_create((SearchToken(token=word) for word in words), batch_size=2000)
    numbers = dict(SearchToken.objects.values_list("token", "pk"))
    keys_of_all = list(CandidateProfile.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys_of_all), AT_ONCE):
        rows = list(CandidateProfile.objects.filter(pk__in=keys_of_all[start : start + AT_ONCE]))
        held = defaultdict(list)
        keys = [row.pk for row in rows]
        for key, word in CandidateToken.objects.filter(profile__in=keys).values_list("profile", "token"):
            held[key].append(numbers[word])
        proofs, ends = proofs_of(apps, [row.user_id for row in rows if row.pk in held], numbers)
        SearchEntry.objects.bulk_create(
            SearchEntry(
                profile_id=row.pk, is_listed=True, tokens=struct.pack(f"<{len(held[row.pk])}I", *sorted(held[row.pk])),
                proofs=proofs[row.user_id], hours=row.hours_per_week, free_from=row.available_from, steady=NEWCOMER,
                active_at=row.last_active_at, valid_until=ends.get(row.user_id),
            )
            for row in rows
            if row.pk in held
        )


def proofs_of(apps, users, numbers):
    alive = Q(certificate__expires_at=None) | Q(certificate__expires_at__gt=timezone.now())
    rows = apps.get_model("certificates", "CertificateSkill").objects.filter(
        alive, certificate__user__in=users, certificate__revoked_at=None
    )
    proofs, ends = defaultdict(bytes), {}
    for user, code, level, on, until in rows.values_list(
        "certificate__user", "skill__code", "level", "certificate__issued_at", "certificate__expires_at"
    ):
        number = numbers.get(f"skill:{code}:1")
        if number is not None:
            proofs[user] += struct.pack("<IHq", number, level, (on - EPOCH) // timedelta(microseconds=1))
        if until is not None:
            ends[user] = min(until, ends.get(user, until))
    return proofs, ends


def examined(apps, schema_editor):
    done = apps.get_model("placement", "MatchedCertificate").objects.values("certificate")
    apps.get_model("certificates", "Certificate").objects.filter(pk__in=done).update(examined_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ("placement", "0022_search_index"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(examined, migrations.RunPython.noop),
    ]
