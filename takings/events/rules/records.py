"""One request's events as the log keeps them, and many of them as a table for the lake."""

import uuid
from collections.abc import Sequence
from itertools import chain, repeat

import msgspec
import numpy as np
import pyarrow as pa

from takings.events.rules.batches import Event
from takings.events.rules.rows import COLUMNS


class Record(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What arrived in one request: who, from where, when, and the events that were accepted."""

    received_ms: int
    viewer: uuid.UUID
    country: str
    ua_class: str
    network: int
    events: list[Event]
    net_class: str = ""


class _StoredEvent(msgspec.Struct, frozen=True, gc=False):
    """An event as the log gives it back: ids stay bytes until numpy turns them into integers."""

    id: bytes
    type: str
    video: bytes
    view: bytes
    watched_ms: int
    position_ms: int
    surface: str
    ad: str | None


class StoredRecord(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A :class:`Record` as the log gives it back."""

    received_ms: int
    viewer: bytes
    country: str
    ua_class: str
    network: int
    events: list[_StoredEvent]
    net_class: str = ""  # a log written before there were classes has none


_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(StoredRecord)


def encode_record(record: Record) -> bytes:
    """Return the record's bytes (MessagePack)."""
    return _encoder.encode(record)


def decode_record(payload: bytes) -> StoredRecord:
    """Return the record of these bytes; ``msgspec.DecodeError`` when they hold none."""
    return _decoder.decode(payload)


def records_table(records: Sequence[StoredRecord]) -> pa.Table:
    """Return the events of these records with every column but ``day`` and ``segment``."""
    events = list(chain.from_iterable(record.events for record in records))
    counts = [len(record.events) for record in records]

    def per_event(values: Sequence[object]) -> list[object]:
        return list(chain.from_iterable(map(repeat, values, counts)))

    columns: dict[str, object] = {
        **_halves("id", b"".join([event.id for event in events])),
        **_halves("view", b"".join([event.view for event in events])),
        **_halves("video", b"".join([event.video for event in events])),
        **_halves(
            "viewer",
            b"".join(record.viewer * count for record, count in zip(records, counts, strict=True)),
        ),
        "type": [event.type for event in events],
        "watched_ms": [event.watched_ms for event in events],
        "position_ms": [event.position_ms for event in events],
        "surface": [event.surface for event in events],
        "ad": [event.ad for event in events],
        "country": per_event([record.country for record in records]),
        "ua_class": per_event([record.ua_class for record in records]),
        "network": per_event([record.network for record in records]),
        "net_class": per_event([record.net_class or None for record in records]),
        "received_ms": per_event([record.received_ms for record in records]),
    }
    given = [field for field in COLUMNS if field.name in columns]
    arrays = [pa.array(columns[field.name], field.type) for field in given]
    return pa.table(arrays, schema=pa.schema(given))


def _halves(name: str, joined: bytes) -> dict[str, object]:
    """Read 16-byte ids as two signed big-endian halves each."""
    halves = np.frombuffer(joined, dtype=">i8").reshape(-1, 2).astype("int64")
    return {f"{name}_hi": halves[:, 0], f"{name}_lo": halves[:, 1]}
