import django.core.validators
from django.db import migrations, models


def skill_pass_mark(default):
    return models.PositiveSmallIntegerField(
        default=default,
        help_text='0: only the whole counts. Otherwise who is below it in one skill has not passed.',
        validators=[django.core.validators.MaxValueValidator(100)],
        verbose_name='pass mark of each skill, %',
    )


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0013_database_clock'),
        ('courses', '0011_plain_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='purpose',
            field=models.CharField(choices=[('certifying', 'certifying: it counts for the certificate'), ('practice', 'practice: it proves nothing')], default='certifying', max_length=12, verbose_name='what it is for'),
        ),
        # an assessment of before had no mark for each skill, and keeps having none
        migrations.AddField(model_name='assessment', name='skill_pass_mark', field=skill_pass_mark(0)),
        migrations.AlterField(model_name='assessment', name='skill_pass_mark', field=skill_pass_mark(50)),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(('skill_pass_mark__lte', 100)), name='skill_pass_mark_is_a_percentage'),
        ),
    ]
