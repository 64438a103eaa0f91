"""The embedded installation with one more address, a hello-world view to compare with."""

from lms.settings.local import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
QUIET_HOURS = ""  # benches run by day and by night
