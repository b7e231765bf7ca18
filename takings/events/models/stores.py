"""The file system that the lake's files lie in: this machine's, or a bucket's."""

from functools import cache

from django.conf import settings
from fsspec.implementations.arrow import ArrowFSWrapper
from pyarrow.fs import FileSystem, LocalFileSystem, S3FileSystem
from typing_extensions import override

from takings.events.rules.stores import Bucket, check_bucket

TIMEOUT_S = 30


class BucketForEngines(ArrowFSWrapper):  # type: ignore[misc]  # fsspec has no types
    """A bucket as DuckDB asks for it: by ranges of ``s3://`` addresses."""

    @property
    @override
    def protocol(self) -> str:
        """Which addresses are ours."""
        return "s3"


def is_bucket() -> bool:
    """Tell whether the lake lies in a bucket."""
    return bool(settings.LAKE_URL)


def store() -> FileSystem:
    """Return the lake's file system. Refuses ``BadLakeAddress``."""
    if not is_bucket():
        return LocalFileSystem()
    return _connected(
        check_bucket(
            url=settings.LAKE_URL,
            endpoint=settings.LAKE_ENDPOINT,
            region=settings.LAKE_REGION,
            keys=settings.LAKE_KEYS,
        )
    )


@cache
def _connected(bucket: Bucket) -> S3FileSystem:
    """Connect with the keys that are given: nobody else is asked for any."""
    return S3FileSystem(
        endpoint_override=bucket.host or None,
        scheme=bucket.scheme,
        region=bucket.region,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
        connect_timeout=TIMEOUT_S,
        request_timeout=TIMEOUT_S,
    )
