"""A process that ends with the one that started it, however that one ended."""

import ctypes
import multiprocessing
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""``prctl(2)`` of Linux: the signal that this process gets when its parent dies."""


def end_with_parent() -> None:
    """A worker of the web server whose server was killed would go on serving old code on the site's port.

    Only where this process is a worker of another: a server that runs the site in its only process is left alone, as
    is every system but Linux.
    """
    parent = multiprocessing.parent_process()
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent.pid:  # it died before it could be watched
        os.kill(os.getpid(), signal.SIGKILL)
