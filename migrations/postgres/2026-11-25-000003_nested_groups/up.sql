-- Which members are groups, so that a walk from group to group passes over no people. Until now no group was a member.
ALTER TABLE members ADD COLUMN is_group BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX members_nested_below ON members (connection_key, group_key, member_key) WHERE is_group;
CREATE INDEX members_nested_above ON members (connection_key, member_key, group_key) WHERE is_group;
