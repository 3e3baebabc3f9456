CREATE TABLE properties (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('single_line_text', 'multi_line_text')),
    is_private BOOLEAN NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE user_properties (
    user_key BIGINT NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    property_key BIGINT NOT NULL REFERENCES properties (key) ON DELETE CASCADE,
    value TEXT NOT NULL,
    PRIMARY KEY (user_key, property_key)
);
CREATE INDEX user_properties_value ON user_properties (property_key, value);
