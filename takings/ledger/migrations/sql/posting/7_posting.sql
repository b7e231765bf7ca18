-- Post a call inside the caller's transaction, and say what became of it. p_remember: what is refused
-- stays refused; else the call is all or nothing, and of a refusal nothing is kept, not even a lock.
CREATE FUNCTION ledger_post(
    p_at timestamptz, p_ids uuid[], p_modes smallint[], p_groups integer[], p_counts integer[],
    p_kinds text[], p_refs text[], p_policies text[], p_memos text[], p_occurred timestamptz[],
    p_reverses uuid[], p_holds uuid[], p_expires timestamptz[], p_items integer[],
    p_positions integer[], p_debits bigint[], p_credits bigint[], p_amounts bigint[],
    p_up_to boolean[], p_currencies text[], p_remember boolean,
    OUT number bigint, OUT codes smallint[], OUT faults integer[], OUT culprits bigint[],
    OUT available bigint[], OUT asked bigint[], OUT posted bigint[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_nestloop = off SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    c ledger_call := ROW(p_at, p_ids, p_modes, p_groups, p_counts, p_kinds, p_refs, p_policies,
        p_memos, p_occurred, p_reverses, p_holds, p_expires, p_items, p_positions, p_debits,
        p_credits, p_amounts, p_up_to);
    accounts bigint[];
    more_debits bigint[];
    more_credits bigint[];
    largest bigint;
    is_small boolean;
    l ledger_lanes;
    has_limits boolean;
    lowest uuid;
    highest uuid;
    whole bigint[];
    short bigint[];
    s ledger_books;
    v ledger_verdict;
    at timestamptz;
    ids_are_new boolean := true;
    is_plain boolean;
    is_ordinary boolean;
    attempts integer := 0;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'posting needs the isolation level READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM set_config('takings.posting', 'on', true);  -- off again before this returns
    -- No sum can be too large where no amount is larger than this.
    largest := 9223372036854775807 / greatest(cardinality(p_amounts), 1);
    SELECT array_agg(id ORDER BY id), array_agg(debits ORDER BY id), array_agg(credits ORDER BY id),
            bool_and(is_small)
        INTO accounts, more_debits, more_credits, is_small FROM (
        SELECT id, ledger_sum(d) AS debits, ledger_sum(c) AS credits, bool_and(is_small) AS is_small
        FROM (
            SELECT id, greatest(least(amount, largest), 0) AS d, 0::bigint AS c, amount <= largest AS is_small
            FROM (SELECT unnest(p_debits) AS id, unnest(p_amounts) AS amount) AS t
            UNION ALL
            SELECT id, 0, greatest(least(amount, largest), 0), true
            FROM (SELECT unnest(p_credits) AS id, unnest(p_amounts) AS amount) AS t
        ) AS legs GROUP BY id
    ) AS moved;
    IF NOT is_small THEN
        SELECT array_agg(least(debits, 9223372036854775807)::bigint ORDER BY id),
                array_agg(least(credits, 9223372036854775807)::bigint ORDER BY id)
            INTO more_debits, more_credits FROM (
            SELECT id, sum(d) AS debits, sum(c) AS credits FROM (
                SELECT id, greatest(amount, 0) AS d, 0::bigint AS c
                FROM unnest(p_debits, p_amounts) AS t (id, amount)
                UNION ALL
                SELECT id, 0, greatest(amount, 0)
                FROM unnest(p_credits, p_amounts) AS t (id, amount)
            ) AS legs GROUP BY id
        ) AS moved;
    END IF;
    IF p_holds IS NOT NULL THEN  -- in whichever lane it was held
        SELECT array_agg(id ORDER BY id) INTO whole FROM ledger_account
            WHERE lane_count > 1 AND id IN (SELECT unnest(ARRAY[debit, credit])
                FROM unnest(p_items, p_debits, p_credits) AS t (item, debit, credit)
                WHERE p_modes[item] > 1);
    END IF;
    is_plain := p_reverses IS NULL AND p_holds IS NULL AND p_up_to IS NULL
        AND NOT 0 <> ANY (p_modes);
    IF cardinality(p_ids) > 64 THEN  -- where ids are ordered by time, nothing lies between them
        lowest := (SELECT id FROM unnest(p_ids) AS id ORDER BY id LIMIT 1);
        highest := (SELECT id FROM unnest(p_ids) AS id ORDER BY id DESC LIMIT 1);
    END IF;
    LOOP
        BEGIN
            l := ledger_lock(accounts, whole);
            number := nextval('ledger_posting_sequence') * 131072;  -- after those waited for
            posted := p_amounts;
            SELECT ids_are_new AND NOT is_known, is_plain AND NOT is_known AND NOT is_locked, is_limited
                INTO ids_are_new, is_plain, has_limits
                FROM (SELECT  -- now: those waited for may have used them
                    (lowest IS NULL
                        OR EXISTS (SELECT 1 FROM ledger_refusal WHERE id BETWEEN lowest AND highest)
                        OR EXISTS (SELECT 1 FROM ledger_hold WHERE id BETWEEN lowest AND highest))
                    AND (EXISTS (SELECT 1 FROM ledger_refusal WHERE id = ANY (p_ids))
                        OR EXISTS (SELECT 1 FROM ledger_hold WHERE id = ANY (p_ids))) AS is_known,
                    EXISTS (SELECT 1 FROM ledger_periodlock WHERE locked_before
                        > (SELECT min(t) FROM unnest(p_occurred) AS t)) AS is_locked,
                    EXISTS (SELECT 1 FROM ledger_account WHERE id = ANY (accounts)
                        AND (closed_at IS NOT NULL OR ceiling_micros IS NOT NULL)) AS is_limited
                ) AS known;
            is_ordinary := is_plain AND ids_are_new;
            IF is_ordinary AND whole IS NULL THEN
                at := CASE WHEN is_small AND NOT has_limits THEN ledger_move_plainly(
                    l, accounts, more_debits, more_credits, p_at, number) END;
                IF at IS NOT NULL THEN
                    PERFORM ledger_write(c, v, codes, p_amounts, p_currencies, at, number);
                    PERFORM set_config('takings.posting', 'off', true);
                    RETURN;
                END IF;
                is_plain := false;
            END IF;
            s := ledger_stands(accounts, l, has_limits, more_debits, more_credits);
            IF whole IS NOT NULL THEN
                s := ledger_add_lanes(s, accounts, whole);
            END IF;
            SELECT array_agg(id) INTO short FROM ledger_account
                WHERE lane_count > 1 AND id <> ALL (coalesce(whole, '{}')) AND id IN (
                    SELECT id FROM unnest(accounts, s.is_contested) AS t (id, is_contested)
                    WHERE is_contested);
            IF short IS NOT NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'LW001', MESSAGE = array_to_string(short, ',');
            END IF;
            ids_are_new := ids_are_new
                AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE id = ANY (p_ids));
            v := ledger_decide(c, CASE WHEN is_ordinary AND ids_are_new THEN NULL
                ELSE ledger_known(c, NOT ids_are_new) END, accounts, s);
            codes := v.codes;
            faults := v.faults;
            culprits := v.culprits;
            available := v.available;
            asked := v.asked;
            posted := v.posted;
            IF NOT p_remember AND 1 < ANY (codes) THEN
                RAISE EXCEPTION USING ERRCODE = 'LW002';
            END IF;
            SELECT array_agg(coalesce(m.debits, 0) ORDER BY t.n),
                    array_agg(coalesce(m.credits, 0) ORDER BY t.n),
                    array_agg(coalesce(m.held_debits, 0) ORDER BY t.n),
                    array_agg(coalesce(m.held_credits, 0) ORDER BY t.n)
                INTO s.more_debits, s.more_credits, s.more_held_debits, s.more_held_credits
                FROM unnest(accounts) WITH ORDINALITY AS t (id, n)
                LEFT JOIN ledger_movements(p_debits, p_credits, v.posted, v.held) AS m USING (id);
            at := greatest(p_at, s.last_at);
            number := ledger_write(c, v, codes, posted, p_currencies, at, number);
            IF number IS NOT NULL THEN
                PERFORM ledger_append_standings(s, l, accounts, whole, at, number);
            END IF;
            PERFORM set_config('takings.posting', 'off', true);
            RETURN;
        EXCEPTION
            WHEN SQLSTATE 'LW001' THEN
                whole := ARRAY(SELECT DISTINCT id FROM unnest(
                    whole || string_to_array(SQLERRM, ',')::bigint[]) AS id ORDER BY id);
            WHEN SQLSTATE 'LW002' THEN
                number := NULL;
                PERFORM set_config('takings.posting', 'off', true);
                RETURN;
            WHEN unique_violation THEN  -- an id is known, or was written at this moment
                attempts := attempts + 1;
                IF attempts > 5 THEN
                    RAISE;
                END IF;
                ids_are_new := false;
                is_plain := false;
            WHEN check_violation OR numeric_value_out_of_range OR not_null_violation THEN
                IF NOT is_plain THEN
                    RAISE;
                END IF;
                is_plain := false;
        END;
    END LOOP;
END $$;
