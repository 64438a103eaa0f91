"""``make run``: everything embedded, one machine, demo content. Also the default of ``manage.py``."""

from lms.lib.installation_secrets import secret_from_file
from lms.settings.base import *  # noqa: F403
from lms.settings.base import ALLOWED_HOSTS, DATA_DIR, SECRET_KEY, env

DATA_DIR.mkdir(parents=True, exist_ok=True)  # for the key; the folders in it: lms.lib.file_permissions
SECRET_KEY = SECRET_KEY or secret_from_file(DATA_DIR / "secret_key")
ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
DEBUG = env.bool("DEBUG", default=False)
BASE_URL = env("BASE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")
WAGTAILADMIN_BASE_URL = BASE_URL
