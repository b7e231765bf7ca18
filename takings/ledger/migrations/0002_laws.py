"""The laws that PostgreSQL itself holds over the books.

1. Posted rows refuse UPDATE, DELETE and TRUNCATE.
2. Both accounts of a transfer hold its currency.
3. Balances move only by inserting transfers, in id order, so that two posters never deadlock.
4. An entry has exactly the transfers it was posted with, from its own transaction on.
"""

from django.db import migrations

NEVER_CHANGE = """
CREATE FUNCTION rows_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% refuses %: its rows never change; write a new row instead',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

ENTRY_AND_TRANSFER = """
CREATE SEQUENCE ledger_entry_number_seq AS bigint OWNED BY ledger_entry.number;
ALTER TABLE ledger_entry ALTER COLUMN number SET DEFAULT nextval('ledger_entry_number_seq');

CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER transfers_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();

ALTER TABLE ledger_transfer
    ADD CONSTRAINT accounts_share_a_currency_debit
        FOREIGN KEY (debit_id, currency) REFERENCES ledger_account (id, currency),
    ADD CONSTRAINT accounts_share_a_currency_credit
        FOREIGN KEY (credit_id, currency) REFERENCES ledger_account (id, currency);
"""

ACCOUNT = """
CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.debits_micros <> 0 OR NEW.credits_micros <> 0 THEN
            RAISE EXCEPTION 'account % must start at zero', NEW.name
                USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF (NEW.id, NEW.name, NEW.currency, NEW.side, NEW.floor_micros)
            IS DISTINCT FROM (OLD.id, OLD.name, OLD.currency, OLD.side, OLD.floor_micros) THEN
        RAISE EXCEPTION 'account % never changes, only its balance does', OLD.name
            USING ERRCODE = 'restrict_violation';
    ELSIF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the balance of % moves only by transfers', OLD.name
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER account_is_guarded BEFORE INSERT OR UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_account();
CREATE TRIGGER accounts_never_go BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
ALTER TABLE ledger_account SET (fillfactor = 90);
"""

MOVE_BALANCES = """
CREATE FUNCTION ledger_move_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger_account
        WHERE id IN (SELECT debit_id FROM posted UNION SELECT credit_id FROM posted)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_account AS account
        SET debits_micros = account.debits_micros + moved.debits,
            credits_micros = account.credits_micros + moved.credits
        FROM (
            SELECT id, sum(debits)::bigint AS debits, sum(credits)::bigint AS credits
            FROM (
                SELECT debit_id AS id, amount_micros AS debits, 0 AS credits FROM posted
                UNION ALL
                SELECT credit_id, 0, amount_micros FROM posted
            ) AS sides
            GROUP BY id
        ) AS moved
        WHERE account.id = moved.id;
    RETURN NULL;
END $$;

CREATE TRIGGER balances_move_with_transfers AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_move_balances();
"""

WHOLE_ENTRY = """
CREATE FUNCTION ledger_entry_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_transfer WHERE entry_id = NEW.id) <> NEW.transfer_count THEN
        RAISE EXCEPTION 'entry % must have exactly % transfers', NEW.id, NEW.transfer_count
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_is_whole AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_whole();

CREATE FUNCTION ledger_entry_takes_no_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM posted JOIN ledger_entry ON ledger_entry.id = posted.entry_id
        WHERE posted.position >= ledger_entry.transfer_count
    ) THEN
        RAISE EXCEPTION 'an entry takes no more transfers than it was posted with'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entry_takes_no_more AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_takes_no_more();
"""

UNDO = """
DROP TRIGGER entry_takes_no_more ON ledger_transfer;
DROP TRIGGER entry_is_whole ON ledger_entry;
DROP TRIGGER balances_move_with_transfers ON ledger_transfer;
DROP TRIGGER accounts_never_go ON ledger_account;
DROP TRIGGER account_is_guarded ON ledger_account;
DROP TRIGGER transfers_never_change ON ledger_transfer;
DROP TRIGGER entries_never_change ON ledger_entry;
ALTER TABLE ledger_transfer
    DROP CONSTRAINT accounts_share_a_currency_debit,
    DROP CONSTRAINT accounts_share_a_currency_credit;
ALTER TABLE ledger_entry ALTER COLUMN number DROP DEFAULT;
DROP SEQUENCE ledger_entry_number_seq;
DROP FUNCTION ledger_entry_takes_no_more(), ledger_entry_is_whole(), ledger_move_balances(),
    ledger_guard_account(), rows_never_change();
"""


class Migration(migrations.Migration):
    """Adds the laws; nothing of the data changes."""

    dependencies = [("ledger", "0001_books")]

    operations = [
        migrations.RunSQL(
            sql=NEVER_CHANGE + ENTRY_AND_TRANSFER + ACCOUNT + MOVE_BALANCES + WHOLE_ENTRY,
            reverse_sql=UNDO,
        )
    ]
