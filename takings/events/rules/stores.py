"""Where a lake may lie, as an operator writes it: a folder, or a bucket that speaks S3."""

import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from takings.core.errors import Invalid

METADATA_HOSTS = {"metadata", "metadata.google.internal", "instance-data", "fd00:ec2::254"}
"""Where clouds tell a machine its own secrets; the numeric one is link-local."""


class BadLakeAddress(Invalid):
    """The lake's settings name no bucket, or a place that is none of an operator's business."""

    code = "bad_lake_address"
    sentence = "The event lake cannot lie at {given}: {why}."


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3 service and who we are there. ``host`` is empty for AWS itself."""

    scheme: str
    host: str
    region: str
    access_key: str
    secret_key: str


def check_bucket(*, url: str, endpoint: str, region: str, keys: tuple[str, str]) -> Bucket:
    """Return where an ``s3://bucket/prefix`` is found; TLS unless the endpoint says ``http://``.

    Refuses :class:`BadLakeAddress`: an address without a bucket, an endpoint that is no web
    address or is where a cloud gives out secrets, keys that are missing.
    """
    address, service = urlsplit(url), urlsplit(endpoint or "https://")
    if address.scheme != "s3" or not address.netloc:
        raise BadLakeAddress(given=url, why="it must look like s3://bucket/prefix")
    if service.scheme not in ("http", "https") or service.username:
        raise BadLakeAddress(given=endpoint, why="an endpoint looks like https://host:port")
    if _is_metadata(service.hostname or ""):
        raise BadLakeAddress(given=endpoint, why="machines are told their own secrets there")
    if not all(keys):
        raise BadLakeAddress(
            given=url, why="TAKINGS_LAKE_ACCESS_KEY and TAKINGS_LAKE_SECRET_KEY must both be set"
        )
    return Bucket(service.scheme, service.netloc, region, *keys)


def _is_metadata(host: str) -> bool:
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_link_local:
            return True
    return host.lower().rstrip(".") in METADATA_HOSTS
