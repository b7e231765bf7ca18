-- Whether a decrease of an account could fail, in whatever order and whoever else fails; or its totals
-- could grow too large. Of an account that is not there, everything can.
CREATE FUNCTION ledger_could_fail(
    is_credit boolean, floor bigint, debits bigint, credits bigint, held_debits bigint,
    held_credits bigint, more_debits bigint, more_credits bigint
) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN
    is_credit IS NULL
        OR CASE WHEN floor IS NULL THEN false
            WHEN is_credit THEN credits - debits - held_debits - floor < more_debits
            ELSE debits - credits - held_credits - floor < more_credits END
        OR debits > 9223372036854775807 - more_debits
        OR credits > 9223372036854775807 - more_credits
        OR more_debits = 9223372036854775807 OR more_credits = 9223372036854775807;

-- Let every lane that moves stand at something new: append its standing, overwrite its row. Nobody
-- else writes the lanes' rows (ledger_lock), so they are still where they were read, and need no
-- second search. Returns how many there were and how many were not where they should be.
CREATE FUNCTION ledger_move(
    l ledger_lanes, p_accounts bigint[], p_debits bigint[], p_credits bigint[],
    p_held_debits bigint[], p_held_credits bigint[], p_at timestamptz, p_number bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    written bigint;
    kept bigint;
BEGIN
    INSERT INTO ledger_standing (posting, account_id, lane, posted_at, debits_micros,
        credits_micros, held_debits_micros, held_credits_micros, is_credit, floor_micros,
        previous, step)
    SELECT p_number, id, lane, p_at, debits + more_debits, credits + more_credits,
        held_debits + coalesce(more_held_debits, 0), held_credits + coalesce(more_held_credits, 0),
        is_credit, floor, previous, step + 1
    FROM (SELECT unnest(p_accounts) AS id, unnest(l.lanes) AS lane, unnest(l.debits) AS debits,
        unnest(l.credits) AS credits, unnest(l.held_debits) AS held_debits,
        unnest(l.held_credits) AS held_credits, unnest(l.is_credit) AS is_credit,
        unnest(l.floors) AS floor, unnest(l.previous) AS previous, unnest(l.steps) AS step,
        unnest(p_debits) AS more_debits, unnest(p_credits) AS more_credits,
        unnest(p_held_debits) AS more_held_debits, unnest(p_held_credits) AS more_held_credits) AS t
    WHERE more_debits <> 0 OR more_credits <> 0 OR more_held_debits <> 0 OR more_held_credits <> 0;
    GET DIAGNOSTICS written = ROW_COUNT;
    UPDATE ledger_lane SET posting = p_number, posted_at = p_at, step = step + 1,
        debits_micros = debits_micros + more_debits, credits_micros = credits_micros + more_credits,
        held_debits_micros = held_debits_micros + coalesce(more_held_debits, 0),
        held_credits_micros = held_credits_micros + coalesce(more_held_credits, 0)
    FROM (SELECT unnest(l.tids) AS tid, unnest(p_debits) AS more_debits,
        unnest(p_credits) AS more_credits, unnest(p_held_debits) AS more_held_debits,
        unnest(p_held_credits) AS more_held_credits) AS t
    WHERE ledger_lane.ctid = tid AND (more_debits <> 0 OR more_credits <> 0
        OR more_held_debits <> 0 OR more_held_credits <> 0);
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN written - kept;
END $$;

-- The common case: nothing is contested. Returns when it was posted, or NULL: somebody must look at
-- it one by one.
CREATE FUNCTION ledger_move_plainly(
    l ledger_lanes, p_accounts bigint[], p_debits bigint[], p_credits bigint[], p_at timestamptz,
    p_number bigint
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := greatest(p_at, l.last_at);
BEGIN
    IF (SELECT bool_or(ledger_could_fail(is_credit, floor, debits, credits, held_debits, held_credits,
            more_debits, more_credits))
            FROM (SELECT unnest(l.is_credit) AS is_credit, unnest(l.floors) AS floor,
            unnest(l.debits) AS debits, unnest(l.credits) AS credits,
            unnest(l.held_debits) AS held_debits, unnest(l.held_credits) AS held_credits,
            unnest(p_debits) AS more_debits, unnest(p_credits) AS more_credits) AS t) THEN
        RETURN NULL;
    END IF;
    PERFORM ledger_refuse_missing(
        ledger_move(l, p_accounts, p_debits, p_credits, NULL, NULL, at, p_number));
    RETURN at;
END $$;

-- Accounts that were needed whole: every lane stands at this now. Returns how many lanes do.
CREATE FUNCTION ledger_append(
    p_accounts bigint[], p_lanes smallint[], p_debits bigint[], p_credits bigint[],
    p_held_debits bigint[], p_held_credits bigint[], p_is_credit boolean[], p_floors bigint[],
    p_at timestamptz, p_number bigint
) RETURNS bigint LANGUAGE sql AS $$
    WITH stand AS MATERIALIZED (
        SELECT * FROM unnest(p_accounts, p_lanes, p_debits, p_credits, p_held_debits, p_held_credits,
            p_is_credit, p_floors)
            AS t (id, lane, debits, credits, held_debits, held_credits, is_credit, floor)
        CROSS JOIN LATERAL (
            SELECT ctid AS tid, posting AS previous, ledger_lane.step + 1 AS step FROM ledger_lane
            WHERE account_id = t.id AND lane = t.lane OFFSET 0
        ) AS l
    ), written AS (
        INSERT INTO ledger_standing (posting, account_id, lane, posted_at, debits_micros,
            credits_micros, held_debits_micros, held_credits_micros, is_credit, floor_micros,
            previous, step)
        SELECT p_number, id, lane, p_at, debits, credits, held_debits, held_credits, is_credit,
            floor, previous, step
        FROM stand
    ), kept AS (
        UPDATE ledger_lane SET posting = p_number, posted_at = p_at, step = stand.step,
            debits_micros = debits, credits_micros = credits, held_debits_micros = held_debits,
            held_credits_micros = held_credits
        FROM stand WHERE ledger_lane.ctid = tid
        RETURNING 1
    )
    SELECT count(*) FROM kept
$$;
