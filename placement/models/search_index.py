"""The search index: one row a person, written by ``services.indexing`` only; ``placement.index`` reads it."""

from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import BigIntegerField, Func, Q

from placement.models.candidates import CandidateProfile


class Stamp(Func):
    """The number of the transaction that writes, so that a reader can ask what was written since it last looked.

    On PostgreSQL the server's own; on SQLite, where one writes at a time, one more than the last.
    """

    function = "pg_current_xact_id"
    output_field = BigIntegerField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        return "pg_current_xact_id()::text::bigint", []

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return "(SELECT coalesce(max(changed), 0) + 1 FROM placement_searchentry)", []


def horizon() -> int:
    """Whatever is committed from now on, or after this moment by a transaction that has begun, bears this stamp or a
    higher one. Read it before the rows.
    """
    of_postgres = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    of_sqlite = "SELECT coalesce(max(changed), 0) + 1 FROM placement_searchentry"
    with connection.cursor() as cursor:
        cursor.execute(of_postgres if connection.vendor == "postgresql" else of_sqlite)
        return int(cursor.fetchone()[0])


class SearchToken(models.Model):
    """The number of a fact that one may search by: ``skill:dw.data-entry:2``. Says nothing about anybody."""

    token = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.token


class SearchEntry(models.Model):
    """What employers may search of one person, packed: rebuilt from certificates and the profile, never from claims.

    A row of nothing stays where somebody is hidden or gone, so that every process hears of it. So ``profile`` is no
    foreign key in the database.
    """

    profile = models.OneToOneField(
        CandidateProfile, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="search_entry"
    )
    is_listed = models.BooleanField(default=False)
    tokens = models.BinaryField(default=b"")  # numbers of ``SearchToken``
    proofs = models.BinaryField(default=b"")  # skill, level and moment of each valid certificate's word
    hours = models.SmallIntegerField(default=0)
    free_from = models.DateField(null=True)
    steady = models.FloatField(default=0)  # points that no opportunity changes
    active_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)  # the first of their certificates ends
    changed = models.BigIntegerField(default=0)  # ``Stamp``

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["changed"], name="search_entry_changed"),
            models.Index(fields=["valid_until"], condition=Q(valid_until__isnull=False), name="search_entry_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
