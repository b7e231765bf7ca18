"""What postings left behind, read a piece at a time for the auditor."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection

from takings.ledger.queries.archives import archive_of, archived_months
from takings.ledger.rules.audit import NEVER, Done, Refused, Stood, Written
from takings.ledger.rules.items import Item, Leg, Mode, Terms, Totals
from takings.ledger.rules.outcomes import OF_NUMBER, Outcome
from takings.ledger.rules.stretches import Span

POSTINGS, ITEMS = 500, 20_000  # a piece has no more of either, or one posting
_OF_WORD = {"posted": Mode.POST_HOLD, "voided": Mode.VOID_HOLD, "expired": Mode.EXPIRE_HOLD}


def pieces(span: Span) -> Iterator[list[Written]]:
    """Yield the postings of a span in the order of their numbers, a piece at a time."""
    after = span.after
    while found := _rows(_POSTINGS, (after, span.upto, POSTINGS)):
        piece: list[Written] = []
        count = 0
        for number, item_count, posted_at in found:
            if piece and count + item_count > ITEMS:
                break
            piece.append(Written(number, item_count, posted_at))
            count += item_count
        yield _filled(piece)
        after = piece[-1].number


def possible_from() -> dict[Outcome, int]:
    """Return from which number on a refusal was possible, of those that need something first."""
    [row] = _rows(_POSSIBLE, ())
    needing = (
        *(Outcome.HOLD_IS_OVER, Outcome.HOLD_EXPIRED, Outcome.NOT_WHAT_IS_HELD),
        *(Outcome.ALREADY_REVERSED, Outcome.PERIOD_LOCKED, Outcome.ACCOUNT_CLOSED),
        Outcome.LIMIT_EXCEEDED,
    )
    return {
        outcome: NEVER if first is None else int(first)
        for outcome, first in zip(needing, row, strict=True)
    }


def _filled(piece: list[Written]) -> list[Written]:
    """Give each posting its items, and what was known before them."""
    ends = (piece[0].number, piece[-1].number + piece[-1].item_count - 1)
    of_item = {
        number: written
        for written in piece
        for number in range(written.number, written.number + written.item_count)
    }
    accounts = _fill_items(ends, of_item)
    for number, *refusal, at, is_posted_before in _rows(_REFUSALS, ends):
        if number in of_item:
            id_, code = refusal
            of_item[number].refused.append(Refused(number, id_, code, at, is_posted_before))
    _fill_known(ends, of_item)
    stood = _rows(_STOOD, (piece[0].number, piece[-1].number))
    of_number = {written.number: written for written in piece}
    for posting, account, *sums, last_at, is_in_order, is_of_account in stood:
        if posting in of_number:
            before, after = Totals(*map(int, sums[:4])), Totals(*map(int, sums[4:]))
            kept = Stood(before, after, last_at, is_in_order, is_of_account)
            of_number[posting].stood[account] = kept
    terms = _terms(accounts | {row[1] for row in stood})
    for written in piece:
        written.done.sort(key=lambda done: done.number)
        written.state.terms = terms
    return piece


def _fill_items(ends: tuple[int, int], of_item: dict[int, Written]) -> set[int]:
    """Fill in entries, holds and ends of holds; return the accounts they move."""
    held_by = _fill_ends(ends, of_item)
    legs = _fill_transfers(ends, of_item)
    for number, id_, posted_at, reverses in _rows(_ENTRIES, ends):
        if number in of_item:
            hold = held_by.get(id_)
            mode = Mode.ENTRY if hold is None else Mode.POST_HOLD
            moves = tuple(legs.get(number, ()))
            item = Item(id_, moves, (), posted_at, 0, mode, reverses=reverses, hold=hold)
            of_item[number].done.append(Done(number, f"entry:{id_}", item, posted_at))
    for number, id_, debit, credit, amount, posted_at in _rows(_HOLDS, ends):
        if number in of_item:
            leg = Leg(debit, credit, amount)
            item = Item(id_, (leg,), (), posted_at, 0, Mode.HOLD)
            of_item[number].done.append(Done(number, f"hold:{id_}", item, posted_at))
    postings = {written.number: written for written in of_item.values()}.values()
    done = (done for written in postings for done in written.done)
    moved = (leg for one in done for leg in one.item.legs)
    return {account for leg in moved for account in (leg.debit, leg.credit)}


def _fill_transfers(ends: tuple[int, int], of_item: dict[int, Written]) -> dict[int, list[Leg]]:
    """Fill in what was posted at another time than its entry; return legs by their entry."""
    legs: dict[int, list[Leg]] = {}
    for number, debit, credit, amount in _rows(_TRANSFERS, ends):
        legs.setdefault(number, []).append(Leg(debit, credit, amount))
    for number, posted_at in _rows(_OTHER_TIMES, ends):
        if number in of_item:
            of_item[number].transfer_times.add(posted_at)
    return legs


def _fill_ends(ends: tuple[int, int], of_item: dict[int, Written]) -> dict[UUID, UUID]:
    """Fill in ends of holds, and the holds; return by entry which hold it posted."""
    held_by: dict[UUID, UUID] = {}
    for number, hold, word, entry, at, *kept, expires_at, made in _rows(_ENDS, ends):
        written = of_item.get(number)
        if written is None:
            continue
        mode = _OF_WORD[word]
        moves = () if made is None else (Leg(*kept),)
        if made is not None and made < written.number:
            was = Item(hold, moves, (), at, 0, Mode.HOLD, expires_at=expires_at)
            written.state.items[hold] = (was, tuple(leg.amount for leg in moves))
        if mode is Mode.POST_HOLD:
            held_by[entry] = hold
        else:
            item = Item(hold, moves, (), at, 0, mode, hold=hold)
            written.done.append(Done(number, f"hold end:{hold}", item, at))
    return held_by


def _fill_known(ends: tuple[int, int], of_item: dict[int, Written]) -> None:
    """Fill in what was known before of the ids: refused, used as another item's, reversed."""
    for number, id_, earlier, code, reversed_id in _rows(_KNOWN, ends * 5):
        written = of_item.get(number)
        if written is None or earlier >= written.number:
            continue
        if code is not None:
            written.state.refused[id_] = OF_NUMBER.get(code, Outcome.LINKED_FAILED)
        elif reversed_id is not None:
            written.state.reversed.add(reversed_id)
        else:
            stub = Item(id_, (), ("another item",), written.posted_at, 0)
            written.state.items[id_] = (stub, ())
    _fill_undone(ends, of_item)


def _fill_undone(ends: tuple[int, int], of_item: dict[int, Written]) -> None:
    """Fill in what reversals undo. What lies in an archived month is taken at their word."""
    months = archived_months()
    for number, original, at, reverses, *move in _rows(_UNDONE, ends):
        written = of_item.get(number)
        if written is None:
            continue
        items = written.state.items
        if move[0] is not None:
            was, moved = items.get(original, (Item(original, (), (), at, 0, reverses=reverses), ()))
            leg = Leg(*move)
            items[original] = (replace(was, legs=(*was.legs, leg)), (*moved, leg.amount))
        elif archive_of(at, months=months) is not None:
            [undoing] = [done.item.legs for done in written.done if done.number == number]
            legs = tuple(Leg(leg.credit, leg.debit, leg.amount) for leg in reversed(undoing))
            was = Item(original, legs, (), at, 0, reverses=reverses)
            items[original] = (was, tuple(leg.amount for leg in legs))


def _terms(accounts: set[int]) -> dict[int, Terms]:
    rows = _rows(_TERMS, (sorted(accounts),))
    return {id_: Terms(is_credit, floor) for id_, is_credit, floor in rows}


def _rows(
    sql: str, parameters: Sequence[int | list[int]]
) -> list[tuple[Any, ...]]:  # what a row holds, only its statement knows
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


_POSTINGS = """
    SELECT number, item_count, posted_at FROM ledger_posting
    WHERE number > %s AND number <= %s AND date_trunc('month', posted_at AT TIME ZONE 'UTC')::date
        NOT IN (SELECT month FROM ledger_archived)
    ORDER BY number LIMIT %s
"""
_ENTRIES = """
    SELECT number, id, posted_at, reverses_id FROM ledger_entry
    WHERE number BETWEEN %s AND %s
"""
_TRANSFERS = """
    SELECT entry_number, debit_id, credit_id, amount_micros FROM ledger_transfer
    WHERE entry_number BETWEEN %s AND %s ORDER BY entry_number, position
"""
# Asked entry by entry: a join could be planned as each with each, where statistics are missing.
_OTHER_TIMES = """
    SELECT entry_number, posted_at FROM (
        SELECT entry_number, posted_at,
            (SELECT e.posted_at FROM ledger_entry e WHERE e.number = entry_number) AS entry_at
        FROM ledger_transfer WHERE entry_number BETWEEN %s AND %s
    ) AS moved WHERE posted_at <> entry_at
"""
_HOLDS = """
    SELECT number, id, debit_id, credit_id, amount_micros, posted_at FROM ledger_hold
    WHERE number BETWEEN %s AND %s
"""
_ENDS = """
    SELECT e.number, e.hold_id, outcome, entry_id, ended_at, h.debit_id, h.credit_id,
        h.amount_micros, h.expires_at, h.number
    FROM ledger_holdend e LEFT JOIN ledger_hold h ON h.id = e.hold_id
    WHERE e.number BETWEEN %s AND %s
"""
_REFUSALS = """
    SELECT r.number, r.id, r.code, r.refused_at,
        coalesce(least(e.number, h.number) < r.number, false)
    FROM ledger_refusal r
    LEFT JOIN ledger_entry e ON e.id = r.id LEFT JOIN ledger_hold h ON h.id = r.id
    WHERE r.number BETWEEN %s AND %s
"""
_KNOWN = """
    SELECT i.number, i.id, r.number, r.code, NULL::uuid FROM ledger_entry i
    JOIN ledger_refusal r ON r.id = i.id WHERE i.number BETWEEN %s AND %s
    UNION ALL
    SELECT i.number, i.id, r.number, r.code, NULL FROM ledger_hold i
    JOIN ledger_refusal r ON r.id = i.id WHERE i.number BETWEEN %s AND %s
    UNION ALL
    SELECT i.number, i.id, e.number, NULL, NULL FROM ledger_hold i
    JOIN ledger_entry e ON e.id = i.id WHERE i.number BETWEEN %s AND %s
    UNION ALL
    SELECT i.number, i.id, h.number, NULL, NULL FROM ledger_entry i
    JOIN ledger_hold h ON h.id = i.id WHERE i.number BETWEEN %s AND %s
    UNION ALL
    SELECT i.number, i.id, e.number, NULL, i.reverses_id FROM ledger_entry i
    JOIN ledger_entry e ON e.reverses_id = i.reverses_id AND e.number < i.number
    WHERE i.reverses_id IS NOT NULL AND i.number BETWEEN %s AND %s
"""
# The entries that are undone, transfer by transfer.
_UNDONE = """
    SELECT i.number, o.id, o.posted_at, o.reverses_id, t.debit_id, t.credit_id, t.amount_micros
    FROM ledger_entry i
    JOIN ledger_entry o ON o.id = i.reverses_id AND o.number < i.number
    LEFT JOIN ledger_transfer t ON t.entry_number = o.number
    WHERE i.reverses_id IS NOT NULL AND i.number BETWEEN %s AND %s ORDER BY i.number, t.position
"""
_TERMS = "SELECT id, side = 'credit', floor_micros FROM ledger_account WHERE id = ANY (%s)"

# Before is what the last posting of each lane left; lanes that nobody has posted in hold nothing.
_STOOD = """
    SELECT s.posting, s.account_id,
        sum(coalesce(p.debits_micros, 0)), sum(coalesce(p.credits_micros, 0)),
        sum(coalesce(p.held_debits_micros, 0)), sum(coalesce(p.held_credits_micros, 0)),
        sum(s.debits_micros), sum(s.credits_micros),
        sum(s.held_debits_micros), sum(s.held_credits_micros), max(p.posted_at),
        bool_and(s.step = coalesce(p.step, 0) + 1 AND coalesce(
            (p.posted_at, p.posting) < (s.posted_at, s.posting), s.previous IS NULL)),
        coalesce(bool_and(s.is_credit = (a.side = 'credit')
            AND s.floor_micros IS NOT DISTINCT FROM a.floor_micros), false)
    FROM ledger_standing s
    LEFT JOIN ledger_account a ON a.id = s.account_id
    LEFT JOIN LATERAL (SELECT * FROM ledger_standing p WHERE p.posting = s.previous
        AND p.account_id = s.account_id AND p.lane = s.lane OFFSET 0) AS p ON true
    WHERE s.posting BETWEEN %s AND %s
    GROUP BY s.posting, s.account_id
"""
_POSSIBLE = """
    SELECT (SELECT min(number) FROM ledger_holdend), (SELECT min(number) FROM ledger_hold),
        (SELECT min(number) FROM ledger_hold),
        (SELECT min(number) FROM ledger_entry WHERE reverses_id IS NOT NULL),
        (SELECT 0 WHERE EXISTS (SELECT 1 FROM ledger_periodlock)),
        (SELECT 0 WHERE EXISTS (SELECT 1 FROM ledger_account WHERE closed_at IS NOT NULL)
            OR EXISTS (SELECT 1 FROM ledger_accountchange WHERE closed_at IS NOT NULL)),
        (SELECT 0 WHERE EXISTS (SELECT 1 FROM ledger_account WHERE ceiling_micros IS NOT NULL)
            OR EXISTS (SELECT 1 FROM ledger_accountchange WHERE ceiling_micros IS NOT NULL))
"""
