
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_import_answers'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='sms_stopped',
            field=models.BooleanField(default=False, verbose_name='no SMS'),
        ),
        migrations.AlterConstraint(
            model_name='user',
            name='unique_username_in_any_case',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Upper('username'), name='unique_username_in_any_case', violation_error_message='Somebody already has this user name.'),
        ),
        migrations.AlterConstraint(
            model_name='user',
            name='unique_email_in_any_case',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Upper('email'), condition=models.Q(('email', ''), _negated=True), name='unique_email_in_any_case', violation_error_message='Somebody already has this e-mail address.'),
        ),
        migrations.AlterConstraint(
            model_name='user',
            name='unique_username_as_typed',
            constraint=models.UniqueConstraint(models.F('username_key'), name='unique_username_as_typed', violation_error_message='Somebody already has this user name.'),
        ),
    ]
