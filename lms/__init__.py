"""The project package: settings, addresses, worker, and what every app stands on."""

from lms.sqlite import use_sound_sqlite

use_sound_sqlite()

# Every process, the web server's too, publishes through this one application; without it Celery would
# look for a broker of its own choosing.
from lms.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
