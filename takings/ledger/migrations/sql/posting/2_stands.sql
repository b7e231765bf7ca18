-- What each account stands at in its lane, what the call moves on it (more_…), and whether a
-- decrease could fail.
CREATE TYPE ledger_stand AS (
    id bigint, lane smallint, debits bigint, credits bigint, held_debits bigint, held_credits bigint,
    more_debits bigint, more_credits bigint, more_held_debits bigint, more_held_credits bigint,
    is_credit boolean, floor bigint, ceiling bigint, is_closed boolean, is_contested boolean,
    last_at timestamptz
);

CREATE FUNCTION ledger_stands(
    p_accounts bigint[], p_lanes smallint[], p_is_credit boolean[], p_floors bigint[],
    p_has_limits boolean, p_debits bigint[], p_credits bigint[], p_near timestamptz
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
        last_at
    FROM unnest(p_accounts, p_lanes, p_is_credit, p_floors, p_debits, p_credits)
        AS t (id, lane, is_credit, floor, more_debits, more_credits)
    LEFT JOIN LATERAL (
        SELECT ceiling_micros, closed_at FROM ledger_account WHERE p_has_limits AND id = t.id OFFSET 0
    ) AS a ON true
    LEFT JOIN LATERAL (
        (SELECT debits_micros, credits_micros, held_debits_micros, held_credits_micros, posted_at
        FROM ledger_standing WHERE account_id = t.id AND lane = t.lane AND posted_at >= p_near
        ORDER BY posted_at DESC, posting DESC LIMIT 1)
        UNION ALL
        (SELECT debits_micros, credits_micros, held_debits_micros, held_credits_micros, posted_at
        FROM ledger_standing WHERE account_id = t.id AND lane = t.lane
        ORDER BY posted_at DESC, posting DESC LIMIT 1)
        LIMIT 1
    ) AS last ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(last.debits_micros, 0) AS debits, coalesce(last.credits_micros, 0) AS credits,
            coalesce(last.held_debits_micros, 0) AS held_debits,
            coalesce(last.held_credits_micros, 0) AS held_credits, last.posted_at AS last_at
    ) AS s
$$;

-- The common case, in one statement: where nothing is contested, append what every account stands
-- at now. Returns when it was posted, or NULL: somebody must look at it one by one.
CREATE FUNCTION ledger_append_plainly(
    p_accounts bigint[], p_lanes smallint[], p_is_credit boolean[], p_floors bigint[],
    p_debits bigint[], p_credits bigint[], p_at timestamptz, p_number bigint, p_near timestamptz
) RETURNS timestamptz LANGUAGE sql AS $$
    WITH stand AS MATERIALIZED (
        SELECT * FROM ledger_stands(
            p_accounts, p_lanes, p_is_credit, p_floors, false, p_debits, p_credits, p_near)
    ), fine AS (
        SELECT bool_and(NOT is_contested) AS is_fine, greatest(p_at, max(last_at)) AS at FROM stand
    ), written AS (
        INSERT INTO ledger_standing
        SELECT id, lane, fine.at, p_number, debits + more_debits, credits + more_credits,
            held_debits, held_credits, is_credit, floor
        FROM stand, fine WHERE fine.is_fine
        RETURNING posted_at
    )
    SELECT max(posted_at) FROM written
$$;
