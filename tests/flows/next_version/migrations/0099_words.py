import os
import signal

from django.db import migrations


def write(apps, schema_editor):
    """Goes well, fails or is killed, as the drill says."""
    apps.get_model("house", "Thing").objects.create(name="of the newer version")
    if os.environ.get("NEXT_VERSION") == "fails":
        raise RuntimeError("a row that nobody had thought of")
    if os.environ.get("NEXT_VERSION") == "killed":
        os.kill(os.getpid(), signal.SIGKILL)


class Migration(migrations.Migration):
    dependencies = [("house", "0098_things")]
    operations = [migrations.RunPython(write)]
