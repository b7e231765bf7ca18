"""The parts of the tus 1.0.0 protocol that are pure text: metadata, offsets."""

import base64
import binascii
import re
import uuid
from typing import Final

from takings.core.errors import Conflict, Invalid, NotFound, TooMuch

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,expiration,termination"
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


class BadMetadata(Invalid):
    """``Upload-Metadata`` is not a list of words and base64 values."""

    code = "bad_metadata"
    sentence = "The Upload-Metadata header cannot be read: {why}."


class BadNumber(Invalid):
    """A length or an offset is no whole number."""

    code = "bad_number"
    sentence = "The header {header} must be a whole number of bytes."


class WrongOffset(Conflict):
    """The client would leave a gap or write over what is there (tus: 409)."""

    code = "wrong_offset"
    sentence = "The server has {offset} bytes of this file; continue from there."


class BeyondLength(TooMuch):
    """More bytes than announced."""

    code = "beyond_length"
    sentence = "This upload was announced with {size} bytes; more cannot be added."


class NoSuchUpload(NotFound):
    """It never existed, is over, or belongs to someone else."""

    code = "no_such_upload"
    sentence = "There is no such upload, or it has expired. Start again."


class WrongVersion(Invalid):
    """Another version of tus, or none (HTTP 412)."""

    code = "wrong_tus_version"
    sentence = "Send the header Tus-Resumable: 1.0.0."


class WrongType(Invalid):
    """The body is not announced as a piece of a file (HTTP 415)."""

    code = "wrong_type"
    sentence = "Send pieces as application/offset+octet-stream."


class TooSlow(Invalid):
    """Nothing came for a while (HTTP 408)."""

    code = "too_slow"
    sentence = "Nothing came for {seconds} s. What arrived is kept; continue from there."


class BadPurpose(Invalid):
    """The metadata name a purpose that does not exist."""

    code = "bad_purpose"
    sentence = "“{given}” is no purpose of a video; send post or creative."


class BadId(Invalid):
    """The metadata carry an id that is none."""

    code = "bad_id"
    sentence = "“{given}” is not a UUID."


def read_number(value: str | None, *, header: str) -> int:
    """Return a header's whole number, or refuse with :class:`BadNumber`."""
    if value is None or not _NUMBER.fullmatch(value):
        raise BadNumber(header=header)
    return int(value)


def read_numbers(value: str) -> tuple[int, ...]:
    """Return ids given as ``3,4``; refuses :class:`BadNumber`."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    return tuple(read_number(part, header="Upload-Metadata: tracks") for part in parts)


def read_id(value: str | None) -> uuid.UUID | None:
    """Return the id that the sender chose, None when it left that to us; refuses :class:`BadId`."""
    if not value:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        raise BadId(given=value[:40]) from None


def read_metadata(header: str) -> dict[str, str]:
    """Return ``Upload-Metadata`` decoded: ``title SGk=,lang ZW4=`` → ``{"title": "Hi", …}``."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = part.partition(" ")
        if key in pairs:
            raise BadMetadata(why=f"“{key[:40]}” comes twice")
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadMetadata(why=f"“{key[:40]}” is not UTF-8 in base64") from None
    return pairs


def check_offset(*, offset: int, held: int, size: int, coming: int | None) -> None:
    """Refuse a piece that does not continue exactly where the file ends, or goes beyond it.

    ``coming`` is the announced length of the piece, None when the client does not say.
    """
    if offset != held:
        raise WrongOffset(offset=held)
    if coming is not None and held + coming > size:
        raise BeyondLength(size=size)
