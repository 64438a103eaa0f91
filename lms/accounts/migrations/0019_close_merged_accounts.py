"""Accounts that were merged into another and opened again by hand are closed, as the next migration asks."""

from django.db import migrations


def close(apps, schema_editor):
    people = apps.get_model("accounts", "User")._default_manager
    people.filter(merged_into__isnull=False, is_active=True).update(is_active=False)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0018_merges_settle"),
    ]

    operations = [
        migrations.RunPython(close, migrations.RunPython.noop, elidable=True),
    ]
