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
    PERFORM 1 FROM ledger_lane WHERE account_id = p_account ORDER BY lane FOR NO KEY UPDATE;
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
