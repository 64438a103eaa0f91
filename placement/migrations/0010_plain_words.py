
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placement', '0009_one_name_for_one_thing'),
    ]

    operations = [
        migrations.AlterField(
            model_name='candidateprofile',
            name='available_from',
            field=models.DateField(blank=True, null=True, verbose_name='available from'),
        ),
        migrations.AlterField(
            model_name='candidateprofile',
            name='connectivity',
            field=models.PositiveSmallIntegerField(choices=[(1, '2G, text'), (2, '3G'), (3, '4G'), (4, 'fixed line or fibre')], default=2, verbose_name='connection'),
        ),
        migrations.AlterField(
            model_name='employercontact',
            name='job_title',
            field=models.CharField(blank=True, max_length=80, verbose_name='job title'),
        ),
        migrations.AlterField(
            model_name='opportunity',
            name='connectivity',
            field=models.PositiveSmallIntegerField(choices=[(1, '2G, text'), (2, '3G'), (3, '4G'), (4, 'fixed line or fibre')], default=2, verbose_name='connection needed'),
        ),
        migrations.AlterField(
            model_name='opportunityskill',
            name='level',
            field=models.PositiveSmallIntegerField(choices=[(1, 'level 1, with guidance'), (2, 'level 2, independent'), (3, 'level 3, confirmed')], default=1, verbose_name='level'),
        ),
        migrations.AlterField(
            model_name='referral',
            name='refusal_reason',
            field=models.CharField(blank=True, choices=[('skills', 'a skill is missing'), ('level', 'the level is not high enough yet'), ('language', 'the language level is not high enough yet'), ('availability', 'the hours do not suit'), ('equipment', 'equipment or connection is missing'), ('filled', 'the position is taken'), ('other', 'another reason')], max_length=16),
        ),
        migrations.AlterField(
            model_name='referral',
            name='state',
            field=models.CharField(choices=[('proposed', 'proposed to you'), ('declined', 'declined by you'), ('expired', 'proposal expired'), ('consented', 'you said yes'), ('forwarded', 'sent to the employer'), ('seen', 'opened by the employer'), ('question', 'the employer has a question'), ('interested', 'the employer is interested'), ('interview', 'interview'), ('offer', 'offer of work'), ('offer-declined', 'offer of work declined'), ('accepted', 'offer of work accepted'), ('started', 'work started'), ('refused', 'not this time'), ('withdrawn', 'withdrawn by you'), ('obsolete', 'closed: hired elsewhere, or filled'), ('auto-closed', 'closed without an answer')], default='proposed', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='referralevent',
            name='after',
            field=models.CharField(choices=[('proposed', 'proposed to you'), ('declined', 'declined by you'), ('expired', 'proposal expired'), ('consented', 'you said yes'), ('forwarded', 'sent to the employer'), ('seen', 'opened by the employer'), ('question', 'the employer has a question'), ('interested', 'the employer is interested'), ('interview', 'interview'), ('offer', 'offer of work'), ('offer-declined', 'offer of work declined'), ('accepted', 'offer of work accepted'), ('started', 'work started'), ('refused', 'not this time'), ('withdrawn', 'withdrawn by you'), ('obsolete', 'closed: hired elsewhere, or filled'), ('auto-closed', 'closed without an answer')], max_length=16),
        ),
    ]
