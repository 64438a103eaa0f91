from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

WORDS: dict[str, Any] = {
    "default": False,
    "help_text": "Owners invite and remove people, and change every opportunity of their organisation.",
    "verbose_name": "owner",
}


class Migration(migrations.Migration):
    """Whoever answers for an employer today could do everything, and goes on to: the column begins as true."""

    dependencies: ClassVar[list[Any]] = [
        ("placement", "0047_missions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("employercontact", "is_owner", models.BooleanField(db_default=True, **WORDS)),
        migrations.AlterField("employercontact", "is_owner", models.BooleanField(db_default=False, **WORDS)),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="placement.employer"
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+", to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-sent_at", "-pk"],
                "indexes": [models.Index(fields=["sent_at"], name="invitation_old")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at=None), fields=("employer", "email"), name="invitation_once_at_a_time"
                    )
                ],
            },
        ),
    ]  # fmt: skip
