"""The search index is one row a person; what came before goes."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("placement", "0023_fill_search_index"),
    ]

    operations = [
        migrations.DeleteModel(name="CandidateToken"),
        migrations.DeleteModel(name="MatchedCertificate"),
    ]
