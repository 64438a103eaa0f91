"""The project package: settings, addresses, worker, and what every app stands on."""

from lms.sqlite import use_sound_sqlite

use_sound_sqlite()
