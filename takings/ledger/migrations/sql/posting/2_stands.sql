-- What each account stands at in its lane, what the call moves on it (more_…), and whether a
-- decrease could fail.
CREATE TYPE ledger_stand AS (
    id bigint, lane smallint, debits bigint, credits bigint, held_debits bigint, held_credits bigint,
    more_debits bigint, more_credits bigint, more_held_debits bigint, more_held_credits bigint,
    is_credit boolean, floor bigint, ceiling bigint, is_closed boolean, is_contested boolean,
    last_at timestamptz, tid tid, previous bigint, step integer
);

CREATE FUNCTION ledger_stands(
    p_accounts bigint[], p_lanes smallint[], p_is_credit boolean[], p_floors bigint[],
    p_has_limits boolean, p_debits bigint[], p_credits bigint[]
) RETURNS SETOF ledger_stand LANGUAGE sql STABLE AS $$
    SELECT t.id, t.lane, debits, credits, held_debits, held_credits, more_debits, more_credits,
        0::bigint, 0::bigint, is_credit, floor, ceiling_micros,
        CASE WHEN is_credit IS NOT NULL THEN closed_at IS NOT NULL END,
        is_credit IS NULL OR closed_at IS NOT NULL OR ceiling_micros IS NOT NULL
            OR CASE WHEN floor IS NULL THEN false
                WHEN is_credit THEN credits - debits - held_debits - floor < more_debits
                ELSE debits - credits - held_credits - floor < more_credits END
            OR debits > 9223372036854775807 - more_debits
            OR credits > 9223372036854775807 - more_credits
            OR more_debits = 9223372036854775807 OR more_credits = 9223372036854775807,
        last_at, tid, previous, step
    FROM unnest(p_accounts, p_lanes, p_is_credit, p_floors, p_debits, p_credits)
        AS t (id, lane, is_credit, floor, more_debits, more_credits)
    LEFT JOIN LATERAL (
        SELECT ceiling_micros, closed_at FROM ledger_account WHERE p_has_limits AND id = t.id OFFSET 0
    ) AS a ON true
    LEFT JOIN LATERAL (
        SELECT debits_micros AS debits, credits_micros AS credits, held_debits_micros AS held_debits,
            held_credits_micros AS held_credits, posted_at AS last_at, ctid AS tid,
            posting AS previous, ledger_lane.step
        FROM ledger_lane WHERE account_id = t.id AND lane = t.lane OFFSET 0
    ) AS s ON true
$$;

-- The common case, in one statement: where nothing is contested, every account stands at something
-- new. Returns when it was posted, or NULL: somebody must look at it one by one. Nobody else writes
-- the lanes' rows (ledger_lock), so they are still where they were read, and need no second search;
-- should one not be, it is posted at infinity, which ledger_post refuses.
CREATE FUNCTION ledger_append_plainly(
    p_accounts bigint[], p_lanes smallint[], p_is_credit boolean[], p_floors bigint[],
    p_debits bigint[], p_credits bigint[], p_at timestamptz, p_number bigint
) RETURNS timestamptz LANGUAGE sql AS $$
    WITH stand AS MATERIALIZED (
        SELECT id, lane, debits + more_debits AS debits, credits + more_credits AS credits,
            held_debits, held_credits, is_credit, floor, tid, previous, step + 1 AS step, last_at
        FROM ledger_stands(
            p_accounts, p_lanes, p_is_credit, p_floors, false, p_debits, p_credits)
        WHERE NOT is_contested
    ), fine AS (
        SELECT greatest(p_at, max(last_at)) AS at FROM stand
        HAVING count(*) = cardinality(p_accounts)
    ), written AS (
        INSERT INTO ledger_standing (posting, account_id, lane, posted_at, debits_micros,
            credits_micros, held_debits_micros, held_credits_micros, is_credit, floor_micros,
            previous, step)
        SELECT p_number, id, lane, fine.at, debits, credits, held_debits, held_credits, is_credit,
            floor, previous, step
        FROM stand, fine
    ), kept AS (
        UPDATE ledger_lane SET posting = p_number, posted_at = fine.at, step = stand.step,
            debits_micros = debits, credits_micros = credits
        FROM stand, fine WHERE ledger_lane.ctid = tid
        RETURNING 1
    )
    SELECT CASE WHEN (SELECT count(*) FROM kept) = cardinality(p_accounts) THEN at
        ELSE 'infinity' END FROM fine
$$;

-- The same for what was looked at one by one: stand at this now. Returns how many lanes do.
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
