"""Ways to send messages that hang, for ``bench.chaos``: the first e-mail ever, and whatever asks it to end."""

import time

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from lms.accounts.channels import Receipt
from lms.accounts.models import OutboundMessage


class CountingChannel:
    """Notes what left: on each line the key of the news and the row, which is the ``Message-ID``."""

    def send(self, message: OutboundMessage) -> Receipt:
        with (settings.DATA_DIR / "sent").open("a") as file:
            file.write(f"{message.key} {message.pk}\n")
        return Receipt("bench")


class HangingChannel(CountingChannel):
    """Never comes back from the first e-mail, and does not end when asked: only the hard limit ends it."""

    def send(self, message: OutboundMessage) -> Receipt:
        began = settings.DATA_DIR / "hanging"
        if not began.exists():
            began.touch()
            while True:
                try:
                    time.sleep(3600)
                except SoftTimeLimitExceeded:
                    continue
        return super().send(message)
