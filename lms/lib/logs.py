"""Log lines that hold no personal data: paths lose their query string, and line feeds are spelt out."""

import logging

from lms.lib.requestid import request_id


class LineFormatter(logging.Formatter):
    """``time level logger request-id message``, one line, UTC."""

    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().partition("?")[0] if record.name == "django.request" else record.getMessage()
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {request_id.get()} {message}"
        line = line.replace("\r", "\\r").replace("\n", "\\n")
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line
