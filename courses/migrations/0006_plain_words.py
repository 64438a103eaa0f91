
import modelcluster.fields
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0005_course_page_names'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='cohort',
            options={'ordering': ['-starts_on', 'name'], 'verbose_name': 'group', 'verbose_name_plural': 'groups'},
        ),
        migrations.AlterField(
            model_name='course',
            name='is_open',
            field=models.BooleanField(default=True, help_text='Otherwise only groups can take it.', verbose_name='open to everyone'),
        ),
        migrations.AlterField(
            model_name='course',
            name='level',
            field=models.PositiveSmallIntegerField(choices=[(1, 'level 1, with guidance'), (2, 'level 2, independent'), (3, 'level 3, confirmed')], default=1, verbose_name='level'),
        ),
        migrations.AlterField(
            model_name='coursepage',
            name='outcomes',
            field=wagtail.fields.RichTextField(blank=True, verbose_name='what learners can do afterwards'),
        ),
        migrations.AlterField(
            model_name='courseskill',
            name='level',
            field=models.PositiveSmallIntegerField(choices=[(1, 'level 1, with guidance'), (2, 'level 2, independent'), (3, 'level 3, confirmed')], default=1, verbose_name='level'),
        ),
        migrations.AlterField(
            model_name='lessonpage',
            name='skills',
            field=modelcluster.fields.ParentalManyToManyField(blank=True, help_text='A learner who misses one of them in an assessment is sent back to this lesson. The same in every language.', related_name='lessons', to='courses.skill', verbose_name='skills it teaches'),
        ),
        migrations.AlterConstraint(
            model_name='course',
            name='course_takes_time',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gt', 0)), name='course_takes_time', violation_error_message='A course takes some time: write a number of hours above 0.'),
        ),
    ]
