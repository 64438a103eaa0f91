"""Log lines that hold no personal data: paths lose their query string and their secrets, databases' quotations of
rows are cut out, and line feeds are spelt out.
"""

import logging
import re

from lms.lib.requestid import request_id

# Whoever holds the last part of such an address may use a card, answer for an employer, or read a certificate. Django
# logs the address of every refusal, of a form sent by a page that was open too long as well.
SECRET_PATHS = re.compile(r"/(card|r|v|verify|certificates|key)/[^/\s]+")
QUOTED_ROWS = re.compile(r"^(DETAIL|CONTEXT):.*\n?", re.MULTILINE)  # PostgreSQL: Key (phone)=(+221...) already exists


class LineFormatter(logging.Formatter):
    """``time level logger request-id message``, one line, UTC."""

    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().partition("?")[0] if record.name == "django.request" else record.getMessage()
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {request_id.get()} {message}"
        line = SECRET_PATHS.sub(r"/\1/...", line).replace("\r", "\\r").replace("\n", "\\n")
        if record.exc_info:
            line = f"{line}\n{QUOTED_ROWS.sub('', self.formatException(record.exc_info))}"
        return line
