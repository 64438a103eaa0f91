from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_username_key_unique'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='answers',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
