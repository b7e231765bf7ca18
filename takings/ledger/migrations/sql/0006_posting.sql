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

-- Lock what the call touches, always in the same order, and say in which lane of each account it
-- may post. p_whole: accounts of which every lane is needed. Returns NULL for an account that is
-- not there, and raises LW001 when every lane of an account is taken.
CREATE FUNCTION ledger_lock(p_accounts bigint[], p_whole bigint[]) RETURNS smallint[]
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_known bigint[];
    v_laned bigint[];
    v_free bigint[];
    v_lanes smallint[];
    v_id bigint;
    v_is_bulk boolean := cardinality(p_accounts) > 64;
    v_lane smallint;
BEGIN
    SELECT array_agg(id ORDER BY id), array_agg(id ORDER BY id) FILTER (WHERE lane_count > 1)
        INTO v_known, v_laned FROM (
        SELECT id, lane_count FROM ledger_account
        WHERE id = ANY (p_accounts) AND (lane_count = 1 OR v_is_bulk)
        ORDER BY lane_count > 1, id FOR NO KEY UPDATE) AS locked;  -- as below: the busy ones last
    IF v_laned IS NULL AND cardinality(v_known) = cardinality(p_accounts) THEN
        RETURN array_fill(0::smallint, ARRAY[cardinality(p_accounts)]);
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
    IF coalesce(cardinality(v_free), 0) = coalesce(cardinality(v_laned), 0) AND p_whole IS NULL THEN
        RETURN v_lanes;
    END IF;
    FOREACH v_id IN ARRAY coalesce(p_whole, '{}') LOOP  -- nobody else is in any lane
        PERFORM pg_advisory_xact_lock(-16 * v_id);
    END LOOP;
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
    RETURN v_lanes;
END $$;

-- What each account stands at in its lane, what the call moves on it (more_…), and whether a
-- decrease could fail.
CREATE TYPE ledger_stand AS (
    id bigint, lane smallint, debits bigint, credits bigint, held_debits bigint, held_credits bigint,
    more_debits bigint, more_credits bigint, more_held_debits bigint, more_held_credits bigint,
    is_credit boolean, floor bigint, ceiling bigint, is_closed boolean, is_contested boolean,
    last_at timestamptz
);

CREATE FUNCTION ledger_stands(
    p_accounts bigint[], p_lanes smallint[], p_debit bigint[], p_credit bigint[], p_amount bigint[]
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
        SELECT debits_micros, credits_micros, held_debits_micros, held_credits_micros, posted_at
        FROM ledger_standing WHERE account_id = t.id AND lane = t.lane
        ORDER BY posted_at DESC, posting DESC LIMIT 1
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
    p_at timestamptz, p_number bigint
) RETURNS timestamptz LANGUAGE sql AS $$
    WITH stand AS MATERIALIZED (
        SELECT * FROM ledger_stands(p_accounts, p_lanes, p_debit, p_credit, p_amount)
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

-- The stands of a call as columns, in the order of its accounts.
CREATE TYPE ledger_books AS (
    debits bigint[], credits bigint[], held_debits bigint[], held_credits bigint[],
    more_debits bigint[], more_credits bigint[], more_held_debits bigint[],
    more_held_credits bigint[], is_credit boolean[], floors bigint[], ceilings bigint[],
    is_closed boolean[], is_contested boolean[], last_at timestamptz
);

-- A call, as columns: items, and the transfers of all items one after the other. A text column of
-- one element says the same for every item.
--   mode: 0 entry, 1 hold, 2 end of a hold that posts (part of) it, 3 that voids, 4 that expires it
CREATE TYPE ledger_call AS (
    at timestamptz,
    ids uuid[], modes smallint[], groups integer[], counts integer[],
    kinds text[], refs text[], policies text[], memos text[],
    occurred timestamptz[], reverses uuid[], holds uuid[], expires timestamptz[],
    items integer[], positions integer[], debits bigint[], credits bigint[], amounts bigint[],
    up_to boolean[]
);

-- What became of it: a code per item; of a refused one the transfer at fault (counted over the
-- call) and the account, what there was and what was asked; what is posted and what is held by each transfer.
CREATE TYPE ledger_verdict AS (
    codes smallint[], faults integer[], culprits bigint[], available bigint[], asked bigint[],
    posted bigint[], held bigint[]
);

-- Whether an item of a call is the exact undoing of an entry that is no reversal itself: each
-- transfer turned around, the last one first.
CREATE FUNCTION ledger_undoes(c ledger_call, p_entry uuid, p_first bigint, p_count integer)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM ledger_entry AS e
        WHERE e.id = p_entry AND e.reverses_id IS NULL AND e.transfer_count = p_count
            AND NOT EXISTS (
                SELECT 1 FROM generate_series(0, p_count - 1) AS n
                LEFT JOIN ledger_transfer AS t ON t.entry_number = e.number
                    AND t.position = p_count - 1 - n
                WHERE (t.debit_id, t.credit_id, t.amount_micros) IS DISTINCT FROM (
                    c.credits[p_first + n], c.debits[p_first + n], c.amounts[p_first + n])
                    OR c.up_to[p_first + n] IS TRUE))
$$;

-- What can be said of each item without looking at a balance: 0 nothing, else its code.
CREATE FUNCTION ledger_known(c ledger_call, p_look boolean) RETURNS smallint[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(CASE
        WHEN mode IN (3, 4) THEN CASE
            WHEN h.id IS NULL THEN 14
            WHEN i.count <> 1 OR (h.debit_id, h.credit_id)
                <> (c.debits[i.first], c.credits[i.first]) THEN 17
            WHEN e.outcome = CASE mode WHEN 3 THEN 'voided' ELSE 'expired' END THEN 1
            WHEN e.outcome IS NOT NULL THEN 15
            WHEN mode = 4 AND h.expires_at > c.at IS NOT FALSE THEN 19
            ELSE 0 END
        WHEN was.number IS NOT NULL THEN CASE
            WHEN (was.kind, was.reference, was.policy_version, was.memo) = (i.kind, i.ref, i.policy, i.memo)
                AND was.reverses_id IS NOT DISTINCT FROM i.reverses AND mode <> 1
                AND was.transfer_count = i.count AND NOT EXISTS (
                    SELECT 1 FROM generate_series(i.first, i.first + i.count - 1) AS t
                    LEFT JOIN ledger_transfer AS moved ON moved.entry_number = was.number
                        AND moved.position = c.positions[t]
                    WHERE (moved.debit_id, moved.credit_id) IS DISTINCT FROM (c.debits[t], c.credits[t])
                        OR (moved.amount_micros <> c.amounts[t]
                            AND NOT (c.up_to[t] IS TRUE AND moved.amount_micros < c.amounts[t])))
            THEN 1 ELSE 2 END
        WHEN own.number IS NOT NULL THEN CASE
            WHEN mode = 1 AND (own.kind, own.reference, own.policy_version, own.memo, own.debit_id,
                own.credit_id, own.amount_micros) = (i.kind, i.ref, i.policy, i.memo,
                c.debits[i.first], c.credits[i.first], c.amounts[i.first])
            THEN 1 ELSE 2 END
        WHEN no.code IS NOT NULL THEN no.code
        WHEN i.occurred < locked.before THEN 11
        WHEN i.reverses IS NOT NULL AND EXISTS (
            SELECT 1 FROM ledger_entry WHERE reverses_id = i.reverses) THEN 18
        WHEN i.reverses IS NOT NULL AND NOT ledger_undoes(c, i.reverses, i.first, i.count) THEN 20
        WHEN mode = 2 THEN CASE
            WHEN h.id IS NULL THEN 14
            WHEN e.outcome IS NOT NULL THEN 15
            WHEN h.expires_at <= c.at THEN 16
            WHEN i.count <> 1 OR (h.debit_id, h.credit_id) <> (c.debits[i.first], c.credits[i.first])
                OR h.amount_micros < c.amounts[i.first] THEN 17
            ELSE 0 END
        ELSE 0 END::smallint ORDER BY i.n)
    FROM (
        SELECT n, id, mode, count, reverses, hold, occurred,
            coalesce(kind, c.kinds[1]) AS kind, coalesce(ref, c.refs[1]) AS ref,
            coalesce(policy, c.policies[1]) AS policy, coalesce(memo, c.memos[1]) AS memo,
            1 + sum(count) OVER (ORDER BY n) - count AS first
        FROM unnest(c.ids, c.modes, c.counts, c.kinds, c.refs, c.policies, c.memos, c.occurred,
            c.reverses, c.holds) WITH ORDINALITY
            AS u (id, mode, count, kind, ref, policy, memo, occurred, reverses, hold, n)
    ) AS i
    CROSS JOIN (SELECT max(locked_before) AS before FROM ledger_periodlock) AS locked
    LEFT JOIN LATERAL (SELECT * FROM ledger_entry WHERE p_look AND id = i.id OFFSET 0) AS was ON true
    LEFT JOIN LATERAL (SELECT * FROM ledger_hold WHERE p_look AND id = i.id OFFSET 0) AS own ON true
    LEFT JOIN LATERAL (SELECT * FROM ledger_refusal WHERE p_look AND id = i.id OFFSET 0) AS no ON true
    LEFT JOIN LATERAL (SELECT * FROM ledger_hold WHERE id = i.hold OFFSET 0) AS h ON true
    LEFT JOIN LATERAL (SELECT * FROM ledger_holdend WHERE hold_id = i.hold OFFSET 0) AS e ON true
$$;

-- Whether two items of a call say the same.
CREATE FUNCTION ledger_same(c ledger_call, a integer, b integer, first integer[])
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (c.modes[a], coalesce(c.kinds[a], c.kinds[1]), coalesce(c.refs[a], c.refs[1]),
            coalesce(c.policies[a], c.policies[1]), coalesce(c.memos[a], c.memos[1]), c.counts[a])
        = (c.modes[b], coalesce(c.kinds[b], c.kinds[1]), coalesce(c.refs[b], c.refs[1]),
            coalesce(c.policies[b], c.policies[1]), coalesce(c.memos[b], c.memos[1]), c.counts[b])
        AND (c.reverses[a], c.holds[a]) IS NOT DISTINCT FROM (c.reverses[b], c.holds[b])
        AND NOT EXISTS (SELECT 1 FROM generate_series(0, c.counts[a] - 1) AS t WHERE
            (c.debits[first[a] + t], c.credits[first[a] + t], c.amounts[first[a] + t])
            <> (c.debits[first[b] + t], c.credits[first[b] + t], c.amounts[first[b] + t])
            OR c.up_to[first[a] + t] IS DISTINCT FROM c.up_to[first[b] + t])
$$;

-- Whether an id that got this code keeps it: another moment could have answered otherwise.
CREATE FUNCTION ledger_is_remembered(code smallint) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN code IN (4, 5, 6, 9, 11, 14, 15, 16, 17, 18);

-- Decide one group after the other, in their order; p_known are the codes of ledger_known.
CREATE FUNCTION ledger_decide(
    c ledger_call, p_known smallint[], p_accounts bigint[], s ledger_books
) RETURNS ledger_verdict LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    largest CONSTANT bigint := 9223372036854775807;  -- also: no ceiling
    lowest CONSTANT bigint := -9223372036854775808;  -- no floor
    v ledger_verdict;
    codes smallint[] := p_known;
    faults integer[] := array_fill(NULL::integer, ARRAY[cardinality(c.ids)]);
    available bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(c.ids)]);
    culprits bigint[] := available;
    asked bigint[] := available;
    posted bigint[];
    held bigint[];
    dr bigint[] := s.debits;
    cr bigint[] := s.credits;
    hd bigint[] := s.held_debits;
    hc bigint[] := s.held_credits;
    closed boolean[] := s.is_closed;
    debit_at integer[];
    credit_at integer[];
    wrong smallint[];
    looked_at boolean[];
    first integer[];
    earlier integer[];
    held_amounts bigint[];
    done uuid[] := '{}';  -- entries reversed and holds ended by this call
    doing uuid[];
    item integer;
    n integer := cardinality(c.ids);
    group_first integer := 1;
    group_last integer;
    fault integer;
    twin integer;
    in_group integer[];  -- that repeat an item of their own group
    code smallint;
    has_failed boolean;
    is_refused boolean;
    t integer;
    a integer;
    room numeric;
BEGIN
    -- 1. Where each transfer's accounts are in the arrays, and what is wrong with it by itself.
    SELECT array_agg(d.at ORDER BY n), array_agg(k.at ORDER BY n), array_agg(CASE
            WHEN d.at IS NULL OR k.at IS NULL OR s.is_credit[d.at] IS NULL
                OR s.is_credit[k.at] IS NULL THEN 8
            WHEN t.debit = t.credit THEN 13
            WHEN t.debit % 531441 <> t.credit % 531441 THEN 7
            WHEN t.amount <= 0 THEN 12
            WHEN closed[d.at] OR closed[k.at] THEN 6
            ELSE 0 END::smallint ORDER BY n)
        INTO debit_at, credit_at, wrong
        FROM unnest(c.debits, c.credits, c.amounts) WITH ORDINALITY AS t (debit, credit, amount, n)
        LEFT JOIN unnest(p_accounts) WITH ORDINALITY AS d (id, at) ON d.id = t.debit
        LEFT JOIN unnest(p_accounts) WITH ORDINALITY AS k (id, at) ON k.id = t.credit;
    -- 2. Which items must be looked at: those of groups of which anything may fail.
    SELECT array_agg(may_fail ORDER BY n), array_agg(first ORDER BY n), array_agg(before ORDER BY n),
            array_agg(hold_amount ORDER BY n)
        INTO looked_at, first, earlier, held_amounts FROM (
        SELECT n, first, coalesce(lag(n) OVER (PARTITION BY id, mode IN (3, 4) ORDER BY n), 0)::integer AS before,
            hold_amount, bool_or(p_known[n] <> 0 OR mode > 1 OR reverses IS NOT NULL
                OR many > 1 OR coalesce(at_risk, false)) OVER (PARTITION BY grp) AS may_fail
        FROM (
            SELECT n, id, mode, reverses, grp, hold_amount,
                (1 + sum(count) OVER (ORDER BY n) - count)::integer AS first,
                count(*) OVER (PARTITION BY id, mode IN (3, 4)) AS many
            FROM unnest(c.ids, c.modes, c.groups, c.counts, c.reverses, c.holds)
                WITH ORDINALITY AS u (id, mode, grp, count, reverses, hold, n)
            LEFT JOIN LATERAL (SELECT amount_micros AS hold_amount FROM ledger_hold
                WHERE id = u.hold OFFSET 0) AS h ON true
        ) AS i
        LEFT JOIN (
            SELECT t.item, bool_or(wrong[t.n] <> 0 OR t.up_to IS TRUE OR s.is_contested[debit_at[t.n]]
                OR s.is_contested[credit_at[t.n]]) AS at_risk
            FROM unnest(c.items, c.up_to) WITH ORDINALITY AS t (item, up_to, n) GROUP BY t.item
        ) AS risk ON risk.item = i.n
    ) AS looked;
    -- 3. What a transfer posts and holds, if it stands.
    SELECT array_agg(CASE WHEN mode IN (1, 3, 4) THEN 0 ELSE amount END ORDER BY n),
            array_agg(CASE mode WHEN 0 THEN 0 WHEN 1 THEN amount
                ELSE -held_amounts[u.item] END ORDER BY n)
        INTO posted, held
        FROM (SELECT n, amount, item, c.modes[item] AS mode
            FROM unnest(c.amounts, c.items) WITH ORDINALITY AS t (amount, item, n)) AS u;
    -- 4. One group after the other.
    WHILE group_first <= n LOOP
        group_last := group_first;
        WHILE group_last < n AND c.groups[group_last + 1] = c.groups[group_first] LOOP
            group_last := group_last + 1;
        END LOOP;
        IF NOT looked_at[group_first] THEN
            group_first := group_last + 1;
            CONTINUE;
        END IF;
        -- A group that holds a refused item falls again, and nobody else in it is judged anew.
        is_refused := 1 < ANY (codes[group_first:group_last]);
        has_failed := is_refused;
        in_group := '{}';
        doing := done;
        FOR item IN group_first .. group_last LOOP  -- move
            code := codes[item];
            fault := first[item];
            twin := NULL;  -- the first of the same id whose answer counts
            a := earlier[item];
            WHILE a > 0 LOOP
                IF codes[a] IN (0, 1) OR ledger_is_remembered(codes[a]) THEN
                    twin := a;
                END IF;
                a := earlier[a];
            END LOOP;
            IF twin IS NOT NULL THEN
                code := CASE WHEN codes[twin] > 2 THEN codes[twin]
                    WHEN ledger_same(c, twin, item, first) THEN 1 ELSE 2 END;
                IF code = 1 AND twin >= group_first THEN
                    in_group := in_group || item;
                END IF;
            END IF;
            IF code = 0 AND (c.reverses[item] = ANY (doing) OR c.holds[item] = ANY (doing)) THEN
                code := CASE WHEN c.reverses[item] IS NOT NULL THEN 18 ELSE 15 END;
            END IF;
            IF code = 0 THEN
                FOR t IN first[item] .. first[item] + c.counts[item] - 1 LOOP
                    IF wrong[t] <> 0 AND NOT (wrong[t] = 6 AND (c.modes[item] > 2 OR is_refused)) THEN
                        code := wrong[t];
                        fault := t;
                        culprits[item] := CASE WHEN closed[debit_at[t]] THEN c.debits[t]
                            ELSE c.credits[t] END;
                        EXIT;
                    END IF;
                END LOOP;
            END IF;
            codes[item] := code;
            IF code > 1 THEN
                faults[item] := fault;
                has_failed := true;
            END IF;
            CONTINUE WHEN code <> 0 OR has_failed;
            FOR t IN first[item] .. first[item] + c.counts[item] - 1 LOOP
                IF c.up_to[t] IS TRUE THEN
                    a := debit_at[t];
                    IF s.is_credit[a] AND s.floors[a] > lowest THEN
                        posted[t] := least(posted[t], cr[a] - dr[a] - hd[a] - s.floors[a]);
                    END IF;
                    a := credit_at[t];
                    IF NOT s.is_credit[a] AND s.floors[a] > lowest THEN
                        posted[t] := least(posted[t], dr[a] - cr[a] - hc[a] - s.floors[a]);
                    END IF;
                    IF posted[t] <= 0 THEN
                        codes[item] := 4;
                        culprits[item] := CASE WHEN s.is_credit[debit_at[t]]
                            THEN c.debits[t] ELSE c.credits[t] END;
                        available[item] := 0;
                        asked[item] := c.amounts[t];
                    END IF;
                END IF;
                IF codes[item] = 0 AND (dr[debit_at[t]] > largest - posted[t]
                    OR cr[credit_at[t]] > largest - posted[t]
                    OR hd[debit_at[t]] > largest - greatest(held[t], 0)
                    OR hc[credit_at[t]] > largest - greatest(held[t], 0))
                THEN
                    codes[item] := 9;
                    culprits[item] := CASE WHEN dr[debit_at[t]] > largest - posted[t]
                        THEN c.debits[t] ELSE c.credits[t] END;
                END IF;
                IF codes[item] <> 0 THEN
                    faults[item] := t;
                    has_failed := true;
                    FOR a IN t .. first[item] + c.counts[item] - 1 LOOP  -- not moved: nothing to undo
                        posted[a] := 0;
                        held[a] := 0;
                    END LOOP;
                    EXIT;
                END IF;
                dr[debit_at[t]] := dr[debit_at[t]] + posted[t];
                cr[credit_at[t]] := cr[credit_at[t]] + posted[t];
                hd[debit_at[t]] := hd[debit_at[t]] + held[t];
                hc[credit_at[t]] := hc[credit_at[t]] + held[t];
            END LOOP;
            looked_at[item] := NULL;  -- moved, and to be undone if the group falls
            doing := doing || c.reverses[item] || c.holds[item];
        END LOOP;
        IF NOT has_failed THEN  -- judge what the whole group leaves behind
            FOR item IN group_first .. group_last LOOP
                CONTINUE WHEN codes[item] <> 0 OR c.modes[item] > 1;
                FOR t IN first[item] .. first[item] + c.counts[item] - 1 LOOP
                    FOREACH a IN ARRAY ARRAY[debit_at[t], credit_at[t]] LOOP
                        room := CASE WHEN s.is_credit[a] THEN cr[a]::numeric - dr[a] - hd[a]
                            ELSE dr[a]::numeric - cr[a] - hc[a] END;
                        IF s.floors[a] > lowest AND room < s.floors[a]
                            AND (a = debit_at[t]) = s.is_credit[a] THEN
                            codes[item] := 4;
                        ELSIF s.ceilings[a] < largest AND (CASE WHEN s.is_credit[a] THEN cr[a]::numeric + hc[a] - dr[a]
                            ELSE dr[a]::numeric + hd[a] - cr[a] END) > s.ceilings[a]
                            AND (a = debit_at[t]) <> s.is_credit[a] THEN
                            codes[item] := 5;
                        END IF;
                        IF codes[item] <> 0 THEN
                            faults[item] := t;
                            culprits[item] := p_accounts[a];
                            has_failed := true;
                            EXIT;
                        END IF;
                    END LOOP;
                    EXIT WHEN codes[item] <> 0;
                END LOOP;
            END LOOP;
        END IF;
        IF has_failed THEN
            FOR item IN group_first .. group_last LOOP  -- undo
                IF looked_at[item] IS NULL THEN
                    FOR t IN first[item] .. first[item] + c.counts[item] - 1 LOOP
                        dr[debit_at[t]] := dr[debit_at[t]] - posted[t];
                        cr[credit_at[t]] := cr[credit_at[t]] - posted[t];
                        hd[debit_at[t]] := hd[debit_at[t]] - held[t];
                        hc[credit_at[t]] := hc[credit_at[t]] - held[t];
                    END LOOP;
                END IF;
            END LOOP;
            FOR item IN group_first .. group_last LOOP
                IF codes[item] = 0 OR item = ANY (in_group) THEN
                    codes[item] := 10;
                ELSIF codes[item] IN (4, 5) AND available[item] IS NULL THEN
                    a := array_position(p_accounts, culprits[item]);
                    available[item] := CASE
                        WHEN codes[item] = 4 AND s.is_credit[a] THEN cr[a] - dr[a] - hd[a] - s.floors[a]
                        WHEN codes[item] = 4 THEN dr[a] - cr[a] - hc[a] - s.floors[a]
                        WHEN s.is_credit[a] THEN s.ceilings[a] - (cr[a] + hc[a] - dr[a])
                        ELSE s.ceilings[a] - (dr[a] + hd[a] - cr[a]) END;
                    asked[item] := c.amounts[faults[item]];
                END IF;
            END LOOP;
        ELSE
            done := doing;
        END IF;
        group_first := group_last + 1;
    END LOOP;
    -- 5. What does not stand moves nothing.
    SELECT array_agg(CASE WHEN codes[i] = 0 THEN p ELSE 0 END ORDER BY n),
            array_agg(CASE WHEN codes[i] = 0 THEN h ELSE 0 END ORDER BY n)
        INTO posted, held
        FROM unnest(posted, held, c.items) WITH ORDINALITY AS t (p, h, i, n);
    v := ROW(codes, faults, culprits, available, asked, posted, held);
    RETURN v;
END $$;

-- Of accounts that are needed whole, add up all lanes; nobody else is in any of them.
CREATE FUNCTION ledger_add_lanes(INOUT s ledger_books, p_accounts bigint[], p_whole bigint[])
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    whole ledger_balance;
    a integer;
BEGIN
    FOR whole IN SELECT * FROM ledger_balance WHERE account_id = ANY (p_whole) LOOP
        a := array_position(p_accounts, whole.account_id);
        s.debits[a] := whole.debits_micros;
        s.credits[a] := whole.credits_micros;
        s.held_debits[a] := whole.held_debits_micros;
        s.held_credits[a] := whole.held_credits_micros;
        s.is_contested[a] := true;
        s.last_at := greatest(s.last_at, (SELECT max(last.posted_at)
            FROM generate_series(0, 15) AS lane CROSS JOIN LATERAL (
                SELECT posted_at FROM ledger_standing
                WHERE account_id = whole.account_id AND ledger_standing.lane = lane.lane
                ORDER BY posted_at DESC LIMIT 1) AS last));
    END LOOP;
END $$;

-- Append what every touched account stands at now. An account that was needed whole is spread over
-- its lanes again, so that the next callers find something in each.
CREATE FUNCTION ledger_append_standings(
    s ledger_books, p_accounts bigint[], p_lanes smallint[], p_whole bigint[],
    p_at timestamptz, p_number bigint
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account ledger_account;
    a integer;
    last_lane integer;
    share bigint;
BEGIN
    INSERT INTO ledger_standing
    SELECT id, lane, p_at, p_number, debits + more_debits, credits + more_credits,
        held_debits + more_held_debits, held_credits + more_held_credits, is_credit,
        nullif(floor_micros, -9223372036854775808)
    FROM unnest(p_accounts, p_lanes, s.debits, s.credits, s.held_debits, s.held_credits,
        s.more_debits, s.more_credits, s.more_held_debits, s.more_held_credits, s.is_credit,
        s.floors) AS t (id, lane, debits, credits, held_debits, held_credits, more_debits,
        more_credits, more_held_debits, more_held_credits, is_credit, floor_micros)
    WHERE (more_debits, more_credits, more_held_debits, more_held_credits) <> (0, 0, 0, 0)
        AND id = ANY (p_whole) IS NOT TRUE;
    FOR account IN SELECT * FROM ledger_account WHERE id = ANY (p_whole) ORDER BY id LOOP
        a := array_position(p_accounts, account.id);
        s.debits[a] := s.debits[a] + s.more_debits[a];
        s.credits[a] := s.credits[a] + s.more_credits[a];
        s.held_debits[a] := s.held_debits[a] + s.more_held_debits[a];
        s.held_credits[a] := s.held_credits[a] + s.more_held_credits[a];
        share := CASE WHEN account.ceiling_micros IS NULL AND account.floor_micros = 0 THEN
            CASE WHEN s.is_credit[a] THEN s.credits[a] - s.debits[a] - s.held_debits[a]
            ELSE s.debits[a] - s.credits[a] - s.held_credits[a] END / account.lane_count ELSE 0 END;
        last_lane := account.lane_count - 1;
        INSERT INTO ledger_standing
        SELECT account.id, lane, p_at, p_number,
            CASE WHEN s.is_credit[a] THEN CASE lane WHEN 0 THEN s.debits[a] ELSE 0 END
                ELSE CASE lane WHEN 0 THEN s.debits[a] - share * last_lane ELSE share END END,
            CASE WHEN s.is_credit[a] THEN
                CASE lane WHEN 0 THEN s.credits[a] - share * last_lane ELSE share END
                ELSE CASE lane WHEN 0 THEN s.credits[a] ELSE 0 END END,
            CASE lane WHEN 0 THEN s.held_debits[a] ELSE 0 END,
            CASE lane WHEN 0 THEN s.held_credits[a] ELSE 0 END,
            s.is_credit[a], account.floor_micros
        FROM generate_series(0, last_lane) AS lane;
    END LOOP;
END $$;

-- Write what a call leaves behind and return its number; NULL when it leaves nothing. Entries go in
-- by id, so that two callers with the same ids wait for each other in one order.
CREATE FUNCTION ledger_write(
    c ledger_call, v ledger_verdict, p_codes smallint[], p_posted bigint[], p_currencies text[],
    p_at timestamptz, number bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    entries integer;
    rest integer := 0;
BEGIN
    INSERT INTO ledger_entry (id, number, kind, reference, policy_version, memo, occurred_at,
        posted_at, transfer_count, reverses_id)
    SELECT id, number + n - 1, coalesce(kind, c.kinds[1]), coalesce(ref, c.refs[1]),
        coalesce(policy, c.policies[1]), coalesce(memo, c.memos[1]), coalesce(occurred, c.occurred[1]),
        p_at, count, reverses
    FROM unnest(c.ids, c.kinds, c.refs, c.policies, c.memos, c.occurred, c.counts, c.reverses,
        c.modes, p_codes) WITH ORDINALITY
        AS i (id, kind, ref, policy, memo, occurred, count, reverses, mode, code, n)
    WHERE mode IN (0, 2) AND code IS NOT DISTINCT FROM CASE WHEN p_codes IS NOT NULL THEN 0 END
    ORDER BY id;
    GET DIAGNOSTICS entries = ROW_COUNT;
    INSERT INTO ledger_transfer
        (entry_number, position, posted_at, debit_id, credit_id, currency, amount_micros)
    SELECT number + item - 1, position, p_at, debit, credit, coalesce(currency, p_currencies[1]), amount
    FROM unnest(c.items, c.positions, c.debits, c.credits, p_currencies, p_posted)
        AS t (item, position, debit, credit, currency, amount)
    WHERE p_codes IS NULL OR p_codes[item] = 0 AND c.modes[item] IN (0, 2);
    IF p_codes IS NOT NULL THEN
        rest := ledger_write_rest(c, v, p_currencies, p_at, number);
    END IF;
    IF entries + rest = 0 THEN
        RETURN NULL;
    END IF;
    WITH kept AS (
        INSERT INTO ledger_posting VALUES (number, p_at, cardinality(c.ids)) RETURNING number
    )
    INSERT INTO ledger_unsealed SELECT number FROM kept WHERE entries > 0;
    RETURN number;
END $$;

-- Holds, their ends, and the ids that stay refused; returns how many rows that was.
CREATE FUNCTION ledger_write_rest(
    c ledger_call, v ledger_verdict, p_currencies text[], p_at timestamptz, p_number bigint
) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    total integer := 0;
    written integer;
BEGIN
    INSERT INTO ledger_hold
    SELECT id, p_number + n - 1, coalesce(kind, c.kinds[1]), coalesce(ref, c.refs[1]),
        coalesce(policy, c.policies[1]), coalesce(memo, c.memos[1]), coalesce(occurred, c.occurred[1]),
        p_at, expires, debit, credit, coalesce(currency, p_currencies[1]), amount
    FROM unnest(c.ids, c.kinds, c.refs, c.policies, c.memos, c.occurred, c.expires, c.modes, v.codes)
        WITH ORDINALITY AS i (id, kind, ref, policy, memo, occurred, expires, mode, code, n)
    JOIN unnest(c.items, c.debits, c.credits, p_currencies, c.amounts)
        AS t (item, debit, credit, currency, amount) ON t.item = i.n
    WHERE mode = 1 AND code = 0 ORDER BY id;
    GET DIAGNOSTICS written = ROW_COUNT;
    total := total + written;
    INSERT INTO ledger_holdend
    SELECT hold, p_number + n - 1,
        CASE mode WHEN 2 THEN 'posted' WHEN 3 THEN 'voided' ELSE 'expired' END,
        CASE mode WHEN 2 THEN id END, p_at
    FROM unnest(c.ids, c.holds, c.modes, v.codes) WITH ORDINALITY AS i (id, hold, mode, code, n)
    WHERE mode > 1 AND code = 0 ORDER BY hold;
    GET DIAGNOSTICS written = ROW_COUNT;
    total := total + written;
    INSERT INTO ledger_refusal
    SELECT id, p_number + n - 1, code, coalesce(kind, c.kinds[1]), coalesce(ref, c.refs[1]), p_at
    FROM unnest(c.ids, c.kinds, c.refs, c.modes, v.codes) WITH ORDINALITY
        AS i (id, kind, ref, mode, code, n)
    WHERE mode < 3 AND ledger_is_remembered(code)
    ORDER BY id, n ON CONFLICT DO NOTHING;  -- of an id asked twice, the first answer stays
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN total + written;
END $$;

-- Post a call inside the caller's transaction, and say what became of it.
CREATE FUNCTION ledger_post(
    p_at timestamptz, p_ids uuid[], p_modes smallint[], p_groups integer[], p_counts integer[],
    p_kinds text[], p_refs text[], p_policies text[], p_memos text[], p_occurred timestamptz[],
    p_reverses uuid[], p_holds uuid[], p_expires timestamptz[], p_items integer[],
    p_positions integer[], p_debits bigint[], p_credits bigint[], p_amounts bigint[],
    p_up_to boolean[], p_currencies text[],
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
    lanes smallint[];
    whole bigint[];
    short bigint[];
    s ledger_books;
    v ledger_verdict;
    at timestamptz;
    ids_are_new boolean := true;
    is_plain boolean;
    attempts integer := 0;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'posting needs the isolation level READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM set_config('takings.posting', 'on', true);  -- off again before this returns
    SELECT array_agg(id) INTO accounts FROM (
        SELECT DISTINCT id FROM unnest(p_debits || p_credits) AS id ORDER BY id) AS touched;
    IF p_holds IS NOT NULL THEN  -- in whichever lane it was held
        SELECT array_agg(id ORDER BY id) INTO whole FROM ledger_account
            WHERE lane_count > 1 AND id IN (SELECT unnest(ARRAY[debit, credit])
                FROM unnest(p_items, p_debits, p_credits) AS t (item, debit, credit)
                WHERE p_modes[item] > 1);
    END IF;
    is_plain := p_reverses IS NULL AND p_holds IS NULL AND p_up_to IS NULL
        AND NOT 0 <> ANY (p_modes);
    LOOP
        BEGIN
            lanes := ledger_lock(accounts, whole);
            number := nextval('ledger_posting_sequence') * 131072;  -- after those waited for
            posted := p_amounts;
            SELECT ids_are_new AND NOT is_known, is_plain AND NOT is_known AND NOT is_locked
                INTO ids_are_new, is_plain FROM (SELECT  -- now: those waited for may have used them
                    EXISTS (SELECT 1 FROM ledger_refusal WHERE id = ANY (p_ids))
                    OR EXISTS (SELECT 1 FROM ledger_hold WHERE id = ANY (p_ids)) AS is_known,
                    EXISTS (SELECT 1 FROM ledger_periodlock WHERE locked_before
                        > (SELECT min(t) FROM unnest(p_occurred) AS t)) AS is_locked) AS known;
            IF is_plain AND ids_are_new AND whole IS NULL THEN
                at := ledger_append_plainly(
                    accounts, lanes, p_debits, p_credits, p_amounts, p_at, number);
                IF at IS NOT NULL THEN
                    PERFORM ledger_write(c, v, codes, p_amounts, p_currencies, at, number);
                    PERFORM set_config('takings.posting', 'off', true);
                    RETURN;
                END IF;
                is_plain := false;
            END IF;
            SELECT array_agg(debits), array_agg(credits), array_agg(held_debits),
                array_agg(held_credits), array_agg(more_debits), array_agg(more_credits),
                array_agg(more_held_debits), array_agg(more_held_credits), array_agg(is_credit),
                array_agg(coalesce(floor, -9223372036854775808)),
                array_agg(coalesce(ceiling, 9223372036854775807)), array_agg(is_closed),
                array_agg(is_contested), max(last_at)
                INTO s FROM (SELECT * FROM ledger_stands(
                    accounts, lanes, p_debits, p_credits, p_amounts) ORDER BY id) AS stands;
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
            v := ledger_decide(c, ledger_known(c, NOT ids_are_new), accounts, s);
            codes := v.codes;
            faults := v.faults;
            culprits := v.culprits;
            available := v.available;
            asked := v.asked;
            posted := v.posted;
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
                PERFORM ledger_append_standings(s, accounts, lanes, whole, at, number);
            END IF;
            PERFORM set_config('takings.posting', 'off', true);
            RETURN;
        EXCEPTION
            WHEN SQLSTATE 'LW001' THEN
                whole := ARRAY(SELECT DISTINCT id FROM unnest(
                    whole || string_to_array(SQLERRM, ',')::bigint[]) AS id ORDER BY id);
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

-- Open the accounts that are new, in one order for everybody, and return the ids of all.
CREATE FUNCTION ledger_open(
    p_names text[], p_currencies text[], p_sides text[], p_floors bigint[], p_lanes smallint[]
) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ids bigint[];
BEGIN
    FOR attempt IN 1 .. 2 LOOP
        SELECT array_agg(a.id ORDER BY n) INTO ids
            FROM unnest(p_names, p_currencies) WITH ORDINALITY AS t (name, currency, n)
            LEFT JOIN LATERAL (SELECT id FROM ledger_account
                WHERE name = t.name AND currency = t.currency OFFSET 0) AS a ON true;
        EXIT WHEN array_position(ids, NULL) IS NULL;
        PERFORM set_config('takings.posting', 'on', true);
        INSERT INTO ledger_account (id, name, currency, side, floor_micros, lane_count)
        SELECT nextval('ledger_account_sequence') * 531441 + ledger_currency_number(currency),
            name, currency, side, floor_micros, lanes
        FROM unnest(p_names, p_currencies, p_sides, p_floors, p_lanes, ids)
            AS t (name, currency, side, floor_micros, lanes, id)
        WHERE id IS NULL ORDER BY name, currency
        ON CONFLICT DO NOTHING;
        PERFORM set_config('takings.posting', 'off', true);
    END LOOP;
    RETURN ids;
END $$;

-- Change what holds of an account from now on: 'ceiling' (p_micros or none), 'close' or 'reopen'.
-- Returns what stands in an account that is to be closed and is not empty, and changes nothing.
CREATE FUNCTION ledger_set_terms(
    p_account bigint, p_change text, p_micros bigint, p_reason text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a ledger_account;
    b ledger_balance;
BEGIN
    SELECT * INTO STRICT a FROM ledger_account WHERE id = p_account FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(-16 * p_account);  -- nobody is in any lane
    IF p_change = 'close' THEN
        SELECT * INTO b FROM ledger_balance WHERE account_id = p_account;
        IF b.debits_micros <> b.credits_micros THEN
            RETURN CASE a.side WHEN 'credit' THEN 1 ELSE -1 END * (b.credits_micros - b.debits_micros);
        ELSIF b.held_debits_micros + b.held_credits_micros > 0 THEN
            RETURN greatest(b.held_debits_micros, b.held_credits_micros);
        END IF;
        a.closed_at := coalesce(a.closed_at, p_at);
    ELSIF p_change = 'reopen' THEN
        a.closed_at := NULL;
    ELSE
        a.ceiling_micros := p_micros;
    END IF;
    UPDATE ledger_account SET ceiling_micros = a.ceiling_micros, closed_at = a.closed_at
        WHERE id = p_account AND (ceiling_micros, closed_at)
            IS DISTINCT FROM (a.ceiling_micros, a.closed_at);
    IF FOUND THEN
        PERFORM set_config('takings.posting', 'on', true);
        INSERT INTO ledger_accountchange (account_id, ceiling_micros, closed_at, reason, changed_at)
        VALUES (p_account, a.ceiling_micros, a.closed_at, p_reason, p_at);
        PERFORM set_config('takings.posting', 'off', true);
    END IF;
    RETURN NULL;
END $$;
