-- 1. An account's id carries its currency: id = n · 27⁴ + the code read in base 27.
DROP TRIGGER account_is_guarded ON ledger_account;
DROP TRIGGER accounts_never_go ON ledger_account;
DROP TRIGGER entry_is_whole ON ledger_entry;
DROP TRIGGER entries_wait_for_their_seal ON ledger_entry;
DROP TRIGGER entries_never_change ON ledger_entry;
DROP TRIGGER balances_move_with_transfers ON ledger_transfer;
DROP TRIGGER entry_takes_no_more ON ledger_transfer;
DROP TRIGGER transfers_never_change ON ledger_transfer;
DROP FUNCTION ledger_guard_account, ledger_entry_is_whole, ledger_queue_for_seal,
    ledger_move_balances, ledger_entry_takes_no_more;
ALTER TABLE ledger_transfer
    DROP CONSTRAINT accounts_share_a_currency_debit,
    DROP CONSTRAINT accounts_share_a_currency_credit;
ALTER TABLE ledger_transfer RENAME TO ledger_transfer_before;

CREATE FUNCTION ledger_currency_number(code text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    (ascii(code) - 64) * 19683 + (ascii(substr(code, 2)) - 64) * 729
    + (ascii(substr(code, 3)) - 64) * 27 + greatest(ascii(substr(code, 4)) - 64, 0);

ALTER TABLE ledger_account
    DROP CONSTRAINT account_holds_one_currency,
    DROP CONSTRAINT balance_not_below_floor,
    DROP CONSTRAINT totals_never_shrink_below_zero,
    DROP COLUMN debits_micros,
    DROP COLUMN credits_micros,
    ALTER COLUMN id DROP IDENTITY,
    ADD COLUMN was bigint;
UPDATE ledger_account SET was = id, id = id * 531441 + ledger_currency_number(currency);
ALTER TABLE ledger_account
    ADD COLUMN ceiling_micros bigint,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN lane_count smallint NOT NULL DEFAULT 1,
    ADD CONSTRAINT account_id_carries_its_currency
        CHECK (id % 531441 = ledger_currency_number(currency)),
    ADD CONSTRAINT account_has_lanes CHECK (lane_count BETWEEN 1 AND 16),
    ADD CONSTRAINT ceiling_is_positive CHECK (ceiling_micros > 0),
    SET (fillfactor = 90);
UPDATE ledger_account SET lane_count = CASE WHEN name ~ '^creator:' THEN 4 ELSE 16 END
    WHERE name ~ '^(provider:|creator:.*:pending$|coins:|platform:)';
CREATE SEQUENCE ledger_account_sequence AS bigint;
SELECT setval('ledger_account_sequence', coalesce(max(was), 0) + 1, false) FROM ledger_account;

-- 2. Entries are numbered from the number of their posting on.
ALTER TABLE ledger_entry
    ALTER COLUMN number DROP DEFAULT,
    DROP COLUMN digest;
DO $$ DECLARE old text; BEGIN  -- a null in an index for every entry, a look for every row: too dear
    FOR old IN SELECT conname FROM pg_constraint WHERE conrelid = 'ledger_entry'::regclass
        AND conname LIKE 'ledger_entry_reverses_id%' ORDER BY contype
    LOOP EXECUTE format('ALTER TABLE ledger_entry DROP CONSTRAINT %I', old); END LOOP;
END $$;
CREATE UNIQUE INDEX entry_is_reversed_once ON ledger_entry (reverses_id)
    WHERE reverses_id IS NOT NULL;
DROP SEQUENCE ledger_entry_number_seq;
CREATE TABLE ledger_posting (
    number bigint PRIMARY KEY,
    posted_at timestamptz NOT NULL,
    item_count integer NOT NULL CONSTRAINT posting_has_items CHECK (item_count >= 1)
);
INSERT INTO ledger_posting SELECT number, posted_at, 1 FROM ledger_entry ORDER BY number;
CREATE SEQUENCE ledger_posting_sequence AS bigint;  -- a posting's number is this · 2¹⁷
SELECT setval('ledger_posting_sequence', coalesce(max(number), 0) / 131072 + 1, false)
    FROM ledger_entry;

-- 3. Transfers lie by the month they were posted in; what has no month yet, in the last one.
CREATE TABLE ledger_transfer (
    entry_number bigint NOT NULL,
    position integer NOT NULL,
    posted_at timestamptz NOT NULL,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    currency varchar(4) NOT NULL,
    amount_micros bigint NOT NULL,
    PRIMARY KEY (entry_number, position, posted_at),
    CONSTRAINT amount_is_positive CHECK (amount_micros > 0),
    CONSTRAINT accounts_differ CHECK (debit_id <> credit_id),
    CONSTRAINT accounts_share_a_currency CHECK (
        debit_id % 531441 = ledger_currency_number(currency)
        AND credit_id % 531441 = debit_id % 531441)
) PARTITION BY RANGE (posted_at);
CREATE TABLE ledger_transfer_undated PARTITION OF ledger_transfer DEFAULT;

CREATE FUNCTION ledger_guard_month(month regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER transfers_never_change
        BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change()', month);
END $$;
SELECT ledger_guard_month('ledger_transfer_undated');

CREATE FUNCTION ledger_open_month(month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', month);
    table_name text := 'ledger_transfer_' || to_char(first, 'YYYY_MM');
BEGIN
    IF to_regclass(table_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF ledger_transfer FOR VALUES FROM (%L) TO (%L)',
        table_name, first::timestamp AT TIME ZONE 'UTC',
        (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    PERFORM ledger_guard_month(table_name::regclass);
    RETURN true;
END $$;
SELECT ledger_open_month(month::date) FROM generate_series(
    date_trunc('month', (SELECT coalesce(min(posted_at), now()) FROM ledger_posting)),
    now() + interval '2 months', interval '1 month') AS month;

INSERT INTO ledger_transfer
SELECT e.number, t.position, e.posted_at, d.id, c.id, t.currency, t.amount_micros
FROM ledger_transfer_before t
JOIN ledger_entry e ON e.id = t.entry_id
JOIN ledger_account d ON d.was = t.debit_id
JOIN ledger_account c ON c.was = t.credit_id
ORDER BY e.number, t.position;
DROP TABLE ledger_transfer_before;
ALTER TABLE ledger_account DROP COLUMN was;

-- 4. What an account stood at after a posting; lanes let many post to a busy account at once.
CREATE TABLE ledger_standing (
    account_id bigint NOT NULL,
    lane smallint NOT NULL,
    posted_at timestamptz NOT NULL,
    posting bigint NOT NULL,
    debits_micros bigint NOT NULL,
    credits_micros bigint NOT NULL,
    held_debits_micros bigint NOT NULL DEFAULT 0,
    held_credits_micros bigint NOT NULL DEFAULT 0,
    is_credit boolean NOT NULL,
    floor_micros bigint,
    PRIMARY KEY (account_id, lane, posted_at, posting),
    CONSTRAINT totals_never_below_zero CHECK (
        least(debits_micros, credits_micros, held_debits_micros, held_credits_micros) >= 0),
    CONSTRAINT balance_not_below_floor CHECK (floor_micros IS NULL OR CASE
        WHEN is_credit THEN credits_micros - debits_micros - held_debits_micros
        ELSE debits_micros - credits_micros - held_credits_micros END >= floor_micros)
);
INSERT INTO ledger_standing
SELECT account_id, 0, max(posted_at) OVER (PARTITION BY account_id ORDER BY number), number,
    sum(debits) OVER (PARTITION BY account_id ORDER BY number),
    sum(credits) OVER (PARTITION BY account_id ORDER BY number),
    0, 0, side = 'credit', floor_micros
FROM (
    SELECT account_id, entry_number AS number, max(posted_at) AS posted_at,
        sum(debits) AS debits, sum(credits) AS credits
    FROM (
        SELECT debit_id AS account_id, entry_number, posted_at, amount_micros AS debits,
            0 AS credits FROM ledger_transfer
        UNION ALL
        SELECT credit_id, entry_number, posted_at, 0, amount_micros FROM ledger_transfer
    ) AS legs GROUP BY account_id, entry_number
) AS moved JOIN ledger_account ON id = account_id;

-- 5. Money held for a while, the end of each hold, and the ids that were refused.
CREATE TABLE ledger_hold (
    id uuid PRIMARY KEY,
    number bigint NOT NULL UNIQUE,
    kind varchar(40) NOT NULL,
    reference varchar(200) NOT NULL,
    policy_version varchar(40) NOT NULL,
    memo varchar(500) NOT NULL,
    occurred_at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL,
    expires_at timestamptz,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    currency varchar(4) NOT NULL,
    amount_micros bigint NOT NULL CONSTRAINT held_amount_is_positive CHECK (amount_micros > 0),
    CONSTRAINT held_accounts_differ CHECK (debit_id <> credit_id),
    CONSTRAINT held_accounts_share_a_currency CHECK (
        debit_id % 531441 = ledger_currency_number(currency)
        AND credit_id % 531441 = debit_id % 531441)
);
CREATE TABLE ledger_holdend (
    hold_id uuid PRIMARY KEY REFERENCES ledger_hold,
    number bigint NOT NULL UNIQUE,
    outcome varchar(10) NOT NULL
        CONSTRAINT hold_ends_in_one_way CHECK (outcome IN ('posted', 'voided', 'expired')),
    entry_id uuid UNIQUE,
    ended_at timestamptz NOT NULL,
    CONSTRAINT posted_hold_has_its_entry CHECK ((outcome = 'posted') = (entry_id IS NOT NULL))
);
CREATE TABLE ledger_refusal (
    id uuid PRIMARY KEY,
    number bigint NOT NULL,
    code smallint NOT NULL CONSTRAINT refusal_has_a_code CHECK (code > 2),
    kind varchar(40) NOT NULL,
    reference varchar(200) NOT NULL,
    refused_at timestamptz NOT NULL
);
CREATE INDEX refusal_by_number ON ledger_refusal (number);
CREATE TABLE ledger_periodlock (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    locked_before timestamptz NOT NULL,
    reason varchar(200) NOT NULL,
    locked_at timestamptz NOT NULL
);
CREATE TABLE ledger_exchangerate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    base varchar(4) NOT NULL,
    quote varchar(4) NOT NULL,
    valid_on date NOT NULL,
    rate numeric(28, 12) NOT NULL CONSTRAINT rate_is_positive CHECK (rate > 0),
    source varchar(80) NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT rate_is_one_per_day UNIQUE (base, quote, valid_on),
    CONSTRAINT rate_is_between_two_currencies CHECK (base <> quote)
);
CREATE TABLE ledger_accountchange (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES ledger_account,
    ceiling_micros bigint,
    closed_at timestamptz,
    reason varchar(200) NOT NULL,
    changed_at timestamptz NOT NULL
);

-- 6. Rows never change, whoever asks. Of an account, its ceiling and its closing may.
CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER transfers_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER postings_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER standings_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_standing
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER holds_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER hold_ends_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_holdend
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER refusals_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER period_locks_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_periodlock
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER exchange_rates_never_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_exchangerate
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER account_changes_never_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_accountchange
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER accounts_never_go BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();

CREATE FUNCTION ledger_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.name, NEW.currency, NEW.side, NEW.floor_micros)
            IS DISTINCT FROM (OLD.id, OLD.name, OLD.currency, OLD.side, OLD.floor_micros) THEN
        RAISE EXCEPTION 'account % never changes; only its ceiling and its closing do', OLD.name
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_is_guarded BEFORE UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_account();

-- 7. Rows come in by ledger_post (0006) alone, whoever asks: takings.posting is on inside of it and
-- nowhere else. The condition costs nothing where rows do come by posting.
CREATE FUNCTION rows_come_by_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes rows from ledger_post alone', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION ledger_guard(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($f$CREATE TRIGGER rows_come_by_posting BEFORE INSERT ON %s
        FOR EACH STATEMENT WHEN (current_setting('takings.posting', true) IS DISTINCT FROM 'on')
        EXECUTE FUNCTION rows_come_by_posting()$f$, guarded);
END $$;
SELECT ledger_guard(('ledger_' || guarded)::regclass) FROM unnest('{account,entry,transfer,posting,
    standing,hold,holdend,refusal,accountchange}'::text[]) AS guarded;
SELECT ledger_guard(inhrelid) FROM pg_inherits WHERE inhparent = 'ledger_transfer'::regclass;
CREATE OR REPLACE FUNCTION ledger_guard_month(month regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER transfers_never_change
        BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change()', month);
    PERFORM ledger_guard(month);
END $$;

-- 8. What every account stands at now, in constant time: one step in an index per lane.
CREATE VIEW ledger_balance AS
SELECT a.id AS account_id, a.name, a.currency, a.side, a.floor_micros,
    coalesce(s.debits_micros, 0) AS debits_micros, coalesce(s.credits_micros, 0) AS credits_micros,
    coalesce(s.held_debits_micros, 0) AS held_debits_micros,
    coalesce(s.held_credits_micros, 0) AS held_credits_micros
FROM ledger_account a
LEFT JOIN LATERAL (
    SELECT sum(debits_micros)::bigint AS debits_micros, sum(credits_micros)::bigint AS credits_micros,
        sum(held_debits_micros)::bigint AS held_debits_micros,
        sum(held_credits_micros)::bigint AS held_credits_micros
    FROM generate_series(0, a.lane_count - 1) AS lane
    CROSS JOIN LATERAL (
        SELECT * FROM ledger_standing s
        WHERE s.account_id = a.id AND s.lane = lane.lane
        ORDER BY s.posted_at DESC, s.posting DESC LIMIT 1
    ) AS last
) AS s ON true;
