"""Who gave the answer that stands, said it: a row each side can still add its own word to."""

from django.db import migrations


def fill(apps, schema_editor):
    Outcome = apps.get_model("placement", "Outcome")
    for side in ("learner", "employer"):
        for in_work in (True, False):
            rows = Outcome.objects.filter(answered_by=side, in_work=in_work)
            rows.update(**{f"told_by_{side}": in_work})


class Migration(migrations.Migration):

    dependencies = [
        ("placement", "0032_told_by_both"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
