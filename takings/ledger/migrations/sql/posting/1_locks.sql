-- Bodies are not looked at here: new books get tables that they name in later migrations.
SET LOCAL check_function_bodies = off;

-- Posting, set-based. One call posts any mix of items (entries, holds, ends of holds) in their
-- order; items of one group stand or fall together. What follows equals deciding one group after
-- the other (rules/decide.py says how), but only groups that could fail are looked at one by one:
--
-- Contested accounts: where the money there, less all the decreases of the call, stays above the
-- floor, no decrease can fail, in whatever order and whoever else fails. Only groups that touch an
-- account of which this does not hold, or that are out of the ordinary, can fail.

-- What the call does to each account: p_amount is posted, p_held is put on hold (or taken off).
CREATE FUNCTION ledger_movements(
    p_debit bigint[], p_credit bigint[], p_amount bigint[], p_held bigint[]
) RETURNS TABLE (id bigint, debits bigint, credits bigint, held_debits bigint, held_credits bigint)
LANGUAGE sql STABLE AS $$
    SELECT id, sum(d)::bigint, sum(c)::bigint, sum(hd)::bigint, sum(hc)::bigint FROM (
        SELECT debit AS id, amount AS d, 0::bigint AS c, held AS hd, 0::bigint AS hc
        FROM unnest(p_debit, p_amount, p_held) AS t (debit, amount, held)
        UNION ALL
        SELECT credit, 0, amount, 0, held
        FROM unnest(p_credit, p_amount, p_held) AS t (credit, amount, held)
    ) AS legs GROUP BY id
$$;

-- The sum of micro-units, for sums that are known to fit: sum(bigint) counts in numeric, at twenty
-- times the price.
CREATE OR REPLACE AGGREGATE ledger_sum(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0');

-- Lock what the call touches, always in the same order, and say in which lane of each account it
-- may post, and of the accounts what does not change. p_whole: accounts of which every lane is
-- needed. A lane is NULL for an account that is not there; raises LW001 when every lane of an
-- account is taken. has_limits: some account is closed, or has a ceiling.
CREATE FUNCTION ledger_lock(p_accounts bigint[], p_whole bigint[], OUT v_lanes smallint[],
    OUT v_is_credit boolean[], OUT v_floors bigint[], OUT v_has_limits boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_known bigint[];
    v_laned bigint[];
    v_free bigint[];
    v_id bigint;
    v_is_bulk boolean := cardinality(p_accounts) > 64;
    v_lane smallint;
BEGIN
    SELECT array_agg(id ORDER BY id), array_agg(id ORDER BY id) FILTER (WHERE lane_count > 1),
            array_agg(side = 'credit' ORDER BY id), array_agg(floor_micros ORDER BY id),
            bool_or(closed_at IS NOT NULL OR ceiling_micros IS NOT NULL)
        INTO v_known, v_laned, v_is_credit, v_floors, v_has_limits FROM (
        SELECT * FROM ledger_account WHERE id = ANY (p_accounts) AND (lane_count = 1 OR v_is_bulk)
        ORDER BY lane_count > 1, id FOR NO KEY UPDATE) AS locked;  -- as below: the busy ones last
    IF v_laned IS NULL AND cardinality(v_known) = cardinality(p_accounts) THEN
        v_lanes := array_fill(0::smallint, ARRAY[cardinality(p_accounts)]);
        RETURN;
    END IF;
    IF NOT v_is_bulk THEN
        SELECT array_agg(id ORDER BY id) INTO v_laned FROM ledger_account
            WHERE id = ANY (p_accounts) AND lane_count > 1;
        IF v_laned IS NOT NULL THEN
            PERFORM 1 FROM ledger_account WHERE id = ANY (p_whole) ORDER BY id FOR NO KEY UPDATE;
            SELECT array_agg(id) INTO v_free FROM (
                SELECT id FROM ledger_account WHERE id = ANY (v_laned) ORDER BY id
                FOR NO KEY UPDATE SKIP LOCKED) AS locked;
        END IF;
    ELSE
        v_free := v_laned;
    END IF;
    SELECT array_agg(CASE WHEN k.id IS NOT NULL THEN 0 END ORDER BY a.id) INTO v_lanes
        FROM unnest(p_accounts) AS a (id) LEFT JOIN unnest(v_known || v_laned) AS k (id) USING (id);
    FOREACH v_id IN ARRAY coalesce(p_whole, '{}') LOOP  -- nobody else is in any lane
        PERFORM pg_advisory_xact_lock(-16 * v_id);
    END LOOP;
    IF coalesce(cardinality(v_free), 0) < coalesce(cardinality(v_laned), 0) OR p_whole IS NOT NULL THEN
        FOREACH v_id IN ARRAY v_laned LOOP
            CONTINUE WHEN v_id = ANY (v_free);
            v_lane := NULL;
            IF pg_try_advisory_xact_lock_shared(-16 * v_id) THEN
                SELECT n INTO v_lane FROM ledger_account,
                    LATERAL generate_series(1, lane_count - 1) AS n
                    WHERE id = v_id AND pg_try_advisory_xact_lock(-16 * v_id - n) LIMIT 1;
            END IF;
            IF v_lane IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'LW001', MESSAGE = v_id::text;
            END IF;
            v_lanes[array_position(p_accounts, v_id)] := v_lane;
        END LOOP;
    END IF;
    SELECT array_agg(side = 'credit' ORDER BY n), array_agg(floor_micros ORDER BY n),
            bool_or(closed_at IS NOT NULL OR ceiling_micros IS NOT NULL)
        INTO v_is_credit, v_floors, v_has_limits
        FROM unnest(p_accounts) WITH ORDINALITY AS t (wanted, n)
        LEFT JOIN LATERAL (SELECT * FROM ledger_account WHERE id = wanted OFFSET 0) AS a ON true;
END $$;
