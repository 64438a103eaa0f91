"""Two buckets of moto: nothing is overwritten, nothing is open, and a bucket that is away is an OSError."""

import io
import pickle
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import storages

pytest.importorskip("storages.backends.s3", reason="the extra s3 is not installed")
pytest.importorskip("moto.server", reason="moto is not installed")

from moto.server import ThreadedMotoServer

from lms.lib import health
from lms.lib.backups import archive, making, restoring
from lms.lib.checks import check_file_storage
from lms.lib.checkup import Level
from lms.lib.doctor import machine
from lms.lib.s3 import BucketError, BucketStorage, S3MediaStorage, S3PrivateStorage
from tests.test_settings import run as run_in_production

VIDEO = bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "of-a-test")
        one = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        one.start()
        host, port = one.get_host_and_port()
        yield f"http://{host}:{port}"
        one.stop()


@pytest.fixture
def stored(server, settings, request) -> tuple[S3MediaStorage, S3PrivateStorage]:
    """The storages of a site whose buckets are new."""
    mark = f"{abs(hash(request.node.name)) % 10**9}"
    options = {"endpoint_url": server, "region_name": "us-east-1"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "lms.lib.s3.S3MediaStorage", "OPTIONS": {"bucket_name": f"media-{mark}", **options}},
        "private": {"BACKEND": "lms.lib.s3.S3PrivateStorage", "OPTIONS": {"bucket_name": f"private-{mark}", **options}},
    }
    both = storages["default"], storages["private"]
    for storage in both:
        storage.client.create_bucket(Bucket=storage.bucket_name)
    return both


def content_of(storage: BucketStorage, name: str) -> bytes:
    with storage.open(name) as file:
        return bytes(file.read())


def test_the_second_photo_gets_another_name(stored):
    for storage in stored:
        first = storage.save("documents/photo.txt", ContentFile(b"first"))
        second = storage.save("documents/photo.txt", ContentFile(b"second"))
        assert first != second
        assert (content_of(storage, first), content_of(storage, second)) == (b"first", b"second")
        assert storage.exists(first)
        storage.delete(first)
        assert not storage.exists(first)
        storage.delete(first)  # is not there: no fault


def test_two_hosts_that_take_one_name_at_once_get_two(stored, monkeypatch):
    """Both have asked whether it is there before either writes."""
    _media, private = stored
    both_asked, asked = threading.Barrier(2, timeout=20), threading.local()
    real = BucketStorage.exists

    def exists(self: BucketStorage, name: str) -> bool:
        found = real(self, name)
        if not getattr(asked, "once", False):
            asked.once = True
            both_asked.wait()
        return found

    monkeypatch.setattr(BucketStorage, "exists", exists)
    names: list[str] = []
    threads = [
        threading.Thread(target=lambda text=text: names.append(private.save("a/one.pdf", ContentFile(text))))
        for text in (b"first", b"second")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(names)) == 2
    assert {content_of(private, name) for name in names} == {b"first", b"second"}


@pytest.mark.parametrize(
    "content", [ContentFile("Inès\n"), ContentFile(b"In\xc3\xa8s\n"), io.BytesIO(b"In\xc3\xa8s\n")]
)
def test_texts_and_streams_are_kept_as_they_are(stored, content):
    name = stored[1].save("runs/Liste d’été.csv", content)
    assert content_of(stored[1], name).decode() == "Inès\n"
    assert stored[1].size(name) == 6


def test_what_is_not_there_is_a_file_that_is_not_there(stored):
    with pytest.raises(FileNotFoundError):
        stored[0].open("images/none.avif")
    with pytest.raises(FileNotFoundError):
        stored[0].size("images/none.avif")


def asked_for(monkeypatch: pytest.MonkeyPatch, storage: BucketStorage) -> list[str]:
    ranges: list[str] = []
    storage.client.meta.events.register(
        "before-parameter-build.s3.GetObject", lambda params, **_rest: ranges.append(params.get("Range", "all"))
    )
    return ranges


def test_a_part_of_a_video_is_read_from_its_place_on(client, db, stored, monkeypatch):
    media, _private = stored
    name = media.save(media.generate_filename("media/talk.mp4"), ContentFile(VIDEO))
    monkeypatch.setattr("lms.lib.media.default_storage", media)
    ranges = asked_for(monkeypatch, media)
    address = media.url(name)
    assert address == f"/media/{name}"
    answer = client.get(address, HTTP_RANGE="bytes=400000-400099")
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == VIDEO[400_000:400_100]
    assert "bytes=400000-" in ranges
    assert answer["Content-Range"] == f"bytes 400000-400099/{len(VIDEO)}"
    whole = client.get(address)
    assert b"".join(whole.streaming_content) == VIDEO
    assert client.get("/media/media/none.mp4").status_code == 404


def test_a_file_can_be_read_in_any_order(stored):
    name = stored[1].save("x.bin", ContentFile(VIDEO))
    with stored[1].open(name) as file:
        file.seek(-10, io.SEEK_END)
        assert file.read() == VIDEO[-10:]
        file.seek(5)
        assert file.read(3) == VIDEO[5:8]
        assert file.tell() == 8
        file.seek(0)
        assert b"".join(file.chunks()) == VIDEO


def test_a_storage_that_was_asked_can_be_copied(stored):
    assert stored[1].state() == "ok"
    name = stored[1].save("a.txt", ContentFile(b"x"))
    assert content_of(pickle.loads(pickle.dumps(stored[1])), name) == b"x"  # noqa: S301  (our own)


def test_private_files_have_no_address(stored):
    with pytest.raises(ValueError, match="no address"):
        stored[1].url("certificates/a.pdf")


# --- a bucket that is away


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_connections_have_limits_of_time(stored):
    for storage in stored:
        given = storage.client.meta.config
        assert 0 < given.connect_timeout <= 2
        assert 0 < given.read_timeout <= 10
        assert given.retries["total_max_attempts"] == 2
        given = storage.probe.meta.config
        assert (given.connect_timeout, given.read_timeout) == (1, 1)
        assert given.retries["total_max_attempts"] == 1


def test_a_server_that_says_nothing_is_an_oserror(silent, server, monkeypatch):
    monkeypatch.setattr("lms.lib.s3.READ_SECONDS", 0.1)
    storage = S3MediaStorage(bucket_name="media", endpoint_url=silent, region_name="us-east-1")
    calls: list[Any] = [
        lambda: storage.exists("a"), lambda: storage.open("a"), lambda: storage.size("a"),
        lambda: storage.listdir(""), lambda: storage.delete("a"), lambda: storage.save("a", ContentFile(b"x")),
        lambda: storage.get_modified_time("a"),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(BucketError, match="Timeout"):
            call()
    monkeypatch.setattr("lms.lib.s3.PROBE_SECONDS", 0.1)
    assert storage.state() == "bucket media: ReadTimeoutError"


def test_a_picture_of_a_bucket_that_is_away_is_not_there(client, db, server, monkeypatch):
    storage = S3MediaStorage(bucket_name="media", endpoint_url="http://127.0.0.1:1", region_name="us-east-1")
    monkeypatch.setattr("lms.lib.media.default_storage", storage)
    assert client.get("/media/images/0123456789abcdef01234567.avif").status_code == 404


def test_a_missing_bucket_is_told_by_readyz_and_doctor(stored, settings):
    assert health.files() == "ok"
    assert {finding.level for finding in machine.storage()} == {Level.GREEN}
    stored[1].client.delete_bucket(Bucket=stored[1].bucket_name)
    assert health.files() == f"ok, but there is no bucket {stored[1].bucket_name}"
    assert health.status_of({"files": health.files()}) == 200
    pictures, certificates = machine.storage()
    assert (pictures.level, certificates.level) == (Level.GREEN, Level.RED)
    assert "NoSuchBucket" in certificates.text
    assert stored[0].listdir("") == ([], [])  # what doctor tried is gone again


def test_an_open_bucket_is_told_by_doctor(stored, monkeypatch):
    real = stored[1].client.put_object
    monkeypatch.setattr(stored[1].client, "put_object", lambda **given: real(ACL="public-read", **given))
    pictures, certificates = machine.storage()
    assert (pictures.level, certificates.level) == (Level.GREEN, Level.RED)
    assert certificates.remedy


# --- backups


def test_a_backup_holds_what_is_in_the_buckets_and_brings_it_back(stored, tmp_path):
    media, private = stored
    names = {
        media.save("images/0123456789abcdef01234567.avif", ContentFile(b"picture")),
        private.save("certificates/2026/11/c.pdf", ContentFile(b"%PDF")),
    }
    media.save(".doctor-x", ContentFile(b"ok"))
    writer = archive.Writer(tmp_path / "x.zip")
    making.add_files(writer, lambda line: None)
    assert {name.partition("/")[2] for name in writer.files} == names
    members = dict(writer.files)
    writer.zip.close()
    for storage in stored:
        for name in making.names_in(storage):
            storage.delete(name)
    manifest = archive.Manifest("", "", "", "", "sqlite", "", [], "", [], files=members)
    private.save("certificates/2026/11/c.pdf", ContentFile(b"another"))  # of the same name: the backup's comes
    with archive.zipfile.ZipFile(tmp_path / "x.zip") as file:
        for folder, alias in archive.FOLDERS.items():
            restoring.upload(file, manifest, folder, alias, tmp_path)
    assert content_of(media, "images/0123456789abcdef01234567.avif") == b"picture"
    assert content_of(private, "certificates/2026/11/c.pdf") == b"%PDF"


# --- settings


@pytest.mark.parametrize(
    ("media", "private", "wanted"),
    [("a", "b", set()), ("a", "a", {"house.E032"}), ("a", "", {"house.E031"}), ("", "", {"house.E031"})],
)
def test_two_buckets_are_needed(settings, media, private, wanted):
    settings.MEDIA_STORAGE, settings.S3_MEDIA_BUCKET, settings.S3_PRIVATE_BUCKET = "s3", media, private
    assert {found.id for found in check_file_storage()} == wanted
    assert wanted <= {found.id for found in run_checks()}


def test_another_storage_is_refused(settings):
    settings.MEDIA_STORAGE = "S3"
    assert {found.id for found in check_file_storage()} == {"house.E030"}


def test_a_missing_library_is_named_with_the_line_to_type(settings, monkeypatch):
    settings.MEDIA_STORAGE, settings.S3_MEDIA_BUCKET, settings.S3_PRIVATE_BUCKET = "s3", "a", "b"
    monkeypatch.setattr("lms.lib.checks.find_spec", lambda name: None)
    (found,) = check_file_storage()
    assert "passerelle[s3]" in str(found.hint)


def test_production_reads_the_names_from_its_environment(tmp_path: Path):
    script = (
        "import lms, django; django.setup(); from django.core.files.storage import storages as s; "
        "a, b = s['default'], s['private']; "
        "print(a.bucket_name, b.bucket_name, b.endpoint_url, a.region_name, a.file_overwrite)"
    )
    given = {
        "MEDIA_STORAGE": "s3",
        "S3_MEDIA_BUCKET": "pictures",
        "S3_PRIVATE_BUCKET": "papers",
        "S3_REGION": "eu-west-3",
    }
    done = run_in_production(tmp_path, "-c", script, **given, S3_ENDPOINT_URL="https://s3.example.org")
    assert done.stdout.split() == ["pictures", "papers", "https://s3.example.org", "eu-west-3", "False"], done.stderr
    refused = run_in_production(tmp_path, "manage.py", "migrate", **{**given, "S3_PRIVATE_BUCKET": "pictures"})
    assert refused.returncode == 1
    assert "would share one bucket" in refused.stderr
