"""Log lines that hold no personal data: paths lose their query string and their secrets, databases' quotations of
rows are cut out, and line feeds are spelt out.
"""

import logging
import re

from django.core.exceptions import ObjectDoesNotExist

from lms.lib.requestid import request_id

# Whoever holds the last part of such an address may use a card, answer for an employer, or read a certificate. Django
# logs the address of every refusal, of a form sent by a page that was open too long as well.
SECRET_PATHS = re.compile(r"/(card|r|v|verify|certificates|key)/[^/\s]+")
QUOTED_ROWS = re.compile(  # PostgreSQL: Key (phone)=(+221...) already exists; LINE 1: SELECT ... 'Awa'
    r"^(?:DETAIL|CONTEXT|LINE \d+):.*\n?", re.MULTILINE
)
# What somebody typed, as errors quote it: invalid input syntax for type integer: "Awa"; expected a number but got 'Awa'
QUOTED_VALUES = re.compile(r"(: | got | value )(\"[^\"\n]*\"|'(?:[^'\\\n]|\\.)*')(?=[.,]?(?:\s|$))")


class LineFormatter(logging.Formatter):
    """``time level logger request-id message``, one line, UTC."""

    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().partition("?")[0] if record.name == "django.request" else record.getMessage()
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {request_id.get()} {message}"
        line = SECRET_PATHS.sub(r"/\1/...", line).replace("\r", "\\r").replace("\n", "\\n")
        if record.exc_info:
            line = f"{line}\n{without_values(self.formatException(record.exc_info))}"
        return line


def without_values(traceback: str) -> str:
    """A traceback without the rows and values that databases and converters quote in their messages."""
    return QUOTED_VALUES.sub(r"\1...", QUOTED_ROWS.sub("", traceback))


class RowIsThere(logging.Filter):
    """Drops the error of a library's task whose row was deleted in the transaction that asked for it: there is nothing
    to fix.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info and record.exc_info[1]
        return not isinstance(error, ObjectDoesNotExist)
