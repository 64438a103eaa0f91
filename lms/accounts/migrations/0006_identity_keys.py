from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_import_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name_key',
            field=models.CharField(db_index=True, default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='user',
            name='phone_typed',
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name='user',
            name='sort_key',
            field=models.BinaryField(db_index=True, default=b'', max_length=1000),
        ),
        migrations.AddField(
            model_name='user',
            name='time_zone',
            field=models.CharField(blank=True, max_length=40, verbose_name='time zone'),
        ),
        migrations.AddField(
            model_name='user',
            name='username_key',
            field=models.CharField(default='', editable=False, max_length=200),
        ),
    ]
