-- Decide a call in which nothing is out of the ordinary but that some entries ask for too much: for
-- more than there is in the account of their first transfer and all that the others bring. They fall
-- whoever else does. Where the others then have nothing to fear, this is the verdict; else no codes.
CREATE FUNCTION ledger_sieve(
    c ledger_call, p_accounts bigint[], p_debit_at integer[], p_credit_at integer[], s ledger_books
) RETURNS ledger_verdict LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    largest CONSTANT bigint := 9223372036854775807;
    lowest CONSTANT bigint := -9223372036854775808;
    v ledger_verdict;
    fallen integer[];  -- their items, their first transfers, the account of each
    fallen_first integer[];
    fallen_at integer[];
    is_sieved boolean;
BEGIN
    SELECT array_agg(item), array_agg(n), array_agg(a) INTO fallen, fallen_first, fallen_at
        FROM unnest(c.items, c.positions, p_debit_at, c.amounts) WITH ORDINALITY
            AS t (item, position, a, amount, n)
        JOIN (
            SELECT a, credits::numeric - debits - held_debits - floor AS room
            FROM unnest(s.credits, s.debits, s.held_debits, s.floors, s.is_credit, s.is_contested)
                WITH ORDINALITY AS b (credits, debits, held_debits, floor, is_credit, is_contested, a)
            WHERE is_contested AND is_credit AND floor > lowest
        ) AS b USING (a)
        WHERE position = 0 AND amount > room
            AND NOT EXISTS (SELECT 1 FROM unnest(c.items, p_credit_at) AS own (item, a)
                WHERE own.item = t.item AND own.a = t.a)  -- it may bring the money itself
            AND (c.groups[item - 1] = c.groups[item]) IS NOT TRUE
            AND (c.groups[item + 1] = c.groups[item]) IS NOT TRUE;
    IF fallen IS NULL OR EXISTS (  -- or other reasons to fall, or totals near 2⁶³
            SELECT 1 FROM unnest(s.debits, s.credits, s.more_debits, s.more_credits, s.ceilings,
                s.is_closed) AS b (debits, credits, more_debits, more_credits, ceiling, is_closed)
            WHERE is_closed OR ceiling < largest OR debits >= largest - more_debits
                OR credits >= largest - more_credits) THEN
        RETURN NULL;
    END IF;
    v.posted := ARRAY(SELECT CASE WHEN item IN (SELECT unnest(fallen)) THEN 0 ELSE amount END
        FROM unnest(c.items, c.amounts) WITH ORDINALITY AS t (item, amount, n) ORDER BY n);
    v.held := array_fill(0::bigint, ARRAY[cardinality(v.posted)]);
    SELECT bool_and(CASE WHEN floor = lowest THEN true
                WHEN is_credit THEN credits - debits - held_debits - floor >= moved_debits
                ELSE debits - credits - held_credits - floor >= moved_credits END
            AND (least_asked > credits::numeric - debits - held_debits - floor + moved_credits) IS NOT FALSE)
        INTO is_sieved
        FROM unnest(p_accounts, s.debits, s.credits, s.held_debits, s.held_credits, s.is_credit,
            s.floors) WITH ORDINALITY
            AS b (id, debits, credits, held_debits, held_credits, is_credit, floor, a)
        JOIN ledger_movements(c.debits, c.credits, v.posted, v.held)
            AS m (id, moved_debits, moved_credits, hd, hc) USING (id)
        LEFT JOIN (
            SELECT a, min(c.amounts[n]) AS least_asked FROM unnest(fallen_at, fallen_first) AS f (a, n)
            GROUP BY a
        ) AS f USING (a);
    IF NOT is_sieved THEN
        RETURN NULL;
    END IF;
    WITH leg AS (
        SELECT n, debit_at AS a, -amount AS change
        FROM unnest(p_debit_at, v.posted) WITH ORDINALITY AS t (debit_at, amount, n)
        UNION ALL
        SELECT n, credit_at, amount
        FROM unnest(p_credit_at, v.posted) WITH ORDINALITY AS t (credit_at, amount, n)
    ), found AS (  -- what there was when it was its turn
        SELECT item, f.n, f.a, coalesce(sum(change), 0)
            + s.credits[f.a] - s.debits[f.a] - s.held_debits[f.a] - s.floors[f.a] AS available
        FROM unnest(fallen, fallen_first, fallen_at) AS f (item, n, a)
        LEFT JOIN leg ON leg.a = f.a AND leg.n < f.n
        GROUP BY item, f.n, f.a
    )
    SELECT array_agg(CASE WHEN f.item IS NULL THEN 0 ELSE 4 END::smallint ORDER BY i.n),
            array_agg(f.n ORDER BY i.n), array_agg(p_accounts[f.a] ORDER BY i.n),
            array_agg(f.available::bigint ORDER BY i.n), array_agg(c.amounts[f.n] ORDER BY i.n)
        INTO v.codes, v.faults, v.culprits, v.available, v.asked
        FROM generate_series(1, cardinality(c.ids)) AS i (n) LEFT JOIN found AS f ON f.item = i.n;
    RETURN v;
END $$;
