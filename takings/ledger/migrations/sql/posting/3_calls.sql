-- The stands of a call as columns, in the order of its accounts.
CREATE TYPE ledger_books AS (
    debits bigint[], credits bigint[], held_debits bigint[], held_credits bigint[],
    more_debits bigint[], more_credits bigint[], more_held_debits bigint[],
    more_held_credits bigint[], is_credit boolean[], floors bigint[], ceilings bigint[],
    is_closed boolean[], is_contested boolean[], last_at timestamptz
);

-- The same of lanes as they were found, with what the call moves on each and the limits of accounts.
CREATE FUNCTION ledger_stands(
    p_accounts bigint[], l ledger_lanes, p_has_limits boolean, p_debits bigint[], p_credits bigint[]
) RETURNS ledger_books LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    s ledger_books;
BEGIN
    SELECT array_agg(coalesce(floor, -9223372036854775808) ORDER BY n),
            array_agg(coalesce(ceiling_micros, 9223372036854775807) ORDER BY n),
            array_agg(CASE WHEN is_credit IS NOT NULL THEN closed_at IS NOT NULL END ORDER BY n),
            array_agg(closed_at IS NOT NULL OR ceiling_micros IS NOT NULL OR ledger_could_fail(
                is_credit, floor, debits, credits, held_debits, held_credits, more_debits,
                more_credits) ORDER BY n)
        INTO s.floors, s.ceilings, s.is_closed, s.is_contested
        FROM (SELECT unnest(p_accounts) AS id, unnest(l.is_credit) AS is_credit,
            unnest(l.floors) AS floor, unnest(l.debits) AS debits, unnest(l.credits) AS credits,
            unnest(l.held_debits) AS held_debits, unnest(l.held_credits) AS held_credits,
            unnest(p_debits) AS more_debits, unnest(p_credits) AS more_credits,
            generate_series(1, cardinality(p_accounts)) AS n) AS t
        LEFT JOIN LATERAL (SELECT ceiling_micros, closed_at FROM ledger_account
            WHERE p_has_limits AND id = t.id OFFSET 0) AS a ON true;
    s.debits := l.debits;
    s.credits := l.credits;
    s.held_debits := l.held_debits;
    s.held_credits := l.held_credits;
    s.more_debits := p_debits;
    s.more_credits := p_credits;
    s.more_held_debits := array_fill(0::bigint, ARRAY[cardinality(p_accounts)]);
    s.more_held_credits := s.more_held_debits;
    s.is_credit := l.is_credit;
    s.last_at := l.last_at;
    RETURN s;
END $$;

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
-- call) and the account, what there was and what was asked; what is posted and what is held by each
-- transfer.
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
