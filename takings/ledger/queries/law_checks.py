"""The laws of the books, each a statement that selects the rows that break it.

Where rows grow with the journal, a statement looks at the items above ``after`` up to ``upto``.
Sums over everything are for a full proof; in between, the auditor (``audit.py``) proves them
posting by posting: what stood before, and what was moved, is what stands after.
"""

from collections.abc import Iterator

from django.db import connection

from takings.ledger.models import Account
from takings.ledger.queries.findings import Check, Finding, GrowingCheck, Tell
from takings.ledger.rules import UnknownAccount, account_kind
from takings.ledger.rules.stretches import Scope

BATCH = 2_000


def _of_all(invariant: str, sentence: str, sql: str) -> Check:
    """Make a check of a statement that selects broken rows: the row's name, then the holes."""

    def find(_: Tell) -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            for row, *facts in cursor.fetchall():
                yield Finding(invariant, row, sentence.format(*facts))

    return Check(invariant, find)


def _of_items(invariant: str, sentence: str, sql: str) -> GrowingCheck:
    """Make a check of a statement that looks at the items above ``after`` up to ``upto``."""

    def find(tell: Tell, scope: Scope) -> Iterator[Finding]:
        for done, span in enumerate(scope.items, start=1):
            with connection.cursor() as cursor:
                cursor.execute(sql, {"after": span.after, "upto": span.upto})
                for row, *facts in cursor.fetchall():
                    yield Finding(invariant, row, sentence.format(*facts))
            tell(done, len(scope.items))

    return GrowingCheck(invariant, find)


_SUMS = _of_all(
    "every balance equals the sum of its transfers",
    "{} has totals {}/{} but its transfers sum to {}/{} micro-units (debits/credits)",
    """
    SELECT 'account:' || id, name, debits_micros, credits_micros,
        coalesce(debits, 0), coalesce(credits, 0)
    FROM (SELECT account_id AS id, * FROM ledger_balance) AS b
    LEFT JOIN (SELECT id, sum(debits) AS debits, sum(credits) AS credits FROM (
            SELECT debit_id AS id, amount_micros AS debits, 0 AS credits FROM ledger_transfer
            UNION ALL
            SELECT credit_id, 0, amount_micros FROM ledger_transfer
            UNION ALL
            SELECT account_id, s.debits_micros, s.credits_micros
            FROM ledger_archivesum s JOIN ledger_archived a ON a.id = s.archive_id
        ) AS legs GROUP BY id) AS moved USING (id)
    WHERE debits_micros <> coalesce(debits, 0) OR credits_micros <> coalesce(credits, 0)
    ORDER BY id
    """,
)

# What the lanes of an account stood at when the month ended, less when it began.
_ARCHIVES = _of_all(
    "an archived month comes to what its entries and accounts say",
    "{} of {} in the archive, {} in the books",
    """
    WITH archived AS (
        SELECT id, month, transfer_count, month::timestamp AT TIME ZONE 'UTC' AS since,
            (month + interval '1 month')::timestamp AT TIME ZONE 'UTC' AS until
        FROM ledger_archived
    ), moved AS (
        SELECT a.id AS archive_id, account.id AS account_id,
            sum(coalesce(later.debits_micros, 0) - coalesce(earlier.debits_micros, 0)) AS debits,
            sum(coalesce(later.credits_micros, 0) - coalesce(earlier.credits_micros, 0)) AS credits
        FROM archived a CROSS JOIN ledger_account AS account
        CROSS JOIN LATERAL generate_series(0, lane_count - 1) AS lane
        LEFT JOIN LATERAL ledger_stood(
            account.id, lane.lane, a.until - interval '1 microsecond') AS later ON true
        LEFT JOIN LATERAL ledger_stood(
            account.id, lane.lane, a.since - interval '1 microsecond') AS earlier ON true
        GROUP BY a.id, account.id
    )
    SELECT 'archive:' || a.id, 'transfers', a.month, a.transfer_count::text, e.found::text
    FROM archived a CROSS JOIN LATERAL (SELECT coalesce(sum(e.transfer_count), 0) AS found
        FROM ledger_entry e WHERE e.posted_at >= a.since AND e.posted_at < a.until) AS e
    WHERE a.transfer_count <> e.found
    UNION ALL
    SELECT 'account:' || m.account_id, 'debits/credits', a.month,
        coalesce(s.debits_micros, 0) || '/' || coalesce(s.credits_micros, 0),
        m.debits || '/' || m.credits
    FROM moved m JOIN archived a ON a.id = m.archive_id
    LEFT JOIN ledger_archivesum s ON s.archive_id = m.archive_id AND s.account_id = m.account_id
    WHERE (coalesce(s.debits_micros, 0), coalesce(s.credits_micros, 0)) <> (m.debits, m.credits)
    """,
)

_HELD = _of_all(
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

_TRANSFERS = _of_items(
    "every transfer joins two different accounts of its currency with a positive amount",
    "{} → {}: {} {}",
    """
    SELECT 'transfer:' || t.entry_number || ':' || t.position, coalesce(d.name, '?'),
        coalesce(c.name, '?'), t.amount_micros, t.currency
    FROM ledger_transfer t
    LEFT JOIN ledger_account d ON d.id = t.debit_id
    LEFT JOIN ledger_account c ON c.id = t.credit_id
    WHERE t.entry_number > %(after)s AND t.entry_number <= %(upto)s
        AND (t.amount_micros <= 0 OR t.debit_id = t.credit_id
        OR d.currency IS DISTINCT FROM t.currency OR c.currency IS DISTINCT FROM t.currency)
    ORDER BY t.entry_number, t.position
    """,
)

_FLOORS = _of_items(
    "no account is below its floor",
    "{} stood at {} after posting {}, its floor is {} micro-units",
    """
    SELECT 'account:' || a.id, name, balance, posting, a.floor_micros
    FROM (SELECT *, CASE
        WHEN is_credit THEN credits_micros::numeric - debits_micros - held_debits_micros
        ELSE debits_micros::numeric - credits_micros - held_credits_micros END AS balance
        FROM ledger_standing WHERE posting > %(after)s AND posting <= %(upto)s) AS s
    JOIN ledger_account a ON a.id = account_id
    WHERE balance < a.floor_micros ORDER BY a.id, posting
    """,
)

_LANES = _of_items(
    "every lane repeats its newest standing",
    "lane {} of {} says that posting {} left {}/{} with {}/{} held; its newest standing does not",
    """
    SELECT 'account:' || l.account_id, l.lane, a.name, l.posting, l.debits_micros,
        l.credits_micros, l.held_debits_micros, l.held_credits_micros
    FROM (SELECT account_id, lane, max(step) AS step FROM ledger_standing
        WHERE posting > %(after)s AND posting <= %(upto)s GROUP BY account_id, lane) AS moved
    JOIN ledger_account a ON a.id = account_id
    JOIN ledger_lane l USING (account_id, lane)
    LEFT JOIN ledger_standing s ON s.posting = l.posting AND s.account_id = l.account_id
        AND s.lane = l.lane
    WHERE moved.step > l.step OR (l.posted_at, l.step, l.debits_micros, l.credits_micros,
        l.held_debits_micros, l.held_credits_micros) IS DISTINCT FROM (s.posted_at, s.step,
        s.debits_micros, s.credits_micros, s.held_debits_micros, s.held_credits_micros)
    ORDER BY l.account_id, l.lane
    """,
)

_CHAINS = _of_all(
    "the standings of every lane follow one another",
    "lane {} of {} has {} standings, and its newest one is number {}",
    """
    SELECT 'account:' || a.id, lane, a.name, coalesce(found, 0), coalesce(l.step, 0)
    FROM (SELECT account_id, lane, count(*) AS found, max(step) AS step FROM ledger_standing
        GROUP BY account_id, lane) AS s
    FULL JOIN ledger_lane l USING (account_id, lane)
    JOIN ledger_account a ON a.id = account_id
    WHERE coalesce(found, 0) <> coalesce(l.step, 0) OR s.step IS DISTINCT FROM nullif(l.step, 0)
    ORDER BY a.id, lane
    """,
)

_TERMS = _of_all(
    "every lane says what its account does",
    "lane {} of {} has another side, floor or number of neighbours",
    """
    SELECT 'account:' || a.id, lane, a.name
    FROM ledger_lane l JOIN ledger_account a ON a.id = l.account_id
    WHERE (l.is_credit, l.floor_micros, l.is_laned)
        IS DISTINCT FROM (a.side = 'credit', a.floor_micros, a.lane_count > 1)
    ORDER BY a.id, lane
    """,
)

_TRIAL = _of_all(
    "the trial balance is zero per currency",
    "debits {} and credits {} micro-units differ",
    """
    SELECT 'currency:' || currency, sum(debits_micros), sum(credits_micros)
    FROM ledger_balance GROUP BY currency
    HAVING sum(debits_micros) <> sum(credits_micros) ORDER BY currency
    """,
)

_WHOLE = _of_items(
    "every entry has the transfers it was posted with",
    "it was posted with {} transfers and has {}",
    """
    SELECT 'entry:' || coalesce(e.id::text, 'number ' || number), coalesce(transfer_count, 0),
        coalesce(found, 0)
    FROM (SELECT * FROM ledger_entry WHERE number > %(after)s AND number <= %(upto)s
        AND date_trunc('month', posted_at AT TIME ZONE 'UTC')::date
            NOT IN (SELECT month FROM ledger_archived)) AS e
    FULL JOIN (SELECT entry_number AS number, count(*) AS found, max(position) AS last
        FROM ledger_transfer WHERE entry_number > %(after)s AND entry_number <= %(upto)s
        GROUP BY entry_number) AS t USING (number)
    WHERE transfer_count IS DISTINCT FROM found OR last <> transfer_count - 1 ORDER BY number
    """,
)

_COINS = _of_all(
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

_REVERSALS = _of_items(
    "a reversal returns every account to its former balance",
    "it leaves {} {} micro-units away on account {}",
    """
    SELECT 'entry:' || reversal, sum(change), currency, account FROM (
        SELECT e.id AS reversal, t.currency, t.debit_id AS account, -t.amount_micros AS change
        FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
        JOIN ledger_transfer t ON t.entry_number IN (e.number, o.number)
        WHERE e.reverses_id IS NOT NULL AND e.number > %(after)s AND e.number <= %(upto)s
            AND date_trunc('month', o.posted_at AT TIME ZONE 'UTC')::date
            NOT IN (SELECT month FROM ledger_archived)
            AND date_trunc('month', e.posted_at AT TIME ZONE 'UTC')::date
            NOT IN (SELECT month FROM ledger_archived)
        UNION ALL
        SELECT e.id, t.currency, t.credit_id, t.amount_micros
        FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
        JOIN ledger_transfer t ON t.entry_number IN (e.number, o.number)
        WHERE e.reverses_id IS NOT NULL AND e.number > %(after)s AND e.number <= %(upto)s
            AND date_trunc('month', o.posted_at AT TIME ZONE 'UTC')::date
            NOT IN (SELECT month FROM ledger_archived)
            AND date_trunc('month', e.posted_at AT TIME ZONE 'UTC')::date
            NOT IN (SELECT month FROM ledger_archived)
    ) AS both_entries
    GROUP BY reversal, currency, account HAVING sum(change) <> 0 ORDER BY 1, 4
    """,
)


def _chart(_: Tell) -> Iterator[Finding]:
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

OF_ALL = (_SUMS, _HELD, _ARCHIVES, _CHAINS, _TERMS)
OF_ACCOUNTS = (_TRIAL, _COINS, _CHART)
OF_ITEMS = (_TRANSFERS, _FLOORS, _LANES, _REVERSALS, _WHOLE)
