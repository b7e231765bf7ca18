"""Posting: ``post`` and ``reverse`` are the only ways by which amounts enter the books."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import connection, transaction

from takings.core.errors import Conflict, Invalid
from takings.ledger import queries
from takings.ledger.models import Account, Entry
from takings.ledger.rules import (
    EntryDraft,
    Movement,
    account_kind,
    content_digest,
    movements,
    reversed_transfers,
)
from takings.money import Money
from takings.money.money import LARGEST

Outcome = Literal["posted", "already_posted"]


class SameIdOtherContent(Conflict):
    """The id was used before, for something else."""

    code = "same_id_other_content"
    sentence = "Entry {entry} exists already and says something else; use a new id."


class InsufficientFunds(Conflict):
    """An account would fall below its floor. Amounts are :class:`Money`."""

    code = "insufficient_funds"
    sentence = "“{account}” has {available} available; {asked} was asked."


class BalanceTooLarge(Invalid):
    """The running totals of an account would leave PostgreSQL's bigint."""

    code = "balance_too_large"
    sentence = "“{account}” cannot hold that much: its totals would exceed 2⁶³ micro-units."


class AlreadyReversed(Conflict):
    """An entry is undone once."""

    code = "already_reversed"
    sentence = "Entry {entry} was reversed before, by {reversal}."


class ReversalIsFinal(Conflict):
    """An entry that undoes another is not itself undone: post a new fact instead."""

    code = "reversal_is_final"
    sentence = "Entry {entry} is itself a reversal; post a new entry instead."


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one draft: posted now, or found already posted with the same content."""

    entry_id: UUID
    outcome: Outcome


def post(*, drafts: Sequence[EntryDraft], at: dt.datetime) -> list[Posted]:
    """Post all drafts or none, inside the caller's transaction; the answers keep their order.

    Floors are judged on what the whole call does. A draft whose id is known with the same content
    is answered ``already_posted`` and changes nothing.

    Rows are locked in one order for everybody (new accounts by name, entries by id, balances by
    account id), so two calls never deadlock; one transaction should post all it has in one call.

    Refuses: SameIdOtherContent, InsufficientFunds, BalanceTooLarge.
    """
    return _post(drafts=drafts, at=at, reverses={})


def reverse(
    *,
    entry_id: UUID,
    id: UUID,  # noqa: A002 - everywhere in the books an entry's id is called id
    at: dt.datetime,
    memo: str,
    kind: str = "entry_reversed",
) -> Posted:
    """Undo an entry exactly and once: every account returns to what it was.

    ``id`` is the new entry's, ``kind`` its story (``gift_taken_back``). The same call again is
    answered ``already_posted``.

    Refuses: UnknownEntry, AlreadyReversed, ReversalIsFinal, InsufficientFunds (the money has
    moved on and may not be missed).
    """
    original = queries.entry(id=entry_id)
    if original.reverses is not None:
        raise ReversalIsFinal(entry=entry_id)
    if original.reversed_by not in {None, id}:
        raise AlreadyReversed(entry=entry_id, reversal=original.reversed_by)
    draft = EntryDraft(
        id=id,
        kind=kind,
        reference=original.reference,
        policy_version=original.policy_version,
        occurred_at=at,
        memo=memo,
        transfers=reversed_transfers(original.transfers),
    )
    with transaction.atomic():
        Entry.objects.select_for_update(no_key=True).get(id=entry_id)  # two reversals queue here
        other = Entry.objects.filter(reverses_id=entry_id).exclude(id=id).first()
        if other is not None:
            raise AlreadyReversed(entry=entry_id, reversal=other.id)
        [posted] = _post(drafts=[draft], at=at, reverses={id: entry_id})
        if not Entry.objects.filter(id=id, reverses_id=entry_id).exists():
            raise SameIdOtherContent(entry=id)
        return posted


def _post(
    *, drafts: Sequence[EntryDraft], at: dt.datetime, reverses: Mapping[UUID, UUID]
) -> list[Posted]:
    digests = _digests(drafts)
    with transaction.atomic():
        known = _known(digests)
        fresh = {draft.id: draft for draft in drafts if draft.id not in known}
        if fresh:
            won = _write_entries(fresh, digests=digests, at=at, reverses=reverses)
            known |= _known({key: digests[key] for key in fresh.keys() - won})
            _move([fresh[key] for key in sorted(won)])
    answers: list[Posted] = []
    for draft in drafts:
        first_time = draft.id not in known
        answers.append(Posted(draft.id, "posted" if first_time else "already_posted"))
        known.add(draft.id)
    return answers


def _digests(drafts: Sequence[EntryDraft]) -> dict[UUID, bytes]:
    digests: dict[UUID, bytes] = {}
    for draft in drafts:
        digest = content_digest(draft)
        if digests.setdefault(draft.id, digest) != digest:
            raise SameIdOtherContent(entry=draft.id)
    return digests


def _known(digests: Mapping[UUID, bytes]) -> set[UUID]:
    """Return the ids that are posted already, having checked that they say the same."""
    rows = Entry.objects.filter(id__in=list(digests)).values_list("id", "digest")
    for key, digest in rows:
        if bytes(digest) != digests[key]:
            raise SameIdOtherContent(entry=key)
    return {key for key, _ in rows}


def _write_entries(
    fresh: Mapping[UUID, EntryDraft],
    *,
    digests: Mapping[UUID, bytes],
    at: dt.datetime,
    reverses: Mapping[UUID, UUID],
) -> set[UUID]:
    """Write the entries and return those that were ours to write.

    An id that another transaction writes at this moment makes us wait for it, in id order; if it
    commits, the id is not ours and is compared afterwards.
    """
    rows = [
        (
            draft.id,
            draft.kind,
            draft.reference,
            draft.policy_version,
            draft.memo,
            draft.occurred_at,
            len(draft.transfers),
            digests[draft.id],
            reverses.get(draft.id),
        )
        for draft in sorted(fresh.values(), key=lambda draft: draft.id)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_entry (id, kind, reference, policy_version, memo, occurred_at,
                transfer_count, digest, reverses_id, posted_at)
            SELECT *, %s FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::timestamptz[], %s::int[], %s::bytea[], %s::uuid[])
            ON CONFLICT (id) DO NOTHING RETURNING id
            """,
            [at, *(list(column) for column in zip(*rows, strict=True))],
        )
        return {key for (key,) in cursor.fetchall()}


def _move(drafts: Sequence[EntryDraft]) -> None:
    moves = movements(drafts)
    _open_accounts(moves)
    accounts = _lock_accounts(moves)
    for key, movement in moves.items():
        _check(accounts[key], movement)
    rows = [
        (
            draft.id,
            position,
            accounts[move.debit, move.amount.currency].pk,
            accounts[move.credit, move.amount.currency].pk,
            move.amount.currency,
            move.amount.micros,
        )
        for draft in drafts
        for position, move in enumerate(draft.transfers)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO ledger_transfer
                    (entry_id, position, debit_id, credit_id, currency, amount_micros)
                SELECT * FROM unnest(%s::uuid[], %s::int[], %s::bigint[], %s::bigint[],
                    %s::text[], %s::bigint[])
                """,
                [list(column) for column in zip(*rows, strict=True)],
            )


def _open_accounts(moves: Mapping[tuple[str, str], Movement]) -> None:
    """Open the accounts that are new, in name order, so that two openers never deadlock."""
    known = set(
        Account.objects.filter(name__in={name for name, _ in moves}).values_list("name", "currency")
    )
    kinds = {key: account_kind(key[0]) for key in moves if key not in known}
    Account.objects.bulk_create(
        (
            Account(name=name, currency=code, side=kind.side, floor_micros=kind.floor_micros)
            for (name, code), kind in kinds.items()
        ),
        ignore_conflicts=True,
    )


def _lock_accounts(moves: Mapping[tuple[str, str], Movement]) -> dict[tuple[str, str], Account]:
    """Lock the balances in id order: the order in which everybody locks them."""
    rows = Account.objects.raw(
        """
        SELECT * FROM ledger_account
        WHERE (name, currency) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
        ORDER BY id FOR NO KEY UPDATE
        """,
        [[name for name, _ in moves], [code for _, code in moves]],
    )
    return {(account.name, account.currency): account for account in rows}


def _check(account: Account, movement: Movement) -> None:
    """Refuse before writing what the constraints would refuse after."""
    debits = account.debits_micros + movement.debits_micros
    credits_ = account.credits_micros + movement.credits_micros
    if max(debits, credits_) > LARGEST:
        raise BalanceTooLarge(account=account.name)
    if account.floor_micros is None:
        return
    change = movement.credits_micros - movement.debits_micros
    change = change if account.side == "credit" else -change
    if account.balance_micros + change < account.floor_micros:
        raise InsufficientFunds(
            account=account.name,
            available=Money(account.balance_micros - account.floor_micros, account.currency),
            asked=Money(-change, account.currency),
        )
