"""What load balancers and supervisors ask: answered by any name, and true."""

import shutil
from collections import namedtuple

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from lms.lib import health

PROBES = ["/livez", "/readyz", "/healthz"]
SPACE = namedtuple("SPACE", "total used free")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PROBES)
def test_a_probe_may_ask_by_address(client, settings, path):
    settings.ALLOWED_HOSTS = ["passerelle.example"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_everything_else_is_asked_by_name(client, settings):
    settings.ALLOWED_HOSTS = ["passerelle.example"]
    assert client.get("/robots.txt", headers={"host": "10.0.0.7:8000"}).status_code == 400


def readiness() -> tuple[int, str]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.content.decode()


@pytest.mark.django_db
def test_ready_means_every_part():
    code, text = readiness()
    assert code == 200, text
    assert [line.partition(":")[0] for line in text.splitlines()] == list(health.CHECKS)


@pytest.mark.django_db
def test_each_part_takes_the_host_out(monkeypatch):
    """Whatever a part raises; the others are still told."""
    for name in health.CHECKS:
        for trouble in (OperationalError("gone"), OSError(28, "No space left on device"), RuntimeError("x")):

            def fails(trouble=trouble):
                raise trouble

            with monkeypatch.context() as patch:
                patch.setitem(health.CHECKS, name, fails)
                code, text = readiness()
            assert code == 503
            assert f"{name}: {type(trouble).__name__}\n" in text
            assert text.count(": ok") == len(health.CHECKS) - 1


@pytest.mark.django_db
def test_tables_of_an_older_version_are_not_ready():
    MigrationRecorder.Migration.objects.filter(app="courses").order_by("-name").first().delete()
    code, text = readiness()
    assert code == 503
    assert "migrations: 1 not applied" in text


@pytest.mark.django_db
def test_old_code_serves_on_while_a_new_version_is_rolled_out():
    MigrationRecorder.Migration.objects.create(app="courses", name="9999_of_tomorrow")
    code, text = readiness()
    assert code == 200
    assert "migrations: ok, of a newer version" in text


@pytest.mark.django_db
def test_a_full_disk_is_not_ready(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SPACE(10**12, 10**12, 10 * 1024**2))
    code, text = readiness()
    assert code == 503
    assert "disk: 10 MB free" in text


@pytest.mark.django_db
@pytest.mark.parametrize("storage", ["default", "private"])
def test_a_folder_that_cannot_be_written_is_not_ready(settings, tmp_path, storage):
    (tmp_path / "file").write_text("no folder")
    settings.STORAGES = {
        **settings.STORAGES,
        storage: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "file" / "media")},
        },
    }
    code, text = readiness()
    assert code == 503
    assert "files: NotADirectoryError" in text


@pytest.mark.django_db
def test_a_cache_that_forgets_is_not_ready(monkeypatch):
    monkeypatch.setattr(type(caches["shared"]), "get", lambda self, *args, **kwargs: None)
    assert readiness()[0] == 503


@pytest.mark.django_db
def test_a_web_host_without_static_files_is_not_ready(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    code, text = readiness()
    assert code == 503
    assert "static files: not collected" in text


def test_liveness_asks_nothing_of_anything(client):
    """No database fixture: a query would fail."""
    assert client.get("/livez").content == b"ok\n"
