"""The keys of everybody who is here; user names that differ by accents alone come apart; numbers of before 2021 and 2024."""

from itertools import groupby

from django.db import migrations

from lms.accounts import identity, phones

BATCH = 1000


def write_keys(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    batch = []
    fields = ["name_key", "sort_key", "username_key"]
    for user in User._default_manager.only("username", "full_name").iterator(chunk_size=BATCH):
        user.name_key = identity.name_key(user.full_name)
        user.sort_key = identity.name_sort_key(user.full_name)
        user.username_key = identity.username_key(user.username) or f"#{user.pk}"
        batch.append(user)
        if len(batch) == BATCH:
            User._default_manager.bulk_update(batch, fields)
            batch = []
    User._default_manager.bulk_update(batch, fields)


def part_twins(apps, schema_editor):
    """The oldest account keeps the user name, the others get a number; each change is in the audit trail."""
    User, AuditEvent = apps.get_model("accounts", "User"), apps.get_model("accounts", "AuditEvent")
    people = User._default_manager
    rows = people.order_by("username_key", "pk").values_list("username_key", "pk").iterator(chunk_size=BATCH)
    for key, group in groupby(rows, key=lambda row: row[0]):
        for _key, pk in list(group)[1:]:
            number = 2
            while people.filter(username_key=f"{key[:140]}{number}").exists():
                number += 1
            name = f"{people.get(pk=pk).username[:140]}{number}"
            people.filter(pk=pk).update(username=name, username_key=f"{key[:140]}{number}")
            AuditEvent._default_manager.create(verb="part-twins", target=f"accounts.User:{pk}", fields=["username"])


def renumber(apps, schema_editor):
    """What stood there is kept beside the number of today. One that somebody else has already stays as it was."""
    User, AuditEvent = apps.get_model("accounts", "User"), apps.get_model("accounts", "AuditEvent")
    people = User._default_manager
    for code in ("+225", "+229"):
        for pk, phone in list(people.filter(phone__startswith=code).values_list("pk", "phone")):
            fresh = phones.renumbered(phone)
            if fresh and not people.filter(phone=fresh).exists():
                people.filter(pk=pk).update(phone=fresh, phone_typed=phone)
                AuditEvent._default_manager.create(verb="renumber", target=f"accounts.User:{pk}", fields=["phone"])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_identity_keys"),
    ]

    operations = [
        migrations.RunPython(write_keys, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(part_twins, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(renumber, migrations.RunPython.noop, elidable=True),
    ]
