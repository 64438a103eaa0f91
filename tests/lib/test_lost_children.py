"""A pool of Celery whose only child is killed while it waits for work."""

import subprocess
import sys

KILLED = """
import os, signal, time
from types import SimpleNamespace
from billiard.pool import Pool
from lms.lib.seams import lost_children

pool = Pool(processes=1, lost_worker_timeout=1)
lost_children.watch_children(SimpleNamespace(pool=SimpleNamespace(_pool=pool)))
first = pool.apply_async(os.getpid).get(timeout=60)
while pool._inqueue._rlock.acquire(block=False):  # until the child holds it: it waits for work
    pool._inqueue._rlock.release()
    time.sleep(0.05)
os.kill(first, signal.SIGKILL)
while first in [child.pid for child in pool._pool] or not pool._pool:
    time.sleep(0.05)
assert pool.apply_async(os.getpid).get(timeout=30) != first
print("served", flush=True)
os._exit(0)
"""


def test_work_goes_on_after_an_idle_child_is_killed():
    """In a process of its own: what goes wrong here waits for ever."""
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, timeout=120, check=False)
    assert "served" in done.stdout, done.stderr
