-- Members that were named before they came. value_key is the value as it is compared with userNames; an externalId is
-- compared with the value itself, too.
CREATE TABLE pending_members (
    connection_key BIGINT NOT NULL,
    group_key BIGINT NOT NULL,
    value TEXT NOT NULL,
    value_key TEXT NOT NULL,
    PRIMARY KEY (connection_key, group_key, value),
    FOREIGN KEY (connection_key, group_key) REFERENCES resources (connection_key, key) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX pending_members_value ON pending_members (connection_key, value_key);
