"""Facts of a profile are given or unknown: no more defaults that looked like the person's own words.

Until now a profile was made with 20 hours, remote and on site, a phone, 3G, XOF, the site's country and its languages at B1.
A profile that still says exactly that, and was never shown or given a region, a day or a pay, was never saved by its owner:
it becomes unknown. Whoever pressed "Save" saw the values on the form: these stay.
"""

from django.db import migrations, models

DEFAULTS = {
    "hours_per_week": 20, "works_remote": True, "works_on_site": True, "connectivity": 2, "pay_currency": "XOF",
    "pay_floor": None, "available_from": None, "region": "", "is_searchable": False, "searchable_since": None,
}  # fmt: skip
UNKNOWN = {
    "hours_per_week": None, "works_remote": None, "works_on_site": None, "connectivity": None, "pay_currency": "",
    "equipment": [], "country": "",
}  # fmt: skip
B1, AT_ONCE = 3, 500


def forget_defaults(apps, schema_editor):
    CandidateProfile = apps.get_model("placement", "CandidateProfile")
    CandidateLanguage = apps.get_model("placement", "CandidateLanguage")
    rows = CandidateProfile.objects.filter(**DEFAULTS).exclude(languages__level__lt=B1).exclude(languages__level__gt=B1)
    never_saved = [pk for pk, things in rows.values_list("pk", "equipment") if things == ["phone"]]
    for start in range(0, len(never_saved), AT_ONCE):
        keys = never_saved[start : start + AT_ONCE]
        CandidateLanguage.objects.filter(profile__in=keys).delete()
        CandidateProfile.objects.filter(pk__in=keys).update(**UNKNOWN)


class Migration(migrations.Migration):

    dependencies = [
        ("placement", "0024_one_search_index"),
    ]

    operations = [
        migrations.AlterField(
            model_name="candidateprofile", name="hours_per_week",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="hours a week I can work"),
        ),
        migrations.AlterField(
            model_name="candidateprofile", name="works_remote",
            field=models.BooleanField(blank=True, null=True, verbose_name="I can work remotely"),
        ),
        migrations.AlterField(
            model_name="candidateprofile", name="works_on_site",
            field=models.BooleanField(blank=True, null=True, verbose_name="I can work on site in my region"),
        ),
        migrations.AlterField(
            model_name="candidateprofile", name="connectivity",
            field=models.PositiveSmallIntegerField(
                blank=True, choices=[(1, "2G, text"), (2, "3G"), (3, "4G"), (4, "fixed line or fibre")], null=True,
                verbose_name="connection",
            ),
        ),
        migrations.AlterField(
            model_name="candidateprofile", name="pay_currency",
            field=models.CharField(blank=True, max_length=3, verbose_name="currency"),
        ),
        migrations.RunPython(forget_defaults, migrations.RunPython.noop, elidable=True),
    ]
