"""The ASGI door, for hosts that demand one; WSGI is 10-70 times faster under this middleware."""

import os

from django.core.asgi import get_asgi_application

from lms.lib.parent_process import end_with_parent
from lms.lib.production import refuse_half_configured
from lms.lib.schema_versions import refuse_newer_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")

end_with_parent()
application = get_asgi_application()
refuse_half_configured()
refuse_newer_database()
