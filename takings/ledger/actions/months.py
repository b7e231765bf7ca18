"""Months: transfers lie by the month in which they were posted, and each month needs its place."""

import datetime as dt

from django.db import connection

AHEAD = 2

# Months that somebody posted into before they were open; of those far ahead, their day will come.
_WANTED = """
    SELECT month::date FROM generate_series(
        date_trunc('month', %(at)s AT TIME ZONE 'UTC'),
        %(at)s AT TIME ZONE 'UTC' + make_interval(months => %(ahead)s), interval '1 month'
    ) AS month
    UNION
    SELECT date_trunc('month', posted_at AT TIME ZONE 'UTC')::date FROM ledger_transfer_undated
    WHERE posted_at < now() + interval '1 year'
    ORDER BY 1
"""


def open_months(*, at: dt.datetime) -> list[dt.date]:
    """Open the month of ``at`` and the two after it, and every month that lies undated.

    Returns those that were not open before, by their first day. Each is a transaction of its own:
    where somebody holds the table, PostgreSQL refuses after five seconds rather than let all who
    post wait, and the next call goes on. Opening a month twice changes nothing.
    """
    opened: list[dt.date] = []
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, {"at": at, "ahead": AHEAD})
        for (month,) in cursor.fetchall():
            cursor.execute("SELECT ledger_open_month(%s)", [month])
            [is_new] = cursor.fetchone()
            if is_new:
                opened.append(month)
    return opened
