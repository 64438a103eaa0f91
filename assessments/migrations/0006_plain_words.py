
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0005_renewed_questions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assessment',
            name='max_attempts',
            field=models.PositiveSmallIntegerField(default=0, help_text='0: as many as they like.', verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='show_answers',
            field=models.CharField(choices=[('never', 'never'), ('passed', 'once they have passed'), ('submitted', 'after each attempt')], default='passed', max_length=12, verbose_name='show the right answers'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='time_limit_minutes',
            field=models.PositiveSmallIntegerField(default=0, help_text='0: no limit. Measured by the server’s clock.', verbose_name='time limit, minutes'),
        ),
        migrations.AlterField(
            model_name='regradedmark',
            name='outcome',
            field=models.CharField(choices=[('waiting', 'not written'), ('changed', 'written'), ('kept', 'kept: it would have fallen'), ('same', 'nothing left to change'), ('failed', 'could not be marked')], default='waiting', max_length=8),
        ),
    ]
