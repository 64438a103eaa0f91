from django.db import migrations, models

from tests.flows.next_version.migrations import OURS


class Migration(migrations.Migration):
    dependencies = [("house", max(path.stem for path in OURS.glob("0*.py")))]
    operations = [
        migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.AddField("BackupRecord", "place", models.TextField(default="here")),
    ]
