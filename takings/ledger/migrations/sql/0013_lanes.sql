-- 1. Standings lie in the order in which they were written. Each names the posting that wrote the one
-- before it, and which one of its lane it is; every sixteenth is a milestone, found by its time.
ALTER TABLE ledger_standing RENAME TO ledger_standing_before;
ALTER TABLE ledger_standing_before
    RENAME CONSTRAINT ledger_standing_pkey TO ledger_standing_before_pkey;
DROP INDEX standing_by_posting;
CREATE TABLE ledger_standing (
    posting bigint NOT NULL,
    account_id bigint NOT NULL,
    posted_at timestamptz NOT NULL,
    debits_micros bigint NOT NULL,
    credits_micros bigint NOT NULL,
    held_debits_micros bigint NOT NULL DEFAULT 0,
    held_credits_micros bigint NOT NULL DEFAULT 0,
    floor_micros bigint,
    previous bigint,
    step integer NOT NULL,
    lane smallint NOT NULL,
    is_credit boolean NOT NULL,
    CONSTRAINT totals_never_below_zero CHECK (
        least(debits_micros, credits_micros, held_debits_micros, held_credits_micros) >= 0),
    CONSTRAINT balance_not_below_floor CHECK (floor_micros IS NULL OR CASE
        WHEN is_credit THEN credits_micros - debits_micros - held_debits_micros
        ELSE debits_micros - credits_micros - held_credits_micros END >= floor_micros),
    CONSTRAINT standing_follows_another CHECK (
        step >= 1 AND (previous IS NULL) = (step = 1) AND previous < posting IS NOT FALSE)
);
INSERT INTO ledger_standing
SELECT posting, account_id, posted_at, debits_micros, credits_micros, held_debits_micros,
    held_credits_micros, floor_micros, lag(posting) OVER lane, row_number() OVER lane, lane, is_credit
FROM ledger_standing_before
WINDOW lane AS (PARTITION BY account_id, lane ORDER BY posted_at, posting)
ORDER BY posting, account_id, lane;
ALTER TABLE ledger_standing ADD PRIMARY KEY (posting, account_id, lane);
CREATE INDEX standing_milestone ON ledger_standing (account_id, lane, posted_at, posting)
    WHERE step % 16 = 0;
CREATE TRIGGER standings_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_standing
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
SELECT ledger_guard('ledger_standing');

-- 2. The newest standing of every lane, once more and in one small place, so that who posts need not
-- look for it. It is the only balance that is overwritten; check_books proves it.
CREATE TABLE ledger_lane (
    account_id bigint NOT NULL,
    posting bigint,
    posted_at timestamptz,
    debits_micros bigint NOT NULL DEFAULT 0,
    credits_micros bigint NOT NULL DEFAULT 0,
    step integer NOT NULL DEFAULT 0,  -- what follows seldom changes: less to log
    lane smallint NOT NULL,
    held_debits_micros bigint NOT NULL DEFAULT 0,
    held_credits_micros bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, lane)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 1000);
INSERT INTO ledger_lane (account_id, lane)
SELECT id, lane FROM ledger_account, generate_series(0, lane_count - 1) AS lane ORDER BY id, lane;
UPDATE ledger_lane AS l SET posting = s.posting, posted_at = s.posted_at,
    debits_micros = s.debits_micros, credits_micros = s.credits_micros,
    held_debits_micros = s.held_debits_micros, held_credits_micros = s.held_credits_micros,
    step = s.step
FROM (
    SELECT DISTINCT ON (account_id, lane) * FROM ledger_standing ORDER BY account_id, lane, step DESC
) AS s WHERE (s.account_id, s.lane) = (l.account_id, l.lane);
CREATE TRIGGER lanes_never_go BEFORE DELETE OR TRUNCATE ON ledger_lane
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER rows_come_by_posting BEFORE INSERT OR UPDATE ON ledger_lane
    FOR EACH STATEMENT WHEN (current_setting('takings.posting', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION rows_come_by_posting();

CREATE FUNCTION ledger_make_lanes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_lane (account_id, lane)
    SELECT NEW.id, lane FROM generate_series(0, NEW.lane_count - 1) AS lane ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER account_has_its_lanes AFTER INSERT OR UPDATE OF lane_count ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_make_lanes();

-- 3. What a lane stood at after the posting at or before an instant: from the first milestone after
-- it, or from the newest, at most sixteen steps back.
CREATE FUNCTION ledger_stood(
    p_account bigint, p_lane integer, p_at timestamptz, p_posting bigint DEFAULT 9223372036854775807
) RETURNS SETOF ledger_standing LANGUAGE sql STABLE ROWS 1 AS $$
    WITH RECURSIVE back AS (
        SELECT s.* FROM (
            (SELECT posting FROM ledger_standing WHERE account_id = p_account AND lane = p_lane
                AND step % 16 = 0 AND (posted_at, posting) >= (p_at, p_posting)
            ORDER BY posted_at, posting LIMIT 1)
            UNION ALL
            SELECT posting FROM ledger_lane WHERE account_id = p_account AND lane = p_lane
            LIMIT 1
        ) AS later CROSS JOIN LATERAL (SELECT * FROM ledger_standing WHERE posting = later.posting
            AND account_id = p_account AND lane = p_lane OFFSET 0) AS s
        UNION ALL
        SELECT s.* FROM back CROSS JOIN LATERAL (SELECT * FROM ledger_standing
            WHERE posting = back.previous AND account_id = p_account AND lane = p_lane OFFSET 0) AS s
        WHERE (back.posted_at, back.posting) > (p_at, p_posting)
    )
    SELECT * FROM back WHERE (posted_at, posting) <= (p_at, p_posting)
$$;

-- That, and so many before it, newest first.
CREATE FUNCTION ledger_trail(
    p_account bigint, p_lane integer, p_at timestamptz, p_posting bigint, p_count integer
) RETURNS TABLE (posting bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE back AS (
        SELECT posting, previous, 1 AS n FROM ledger_stood(p_account, p_lane, p_at, p_posting)
        UNION ALL
        SELECT s.posting, s.previous, n + 1
        FROM back CROSS JOIN LATERAL (SELECT * FROM ledger_standing
            WHERE posting = back.previous AND account_id = p_account AND lane = p_lane OFFSET 0) AS s
        WHERE n < p_count
    )
    SELECT posting FROM back
$$;

-- 4. What every account stands at now: the newest standing of each of its lanes.
CREATE OR REPLACE VIEW ledger_balance AS
SELECT a.id AS account_id, a.name, a.currency, a.side, a.floor_micros,
    coalesce(s.debits_micros, 0) AS debits_micros, coalesce(s.credits_micros, 0) AS credits_micros,
    coalesce(s.held_debits_micros, 0) AS held_debits_micros,
    coalesce(s.held_credits_micros, 0) AS held_credits_micros
FROM ledger_account a
LEFT JOIN LATERAL (
    SELECT sum(s.debits_micros)::bigint AS debits_micros,
        sum(s.credits_micros)::bigint AS credits_micros,
        sum(s.held_debits_micros)::bigint AS held_debits_micros,
        sum(s.held_credits_micros)::bigint AS held_credits_micros
    FROM ledger_lane l CROSS JOIN LATERAL (
        SELECT * FROM ledger_standing s WHERE s.posting = l.posting
            AND s.account_id = l.account_id AND s.lane = l.lane OFFSET 0
    ) AS s
    WHERE l.account_id = a.id
) AS s ON true;
DROP TABLE ledger_standing_before;
