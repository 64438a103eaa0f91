from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("assessments", "__latest__"), ("courses", "__latest__")]
    operations = [
        migrations.CreateModel(
            "Remark", [("id", models.BigAutoField(primary_key=True)), ("text", models.CharField(max_length=100))]
        ),
        migrations.RunSQL("ALTER TABLE assessments_response ADD COLUMN expanded varchar(20) NULL"),
        migrations.RunSQL("ALTER TABLE courses_stepprogress ADD COLUMN expanded varchar(20) NULL"),
    ]
