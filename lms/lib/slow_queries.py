"""Queries that take longer than ``SLOW_QUERY_MS`` stand in the log, with their route or task, without their values."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from lms.lib.requestid import work_in_hand

logger = logging.getLogger(__name__)

clock = time.perf_counter
LONGEST = 2000  # characters of one query
LITERALS = re.compile(r"'(?:[^']|'')*'")


@receiver(connection_created)
def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)


def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    begun = clock()
    try:
        return execute(sql, params, many, context)
    finally:
        taken = (clock() - begun) * 1000
        if 0 < settings.SLOW_QUERY_MS <= taken:
            words = LITERALS.sub("'...'", " ".join(str(sql).split()))
            logger.warning("%d ms, %s %s", taken, work_in_hand(), words[:LONGEST])
