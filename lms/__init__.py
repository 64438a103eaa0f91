"""The project package: settings, addresses, worker, and what every app stands on."""

import os

from lms.lib.file_permissions import UMASK
from lms.sqlite import use_safe_sqlite

os.umask(UMASK)  # before any process of ours writes a file
use_safe_sqlite()

# Every process, the web server's too, publishes through this one application; without it Celery would
# look for a broker of its own choosing.
from lms.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
