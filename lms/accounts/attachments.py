"""Files that go with e-mails of a kind: made when the e-mail leaves, so that no row holds them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lms.accounts.models import OutboundMessage


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    content_type: str


Maker = Callable[[OutboundMessage], Iterable[Attachment]]
MAKERS: dict[str, Maker] = {}


def register_attachments(kind: str, make: Maker) -> None:
    """E-mails of this kind carry what ``make`` returns for them."""
    MAKERS[kind] = make


def attachments_of(message: OutboundMessage) -> Iterable[Attachment]:
    maker = MAKERS.get(message.kind)
    return maker(message) if maker else ()
