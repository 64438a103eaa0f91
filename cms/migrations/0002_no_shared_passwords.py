"""Pages and collections behind one shared password ask for a sign-in instead: that password's page is gone."""

from django.db import migrations


def ask_for_sign_in(apps, schema_editor):
    for name in ("PageViewRestriction", "CollectionViewRestriction"):
        restrictions = apps.get_model("wagtailcore", name).objects
        restrictions.filter(restriction_type="password").update(restriction_type="login", password="")


class Migration(migrations.Migration):
    dependencies = [("cms", "0001_initial")]
    operations = [migrations.RunPython(ask_for_sign_in, migrations.RunPython.noop)]
