"""The log's frames: magic, length, CRC-32, then that many bytes.

A process that dies in the middle of a write leaves a torn frame; the checksum finds it, and the
magic finds the next whole one, should anything follow.
"""

import struct
import zlib
from dataclasses import dataclass

MAGIC = b"TKE1"
HEADER = struct.Struct("<4sII")
LARGEST_FRAME_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Frames:
    """The whole frames of a file, in order, and how many bytes belong to none."""

    payloads: list[bytes]
    torn_byte_count: int


def frame(payload: bytes) -> bytes:
    """Return the payload in its frame."""
    return HEADER.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload


def read_frames(data: bytes) -> Frames:
    """Return every whole frame in ``data``, whatever lies between them."""
    payloads: list[bytes] = []
    position = whole = 0
    while (position := data.find(MAGIC, position)) >= 0:
        payload = _payload(data, position)
        if payload is None:
            position += 1
            continue
        payloads.append(payload)
        position += HEADER.size + len(payload)
        whole += HEADER.size + len(payload)
    return Frames(payloads, len(data) - whole)


def _payload(data: bytes, position: int) -> bytes | None:
    start = position + HEADER.size
    if start > len(data):
        return None
    _, length, checksum = HEADER.unpack_from(data, position)
    payload = data[start : start + length]
    whole = length <= LARGEST_FRAME_BYTES and len(payload) == length
    return payload if whole and zlib.crc32(payload) == checksum else None
