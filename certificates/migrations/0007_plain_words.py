
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0006_dates_in_order'),
    ]

    operations = [
        migrations.AlterField(
            model_name='certificateskill',
            name='level',
            field=models.PositiveSmallIntegerField(choices=[(1, 'level 1, with guidance'), (2, 'level 2, independent'), (3, 'level 3, confirmed')]),
        ),
    ]
