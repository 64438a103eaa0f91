"""Writing about attempts: ``starting``, ``saving`` answers, ``grades``."""

from assessments.services.grades import CLOSE, Regraded, closed_by_time, regrade, reopen, submit
from assessments.services.regrading import start_regrade
from assessments.services.saving import AttemptClosedError, Saved, save_response
from assessments.services.starting import AttemptRefusedError, check_may_start, start

__all__ = [
    "start",
    "check_may_start",
    "AttemptRefusedError",
    "save_response",
    "Saved",
    "AttemptClosedError",
    "submit",
    "CLOSE",
    "closed_by_time",
    "regrade",
    "reopen",
    "Regraded",
    "start_regrade",
]
