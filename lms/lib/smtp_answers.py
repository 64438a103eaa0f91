"""What an answer of a mail server means for the message: try again, never again, or a setting of ours to correct.

RFC 5321 (4.2.1): 4yz is temporary, 5yz is final. The enhanced code of RFC 3463, where the server gives one, says what
about: the address (5.1.x), the mailbox (5.2.x), the receiving system (5.3.x), security or policy (5.7.x).
"""

import re
import smtplib
import ssl
from dataclasses import dataclass
from enum import Enum

from lms.lib.smtp import UnansweredError

ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
SENDER_IN_ADDRESSING = frozenset({"5.1.7", "5.1.8"})  # bad sender's mailbox, bad sender's system
WANTS_SIGN_IN = frozenset({530, 534, 535, 538})  # RFC 4954
MAILBOX_FULL = "5.2.2"  # RFC 3463: "should be used as a persistent transient failure"


class Fault(Enum):
    """Who must do something before the message can leave."""

    LATER = "later"  # nobody: time
    SERVER = "server"  # the server is away for everybody, or was too slow: time, and whoever runs it
    DOUBTFUL = "doubtful"  # it was handed over and nothing came back: perhaps it arrived
    OURS = "ours"  # whoever runs this site: password, sender, relay. No recipient's fault
    POLICY = (
        "policy"  # the other side does not take this from us: perhaps a setting of ours (SPF, relay), perhaps theirs
    )
    RECIPIENT = "recipient"  # the address does not work, and will not


@dataclass(frozen=True)
class Verdict:
    """``reason`` names codes or the kind of failure; what a server wrote may quote addresses and is not in it."""

    fault: Fault
    reason: str


def verdict_of(error: Exception) -> Verdict | None:
    """What ``error``, raised while one message to one address was sent, says. None for what no server said."""
    if isinstance(error, UnansweredError):
        return Verdict(Fault.DOUBTFUL, "no answer")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return of_recipient(code, as_bytes(text))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return of_sender(error.smtp_code, as_bytes(error.smtp_error))
    if isinstance(error, smtplib.SMTPDataError):
        return of_recipient(error.smtp_code, as_bytes(error.smtp_error))
    if isinstance(error, smtplib.SMTPResponseException):  # greeting, EHLO, STARTTLS, signing in
        code, text = error.smtp_code, as_bytes(error.smtp_error)
        ours = is_final(code, text)
        return Verdict(Fault.OURS if ours else Fault.SERVER, name_of(code, text, type(error).__name__))
    if isinstance(error, smtplib.SMTPNotSupportedError):  # no STARTTLS, no way to sign in
        return Verdict(Fault.OURS, type(error).__name__)
    if isinstance(error, ValueError):  # no address, or letters that this server does not take
        return Verdict(Fault.RECIPIENT, "address cannot be written")
    if isinstance(error, smtplib.SMTPException | ssl.SSLError | OSError):
        return Verdict(Fault.SERVER, type(error).__name__)
    return None


def of_sender(code: int, text: bytes) -> Verdict:
    """The sender: nothing was said about a recipient yet."""
    reason = name_of(code, text, "sender")
    if code == 421:
        return Verdict(Fault.SERVER, reason)
    if not is_final(code, text):
        return Verdict(Fault.LATER, reason)
    return Verdict(Fault.RECIPIENT if enhanced(text).startswith("5.3.4") else Fault.OURS, reason)  # 5.3.4: too large


def of_recipient(code: int, text: bytes) -> Verdict:
    """RCPT TO, and the answer after DATA: with one recipient a message, both are about that one."""
    status, reason = enhanced(text), name_of(code, text, "refused")
    if code in {421, -1}:
        return Verdict(Fault.SERVER, reason)
    if code in WANTS_SIGN_IN or status in SENDER_IN_ADDRESSING:
        return Verdict(Fault.OURS, reason)
    if not is_final(code, text) or status == MAILBOX_FULL:
        return Verdict(Fault.LATER, reason)
    return Verdict(Fault.POLICY if status.startswith("5.7.") else Fault.RECIPIENT, reason)


def is_final(code: int, text: bytes) -> bool:
    """By the enhanced code where there is one: a few servers write 550 4.2.1, or 450 5.1.1."""
    return (enhanced(text) or str(code)).startswith("5")


def enhanced(text: bytes) -> str:
    found = ENHANCED.match(text)
    return found.group(1).decode() if found else ""


def name_of(code: int, text: bytes, otherwise: str) -> str:
    """``550 5.1.1``, or ``otherwise`` where the server gave no code."""
    return f"{code} {enhanced(text)}".strip() if code > 0 else otherwise


def as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode(errors="replace")
