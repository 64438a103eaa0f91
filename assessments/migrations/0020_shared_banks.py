from django.db import migrations, models


def forwards(apps, schema_editor):
    """A bank on which practice and what certifies draw both goes on serving both."""
    Section = apps.get_model('assessments', 'AssessmentSection')
    Bank = apps.get_model('assessments', 'QuestionBank')

    def used_by(purpose):
        sections = Section.objects.filter(assessment__purpose=purpose)
        drawn = sections.exclude(bank=None).values_list('bank_id', flat=True)
        named = sections.filter(named__isnull=False).values_list('named__question__bank_id', flat=True)
        return {*drawn, *named}

    Bank.objects.filter(pk__in=used_by('practice') & used_by('certifying')).update(is_shared=True)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0019_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='questionbank',
            name='is_shared',
            field=models.BooleanField(default=False, help_text='Otherwise practice leaves out the questions that may come in an assessment that certifies.', verbose_name='also for practice'),
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
