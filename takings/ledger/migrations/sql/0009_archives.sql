CREATE TRIGGER archives_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_archive
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER archive_sums_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_archivesum
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();

-- The months whose transfers are in files now.
CREATE VIEW ledger_archived AS
SELECT * FROM (
    SELECT DISTINCT ON (month) * FROM ledger_archive ORDER BY month, id DESC
) AS newest WHERE is_archived;

-- The place of an archived month stays, empty and closed: what is in its file is all of it.
CREATE FUNCTION month_is_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the month of % is archived; bring it back with takings attach-transfers',
        TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
