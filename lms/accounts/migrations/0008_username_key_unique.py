from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0007_write_identity_keys"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(models.F("username_key"), name="unique_username_as_typed", violation_error_message="Somebody has this user name already."),
        ),
    ]
