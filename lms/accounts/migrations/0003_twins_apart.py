"""Names and addresses that differ by their case alone come apart, before the database refuses them."""

from django.db import migrations
from django.db.models import Count
from django.db.models.functions import Upper


def part_twins(apps, schema_editor):
    """The oldest account keeps the user name, the others get a number: until now none of them could sign in by it.

    The account that was used last keeps the e-mail address, the others lose it: mails would have reached the same
    person. Each change is in the audit trail.
    """
    User, AuditEvent = apps.get_model("accounts", "User"), apps.get_model("accounts", "AuditEvent")
    people = User._default_manager

    def note(pk, field):
        AuditEvent._default_manager.create(verb="part-twins", target=f"accounts.User:{pk}", fields=[field])

    for name in shared(people, "username"):
        for user in people.filter(username__iexact=name).order_by("pk")[1:]:
            user.username = free(people, user.username)
            user.save(update_fields=["username"])
            note(user.pk, "username")
    for address in shared(people.exclude(email=""), "email"):
        twins = people.filter(email__iexact=address)
        for user in sorted(twins, key=lambda row: (row.last_login is None, -seconds(row.last_login), row.pk))[1:]:
            user.email = ""
            user.save(update_fields=["email"])
            note(user.pk, "email")


def shared(people, field):
    """What several hold when case does not count."""
    rows = people.annotate(big=Upper(field)).values("big").annotate(count=Count("pk")).filter(count__gt=1).order_by()
    return list(rows.values_list("big", flat=True))


def free(people, name):
    number = 2
    while people.filter(username__iexact=f"{name[:140]}{number}").exists():
        number += 1
    return f"{name[:140]}{number}"


def seconds(moment):
    return moment.timestamp() if moment else 0


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_message_by_kind"),
    ]

    operations = [
        migrations.RunPython(part_twins, migrations.RunPython.noop, elidable=True),
    ]
