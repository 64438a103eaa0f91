"""What a power cut leaves of a file that was saved: everything, or nothing that any row names."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import TemporaryUploadedFile

from lms.lib.durable import DurableFiles


@pytest.fixture
def synchronised(monkeypatch) -> dict[Path, Any]:
    """Path -> what a power cut right after its last ``fsync`` would leave of it: content, or names in a folder."""
    seen: dict[Path, Any] = {}
    sync = os.fsync

    def remember(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        seen[path] = {one.name for one in path.iterdir()} if path.is_dir() else path.read_bytes()
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", remember)
    return seen


def in_memory() -> ContentFile:
    return ContentFile(b"words" * 1000)


def on_the_disk() -> TemporaryUploadedFile:
    """A large upload, which the storage moves instead of copying it."""
    upload = TemporaryUploadedFile("x.mp3", "audio/mpeg", 5000, None)
    upload.write(b"words" * 1000)
    upload.seek(0)
    return upload


def saved(storage: DurableFiles, name: str, content: Any) -> Path:
    with content:
        return Path(storage.path(storage.save(name, content)))


@pytest.mark.parametrize("content", [in_memory, on_the_disk])
@pytest.mark.parametrize("name", ["x.pdf", "certificates/2026/11/x.pdf"])
def test_content_and_every_new_name_are_on_the_disk(tmp_path, synchronised, content, name):
    storage = DurableFiles(location=tmp_path / "private")
    first = saved(storage, name, content())
    assert synchronised[first] == b"words" * 1000
    for path in (first, *first.parents):
        if path == tmp_path:
            break
        assert path.name in synchronised[path.parent], path
    synchronised.clear()
    second = saved(storage, name, content())
    assert second != first
    assert synchronised[second] == b"words" * 1000
    assert second.name in synchronised[second.parent]


def test_files_of_people_are_saved_so():
    for alias in ("default", "private"):
        storage = storages[alias]
        assert not isinstance(storage, FileSystemStorage) or isinstance(storage, DurableFiles), alias
