"""What the sandbox says over the wire, in JSON."""

import datetime as dt
from uuid import UUID

import msgspec


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a payment; ``fee_micros`` below zero is given back."""

    kind: str
    about: str
    currency: str
    amount_micros: int
    fee_micros: int
    occurred_at: dt.datetime
    reason: str = ""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that the sandbox knows of a payment."""

    ref: str
    told: tuple[Told, ...] = ()
    checkout_url: str = ""
    card: str = ""
    keys: tuple[UUID, ...] = ()


class PayeeState(msgspec.Struct, frozen=True, kw_only=True):
    """An account of somebody who is paid: ``new``, ``active``, ``lacking`` or ``refused``."""

    ref: str
    status: str
    lacks: str = ""


class TransferState(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer to a payee: ``paid``, or ``returned`` by the bank for a reason."""

    ref: str
    payee: str
    currency: str
    amount_micros: int
    status: str
    made_at: dt.datetime
    returned_at: dt.datetime | None = None
    reason: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook; ``key`` is the merchant's of the page, the charge or the transfer."""

    id: str
    ref: str
    key: UUID | None
    told: tuple[Told, ...]


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the settlement report; ``gross_micros`` has the sign of what it did."""

    kind: str
    about: str
    currency: str
    gross_micros: int
    fee_micros: int
    occurred_at: dt.datetime


class DayReport(msgspec.Struct, frozen=True, kw_only=True):
    """A day: its lines, and the balances at its end by currency."""

    day: dt.date
    rows: tuple[ReportRow, ...]
    closing_micros: dict[str, int]
