-- Roles of the deployment, who was given one by hand, and which groups of a connection give one. What groups give is
-- computed from members and rules and stored nowhere. A rule without a group (group_key '') holds for whom no other fits.
CREATE TABLE roles (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT,
    created BIGINT NOT NULL
);
CREATE TABLE role_grants (
    organization_key BIGINT NOT NULL REFERENCES organizations (key) ON DELETE CASCADE,
    user_key BIGINT NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    role_key BIGINT NOT NULL REFERENCES roles (key),
    granted BIGINT NOT NULL,
    PRIMARY KEY (user_key, organization_key, role_key)
);
CREATE INDEX role_grants_organization ON role_grants (organization_key);
CREATE INDEX role_grants_role ON role_grants (role_key);
CREATE TABLE role_rules (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    connection_key BIGINT NOT NULL REFERENCES connections (key) ON DELETE CASCADE,
    group_name TEXT,
    group_key TEXT NOT NULL,
    role_key BIGINT NOT NULL REFERENCES roles (key),
    priority BIGINT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (connection_key, group_key, role_key)
);
CREATE INDEX role_rules_role ON role_rules (role_key);
ALTER TABLE connections ADD COLUMN has_role_rules BOOLEAN NOT NULL DEFAULT FALSE;
