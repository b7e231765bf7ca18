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

-- Lanes as they were found when nobody else could change them any more, in the order of the accounts;
-- of an account that is not there everything is NULL. tids: where their rows are.
CREATE TYPE ledger_lanes AS (
    lanes smallint[], debits bigint[], credits bigint[], held_debits bigint[], held_credits bigint[],
    is_credit boolean[], floors bigint[], previous bigint[], steps integer[], tids tid[],
    last_at timestamptz
);

-- Lock what the call touches, always in the same order, and read it: in one statement where every
-- account has one lane. p_whole: accounts of which every lane is needed. Raises LW001 when every lane
-- of an account is taken. A lane's lock is its row; of the account's row nothing is needed.
CREATE FUNCTION ledger_lock(p_accounts bigint[], p_whole bigint[]) RETURNS ledger_lanes
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    l ledger_lanes;
    v_known bigint[];
    v_free bigint[];
    v_free_lanes smallint[];
    v_taken bigint[];
    v_missing bigint;
    v_is_bulk boolean := cardinality(p_accounts) > 64;
BEGIN
    IF v_is_bulk THEN  -- who is at work on the same lanes is waited for here, not with rows in hand
        PERFORM 1 FROM ledger_lane WHERE account_id = ANY (p_accounts[1:32]) AND lane = 0
            AND NOT is_laned ORDER BY account_id FOR NO KEY UPDATE;
    END IF;
    SELECT array_agg(account_id ORDER BY account_id), array_agg(lane ORDER BY account_id),
            array_agg(debits_micros ORDER BY account_id),
            array_agg(credits_micros ORDER BY account_id),
            array_agg(held_debits_micros ORDER BY account_id),
            array_agg(held_credits_micros ORDER BY account_id),
            array_agg(is_credit ORDER BY account_id), array_agg(floor_micros ORDER BY account_id),
            array_agg(posting ORDER BY account_id), array_agg(step ORDER BY account_id),
            array_agg(tid ORDER BY account_id), max(posted_at)
        INTO v_known, l.lanes, l.debits, l.credits, l.held_debits, l.held_credits, l.is_credit,
            l.floors, l.previous, l.steps, l.tids, l.last_at
        FROM (
        SELECT account_id, lane, debits_micros, credits_micros, held_debits_micros,
            held_credits_micros, is_credit, floor_micros, posting, step, ctid AS tid, posted_at
        FROM ledger_lane WHERE account_id = ANY (p_accounts) AND lane = 0
            AND (NOT is_laned OR v_is_bulk)
        ORDER BY is_laned, account_id FOR NO KEY UPDATE) AS locked;  -- as below: the busy ones last
    IF p_whole IS NULL AND cardinality(v_known) = cardinality(p_accounts) THEN
        RETURN l;
    END IF;
    PERFORM 1 FROM ledger_lane WHERE account_id = ANY (p_whole)
        ORDER BY account_id, lane FOR NO KEY UPDATE;
    SELECT array_agg(id), array_agg(lane) INTO v_free, v_free_lanes  -- the first that nobody is in
        FROM (SELECT id FROM unnest(p_accounts) AS id EXCEPT SELECT unnest(v_known) ORDER BY id)
            AS others
        CROSS JOIN LATERAL (SELECT lane FROM ledger_lane WHERE account_id = id
            ORDER BY lane LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS free;
    IF coalesce(cardinality(v_known), 0) + coalesce(cardinality(v_free), 0)
            < cardinality(p_accounts) THEN
        SELECT array_agg(id) FILTER (WHERE is_laned), count(*) FILTER (WHERE is_laned IS NULL)
            INTO v_taken, v_missing
            FROM (SELECT id FROM unnest(p_accounts) AS id EXCEPT SELECT unnest(v_known || v_free))
                AS others
            JOIN ledger_account USING (id)
            LEFT JOIN LATERAL (SELECT is_laned FROM ledger_lane WHERE account_id = id LIMIT 1)
                AS lane ON true;
        PERFORM ledger_refuse_missing(v_missing);
        IF v_taken IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'LW001', MESSAGE = array_to_string(v_taken, ',');
        END IF;
    END IF;
    SELECT array_agg(s.lane ORDER BY n), array_agg(debits_micros ORDER BY n),
            array_agg(credits_micros ORDER BY n), array_agg(held_debits_micros ORDER BY n),
            array_agg(held_credits_micros ORDER BY n), array_agg(is_credit ORDER BY n),
            array_agg(floor_micros ORDER BY n), array_agg(posting ORDER BY n),
            array_agg(step ORDER BY n), array_agg(tid ORDER BY n), max(posted_at)
        INTO l.lanes, l.debits, l.credits, l.held_debits, l.held_credits, l.is_credit,
            l.floors, l.previous, l.steps, l.tids, l.last_at
        FROM unnest(p_accounts) WITH ORDINALITY AS t (wanted, n)
        LEFT JOIN unnest(v_free, v_free_lanes) AS free (id, lane) ON id = wanted
        LEFT JOIN LATERAL (SELECT *, ctid AS tid FROM ledger_lane
            WHERE account_id = wanted AND lane = coalesce(free.lane, 0) OFFSET 0) AS s ON true;
    RETURN l;
END $$;
