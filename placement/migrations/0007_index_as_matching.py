"""The index says what matching says: an own computer is as good as one at a centre; regions of other alphabets."""

from django.db import migrations


def complete(apps, schema_editor):
    CandidateToken = apps.get_model("placement", "CandidateToken")
    tokens = CandidateToken.objects
    owners = tokens.filter(token="equip:computer").values_list("profile", flat=True)
    write(CandidateToken, [(pk, "equip:shared") for pk in owners.iterator()])
    unnamed = tokens.filter(token="region:").values_list("profile", "profile__region")
    write(CandidateToken, [(pk, f"region:{region.strip().casefold()[:60]}") for pk, region in unnamed.iterator()])
    tokens.filter(token="region:").delete()


def write(model, pairs):
    rows = [model(profile_id=pk, token=token) for pk, token in pairs]
    model.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ("placement", "0006_answers_of_follow_up"),
    ]

    operations = [
        migrations.RunPython(complete, migrations.RunPython.noop, elidable=True),
    ]
