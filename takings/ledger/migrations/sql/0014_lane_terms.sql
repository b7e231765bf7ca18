-- A lane's row says what does not change of its account, too: whoever posts locks and reads it in one
-- step and needs nothing of the account's row. A lane's lock is its row.
ALTER TABLE ledger_lane
    ADD COLUMN floor_micros bigint,
    ADD COLUMN is_credit boolean,
    ADD COLUMN is_laned boolean;  -- its account has more than this one
SELECT set_config('takings.posting', 'on', true);
UPDATE ledger_lane SET floor_micros = a.floor_micros, is_credit = side = 'credit',
    is_laned = lane_count > 1 FROM ledger_account AS a WHERE id = account_id;
SELECT set_config('takings.posting', 'off', true);
ALTER TABLE ledger_lane ALTER COLUMN is_credit SET NOT NULL, ALTER COLUMN is_laned SET NOT NULL;

CREATE OR REPLACE FUNCTION ledger_make_lanes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_lane (account_id, lane, floor_micros, is_credit, is_laned)
    SELECT NEW.id, lane, NEW.floor_micros, NEW.side = 'credit', NEW.lane_count > 1
    FROM generate_series(0, NEW.lane_count - 1) AS lane
    ON CONFLICT (account_id, lane) DO UPDATE SET is_laned = EXCLUDED.is_laned;
    RETURN NULL;
END $$;

-- Limits are rare: whether a call touches an account that has some is asked of those alone.
CREATE INDEX account_with_limits ON ledger_account (id)
    WHERE closed_at IS NOT NULL OR ceiling_micros IS NOT NULL;

-- What the newest posting functions have no more.
DROP ROUTINE IF EXISTS ledger_append_plainly CASCADE;
DROP TYPE IF EXISTS ledger_stand CASCADE;
