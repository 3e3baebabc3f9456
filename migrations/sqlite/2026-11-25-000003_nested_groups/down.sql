DROP INDEX members_nested_above;
DROP INDEX members_nested_below;
ALTER TABLE members DROP COLUMN is_group;
