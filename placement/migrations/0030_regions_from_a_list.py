"""A region is chosen from a list: what was typed becomes its code where it surely is one; the rest stays for its writer
to choose again, and is shown to no employer (``placement.regions.listed``).

The certificates of everybody with a region are looked at once more, so that the search index says it as the list does.
"""

from django.db import migrations

from placement.regions import listed

AT_ONCE = 500


def choose_where_sure(apps, schema_editor):
    CandidateProfile = apps.get_model("placement", "CandidateProfile")
    Certificate = apps.get_model("certificates", "Certificate")
    rows = CandidateProfile.objects.exclude(region="")
    for country, text in set(rows.order_by().values_list("country", "region")):
        if (code := listed(country, text)) and code != text:
            rows.filter(country=country, region=text).update(region=code)
    users = list(rows.order_by("user_id").values_list("user_id", flat=True))
    for start in range(0, len(users), AT_ONCE):
        Certificate.objects.filter(user__in=users[start : start + AT_ONCE]).update(examined_at=None)


class Migration(migrations.Migration):

    dependencies = [
        ("placement", "0029_code_names"),
        ("certificates", "0012_search_index"),
    ]

    operations = [
        migrations.RunPython(choose_where_sure, migrations.RunPython.noop, elidable=True),
    ]
