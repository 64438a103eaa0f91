"""Log lines that hold no personal data: paths lose their query string and their secrets, people are cut out of words
(``lms.lib.redaction``), and line feeds are spelt out.
"""

import logging
import re
import time

from django.core.exceptions import ObjectDoesNotExist

from lms.lib.redaction import without_people
from lms.lib.requestid import request_id

# Whoever holds the last part of such an address may use a card, answer for an employer, or read a certificate. Django
# logs the address of every refusal, of a form sent by a page that was open too long as well.
SECRET_PATHS = re.compile(r"/(card|r|v|verify|certificates|key)/[^/\s]+")
OF_NUMBERS = {"lms.lib.access_log"}  # lines that hold nothing but known words and counts


class LineFormatter(logging.Formatter):
    """``time level logger request-id message``, one line, UTC."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().partition("?")[0] if record.name == "django.request" else record.getMessage()
        if record.name not in OF_NUMBERS:
            message = SECRET_PATHS.sub(r"/\1/...", without_people(message))
        message = message.replace("\r", "\\r").replace("\n", "\\n")
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {request_id.get()} {message}"
        if record.exc_info:
            line = f"{line}\n{without_people(self.formatException(record.exc_info))}"
        return line


class DropMissingRows(logging.Filter):
    """Drops the error of a library's task whose row was deleted in the transaction that asked for it: there is nothing
    to fix.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info and record.exc_info[1]
        return not isinstance(error, ObjectDoesNotExist)
