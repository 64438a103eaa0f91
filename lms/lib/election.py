"""One of several processes does what must be done once: it holds a row of the database, and the next takes it over.

The database's clock decides when its time is over, as for leases (``lms.lib.leases``): clocks of hosts may differ.
"""

import os
import socket
import time
from datetime import timedelta
from uuid import uuid4

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Q
from django.db.models.functions import Now

from lms.lib.leases import from_now
from lms.lib.models import Elected

HOLDS = timedelta(seconds=20)  # without a word of the holder
EVERY = 5.0  # seconds between two words, and between two looks of those who wait


class Candidate:
    """One process that stands for ``office``. Cheap to ask: the database is asked every few seconds."""

    def __init__(self, office: str) -> None:
        self.office = office
        self.name = f"{socket.gethostname()[:40]} {os.getpid()} {uuid4().hex[:8]}"
        self.holds = False
        self.asked_at = -EVERY

    def is_elected(self) -> bool:
        """Whether this process holds the office now. Nobody does while the database does not answer."""
        now = time.monotonic()
        if now - self.asked_at >= EVERY:
            if not connection.in_atomic_block:
                close_old_connections()  # a process that lives for months; its database may have been restarted since
            try:
                self.holds = self.take()
            except DatabaseError:
                self.holds = False
            self.asked_at = now
        return self.holds

    def take(self) -> bool:
        until, now = from_now(HOLDS), Now()
        free = Q(holder=self.name) | Q(until__lt=now) | Q(until__gt=from_now(2 * HOLDS))  # or a clock was set back
        if Elected.objects.filter(free, office=self.office).update(holder=self.name, until=until):
            return True
        vacant = Elected(office=self.office, holder=self.name, until=until)
        Elected.objects.bulk_create([vacant], ignore_conflicts=True)
        return Elected.objects.filter(office=self.office, holder=self.name).exists()

    def resign(self) -> None:
        """Leave the office to the next at once."""
        self.holds = False
        try:
            Elected.objects.filter(office=self.office, holder=self.name).delete()
        except DatabaseError:  # then it waits until the time is over
            return
