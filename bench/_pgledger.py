"""What people run who keep a ledger by functions in PostgreSQL: the way of pgledger, written anew.

Read of pgledger (github.com/pgr0ss/pgledger, 2026) and done here likewise: ids are a prefix and a
ULID as text, made in PL/pgSQL, a character a step, of a UUIDv7 that is asked for by EXECUTE; money
is numeric; a call takes composite requests, locks every account once in the order of ids, and makes
its transfers one after the other: two accounts overwritten (balance, version, time) and looked at,
a transfer, two entries with the balance before and after; then it reads the transfers back. Keys,
indexes, foreign keys and checks are the same ones. Left out is the path for servers older than 18,
which does not run. It has no id of the caller's own against doing a thing twice.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench._transfers import Batch


def _character(place: int) -> str:
    """Return the SQL of one of the 26 characters of a ULID: five bits; two before are none."""
    byte, shift = divmod(5 * place - 2, 8)
    if place == 0:
        bits = "get_byte(bytes, 0) >> 5"
    elif shift <= 3:
        bits = f"get_byte(bytes, {byte}) >> {3 - shift} & 31"
    else:
        bits = (
            f"(get_byte(bytes, {byte}) << {shift - 3} & 31)"
            f" | (get_byte(bytes, {byte + 1}) >> {11 - shift})"
        )
    return f"    told = told || chr(get_byte(letters, {bits}));\n"


ULID = (
    """
CREATE SCHEMA led;
CREATE FUNCTION led.ulid(id uuid) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    letters bytea = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    told text = '';
    bytes bytea = uuid_send(id);
BEGIN
"""
    + "".join(_character(place) for place in range(26))
    + """    RETURN told;
END $$;
"""
)
TABLES = """
CREATE FUNCTION led.has_uuidv7() RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'uuidv7')
$$;
CREATE FUNCTION led.new_uuid() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    made uuid;
BEGIN
    IF NOT led.has_uuidv7() THEN
        RAISE EXCEPTION 'this needs PostgreSQL 18';
    END IF;
    EXECUTE 'SELECT uuidv7()' INTO made;
    RETURN made;
END $$;
CREATE FUNCTION led.new_id(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT prefix || '_' || led.ulid(led.new_uuid())
$$;

CREATE TABLE led.account (
    id text PRIMARY KEY DEFAULT led.new_id('acct'), name text NOT NULL, currency text NOT NULL,
    balance numeric NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0,
    allow_negative boolean NOT NULL, allow_positive boolean NOT NULL, metadata jsonb,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
);
CREATE TABLE led.transfer (
    id text PRIMARY KEY DEFAULT led.new_id('move'), from_id text NOT NULL REFERENCES led.account,
    to_id text NOT NULL REFERENCES led.account, amount numeric NOT NULL,
    created_at timestamptz NOT NULL, event_at timestamptz NOT NULL, metadata jsonb,
    CHECK (amount > 0 AND from_id <> to_id)
);
CREATE INDEX ON led.transfer (from_id);
CREATE INDEX ON led.transfer (to_id);
CREATE INDEX ON led.transfer (event_at);
CREATE TABLE led.entry (
    id text PRIMARY KEY DEFAULT led.new_id('side'), account_id text NOT NULL REFERENCES led.account,
    transfer_id text NOT NULL REFERENCES led.transfer, amount numeric NOT NULL,
    previous_balance numeric NOT NULL, current_balance numeric NOT NULL, version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ON led.entry (account_id);
CREATE INDEX ON led.entry (transfer_id);
CREATE TYPE led.request AS (from_id text, to_id text, amount numeric);

CREATE FUNCTION led.look_at(a led.account) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT a.allow_negative AND a.balance < 0 THEN
        RAISE EXCEPTION 'account % (%) may not stand below zero', a.id, a.name;
    END IF;
    IF NOT a.allow_positive AND a.balance > 0 THEN
        RAISE EXCEPTION 'account % (%) may not stand above zero', a.id, a.name;
    END IF;
END $$;

CREATE FUNCTION led.move(requests led.request[], p_event_at timestamptz, p_metadata jsonb)
RETURNS SETOF led.transfer LANGUAGE plpgsql AS $$
DECLARE
    request led.request;
    touched text[] := '{}';
    made text[] := '{}';
    giver led.account;
    taker led.account;
    key text;
BEGIN
    FOREACH request IN ARRAY requests LOOP
        touched := array_append(touched, request.from_id);
        touched := array_append(touched, request.to_id);
    END LOOP;
    touched := ARRAY(SELECT DISTINCT id FROM unnest(touched) AS id ORDER BY id);
    FOREACH key IN ARRAY touched LOOP
        PERFORM id FROM led.account WHERE id = key FOR UPDATE;
    END LOOP;
    FOREACH request IN ARRAY requests LOOP
        IF request.amount <= 0 THEN
            RAISE EXCEPTION 'amount % is not positive', request.amount;
        END IF;
        IF request.from_id = request.to_id THEN
            RAISE EXCEPTION 'account % cannot give to itself', request.from_id;
        END IF;
        UPDATE led.account SET balance = balance - request.amount, version = version + 1,
            updated_at = now() WHERE id = request.from_id RETURNING * INTO giver;
        PERFORM led.look_at(giver);
        UPDATE led.account SET balance = balance + request.amount, version = version + 1,
            updated_at = now() WHERE id = request.to_id RETURNING * INTO taker;
        PERFORM led.look_at(taker);
        IF giver.currency <> taker.currency THEN
            RAISE EXCEPTION '% cannot become %', giver.currency, taker.currency;
        END IF;
        INSERT INTO led.transfer (from_id, to_id, amount, created_at, event_at, metadata)
        VALUES (request.from_id, request.to_id, request.amount, now(),
            coalesce(p_event_at, now()), p_metadata)
        RETURNING id INTO key;
        made := array_append(made, key);
        INSERT INTO led.entry (account_id, transfer_id, amount, previous_balance, current_balance,
            version, created_at)
        VALUES (request.from_id, key, -request.amount, giver.balance + request.amount,
            giver.balance, giver.version, now());
        INSERT INTO led.entry (account_id, transfer_id, amount, previous_balance, current_balance,
            version, created_at)
        VALUES (request.to_id, key, request.amount, taker.balance - request.amount,
            taker.balance, taker.version, now());
    END LOOP;
    RETURN QUERY SELECT * FROM led.transfer WHERE id = ANY (made) ORDER BY id;
END $$;

INSERT INTO led.account (name, currency, balance, allow_negative, allow_positive, created_at,
    updated_at)
SELECT 'account.' || n, 'USD', 100000000000000, false, true, now(), now()
FROM generate_series(0, 9999) AS n;
"""


@dataclass(slots=True)
class Pgledger:
    """A batch is one call of the function; its ids are made in the database and come back."""

    url: str
    name: str = "pgledger's way"
    balances: str = "SELECT balance::bigint FROM led.account ORDER BY id"
    transfers: str = "SELECT count(*) FROM led.transfer"
    connection: psycopg.Connection[Any] = field(init=False)
    pid: int = field(init=False)
    ids: list[str] = field(init=False)

    def __post_init__(self) -> None:
        """Connect, and learn the ids of the accounts."""
        self.connection = psycopg.connect(self.url, prepare_threshold=0)
        self.pid = self.connection.info.backend_pid
        rows = self.connection.execute("SELECT id FROM led.account ORDER BY id").fetchall()
        self.ids = [id for (id,) in rows]  # noqa: A001 - as in the books

    def prepare(self, batch: Batch) -> list[object]:
        """Return the batch as lists; one piece of metadata is for all of a call."""
        return [
            [self.ids[number] for number in batch.debits.tolist()],
            [self.ids[number] for number in batch.credits.tolist()],
            [Decimal(amount) for amount in batch.amounts.tolist()],
            Jsonb({"reference": batch.references[0]}),
        ]

    def post(self, columns: list[object]) -> None:
        """Post the batch in one transaction."""
        made = self.connection.execute(
            "SELECT id FROM led.move(ARRAY(SELECT ROW(f, t, a)::led.request"
            " FROM unnest(%s::text[], %s::text[], %s::numeric[]) AS u (f, t, a)), NULL, %s)",
            columns,
        ).fetchall()
        self.connection.commit()
        assert len(made) == len(columns[0])  # type: ignore[arg-type]  # a list
