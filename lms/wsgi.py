"""The WSGI door: ``granian --interface wsgi lms.wsgi:application``."""

import gc
import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lms.lib.publish import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")

application = get_wsgi_application()
if settings.IS_PRODUCTION:  # refuses to serve with demo passwords or a wrong setting, and says which
    call_command("check", databases=["default"])
warm_up()
get_resolver().url_patterns  # noqa: B018  (every view is imported now, not on the first reader's time)
gc.collect()
gc.freeze()  # what stands now stands for the process's life: the collector need not walk through it again and again
