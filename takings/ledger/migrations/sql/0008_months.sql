-- A month of transfers is opened by whoever runs the software, in the name of the tables' owner.
-- Where transfers of that month lie among the undated, they are moved over, in one transaction:
-- all of them, told by their count and their sum, or the month stays closed.
DROP FUNCTION ledger_open_month(date);
CREATE FUNCTION ledger_open_month(p_month date) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    first date := date_trunc('month', p_month);
    since timestamptz := first::timestamp AT TIME ZONE 'UTC';
    until timestamptz := (first + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    table_name text := 'ledger_transfer_' || to_char(first, 'YYYY_MM');
    undated text;
    moved text;
BEGIN
    IF to_regclass(table_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    IF first > now() + interval '1 year' THEN
        RAISE EXCEPTION 'the month % is too far ahead', to_char(first, 'YYYY-MM')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Attached when it is made: a partition that is made in its place would stop all posting.
    EXECUTE format('CREATE TABLE %I (LIKE ledger_transfer INCLUDING ALL)', table_name);
    LOCK TABLE ledger_transfer_undated IN ACCESS EXCLUSIVE MODE;
    SELECT count(*) || ':' || sum(amount_micros) INTO undated FROM ledger_transfer_undated
        WHERE posted_at >= since AND posted_at < until;
    IF undated IS NOT NULL THEN
        EXECUTE format('INSERT INTO %I SELECT * FROM ledger_transfer_undated
            WHERE posted_at >= $1 AND posted_at < $2', table_name) USING since, until;
        ALTER TABLE ledger_transfer_undated DISABLE TRIGGER transfers_never_change;
        DELETE FROM ledger_transfer_undated WHERE posted_at >= since AND posted_at < until;
        ALTER TABLE ledger_transfer_undated ENABLE TRIGGER transfers_never_change;
        EXECUTE format('SELECT count(*) || '':'' || sum(amount_micros) FROM %I', table_name)
            INTO moved;
        IF moved IS DISTINCT FROM undated THEN
            RAISE EXCEPTION 'of the undated transfers of % not all could be moved', table_name
                USING ERRCODE = 'data_corrupted';
        END IF;
    END IF;
    PERFORM ledger_guard_month(table_name::regclass);
    EXECUTE format('ALTER TABLE ledger_transfer ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        table_name, since, until);
    RETURN true;
END $$;
