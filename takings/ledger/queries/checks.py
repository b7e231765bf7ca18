"""``check_books``: proves the invariants of ``docs/money.md`` on the rows as they are.

Each check names every row that breaks its invariant. Apps above the ledger add theirs with
:func:`register_check` when they start, so that one command asks everybody.
"""

from collections.abc import Callable, Iterator

from django.db import connection

from takings.core.progress import Progress, silent
from takings.ledger.models import Account
from takings.ledger.queries import sealed_checks
from takings.ledger.queries.findings import Check, Finding
from takings.ledger.rules import UnknownAccount, account_kind

BATCH = 2_000

_registered: dict[str, Check] = {}


def register_check(check: Check) -> None:
    """Add an app's invariant to ``check_books``; its sentence is its name, so twice is once."""
    _registered[check.invariant] = check


def check_books(*, progress: Progress = silent) -> list[Finding]:
    """Return every broken invariant; an empty list proves the books.

    ``progress`` is told the invariant being proved, the rows done and the rows in all.
    """
    findings: list[Finding] = []
    for check in (*_own_checks(), *_registered.values()):

        def tell(done: int, total: int, invariant: str = check.invariant) -> None:
            progress(invariant, done, total)

        tell(0, 1)
        findings += check.find(tell)
        tell(1, 1)
    return findings


def _sql_check(invariant: str, sentence: str, sql: str) -> Check:
    """Make a check of a statement that selects broken rows: the row's name, then the holes."""

    def find(_: Callable[[int, int], None]) -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            for row, *facts in cursor.fetchall():
                yield Finding(invariant, row, sentence.format(*facts))

    return Check(invariant, find)


_SUMS = _sql_check(
    "every balance equals the sum of its transfers",
    "{} has totals {}/{} but its transfers sum to {}/{} micro-units (debits/credits)",
    """
    SELECT 'account:' || id, name, debits_micros, credits_micros,
        coalesce(debits, 0), coalesce(credits, 0)
    FROM (SELECT account_id AS id, * FROM ledger_balance) AS b
    LEFT JOIN (SELECT debit_id AS id, sum(amount_micros) AS debits
        FROM ledger_transfer GROUP BY debit_id) AS d USING (id)
    LEFT JOIN (SELECT credit_id AS id, sum(amount_micros) AS credits
        FROM ledger_transfer GROUP BY credit_id) AS c USING (id)
    WHERE debits_micros <> coalesce(debits, 0) OR credits_micros <> coalesce(credits, 0)
    ORDER BY id
    """,
)

_HELD = _sql_check(
    "what is held on every account is the sum of its open holds",
    "{} has {}/{} held but its open holds sum to {}/{} micro-units (debits/credits)",
    """
    WITH open AS (SELECT debit_id, credit_id, amount_micros FROM ledger_hold
        WHERE id NOT IN (SELECT hold_id FROM ledger_holdend))
    SELECT 'account:' || id, name, held_debits_micros, held_credits_micros,
        coalesce(debits, 0), coalesce(credits, 0)
    FROM (SELECT account_id AS id, * FROM ledger_balance) AS b
    LEFT JOIN (SELECT debit_id AS id, sum(amount_micros) AS debits
        FROM open GROUP BY debit_id) AS d USING (id)
    LEFT JOIN (SELECT credit_id AS id, sum(amount_micros) AS credits
        FROM open GROUP BY credit_id) AS c USING (id)
    WHERE held_debits_micros <> coalesce(debits, 0) OR held_credits_micros <> coalesce(credits, 0)
    ORDER BY id
    """,
)

_TRANSFERS = _sql_check(
    "every transfer joins two different accounts of its currency with a positive amount",
    "{} → {}: {} {}",
    """
    SELECT 'transfer:' || t.entry_number || ':' || t.position, coalesce(d.name, '?'),
        coalesce(c.name, '?'), t.amount_micros, t.currency
    FROM ledger_transfer t
    LEFT JOIN ledger_account d ON d.id = t.debit_id
    LEFT JOIN ledger_account c ON c.id = t.credit_id
    WHERE t.amount_micros <= 0 OR t.debit_id = t.credit_id
        OR d.currency IS DISTINCT FROM t.currency OR c.currency IS DISTINCT FROM t.currency
    ORDER BY t.entry_number, t.position
    """,
)

_FLOORS = _sql_check(
    "no account is below its floor",
    "{} stood at {} after posting {}, its floor is {} micro-units",
    """
    SELECT 'account:' || a.id, name, balance, posting, a.floor_micros
    FROM (SELECT *, CASE
        WHEN is_credit THEN credits_micros::numeric - debits_micros - held_debits_micros
        ELSE debits_micros::numeric - credits_micros - held_credits_micros END AS balance
        FROM ledger_standing) AS s
    JOIN ledger_account a ON a.id = account_id
    WHERE balance < a.floor_micros ORDER BY a.id, posting
    """,
)

_TRIAL = _sql_check(
    "the trial balance is zero per currency",
    "debits {} and credits {} micro-units differ",
    """
    SELECT 'currency:' || currency, sum(debits_micros), sum(credits_micros)
    FROM ledger_balance GROUP BY currency
    HAVING sum(debits_micros) <> sum(credits_micros) ORDER BY currency
    """,
)

_WHOLE = _sql_check(
    "every entry has the transfers it was posted with",
    "it was posted with {} transfers and has {}",
    """
    SELECT 'entry:' || coalesce(e.id::text, 'number ' || number), coalesce(transfer_count, 0),
        coalesce(found, 0)
    FROM ledger_entry e
    FULL JOIN (SELECT entry_number AS number, count(*) AS found, max(position) AS last
        FROM ledger_transfer GROUP BY entry_number) AS t USING (number)
    WHERE transfer_count IS DISTINCT FROM found OR last <> transfer_count - 1 ORDER BY number
    """,
)

_COINS = _sql_check(
    "coins in wallets are the coins issued",
    "wallets hold {}, issued are {} micro-coins",
    """
    SELECT 'currency:COIN', held, issued FROM (
        SELECT
            coalesce(sum(credits_micros - debits_micros) FILTER (WHERE name <> 'coins:issued'), 0)
                AS held,
            coalesce(sum(debits_micros - credits_micros) FILTER (WHERE name = 'coins:issued'), 0)
                AS issued
        FROM ledger_balance WHERE currency = 'COIN'
    ) AS coins WHERE held <> issued
    """,
)

_REVERSALS = _sql_check(
    "a reversal returns every account to its former balance",
    "it leaves {} {} micro-units away on account {}",
    """
    SELECT 'entry:' || reversal, sum(change), currency, account FROM (
        SELECT e.id AS reversal, t.currency, t.debit_id AS account, -t.amount_micros AS change
        FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
        JOIN ledger_transfer t ON t.entry_number IN (e.number, o.number)
        UNION ALL
        SELECT e.id, t.currency, t.credit_id, t.amount_micros
        FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
        JOIN ledger_transfer t ON t.entry_number IN (e.number, o.number)
    ) AS both_entries
    GROUP BY reversal, currency, account HAVING sum(change) <> 0 ORDER BY 1, 4
    """,
)


def _chart(_: Callable[[int, int], None]) -> Iterator[Finding]:
    for account in Account.objects.order_by("id").iterator(chunk_size=BATCH):
        try:
            kind = account_kind(account.name)
        except UnknownAccount as refusal:
            yield Finding(_CHART.invariant, f"account:{account.pk}", str(refusal))
            continue
        if (account.side, account.floor_micros) != (kind.side, kind.floor_micros):
            sentence = f"{account.name} has another side or floor than {kind.pattern}"
            yield Finding(_CHART.invariant, f"account:{account.pk}", sentence)
        if not kind.holds(account.currency):
            sentence = f"{account.name} may not hold {account.currency}"
            yield Finding(_CHART.invariant, f"account:{account.pk}", sentence)


_CHART = Check("every account is as the chart of accounts says", _chart)


def _own_checks() -> tuple[Check, ...]:
    return (
        *(_TRANSFERS, _SUMS, _HELD, _FLOORS, _TRIAL, _COINS, _REVERSALS, _CHART, _WHOLE),
        *sealed_checks.CHECKS,
    )
