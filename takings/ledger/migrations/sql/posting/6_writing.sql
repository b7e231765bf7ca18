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
        s.last_at := greatest(s.last_at, (SELECT max(posted_at) FROM ledger_lane
            WHERE account_id = whole.account_id));
    END LOOP;
END $$;

-- Refuse to post where a lane's row is not there or not where it was read: somebody else wrote it.
CREATE FUNCTION ledger_refuse_missing(p_count bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_count <> 0 THEN
        RAISE EXCEPTION '% lanes could not be kept; run takings check-books', p_count
            USING ERRCODE = 'data_corrupted';
    END IF;
END $$;

-- Append what every touched account stands at now. An account that was needed whole is spread over
-- its lanes again, so that the next callers find something in each.
CREATE FUNCTION ledger_append_standings(
    s ledger_books, l ledger_lanes, p_accounts bigint[], p_whole bigint[],
    p_at timestamptz, p_number bigint
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account ledger_account;
    a integer;
    last_lane integer;
    share bigint;
    missing bigint := 0;
BEGIN
    FOR account IN SELECT * FROM ledger_account WHERE id = ANY (p_whole) ORDER BY id LOOP
        a := array_position(p_accounts, account.id);
        s.debits[a] := s.debits[a] + s.more_debits[a];
        s.credits[a] := s.credits[a] + s.more_credits[a];
        s.held_debits[a] := s.held_debits[a] + s.more_held_debits[a];
        s.held_credits[a] := s.held_credits[a] + s.more_held_credits[a];
        s.more_debits[a] := 0;
        s.more_credits[a] := 0;
        s.more_held_debits[a] := 0;
        s.more_held_credits[a] := 0;
        share := CASE WHEN account.ceiling_micros IS NULL AND account.floor_micros = 0 THEN
            CASE WHEN s.is_credit[a] THEN s.credits[a] - s.debits[a] - s.held_debits[a]
            ELSE s.debits[a] - s.credits[a] - s.held_credits[a] END / account.lane_count ELSE 0 END;
        last_lane := account.lane_count - 1;
        SELECT missing + account.lane_count - ledger_append(
                array_agg(account.id), array_agg(lane::smallint),
                array_agg(CASE WHEN s.is_credit[a] THEN CASE lane WHEN 0 THEN s.debits[a] ELSE 0 END
                    ELSE CASE lane WHEN 0 THEN s.debits[a] - share * last_lane ELSE share END END),
                array_agg(CASE WHEN s.is_credit[a] THEN
                    CASE lane WHEN 0 THEN s.credits[a] - share * last_lane ELSE share END
                    ELSE CASE lane WHEN 0 THEN s.credits[a] ELSE 0 END END),
                array_agg(CASE lane WHEN 0 THEN s.held_debits[a] ELSE 0 END),
                array_agg(CASE lane WHEN 0 THEN s.held_credits[a] ELSE 0 END),
                array_agg(s.is_credit[a]), array_agg(account.floor_micros), p_at, p_number)
            INTO missing FROM generate_series(0, last_lane) AS lane;
    END LOOP;
    PERFORM ledger_refuse_missing(missing + ledger_move(l, p_accounts, s.more_debits,
        s.more_credits, s.more_held_debits, s.more_held_credits, p_at, p_number));
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
    FROM (SELECT unnest(c.ids) AS id, unnest(c.kinds) AS kind, unnest(c.refs) AS ref,
        unnest(c.policies) AS policy, unnest(c.memos) AS memo, unnest(c.occurred) AS occurred,
        unnest(c.counts) AS count, unnest(c.reverses) AS reverses, unnest(c.modes) AS mode,
        unnest(p_codes) AS code, generate_series(1, cardinality(c.ids)) AS n) AS i
    WHERE mode IN (0, 2) AND code IS NOT DISTINCT FROM CASE WHEN p_codes IS NOT NULL THEN 0 END
    ORDER BY id;
    GET DIAGNOSTICS entries = ROW_COUNT;
    INSERT INTO ledger_transfer
        (entry_number, position, posted_at, debit_id, credit_id, currency, amount_micros)
    SELECT number + item - 1, position, p_at, debit, credit, coalesce(currency, p_currencies[1]), amount
    FROM (SELECT unnest(c.items) AS item, unnest(c.positions) AS position,
        unnest(c.debits) AS debit, unnest(c.credits) AS credit, unnest(p_currencies) AS currency,
        unnest(p_posted) AS amount) AS t
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
