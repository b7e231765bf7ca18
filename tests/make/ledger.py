"""Entries, made the way every stream makes them: by posting drafts."""

import datetime as dt
from uuid import UUID, uuid4

from takings.ledger.actions import Posted, post
from takings.ledger.queries import balance, balances
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from tests.make.people import NOON

POLICY = "house@2026-01-01"
Move = tuple[str, str, str]


def usd(amount: str | int) -> Money:
    """Return dollars as a person writes them."""
    return Money.parse(amount, "USD")


def move(debit: str, credit: str, amount: str | Money) -> TransferDraft:
    """Return ``debit → credit``; an amount written as text is in dollars."""
    money = usd(amount) if isinstance(amount, str) else amount
    return TransferDraft(debit=debit, credit=credit, amount=money)


def make_entry(
    *moves: TransferDraft,
    id: UUID | None = None,  # noqa: A002 - an entry's id is called id
    kind: str = "prepaid_received",
    memo: str = "",
    occurred_at: dt.datetime = NOON,
) -> EntryDraft:
    """Return a draft of these transfers under a fresh id, unless one is given."""
    return EntryDraft(
        id=id or uuid4(),
        kind=kind,
        reference="receipt:77",
        policy_version=POLICY,
        occurred_at=occurred_at,
        memo=memo,
        transfers=moves,
    )


def make_posted(*moves: TransferDraft, at: dt.datetime = NOON) -> Posted:
    """Post one entry of these transfers."""
    [posted] = post(drafts=[make_entry(*moves)], at=at)
    return posted


def make_prepaid(amount: str, *, brand: int = 7) -> Posted:
    """Let a brand pay in: ``bank → advertiser:<brand>:prepaid``."""
    return make_posted(move("bank", f"advertiser:{brand}:prepaid", amount))


def dollars(account: str) -> Money:
    """Return what is in an account, in dollars."""
    return balance(name=account, currency="USD")


def all_balances() -> dict[tuple[str, str], int]:
    """Return every account that holds something: two equal pictures mean that nothing changed."""
    found = ((b.name, b.balance) for b in balances(prefix=""))
    return {(name, held.currency): held.micros for name, held in found if held.micros}
