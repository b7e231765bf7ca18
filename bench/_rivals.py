"""Usual ways to move money in PostgreSQL, to measure ours against.

``RowLocks``: one transaction per transfer, as an application writes it by hand.
``PerTransfer``: functions in the database, balance and version in the account's row, each leg a row
with the balance before and after; a batch is one transaction that makes its transfers one after
the other. It is pgledger's way (``_pgledger``) with bigint for numeric, the caller's time-ordered
ids for text made in the database, one index less and nothing read back.
``BareSets``: the least a set-based ledger can do, as a yardstick for this machine: one row per
transfer, one index, balances overwritten in the rows of the accounts. It has no entries, no history
of a balance, no holds, groups, limits or answers, and fails as a whole.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from bench._transfers import Batch
from takings.ledger.actions.columns import DUMPERS, Int8, Uuid

# The accounts are those of bench/_transfers.py.
TABLES = """
CREATE SCHEMA rows;
CREATE TABLE rows.account (
    id bigint PRIMARY KEY, currency text NOT NULL, balance bigint NOT NULL CHECK (balance >= 0)
) WITH (fillfactor = 90);
CREATE TABLE rows.entry (
    id uuid PRIMARY KEY, kind text NOT NULL, reference text NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE rows.transfer (
    entry_id uuid NOT NULL REFERENCES rows.entry, position int NOT NULL, debit_id bigint NOT NULL,
    credit_id bigint NOT NULL, amount bigint NOT NULL CHECK (amount > 0),
    PRIMARY KEY (entry_id, position)
);
INSERT INTO rows.account
SELECT n, 'USD', 100000000000000 FROM generate_series(0, 9999) AS n;

CREATE SCHEMA each;
CREATE TABLE each.account (
    id bigint PRIMARY KEY, name text NOT NULL, currency text NOT NULL,
    balance bigint NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0,
    allow_negative boolean NOT NULL DEFAULT false, allow_positive boolean NOT NULL DEFAULT true,
    metadata jsonb, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE each.transfer (
    id uuid PRIMARY KEY, from_id bigint NOT NULL REFERENCES each.account,
    to_id bigint NOT NULL REFERENCES each.account, amount bigint NOT NULL CHECK (amount > 0),
    event_at timestamptz NOT NULL, metadata jsonb, created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (from_id <> to_id)
);
CREATE INDEX ON each.transfer (from_id);
CREATE INDEX ON each.transfer (to_id);
CREATE TABLE each.entry (
    id uuid PRIMARY KEY DEFAULT uuidv7(), account_id bigint NOT NULL REFERENCES each.account,
    transfer_id uuid NOT NULL REFERENCES each.transfer, amount bigint NOT NULL,
    previous_balance bigint NOT NULL, current_balance bigint NOT NULL, version bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON each.entry (account_id);
CREATE INDEX ON each.entry (transfer_id);
INSERT INTO each.account (id, name, currency, balance)
SELECT n, 'account.' || n, 'USD', 100000000000000
FROM generate_series(0, 9999) AS n;

CREATE FUNCTION each.move(p_id bigint, p_transfer uuid, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moved each.account;
BEGIN
    UPDATE each.account SET balance = balance + p_amount, version = version + 1, updated_at = now()
        WHERE id = p_id RETURNING * INTO moved;
    IF moved.balance < 0 AND NOT moved.allow_negative
            OR moved.balance > 0 AND NOT moved.allow_positive THEN
        RAISE EXCEPTION 'account % may not stand at %', moved.name, moved.balance;
    END IF;
    INSERT INTO each.entry
        (account_id, transfer_id, amount, previous_balance, current_balance, version)
    VALUES (p_id, p_transfer, p_amount, moved.balance - p_amount, moved.balance, moved.version);
END $$;

CREATE FUNCTION each.create_transfer(
    p_id uuid, p_from bigint, p_to bigint, p_amount bigint, p_event_at timestamptz, p_metadata jsonb
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    currencies text[];
BEGIN
    IF p_amount <= 0 OR p_from = p_to THEN
        RAISE EXCEPTION 'not a transfer';
    END IF;
    SELECT array_agg(currency) INTO currencies FROM (
        SELECT currency FROM each.account WHERE id IN (p_from, p_to) ORDER BY id FOR UPDATE) AS a;
    IF currencies[1] IS DISTINCT FROM currencies[2] THEN
        RAISE EXCEPTION 'two currencies';
    END IF;
    INSERT INTO each.transfer (id, from_id, to_id, amount, event_at, metadata)
    VALUES (p_id, p_from, p_to, p_amount, p_event_at, p_metadata);
    PERFORM each.move(p_from, p_id, -p_amount);
    PERFORM each.move(p_to, p_id, p_amount);
    RETURN p_id;
END $$;

CREATE FUNCTION each.create_transfers(
    p_ids uuid[], p_from bigint[], p_to bigint[], p_amounts bigint[], p_metadata jsonb[]
) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1 .. cardinality(p_ids) LOOP
        PERFORM each.create_transfer(
            p_ids[n], p_from[n], p_to[n], p_amounts[n], now(), p_metadata[n]);
    END LOOP;
    RETURN cardinality(p_ids);
END $$;
"""

BARE = """
CREATE SCHEMA bare;
CREATE TABLE bare.account (
    id bigint PRIMARY KEY, debits bigint NOT NULL DEFAULT 0, credits bigint NOT NULL DEFAULT 0,
    CHECK (credits >= debits)
) WITH (fillfactor = 90);
CREATE TABLE bare.transfer (
    id uuid PRIMARY KEY, debit_id bigint NOT NULL, credit_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0)
);
INSERT INTO bare.account
SELECT n, 0, 100000000000000 FROM generate_series(0, 9999) AS n;

CREATE FUNCTION bare.post(p_ids uuid[], p_from bigint[], p_to bigint[], p_amounts bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM bare.account WHERE id = ANY (p_from || p_to) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO bare.transfer SELECT * FROM unnest(p_ids, p_from, p_to, p_amounts);
    UPDATE bare.account AS a SET debits = debits + d, credits = credits + c FROM (
        SELECT id, sum(d)::bigint AS d, sum(c)::bigint AS c FROM (
            SELECT debit AS id, amount AS d, 0 AS c
            FROM unnest(p_from, p_amounts) AS t (debit, amount)
            UNION ALL SELECT credit, 0, amount FROM unnest(p_to, p_amounts) AS t (credit, amount)
        ) AS legs GROUP BY id) AS moved
    WHERE moved.id = a.id;
END $$;
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One transfer as an object."""

    id: UUID
    reference: str
    debit: int
    credit: int
    amount: int


class RowLocks:
    """One transaction per transfer: lock both rows in the order of their ids, check, write."""

    name = "row locks"
    balances = "SELECT balance FROM rows.account ORDER BY id"
    transfers = "SELECT count(*) FROM rows.transfer"

    def __init__(self, url: str) -> None:
        """Connect; statements are prepared at their first use."""
        self.connection = psycopg.connect(url, prepare_threshold=0)
        self.pid = self.connection.info.backend_pid

    def prepare(self, batch: Batch) -> list[Row]:
        """Return the batch as its transfers."""
        columns = (batch.debits.tolist(), batch.credits.tolist(), batch.amounts.tolist())
        rows = zip(batch.uuids(), batch.references, *columns, strict=True)
        return [Row(*row) for row in rows]

    def post(self, rows: list[Row]) -> None:
        """Post each in a transaction of its own."""
        for row in rows:
            self._post(row)

    def _post(self, row: Row) -> None:
        run = self.connection.execute
        found: dict[int, Any] = {
            account: (currency, balance)
            for account, currency, balance in run(
                "SELECT id, currency, balance FROM rows.account WHERE id IN (%s, %s)"
                " ORDER BY id FOR UPDATE",
                (row.debit, row.credit),
            )
        }
        if found[row.debit][0] != found[row.credit][0] or found[row.debit][1] < row.amount:
            self.connection.rollback()
            raise SystemExit("WRONG: a transfer was refused that had to be posted")
        run("UPDATE rows.account SET balance = balance - %s WHERE id = %s", (row.amount, row.debit))
        run(
            "UPDATE rows.account SET balance = balance + %s WHERE id = %s", (row.amount, row.credit)
        )
        run(
            "INSERT INTO rows.entry (id, kind, reference) VALUES (%s, 'prepaid_moved', %s)",
            (row.id, row.reference),
        )
        run(
            "INSERT INTO rows.transfer VALUES (%s, 0, %s, %s, %s)",
            (row.id, row.debit, row.credit, row.amount),
        )
        self.connection.commit()


class PerTransfer:
    """A batch is one call, its transfers are made one after the other."""

    name = "per transfer, bare"
    balances = "SELECT balance FROM each.account ORDER BY id"
    transfers = "SELECT count(*) FROM each.transfer"

    def __init__(self, url: str) -> None:
        """Connect; the statement is prepared at its first use."""
        self.connection = psycopg.connect(url, prepare_threshold=0)
        self.pid = self.connection.info.backend_pid

    def prepare(self, batch: Batch) -> list[list[object]]:
        """Return the batch as lists."""
        return [
            list(batch.uuids()),
            batch.debits.tolist(),
            batch.credits.tolist(),
            batch.amounts.tolist(),
            [Jsonb({"reference": reference}) for reference in batch.references],
        ]

    def post(self, columns: list[list[object]]) -> None:
        """Post the batch in one transaction."""
        self.connection.execute(
            "SELECT each.create_transfers(%s, %s::bigint[], %s::bigint[], %s::bigint[], %s)",
            columns,
        )
        self.connection.commit()


class BareSets:
    """A batch is one call and three statements over sets."""

    name = "bare sets"
    balances = "SELECT credits - debits FROM bare.account ORDER BY id"
    transfers = "SELECT count(*) FROM bare.transfer"

    def __init__(self, url: str) -> None:
        """Connect; the statement is prepared at its first use."""
        self.connection = psycopg.connect(url, prepare_threshold=0)
        self.pid = self.connection.info.backend_pid

    def prepare(self, batch: Batch) -> list[object]:
        """Return the batch as binary arrays, as ours is sent."""
        numbers = (batch.debits, batch.credits, batch.amounts)
        return [Uuid(batch.ids), *(Int8(column) for column in numbers)]

    def post(self, columns: list[object]) -> None:
        """Post the batch in one transaction."""
        with self.connection.cursor() as cursor:
            for kind, dumper in DUMPERS.items():
                cursor.adapters.register_dumper(kind, dumper)
            cursor.execute("SELECT bare.post(%s, %s, %s, %s)", columns)
        self.connection.commit()
