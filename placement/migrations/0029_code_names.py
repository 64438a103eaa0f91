"""Until now a person had one code name for all employers, who could join their lists by it.

An employer that is or was in touch with them goes on knowing them by that name, which ends where their agreement ended;
every other employer gets another name when it next sees them.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

AT_ONCE = 500
ENDED = ["withdrawn"]


def keep_names(apps, schema_editor):
    Referral = apps.get_model("placement", "Referral")
    CandidateProfile = apps.get_model("placement", "CandidateProfile")
    CodeName = apps.get_model("placement", "CodeName")
    now = django.utils.timezone.now()
    known = Referral.objects.filter(Q(asked_by_employer=True) | Q(forwarded_at__isnull=False))
    own = CandidateProfile.objects.filter(pk=OuterRef("profile")).values("pseudonym")[:1]
    known.update(code_name=Subquery(own))
    ended, standing = {}, {}
    rows = known.order_by("pk").values_list(
        "opportunity__employer", "profile", "profile__pseudonym", "created_at", "state", "consent__withdrawn_at"
    )
    for employer, profile, name, since, state, withdrawn_at in rows.iterator():
        into = ended if withdrawn_at or state in ENDED else standing
        into.setdefault((employer, profile), (name, since))
    CodeName.objects.bulk_create(
        (CodeName(employer_id=employer, profile_id=profile, name=name, given_at=since,
                  ended_at=None if (employer, profile) in standing else now)
         for (employer, profile), (name, since) in {**ended, **standing}.items()),
        batch_size=AT_ONCE,
    )  # fmt: skip
    Shortlisted = apps.get_model("placement", "Shortlisted")
    for employer, profile in ended.keys() - standing.keys():
        Shortlisted.objects.filter(employer=employer, profile=profile).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('placement', '0028_saved_searches'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='code_name',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='candidateprofile',
            name='pseudonym',
            field=models.CharField(max_length=40, unique=True, verbose_name='the programme’s code name'),
        ),
        migrations.CreateModel(
            name='CodeName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='code name')),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='code_names', to='placement.employer')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='code_names', to='placement.candidateprofile')),
            ],
            options={
                'indexes': [models.Index(fields=['name'], name='code_name_looked_up')],
                'constraints': [models.UniqueConstraint(fields=('employer', 'name'), name='code_name_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('employer', 'profile'), name='code_name_of_a_person_once')],
            },
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop, elidable=True),
    ]
