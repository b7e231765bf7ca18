"""How far the books are settled: up to which number nothing can appear any more.

A posting draws its number and commits later, so a higher number may be visible before a lower one.
Whoever posts locks rows of ``ledger_lane`` first (``ledger_lock``) and draws the number after
that; the lock on the table is kept until the transaction has ended and its rows are visible. So:
take the highest number there is, then ask who holds that lock. Whoever posts under a lower number
had drawn it before, and is among them or has ended. When all of them have ended, nothing can appear
up to that number. A transaction's own id would not do: it may draw a number before it has one. Nor
would a snapshot's oldest transaction: a long report would hold up every proof.
"""

import time

from django.db import connection

PATIENCE_S = 5.0
PAUSE_S = 0.01

_NEWEST = "SELECT number + item_count - 1 FROM ledger_posting ORDER BY number DESC LIMIT 1"
_POSTING_NOW = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowShareLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND relation = 'ledger_lane'::regclass AND pid <> pg_backend_pid()
"""


def settled_number(*, known: int, patience_s: float = PATIENCE_S) -> int:
    """Return the number of the last item up to which everything is settled; at least ``known``.

    Waits a moment for those who are posting now. If one of them is not done by then, ``known`` is
    returned: a proof is late rather than wrong. What the caller's own transaction posted counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        [newest] = cursor.fetchone() or [-1]
        cursor.execute(_POSTING_NOW)
        waited_for = {row[0] for row in cursor.fetchall()}
        until = time.monotonic() + patience_s
        while waited_for:
            if time.monotonic() > until:
                return known
            time.sleep(PAUSE_S)
            cursor.execute(_POSTING_NOW)
            waited_for &= {row[0] for row in cursor.fetchall()}
    return max(known, int(newest))
