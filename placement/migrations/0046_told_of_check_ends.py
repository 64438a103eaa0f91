from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("placement", "0045_notes_on_people")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("employer", "check_end_told", models.DateField(editable=False, null=True)),
        migrations.AddField(
            "employer", "check_end_told_days", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)
        ),
    ]
