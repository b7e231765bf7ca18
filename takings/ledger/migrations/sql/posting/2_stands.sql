-- What each account stands at in its lane, what the call moves on it (more_…), and whether a
-- decrease could fail.
CREATE TYPE ledger_stand AS (
    id bigint, lane smallint, debits bigint, credits bigint, held_debits bigint, held_credits bigint,
    more_debits bigint, more_credits bigint, more_held_debits bigint, more_held_credits bigint,
    is_credit boolean, floor bigint, ceiling bigint, is_closed boolean, is_contested boolean,
    last_at timestamptz
);

CREATE FUNCTION ledger_stands(
    p_accounts bigint[], p_lanes smallint[], p_debit bigint[], p_credit bigint[], p_amount bigint[],
    p_near timestamptz
) RETURNS SETOF ledger_stand LANGUAGE sql STABLE AS $$
    SELECT t.id, t.lane, debits, credits, held_debits, held_credits, more_debits, more_credits,
        0::bigint, 0::bigint, is_credit, floor_micros, ceiling_micros, is_closed,
        is_closed IS NOT FALSE OR ceiling_micros IS NOT NULL OR is_too_much
            OR CASE WHEN floor_micros IS NULL THEN false
                WHEN is_credit THEN credits - debits - held_debits - floor_micros < more_debits
                ELSE debits - credits - held_credits - floor_micros < more_credits END
            OR debits > 9223372036854775807 - more_debits
            OR credits > 9223372036854775807 - more_credits,
        last_at
    FROM unnest(p_accounts, p_lanes) AS t (id, lane)
    JOIN (
        SELECT id, least(sum(d), 9223372036854775807)::bigint AS more_debits,
            least(sum(c), 9223372036854775807)::bigint AS more_credits,
            greatest(sum(d), sum(c)) > 9223372036854775807 AS is_too_much FROM (
            SELECT debit AS id, greatest(amount, 0) AS d, 0::bigint AS c
            FROM unnest(p_debit, p_amount) AS t (debit, amount)
            UNION ALL
            SELECT credit, 0, greatest(amount, 0)
            FROM unnest(p_credit, p_amount) AS t (credit, amount)
        ) AS legs GROUP BY id
    ) AS m USING (id)
    LEFT JOIN LATERAL (
        SELECT side = 'credit' AS is_credit, floor_micros, ceiling_micros,
            closed_at IS NOT NULL AS is_closed
        FROM ledger_account WHERE id = t.id OFFSET 0
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
    p_accounts bigint[], p_lanes smallint[], p_debit bigint[], p_credit bigint[], p_amount bigint[],
    p_at timestamptz, p_number bigint, p_near timestamptz
) RETURNS timestamptz LANGUAGE sql AS $$
    WITH stand AS MATERIALIZED (
        SELECT * FROM ledger_stands(p_accounts, p_lanes, p_debit, p_credit, p_amount, p_near)
    ), fine AS (
        SELECT bool_and(NOT is_contested) AS is_fine, greatest(p_at, max(last_at)) AS at FROM stand
    ), written AS (
        INSERT INTO ledger_standing
        SELECT id, lane, fine.at, p_number, debits + more_debits, credits + more_credits,
            held_debits, held_credits, is_credit, floor
        FROM stand, fine WHERE fine.is_fine ORDER BY id
        RETURNING posted_at
    )
    SELECT max(posted_at) FROM written
$$;
