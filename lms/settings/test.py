"""Tests: fast hashing, nothing sent, static files by their plain names."""

import atexit
import hashlib
import shutil
import tempfile
from pathlib import Path

from lms.settings.base import *  # noqa: F403
from lms.settings.base import DATABASES, LANGUAGES, STORAGES

DATA_DIR = Path(tempfile.mkdtemp(prefix="passerelle-test-"))
atexit.register(shutil.rmtree, DATA_DIR, True)
for _folder in ("broker/queue", "broker/control", "cache", "media", "private"):
    (DATA_DIR / _folder).mkdir(parents=True)
LANGUAGES = [pair for pair in LANGUAGES if pair[0] in ("fr", "en")]  # whatever a host adds, tests speak these two
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
SECRET_KEY = hashlib.sha256(b"for tests only").hexdigest()
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
STATIC_ROOT = DATA_DIR / "static"
STORAGES["private"] = {
    "BACKEND": "lms.lib.durable.DurableFiles",
    "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "bodies": {"BACKEND": "lms.lib.memory.ObjectCache", "LOCATION": "bodies"},
}
CACHES["shared"] = CACHES["sessions"] = CACHES["default"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"
SENTRY_DSN = METRICS_TOKEN = ""
CELERY_BROKER_TRANSPORT_OPTIONS = {}
RUN_PAUSE_SECONDS = 0
VETTING_DAYS = 0  # tests/placement/test_employer_checks.py asks for more
DATA_USE_SECONDS = 0  # tests write it themselves: no request writes by chance
FIRST_OPPORTUNITIES_CHECKED = 0  # tests/placement/test_reviews.py asks for more
QUIET_HOURS = ""  # tests run by day and by night
PARSE_APART = False  # a second for each process: the tests of the process itself turn it on
LOG_LEVEL = "CRITICAL"
LOGGING = {"version": 1, "disable_existing_loggers": False}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = str(DATA_DIR / "unused.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
