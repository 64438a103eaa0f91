"""A public site on several machines; its e-mails are counted instead of sent."""

from lms.settings.production import *  # noqa: F403
