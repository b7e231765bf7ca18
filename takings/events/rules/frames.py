"""The log's frames: magic, length, CRC-32, then that many bytes; and the seal that ends a segment.

A process that dies in the middle of a write leaves a torn frame; the checksum finds it, and the
magic finds the next whole one, should anything follow. Whoever ends a segment appends a seal: how
many frames are whole, and the BLAKE2b hash of every byte before it. So a bit that flips later is
told from a write that never came to its end.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAGIC, SEAL_MAGIC = b"TKE1", b"TKS1"
HEADER = struct.Struct("<4sII")
SEAL = struct.Struct("<4sQ32sI")
SEAL_CRC = struct.Struct("<I")
LARGEST_FRAME_BYTES = 1 << 20


class State(StrEnum):
    """How a segment's bytes stand to its seal."""

    SEALED = "sealed"  # as they were when it was sealed
    UNSEALED = "unsealed"  # nobody sealed it: it is still open, or its disk was full
    DAMAGED = "damaged"  # changed since it was sealed


@dataclass(frozen=True, slots=True)
class Frames:
    """The whole frames of a file, in order, and how many bytes belong to none."""

    payloads: list[bytes]
    torn_byte_count: int
    state: State = State.UNSEALED


def frame(payload: bytes) -> bytes:
    """Return the payload in its frame."""
    return HEADER.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload


def hashing(data: bytes = b"") -> hashlib.blake2b:
    """Return a running hash of a segment's bytes."""
    return hashlib.blake2b(data, digest_size=32)


def seal(*, frame_count: int, digest: bytes) -> bytes:
    """Return the seal of a segment of so many frames, whose bytes have this hash."""
    body = SEAL.pack(SEAL_MAGIC, frame_count, digest, 0)[: -SEAL_CRC.size]
    return body + SEAL_CRC.pack(zlib.crc32(body))


def seal_bytes(data: bytes) -> bytes:
    """Return the seal of a segment that consists of these bytes, whole frames or not."""
    found = read_frames(data)
    return seal(frame_count=len(found.payloads), digest=hashing(data).digest())


def read_frames(data: bytes) -> Frames:
    """Return every whole frame in ``data``, whatever lies between them, and what the seal says."""
    body, sealed = _split_seal(data)
    found = list(scan_frames(body))
    payloads = [payload for payload, _ in found]
    whole = sum(HEADER.size + len(payload) for payload in payloads)
    state = State.UNSEALED
    if sealed is not None:
        is_same = sealed == (len(payloads), hashing(body).digest())
        state = State.SEALED if is_same else State.DAMAGED
    return Frames(payloads, len(body) - whole, state)


def scan_frames(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield every whole frame's payload, and where the frame ends."""
    position = 0
    while (position := data.find(MAGIC, position)) >= 0:
        payload = _payload(data, position)
        if payload is None:
            position += 1
            continue
        position += HEADER.size + len(payload)
        yield payload, position


def _payload(data: bytes, position: int) -> bytes | None:
    start = position + HEADER.size
    if start > len(data):
        return None
    _, length, checksum = HEADER.unpack_from(data, position)
    payload = data[start : start + length]
    whole = length <= LARGEST_FRAME_BYTES and len(payload) == length
    return payload if whole and zlib.crc32(payload) == checksum else None


def _split_seal(data: bytes) -> tuple[bytes, tuple[int, bytes] | None]:
    """Return the bytes before the seal and (frames, hash) from it; None where there is none."""
    place = len(data) - SEAL.size
    if place < 0:
        return data, None
    magic, frame_count, digest, checksum = SEAL.unpack_from(data, place)
    if magic != SEAL_MAGIC or zlib.crc32(data[place : -SEAL_CRC.size]) != checksum:
        return data, None
    return data[:place], (frame_count, digest)
