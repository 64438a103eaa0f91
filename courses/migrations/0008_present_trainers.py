"""Trainers who are there keep working on every course, by a right that a manager can take from each; whoever comes
later begins with the courses she is given. The group of trainers no longer writes the whole page tree by itself.
"""

from django.db import migrations


def keep_working(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    User = apps.get_model("accounts", "User")
    trainers = Group.objects.filter(name="Trainers").first()
    if trainers is None:
        return
    everywhere, _new = Group.objects.get_or_create(name="Trainers of all courses")
    for user in User.objects.filter(role="trainer", groups=trainers):
        user.groups.add(everywhere)
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    for row in GroupPagePermission.objects.filter(group=trainers):
        GroupPagePermission.objects.get_or_create(
            group=everywhere, page_id=row.page_id, permission_id=row.permission_id
        )
        row.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_course_roles"),
        ("accounts", "0004_names_in_any_case"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(keep_working, migrations.RunPython.noop)]
