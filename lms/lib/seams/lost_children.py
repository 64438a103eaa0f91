"""A worker serves its queue again after its child was killed while it waited for work, by the kernel's OOM killer or by
hand. The child takes the lock of the pipe that work comes through with it, and the next child waits for it for ever:
the worker looks alive, and nothing is done (kombu's queue in a folder has no other pool than this one).
"""

from typing import Any

from celery.signals import worker_ready


@worker_ready.connect
def watch_children(sender: Any, **kwargs: Any) -> None:
    """``sender`` is the consumer of a worker that begins."""
    pool: Any = getattr(sender.pool, "_pool", None)
    if hasattr(pool, "on_process_down"):  # the pool "solo" has no children
        pool.on_process_down = lambda child: free_locks(pool)


def free_locks(pool: Any) -> None:
    """Called between the end of a child and the start of the next. Where others still run, the lock may be theirs."""
    if pool._pool:
        return
    for lock in (getattr(pool._inqueue, "_rlock", None), getattr(pool._outqueue, "_wlock", None)):
        if lock is not None:
            lock.acquire(block=False)  # whether it was free or held by who is gone, it is ours now
            lock.release()
