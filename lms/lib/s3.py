"""Files of people in two closed buckets: public media and private files; needs the extra ``s3``.

The site serves both itself, so that each answer carries its headers: no bucket is ever open to the public. A name is
never given twice: the bucket itself refuses to overwrite (``If-None-Match``). Whatever it answers becomes an
``OSError``, as of a disk, after seconds and not minutes.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.utils import validate_file_name
from django.urls import reverse
from storages.backends.s3 import S3Storage

from lms.lib.media import UnguessableNames

CONNECT_SECONDS, READ_SECONDS, TRIES = 2, 10, 2
PROBE_SECONDS = 1  # a proxy waits for /readyz no longer
NAMES_TRIED = 5
BUFFER = 64 * 1024  # bytes
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}


class BucketError(OSError):
    """What the bucket, or the way to it, answered."""


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Faults of the bucket as those of a disk: FileNotFoundError, FileExistsError, BucketError."""
    try:
        yield
    except ClientError as error:
        status, code = error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
        if code in TAKEN:
            raise FileExistsError(f"{name} exists") from error
        if status == 404 and code != "NoSuchBucket":
            raise FileNotFoundError(f"There is no file {name}") from error
        raise BucketError(f"{code} ({status})") from error
    except BotoCoreError as error:
        raise BucketError(type(error).__name__) from error


class BucketReader(io.RawIOBase):
    """An object that is read from where somebody begins: a phone that asks for the end of a video gets that alone."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        self.client, self.bucket, self.key, self.size = client, bucket, key, size
        self.place, self.body = 0, None  # type: int, Any

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence] + offset
        if place != self.place:
            self.drop()
        self.place = max(place, 0)
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, target: Any) -> int:
        if self.place >= self.size or not len(target):
            return 0
        with translated(self.key):
            if self.body is None:
                wanted = {"Bucket": self.bucket, "Key": self.key, "Range": f"bytes={self.place}-"}
                self.body = self.client.get_object(**wanted)["Body"]
            chunk = self.body.read(len(target))
        if not chunk:
            raise BucketError(f"{self.key} ended at {self.place} of {self.size} bytes")
        target[: len(chunk)] = chunk
        self.place += len(chunk)
        return len(chunk)

    def drop(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None

    def close(self) -> None:
        self.drop()
        super().close()


class BucketStorage(S3Storage):
    """A closed bucket."""

    def get_default_settings(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_default_settings()
        return {**given, "file_overwrite": False, "querystring_auth": True}

    def __init__(self, **options: Any) -> None:
        path_style = options.get("endpoint_url")  # servers of one's own seldom answer by the name of a bucket
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path" if path_style else "auto"},
        )
        super().__init__(**{"client_config": config, **options})

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "probe"}

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def key(self, name: str) -> str:
        return f"{self.location}/{name}".lstrip("/")

    def open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("A file in a bucket is read, or saved whole.")
        raw = BucketReader(self.client, str(self.bucket_name), self.key(name), self.size(name))
        return File(io.BufferedReader(raw, BUFFER), name)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Under a name that nobody has, also when another process takes it in this moment."""
        wanted = str(name or content.name)
        for _each in range(NAMES_TRIED):
            free = str(self.get_available_name(wanted, max_length=max_length))
            validate_file_name(free, allow_relative_path=True)
            with suppress(FileExistsError):
                self.put(free, content)
                return free
        raise BucketError(f"others take every name like {wanted}")

    def put(self, name: str, content: Any) -> None:
        """Raises FileExistsError. The site itself says of what type it is (``lms.lib.filetypes``)."""
        if content.seekable():
            content.seek(0)
        is_stream = content.seekable() and isinstance(content.read(0), bytes)
        body = content if is_stream else as_bytes(content)
        with translated(name):
            self.client.put_object(Bucket=self.bucket_name, Key=self.key(name), Body=body, IfNoneMatch="*")

    def exists(self, name: str) -> bool:
        with translated(name):
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with translated(name):
            super().delete(name)

    def size(self, name: str) -> int:
        with translated(name):
            return int(self.client.head_object(Bucket=self.bucket_name, Key=self.key(name))["ContentLength"])

    def get_modified_time(self, name: str) -> datetime:
        with translated(name):
            return cast(datetime, super().get_modified_time(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with translated(name):
            folders, names = super().listdir(name)
        return list(folders), list(names)

    @cached_property
    def probe(self) -> Any:
        """A client without patience."""
        limits = Config(
            connect_timeout=PROBE_SECONDS, read_timeout=PROBE_SECONDS, retries={"total_max_attempts": 1}
        )  # fmt: skip
        return boto3.session.Session().client(
            "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config.merge(limits)
        )

    def state(self) -> str:
        """``ok``, or what is wrong with the bucket, in a few words."""
        try:
            with translated(str(self.bucket_name)):
                self.probe.head_bucket(Bucket=self.bucket_name)
        except FileNotFoundError:
            return f"there is no bucket {self.bucket_name}"
        except BucketError as error:
            return f"bucket {self.bucket_name}: {error}"
        return "ok"

    def is_public(self, name: str) -> bool:
        """Whether a stranger, who signs nothing, gets this file."""
        with suppress(ClientError):
            self.unsigned_connection.meta.client.get_object(Bucket=self.bucket_name, Key=self.key(name))
            return True
        return False


def as_bytes(content: Any) -> bytes:
    text = content.read()
    return text.encode() if isinstance(text, str) else bytes(text)


class S3MediaStorage(UnguessableNames, BucketStorage):
    """Pictures, sound and documents. Their addresses are ours: a redirect to the bucket would lose the headers that
    keep a file from running in a browser. They never change, so a proxy in front may keep them.
    """

    def url(self, name: str | None, *args: object, **kwargs: object) -> str:
        return reverse("public_media", args=[name])


class S3PrivateStorage(BucketStorage):
    """Certificates and lists: they have no address, a view asks who wants them."""

    def url(self, name: str | None, *args: object, **kwargs: object) -> str:
        raise ValueError("This file has no address: a view serves it.")
