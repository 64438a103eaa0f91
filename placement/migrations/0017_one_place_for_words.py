from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('placement', '0016_words_into_threads'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='referral',
            name='employer_message',
        ),
    ]
