"""The WSGI door: ``granian --interface wsgi lms.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from lms.lib.parent_process import end_with_parent
from lms.lib.production import refuse_half_configured
from lms.lib.publish import warm_up
from lms.lib.schema_versions import refuse_newer_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")

end_with_parent()
application = get_wsgi_application()
refuse_half_configured()  # with demo passwords or a wrong setting; it says which
refuse_newer_database()
warm_up()
get_resolver().url_patterns  # noqa: B018  (every view is imported now, not on the first reader's time)
gc.collect()
gc.freeze()  # what stands now stands for the process's life: the collector need not walk through it again and again
