"""Accounts made before have the zone of their number or country; with neither, hours are told in the site's."""

from collections import defaultdict

from django.db import migrations

from lms.accounts import phones

BATCH = 500


def write_zones(apps, schema_editor):
    people = apps.get_model("accounts", "User")._default_manager.filter(time_zone="")
    found = defaultdict(list)
    for pk, phone, country in people.values_list("pk", "phone", "country").iterator(chunk_size=2000):
        if zone := phones.zone_of(phone, country):
            found[zone].append(pk)
    for zone, keys in found.items():
        for start in range(0, len(keys), BATCH):
            people.filter(pk__in=keys[start : start + BATCH]).update(time_zone=zone)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0015_sms_counts"),
    ]

    operations = [
        migrations.RunPython(write_zones, migrations.RunPython.noop, elidable=True),
    ]
