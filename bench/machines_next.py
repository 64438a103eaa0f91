"""The next version of ``bench.machines_settings``, with one more migration."""

from bench.machines_settings import *  # noqa: F403
from bench.machines_settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.expansion"]
