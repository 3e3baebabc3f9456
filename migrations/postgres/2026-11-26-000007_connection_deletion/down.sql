ALTER TABLE connections DROP COLUMN state_before;
ALTER TABLE connections DROP COLUMN deleting_since;
