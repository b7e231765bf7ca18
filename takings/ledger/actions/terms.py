"""Terms: what an account may hold, that it is closed, and from when on the books are open."""

import datetime as dt

from django.db import connection, transaction

from takings.core.errors import Conflict, Invalid
from takings.ledger.actions.columns import execute
from takings.ledger.actions.posting import account_ids
from takings.ledger.models import PeriodLock
from takings.ledger.queries.terms import locked_before
from takings.ledger.rules import AccountName
from takings.money import Money

LOCK = 7_265_637  # one who locks a period at a time


class AccountNotEmpty(Conflict):
    """Money is in it, or held."""

    code = "account_not_empty"
    sentence = "“{account}” holds {standing}; move that first."


class LimitNotPositive(Invalid):
    """A limit of nothing would be a closing."""

    code = "limit_not_positive"
    sentence = "A limit is a positive amount; close the account to let nothing in."


class LockGoesBack(Conflict):
    """A locked period stays locked."""

    code = "lock_goes_back"
    sentence = "The books are locked before {locked} already; a lock only moves on."


class LockInTheFuture(Invalid):
    """What has not happened yet cannot be locked."""

    code = "lock_in_the_future"
    sentence = "The books cannot be locked before {given}: that is still to come."


def set_limit(
    *, name: AccountName, currency: str, limit: Money | None, reason: str, at: dt.datetime
) -> None:
    """Let an account hold at most so much from now on; ``None`` lifts the limit.

    What is over the limit already stays; only more is refused. The change is kept with its reason.
    Refuses: UnknownAccount, LimitNotPositive, CurrencyMismatch.
    """
    if limit is not None and limit <= Money.zero(currency):
        raise LimitNotPositive
    micros = None if limit is None else limit.micros
    with transaction.atomic():
        _change(_account(name, currency), "ceiling", micros, reason=reason, at=at)


def close_account(*, name: AccountName, currency: str, reason: str, at: dt.datetime) -> None:
    """Close an empty account: nothing is posted to it any more. A second time changes nothing.

    Refuses: UnknownAccount, AccountNotEmpty (money is in it, or held).
    """
    with transaction.atomic():
        standing = _change(_account(name, currency), "close", reason=reason, at=at)
    if standing is not None:
        raise AccountNotEmpty(account=name, standing=Money(standing, currency))


def reopen_account(*, name: AccountName, currency: str, reason: str, at: dt.datetime) -> None:
    """Open a closed account again. A second time changes nothing. Refuses: UnknownAccount."""
    with transaction.atomic():
        _change(_account(name, currency), "reopen", reason=reason, at=at)


def lock_period(*, before: dt.datetime, reason: str, at: dt.datetime) -> None:
    """Close the books for everything that occurred before an instant; corrections are dated later.

    The same lock again changes nothing. Waits for nobody: who posts at this moment may still be
    answered by the former lock. Refuses: LockGoesBack, LockInTheFuture.
    """
    if before > at:
        raise LockInTheFuture(given=before)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        locked = locked_before()
        if locked == before:
            return
        if locked is not None and before < locked:
            raise LockGoesBack(locked=locked)
        PeriodLock.objects.create(locked_before=before, reason=reason, locked_at=at)


def _account(name: AccountName, currency: str) -> int:
    return account_ids([(name, currency)])[name, currency]


def _change(
    account: int, change: str, micros: int | None = None, *, reason: str, at: dt.datetime
) -> int | None:
    """Change the terms; returns what stands in an account that is not empty enough to close."""
    standing: int | None
    [standing] = execute(
        "SELECT ledger_set_terms(%s, %s, %s::bigint, %s, %s)",
        [account, change, micros, reason, at],
    )
    return standing
