"""The auditor's walk: every settled posting is decided again; rows without a posting are found."""

from collections.abc import Iterator

from django.db import connection

from takings.ledger.queries.audit_rows import pieces, possible_from
from takings.ledger.queries.findings import Finding, GrowingCheck, Tell
from takings.ledger.rules.audit import differences
from takings.ledger.rules.stretches import Scope

AUDIT = "every posting is what a second implementation decides"
OWNED = "every row belongs to a posting"


def _audit(tell: Tell, scope: Scope) -> Iterator[Finding]:
    """Decide again what is settled; memory holds a piece of the journal, whatever its length."""
    spans, possible, done = scope.settled_items, possible_from(), 0
    total = sum(_posting_count(span.after, span.upto) for span in spans)
    for span in spans:
        for piece in pieces(span):
            for written in piece:
                for row, sentence in differences(written, possible_from=possible):
                    yield Finding(AUDIT, row, sentence)
            done += len(piece)
            tell(done, total)


def _posting_count(after: int, upto: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_posting WHERE number > %s AND number <= %s", [after, upto]
        )
        [count] = cursor.fetchone()
    return int(count)


def _owned(_: Tell, scope: Scope) -> Iterator[Finding]:
    for span in scope.items:
        with connection.cursor() as cursor:
            cursor.execute(_WITHOUT_POSTING, {"after": span.after, "upto": span.upto})
            for row, number in cursor.fetchall():
                yield Finding(OWNED, row, f"no posting has the number {number}")


_WITHOUT_POSTING = """
    SELECT row, item.number FROM (
        SELECT 'entry:' || id AS row, number FROM ledger_entry
        WHERE number > %(after)s AND number <= %(upto)s
        UNION ALL
        SELECT 'hold:' || id, number FROM ledger_hold
        WHERE number > %(after)s AND number <= %(upto)s
        UNION ALL
        SELECT 'hold end:' || hold_id, number FROM ledger_holdend
        WHERE number > %(after)s AND number <= %(upto)s
        UNION ALL
        SELECT 'refusal:' || id, number FROM ledger_refusal
        WHERE number > %(after)s AND number <= %(upto)s
    ) AS item
    LEFT JOIN LATERAL (
        SELECT number + item_count AS next FROM ledger_posting
        WHERE ledger_posting.number <= item.number ORDER BY ledger_posting.number DESC LIMIT 1
    ) AS posting ON true
    WHERE posting.next > item.number IS NOT TRUE
    UNION ALL
    SELECT 'account:' || account_id, posting FROM ledger_standing
    WHERE posting > %(after)s AND posting <= %(upto)s
        AND NOT EXISTS (SELECT 1 FROM ledger_posting WHERE number = posting)
    ORDER BY 2, 1
"""

CHECKS = (GrowingCheck(AUDIT, _audit), GrowingCheck(OWNED, _owned))
