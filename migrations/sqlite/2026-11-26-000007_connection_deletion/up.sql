-- Since when a connection is being deleted, and the state it would come back in.
ALTER TABLE connections ADD COLUMN deleting_since BIGINT;
ALTER TABLE connections ADD COLUMN state_before TEXT;
