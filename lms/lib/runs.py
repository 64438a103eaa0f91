"""Long work that a person asked for, as a row that the worker works on in small transactions.

A ``Run`` is checked, waits for the word of whoever asked, is worked slice by slice and ends. Each slice and the
``position`` behind it are written in one transaction (``advance``): a worker killed at any moment leaves whole slices,
and the next one goes on after them. A request only writes the row.

To add a kind: a model, a ``RunKind`` with its three steps, ``register`` in the app's ``AppConfig.ready``, a template
that extends ``runs/run.html``. ``tests/flows/test_bulk.py`` then holds it to the limit of rows.
"""

import itertools
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models.functions import Now
from django.dispatch import Signal
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.lib import leases, sweeps
from lms.lib.moments import in_zone

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 200
"""Rows that one transaction of bulk work writes at most. At a millisecond a row, the most expensive we write,
SQLite's one writer is held for less than 250 ms: a learner's save waits that long at most.
"""
FOLDER = "runs"
EARLIER_FOLDER = "learner-imports"  # where imports were kept before there were runs
KEEP_FILES = timedelta(days=7)  # they hold names and numbers
KEEP_ROWS = timedelta(days=30)

run_due = Signal()
"""A run wants to be worked on. Sent in the transaction that wrote it. Carries ``run``."""


class RunState(models.TextChoices):
    CHECKING = "checking", gettext_lazy("being checked")
    READY = "ready", gettext_lazy("waiting for you")
    WORKING = "working", gettext_lazy("under way")
    STOPPING = "stopping", gettext_lazy("being stopped")
    DONE = "done", gettext_lazy("done")
    STOPPED = "stopped", gettext_lazy("stopped")
    REFUSED = "refused", gettext_lazy("cannot be done")


ACTIVE = (RunState.CHECKING, RunState.WORKING, RunState.STOPPING)
"""What the worker works on; ``READY`` waits for a person, the others have ended."""
ENDED = (RunState.DONE, RunState.STOPPED, RunState.REFUSED)


class OvertakenError(Exception):
    """Another worker moved the run on meanwhile, or somebody stopped it. Nothing of this slice was written."""


PASSING = (OvertakenError, OperationalError, InterfaceError, SoftTimeLimitExceeded)
"""Not the fault of a row: the whole slice is tried again. Whatever else a row raises is noted as its own."""


class RefusedError(Exception):
    """The run cannot be done at all. The message says why and how to fix it, in the run's language."""


class Run(leases.Leased):
    """One piece of bulk work. ``position`` of ``total`` is as far as it is in its present state."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False)
    language = models.CharField(max_length=12, editable=False)  # of whoever asked: what the worker says is for them
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.CHECKING, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    note = models.TextField(blank=True, editable=False)  # why it was refused or stopped

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.created_at:%Y-%m-%d}"

    @property
    def title(self) -> str:
        return str(self._meta.verbose_name).capitalize()

    @property
    def percent(self) -> int:
        return 100 * self.position // self.total if self.total else 0

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_given_up(self) -> bool:
        return self.is_active and self.tries >= leases.MAX_TRIES

    @contextmanager
    def advance(self, **changes: Any) -> Iterator[None]:
        """One transaction: write ``changes`` on the run and do what the block does, or neither.

        Raises OvertakenError when the run is not any more as this worker read it.
        """
        with transaction.atomic():
            as_read = type(self)._base_manager.filter(pk=self.pk, state=self.state, position=self.position)
            if not as_read.update(**changes):
                raise OvertakenError
            yield
        for name, value in changes.items():
            setattr(self, name, value)

    def end(self, state: RunState, note: str = "") -> None:
        with self.advance(state=state, note=note, ended_at=timezone.now()):
            pass

    # --- files beside the row, in private storage: only ``by`` is shown them, and they do not stay

    def path(self, name: str) -> str:
        return f"{FOLDER}/{self.pk}.{name}"

    def keep(self, name: str, content: bytes) -> None:
        self.drop(name)
        storages["private"].save(self.path(name), ContentFile(content))

    def read(self, name: str) -> bytes:
        """Raises FileNotFoundError when it was never kept or is purged."""
        with storages["private"].open(self.path(name)) as file:
            return bytes(file.read())

    def has(self, name: str) -> bool:
        return bool(storages["private"].exists(self.path(name)))

    def drop(self, *names: str) -> None:
        for name in names:
            storages["private"].delete(self.path(name))


R = TypeVar("R", bound=Run)


class RunKind:
    """What a run does. Each step does one slice and moves the run on with ``advance`` or ``end``; it is called again
    until the run is in another state, perhaps by another worker. None may write more than ``ROWS_AT_ONCE`` rows in
    one transaction.
    """

    model: type[Run]
    template: str
    files: tuple[str, ...] = ()  # names that ``keep`` is called with
    download: tuple[str, str] = ("refused", "refused.csv")  # the file that comes back, and what it is called

    def may(self, user: Any) -> bool:
        """Whether this person may still do such work: rights may have changed since."""
        raise NotImplementedError

    def check(self, run: Any) -> None:
        """Look, write nothing but about the run; ends in ``READY``. May raise RefusedError."""
        raise NotImplementedError

    def may_still(self, run: Any) -> bool:
        """Whether whoever began it has the right to what it works on; asked before each slice and each page."""
        return True

    def work(self, run: Any) -> None:
        """Do the next slice; ends in ``DONE``."""
        raise NotImplementedError

    def stop(self, run: Any) -> None:
        """Tidy up after a run that was stopped; ends in ``STOPPED``."""
        run.end(RunState.STOPPED)

    def options(self, data: Any) -> dict[str, Any]:
        """Fields of the run that the form of the last word sets."""
        return {}

    def context(self, run: Any, page: str) -> dict[str, Any]:
        """What the template shows of this run."""
        return {}


KINDS: dict[str, RunKind] = {}


def register(kind: RunKind) -> RunKind:
    """Make a kind of run known to the worker, to its page and to the list of runs."""
    KINDS[kind.model._meta.label] = kind
    return kind


def kind_of(run: Run) -> RunKind:
    return KINDS[run._meta.label]


def find(pk: uuid.UUID, by: Any) -> Run | None:
    """A run of this person's own, of a kind that this person may still do."""
    for kind in KINDS.values():
        run = kind.model._default_manager.filter(pk=pk, by=by).first()
        if run is not None:
            return run if kind.may(by) and kind.may_still(run) else None
    return None


def runs_of(by: Any, limit: int = 50) -> list[Run]:
    """The newest runs of this person, of all kinds."""
    found = [
        run
        for kind in KINDS.values()
        if kind.may(by)
        for run in kind.model._default_manager.filter(by=by).order_by("-created_at")[:limit]
    ]
    return sorted(found, key=lambda run: run.created_at, reverse=True)[:limit]


@transaction.atomic
def start(run: R) -> R:
    """Write a new run and wake the worker once it stands."""
    run.language = run.language or translation.get_language() or settings.LANGUAGE_CODE
    run.save(force_insert=True)
    run_due.send(type(run), run=run)
    return run


@transaction.atomic
def confirm(run: Run, **options: Any) -> bool:
    """The last word: work on what was checked. False when the run does not wait for it (any more)."""
    return _move(run, (RunState.READY,), state=RunState.WORKING, position=0, **options)


@transaction.atomic
def check_again(run: Run, **options: Any) -> bool:
    """Look at it anew, read as ``options`` say. False when the run does not wait for a word (any more)."""
    return _move(run, (RunState.READY,), state=RunState.CHECKING, position=0, **options)


@transaction.atomic
def stop(run: Run) -> bool:
    """Ask for the end; what is done stays done. False when the run has ended already."""
    return _move(run, (RunState.CHECKING, RunState.READY, RunState.WORKING), state=RunState.STOPPING)


@transaction.atomic
def try_again(run: Run) -> bool:
    """Give a run that was given up its tries back."""
    return _move(run, ACTIVE, tries__gte=leases.MAX_TRIES)


def _move(run: Run, states: tuple[RunState, ...], tries__gte: int = 0, **changes: Any) -> bool:
    here = type(run)._base_manager.filter(pk=run.pk, state__in=states, tries__gte=tries__gte)
    if not here.update(**changes, tries=0, due_at=Now(), last_error=""):
        return False
    run.refresh_from_db()
    run_due.send(type(run), run=run)
    return True


def due(model: type[Run]) -> "models.QuerySet[Any]":
    return leases.waiting(model._default_manager.filter(state__in=ACTIVE)).order_by("due_at")


def work(*, label: str, run_id: uuid.UUID | str, seconds: float | None = None) -> bool:
    """Do slices of one run under a lease, at least one, for ``seconds`` (``RUN_SECONDS``); True when more is left.

    A failed slice is tried again later, with growing pauses, and given up after ``leases.MAX_TRIES``.
    """
    kind = KINDS[label]
    row = kind.model._base_manager.filter(pk=run_id, state__in=ACTIVE)
    if not leases.claim(row):
        return False
    lease = kind.model._base_manager.values_list("lease_until", flat=True).get(pk=run_id)
    until = time.monotonic() + (settings.RUN_SECONDS if seconds is None else seconds)
    for number in itertools.count():
        run = kind.model._base_manager.select_related("by").get(pk=run_id)
        if run.lease_until != lease:
            return False  # it ran out, and somebody else is at work
        if not run.is_active or (number and time.monotonic() > until):
            kind.model._base_manager.filter(pk=run_id, lease_until=lease).update(lease_until=None)
            return run.is_active
        started = time.monotonic()
        try:
            do_slice(kind, run)
        except OvertakenError:
            continue
        except Exception as error:
            logger.exception("slice failed: %s", label)
            mine = kind.model._base_manager.filter(pk=run_id, lease_until=lease)
            leases.release(mine, error=type(error).__name__, tries=run.tries)
            return False
        if kind.model._base_manager.filter(pk=run_id, lease_until=lease).update(
            lease_until=leases.lease_end(), tries=0
        ):
            lease = kind.model._base_manager.values_list("lease_until", flat=True).get(pk=run_id)
        time.sleep(min(time.monotonic() - started, settings.RUN_PAUSE_SECONDS))  # let others write
    raise AssertionError("unreachable: counting has no end")


def do_slice(kind: RunKind, run: Run) -> None:
    steps = {RunState.CHECKING: kind.check, RunState.WORKING: kind.work, RunState.STOPPING: kind.stop}
    with translation.override(run.language), in_zone(run.by.time_zone):
        try:
            if not run.by.is_active or not kind.may(run.by) or not kind.may_still(run):
                raise RefusedError(_("This account no longer has the right to do this work."))
            steps[RunState(run.state)](run)
        except RefusedError as error:
            run.end(RunState.REFUSED, str(error))
            run.drop(*(name for name in kind.files if name != kind.download[0]))
        except FileNotFoundError:
            run.end(RunState.REFUSED, _("The file is no longer there. Send it again."))


def purge() -> int:
    """Delete files and runs that nobody needs any more: they hold names and numbers. How many files went."""
    now = timezone.now()
    for kind in KINDS.values():
        runs = kind.model._base_manager
        forgotten = runs.filter(created_at__lt=now - KEEP_FILES).exclude(state__in=ENDED)
        forgotten.update(state=RunState.STOPPED, ended_at=now, note="")
        for run in runs.filter(created_at__lt=now - KEEP_ROWS).iterator(chunk_size=50):
            delete(run)
    return purge_files(FOLDER, KEEP_FILES) + purge_files(EARLIER_FOLDER, KEEP_FILES)


def delete(run: Run) -> None:
    """The run with what it wrote about itself, in small transactions."""
    for relation in run._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: run})
        sweeps.delete_in_steps(rows, at_once=ROWS_AT_ONCE)
    run.drop(*kind_of(run).files)
    run.delete()


def purge_files(folder: str, keep: timedelta) -> int:
    """Delete the files of a private folder, and of the folders in it, that are older than ``keep``; how many."""
    store, gone = storages["private"], 0
    if not store.exists(folder):
        return 0
    folders, names = store.listdir(folder)
    for name in names:
        path = f"{folder}/{name}"
        if store.get_modified_time(path) < timezone.now() - keep:
            store.delete(path)
            gone += 1
    return gone + sum(purge_files(f"{folder}/{inner}", keep) for inner in folders)


def models_of_runs() -> list[type[Run]]:
    return [model for model in apps.get_models() if issubclass(model, Run)]
