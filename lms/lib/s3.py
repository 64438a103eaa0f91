"""Public and private files in a bucket; needs the extra ``s3``. The bucket itself stays closed to the public."""

from django.urls import reverse
from storages.backends.s3 import S3Storage

from lms.lib.media import UnguessableNames


class S3MediaStorage(UnguessableNames, S3Storage):
    """Pictures, sound and documents. Their addresses are ours: a redirect to the bucket would lose the headers that
    keep a file from running in a browser. They never change, so a proxy in front may keep them.
    """

    def url(self, name: str | None, *args: object, **kwargs: object) -> str:
        return reverse("public_media", args=[name])
