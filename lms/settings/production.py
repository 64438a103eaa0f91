"""A public host behind HTTPS. What is missing or weak is refused by ``lms.lib.production``, not here: ``check`` and
``doctor`` must load these settings to say what to do.
"""

import secrets

from lms.settings.base import *  # noqa: F403
from lms.settings.base import SECRET_KEY, env

IS_PRODUCTION = True
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=True)
SECRET_KEY = SECRET_KEY or "unset:" + secrets.token_urlsafe(64)  # of this process alone: it opens nothing elsewhere
BASE_URL = env("BASE_URL", default="").rstrip("/")
WAGTAILADMIN_BASE_URL = BASE_URL
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|healthz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXY_COUNT", default=0) else None
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_SECURE = True
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # the admin previews pages in a frame of our own origin
