"""Named people, a site, browsers, and the database that every test begins with."""

import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib import clock, ratelimit
from lms.lib.background_tasks import AfterCommit
from placement.index import memory
from tests.browsers import chromium_path
from tests.database import as_it_is_now, migrated_once
from tests.factories.people import make_user
from tests.lock_order import locks_before_rows

hypothesis_settings.register_profile("usual", max_examples=60, deadline=None)  # no test asserts a time
hypothesis_settings.register_profile("deep", max_examples=3000, deadline=None)  # pytest --hypothesis-profile deep
hypothesis_settings.register_profile("second", max_examples=15, deadline=None)  # what SQLite has met 60 times
hypothesis_settings.load_profile("second" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "usual")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
SHARED = {"test_axe", "test_headers", "test_matrix"}
"""Files of tests so long that every worker builds their world rather than waits for one."""
LONG = {
    "test_growth", "test_settings", "test_admin_rows", "test_admin_rubbish", "test_migrations", "test_parsing",
    "test_simulation", "test_translations", "test_clock", "test_offline_course", "test_delivery",
}  # fmt: skip
"""Files whose longest test takes long enough for a core to stand idle at the end."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what asks a database, keep tests of one world on one worker, and begin with what takes longest."""
    for item in items:
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        if shares(item) and item.path.stem not in SHARED and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    yield  # pytest-django sorts by kind of database, which ``as_it_is_now`` makes needless
    items.sort(key=place)
    keep_groups(items)


def asks(item: pytest.Item, *fixtures: str) -> bool:
    return not set(fixtures).isdisjoint(getattr(item, "fixturenames", ()))


def shares(item: pytest.Item) -> bool:
    """Whether it begins with what is built once for its file."""
    info = getattr(item, "_fixtureinfo", None)
    return info is not None and any(found[-1].scope == "module" for found in info.name2fixturedefs.values())


def place(item: pytest.Item) -> int:
    """When a test begins: what takes long before all others, and what begins with the same world side by side."""
    browser, world = item.get_closest_marker("browser"), asks(item, "built_world")
    kinds = (
        item.get_closest_marker("drill"),
        browser and not world,
        browser,
        world,
        item.path.stem in LONG,
        item.get_closest_marker("xdist_group"),
    )
    return next((number for number, is_kind in enumerate(kinds) if is_kind), len(kinds))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse cases out of a set: its order is another one in each process, and workers must collect the same tests."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(cases, set | frozenset) for cases in [*mark.args[1:2], mark.kwargs.get("argvalues")]):
            raise pytest.UsageError(f"{metafunc.definition.nodeid} is parametrized by a set: sort it")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Files are named by their length: a zip holds the time it was made, and workers must collect the same names."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) and len(val) > 40 else None


def keep_groups(items: list[pytest.Item]) -> None:
    """Refuse to scatter tests of one world, which would build it again and again: pytest 9.2 did so without a word."""
    scattered = [item.nodeid for item in items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
    if scattered and getattr(items[0].config.option, "loadgroup", False):
        os.write(2, b"This pytest-xdist does not keep groups of tests together under this pytest: see pyproject.toml\n")
        os._exit(pytest.ExitCode.USAGE_ERROR)  # a worker's exception is not shown


def pytest_collection_finish() -> None:
    """Keep what is imported out of the garbage collector's rounds: it stays until the end (a twentieth faster)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_unconfigure() -> None:
    """Workers leave without the clean-up of ``atexit``: what they wrote goes here."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """Every test begins with everything migrated and the site set up, as ``manage.py setup_site`` leaves it."""
    from cms.services import ensure_site

    with django_db_blocker.unblock():
        with migrated_once() as template:
            known = template.exists()
            if known:
                template.copy(connection.creation._get_test_db_name())
            old = setup_databases(verbosity=0, interactive=False, keepdb=known)
            if not known:
                template.keep()
        ensure_site()
        with as_it_is_now(), locks_before_rows():
            yield
        connection.close()
        if connection.vendor != "sqlite":
            teardown_databases(old, verbosity=0)


@pytest.fixture(autouse=True)
def main_language() -> None:
    """Every test begins in the site's main language, whatever the test before it spoke."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def one_window(monkeypatch) -> None:
    """No minute turns between the tries of a test, however slow the machine."""
    monkeypatch.setattr(ratelimit, "current_window", lambda seconds: 0)


@pytest.fixture
def one_minute(monkeypatch) -> None:
    """The clock starts early in a minute and gains a microsecond a look: pages asked one after the other say the same.

    For tests that compare bytes, which would differ between 14:05:59 and 14:06:00.
    """
    start, looks = timezone.now().replace(second=1, microsecond=0), itertools.count()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(microseconds=next(looks)))


@pytest.fixture(autouse=True)
def believed_time(monkeypatch) -> None:
    """No clock that an earlier test has turned is remembered."""
    monkeypatch.setattr(clock, "_watch", clock.Watch())


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    yield
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True)
def fresh_index() -> Iterator[None]:
    """What this process knows of who may be found was rolled back with the rows."""
    yield
    memory.forget()


@pytest.fixture
def indexed(monkeypatch) -> None:
    """Saved is searchable at once: Wagtail's tasks wait for a commit, and the transaction of a test has none."""
    monkeypatch.setattr(AfterCommit, "waits", False)


PATIENCE = 30_000
"""Milliseconds that a browser waits for what it is asked to find: a limit and no promise, on a busy machine too."""


def patient(new_context: Callable[..., Any]) -> Callable[..., Any]:
    """Every context of a browser, whoever opens it, waits that long."""

    def opened(**options: Any) -> Any:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE)
        return context

    return opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Headless Chromium of the distribution; browser tests skip with a message where there is none."""
    binary = chromium_path()
    if binary is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread; the ORM is used beside it
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=flags)
        browser.new_context = patient(browser.new_context)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium, live_server) -> Iterator[Any]:
    """A page 360 px wide without JavaScript: how learners see the site."""
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 640}, java_script_enabled=False, locale="fr-FR"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(chromium, live_server) -> Iterator[Any]:
    """A page 1280 px wide with JavaScript: how trainers and employers see the site."""
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800}, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.fixture
def site(db):
    """The home page of the main language."""
    from cms.models import HomePage

    return HomePage.objects.get(locale__language_code=settings.LANGUAGE_CODE)


@pytest.fixture
def learner(db) -> User:
    return make_user("awa", full_name="Awa Ndiaye")


@pytest.fixture
def trainer(db) -> User:
    return make_user("moussa", Role.TRAINER, full_name="Moussa Ba")


@pytest.fixture
def employer_user(db) -> User:
    return make_user("claire", Role.EMPLOYER, full_name="Claire Morel")


@pytest.fixture
def manager(db) -> User:
    return make_user("fatou", Role.MANAGER, full_name="Fatou Sarr")


@pytest.fixture
def stranger(db) -> User:
    return make_user("ines", full_name="Inès Koffi")


@pytest.fixture
def sign_in():
    """``sign_in(user)`` returns a client whose session is that person's."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Reference data kept beside the project; tests that read it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no reference data beside the project (../shared/data)")
    return SHARED_DATA
