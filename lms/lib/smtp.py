"""Django's SMTP backend with a limit on the whole of one message, and with a word for "handed over, never answered"."""

import smtplib
import time
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp


class UnansweredError(smtplib.SMTPException):
    """The whole message was handed over and no answer came: the server may have taken it or not."""


class PatientSession:
    """Mixed into ``smtplib.SMTP``: each answer has ``EMAIL_TIMEOUT``, all together ``EMAIL_SECONDS``.

    Servers look at a whole message before they answer (RFC 5321, 4.5.3.2.6): that answer has all the time that is left.
    """

    sock: Any
    timeout: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.in_data = 0
        self.begin()
        super().__init__(*args, **kwargs)

    def begin(self) -> None:
        """From here on one more message has its time."""
        self.deadline = time.monotonic() + settings.EMAIL_SECONDS

    def getreply(self) -> tuple[int, bytes]:
        left = max(self.deadline - time.monotonic(), 0.1)
        if self.in_data:
            self.in_data += 1
        if self.sock is not None:
            self.sock.settimeout(left if self.in_data > 2 else min(self.timeout, left))
        return super().getreply()  # type: ignore[misc]

    def sendmail(self, *args: Any, **options: Any) -> Any:
        self.begin()
        return super().sendmail(*args, **options)  # type: ignore[misc]

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.in_data = 1  # 2 when the server is asked to take it, 3 when it has all
        try:
            return super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPServerDisconnected as error:
            if self.in_data > 2:
                raise UnansweredError(str(error)) from error
            raise
        finally:
            self.in_data = 0


class PlainSession(PatientSession, smtplib.SMTP):
    pass


class TlsSession(PatientSession, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TlsSession if self.use_ssl else PlainSession
