-- Decide one group after the other, in their order; p_known are the codes of ledger_known, or NULL:
-- nothing is known of any item, and none is out of the ordinary.
CREATE FUNCTION ledger_decide(
    c ledger_call, p_known smallint[], p_accounts bigint[], s ledger_books
) RETURNS ledger_verdict LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    largest CONSTANT bigint := 9223372036854775807;  -- also: no ceiling
    lowest CONSTANT bigint := -9223372036854775808;  -- no floor
    v ledger_verdict;
    codes smallint[] := coalesce(p_known, array_fill(0::smallint, ARRAY[cardinality(c.ids)]));
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
    IF p_known IS NULL AND NOT 0 <> ANY (wrong) THEN
        v := ledger_sieve(c, p_accounts, debit_at, credit_at, s);
        IF v.codes IS NOT NULL THEN
            RETURN v;
        END IF;
    END IF;
    -- 2. Which items must be looked at: those of groups of which anything may fail.
    SELECT array_agg(may_fail ORDER BY n), array_agg(first ORDER BY n), array_agg(before ORDER BY n),
            array_agg(hold_amount ORDER BY n)
        INTO looked_at, first, earlier, held_amounts FROM (
        SELECT n, first, coalesce(lag(n) OVER (PARTITION BY id, mode IN (3, 4) ORDER BY n), 0)::integer AS before,
            hold_amount, bool_or(codes[n] <> 0 OR mode > 1 OR reverses IS NOT NULL
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
