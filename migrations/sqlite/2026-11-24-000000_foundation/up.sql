CREATE TABLE store_meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organizations (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    handle TEXT,
    external_id TEXT,
    is_suspended BOOLEAN NOT NULL,
    is_auto_membership_enabled BOOLEAN NOT NULL,
    is_auto_join_domain_list BOOLEAN NOT NULL,
    allowed_domains TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX organizations_name ON organizations (name);

CREATE TABLE organization_domains (
    domain TEXT NOT NULL PRIMARY KEY,
    organization_key BIGINT NOT NULL REFERENCES organizations (key) ON DELETE CASCADE,
    proof TEXT NOT NULL CHECK (proof IN ('asserted', 'dns_txt')),
    proven BIGINT,
    checked BIGINT
);
CREATE INDEX organization_domains_organization ON organization_domains (organization_key);

CREATE TABLE connections (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    organization_key BIGINT REFERENCES organizations (key),
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    strategy TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled', 'deleting')),
    options TEXT NOT NULL,
    settings_version BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX connections_organization ON connections (organization_key);

CREATE TABLE connection_home_domains (
    domain TEXT NOT NULL PRIMARY KEY,
    connection_key BIGINT NOT NULL REFERENCES connections (key) ON DELETE CASCADE
);
CREATE INDEX connection_home_domains_connection ON connection_home_domains (connection_key);

CREATE TABLE organization_connections (
    organization_key BIGINT NOT NULL REFERENCES organizations (key) ON DELETE CASCADE,
    connection_key BIGINT NOT NULL REFERENCES connections (key) ON DELETE CASCADE,
    PRIMARY KEY (organization_key, connection_key)
);
CREATE INDEX organization_connections_connection ON organization_connections (connection_key);

CREATE TABLE directories (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    endpoint_id TEXT NOT NULL UNIQUE,
    connection_key BIGINT NOT NULL UNIQUE REFERENCES connections (key),
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused')),
    created BIGINT NOT NULL
);

CREATE TABLE scim_tokens (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    directory_key BIGINT NOT NULL REFERENCES directories (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT,
    last_used BIGINT
);
CREATE INDEX scim_tokens_directory ON scim_tokens (directory_key);

CREATE TABLE management_clients (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    organization_key BIGINT REFERENCES organizations (key) ON DELETE CASCADE,
    is_disabled BOOLEAN NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE client_secrets (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    client_key BIGINT NOT NULL REFERENCES management_clients (key) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT
);
CREATE INDEX client_secrets_client ON client_secrets (client_key);

CREATE TABLE users (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    email TEXT,
    email_key TEXT,
    given_name TEXT,
    family_name TEXT,
    picture TEXT,
    provided_id TEXT,
    profile_source TEXT NOT NULL CHECK (profile_source IN ('local', 'sign_in', 'directory')),
    made_by TEXT NOT NULL CHECK (made_by IN ('admin', 'import', 'sign_in', 'directory')),
    is_suspended BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    last_signed_in BIGINT,
    total_sign_ins BIGINT NOT NULL
);
CREATE INDEX users_email ON users (email_key);

CREATE TABLE organization_members (
    organization_key BIGINT NOT NULL REFERENCES organizations (key) ON DELETE CASCADE,
    user_key BIGINT NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    source TEXT NOT NULL CHECK (source IN ('directory', 'admin', 'sign_in', 'self_join')),
    joined BIGINT NOT NULL,
    PRIMARY KEY (organization_key, user_key)
);
CREATE INDEX organization_members_user ON organization_members (user_key);

CREATE TABLE resources (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    connection_key BIGINT NOT NULL REFERENCES connections (key),
    kind TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    unique_key TEXT,
    active BOOLEAN NOT NULL,
    display TEXT,
    document TEXT NOT NULL,
    UNIQUE (connection_key, key),
    UNIQUE (connection_key, kind, unique_key)
);
CREATE INDEX resources_list ON resources (connection_key, kind, key);

CREATE TABLE attribute_paths (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE
);

CREATE TABLE attribute_values (
    connection_key BIGINT NOT NULL,
    path_key BIGINT NOT NULL REFERENCES attribute_paths (key),
    value_key TEXT NOT NULL,
    resource_key BIGINT NOT NULL,
    element BIGINT NOT NULL,
    rest TEXT,
    is_sort BOOLEAN NOT NULL,
    PRIMARY KEY (connection_key, path_key, value_key, resource_key, element),
    FOREIGN KEY (connection_key, resource_key) REFERENCES resources (connection_key, key) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX attribute_values_resource ON attribute_values (connection_key, resource_key);

CREATE TABLE members (
    connection_key BIGINT NOT NULL,
    group_key BIGINT NOT NULL,
    member_key BIGINT NOT NULL,
    PRIMARY KEY (connection_key, group_key, member_key),
    FOREIGN KEY (connection_key, group_key) REFERENCES resources (connection_key, key) ON DELETE CASCADE,
    FOREIGN KEY (connection_key, member_key) REFERENCES resources (connection_key, key) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX members_member ON members (connection_key, member_key);

CREATE TABLE directory_counts (
    connection_key BIGINT NOT NULL REFERENCES connections (key) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    slot BIGINT NOT NULL CHECK (slot BETWEEN 0 AND 15),
    total BIGINT NOT NULL,
    PRIMARY KEY (connection_key, kind, slot)
) WITHOUT ROWID;

CREATE TABLE identities (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    user_key BIGINT NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'username', 'phone', 'social', 'enterprise')),
    value TEXT NOT NULL,
    value_key TEXT NOT NULL,
    connection_key BIGINT REFERENCES connections (key),
    subject TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'deactivated', 'held')),
    origin TEXT NOT NULL CHECK (origin IN ('admin', 'sign_in', 'directory')),
    pushed BIGINT,
    resource_key BIGINT UNIQUE,
    is_confirmed BOOLEAN NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    last_login BIGINT,
    total_logins BIGINT NOT NULL,
    CHECK (kind <> 'enterprise' OR (connection_key IS NOT NULL AND resource_key IS NOT NULL)),
    FOREIGN KEY (connection_key, resource_key) REFERENCES resources (connection_key, key)
);
CREATE INDEX identities_user ON identities (user_key);
CREATE INDEX identities_connection_value ON identities (connection_key, value_key);
CREATE UNIQUE INDEX identities_subject ON identities (connection_key, subject) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX identities_one_enterprise ON identities (user_key) WHERE kind = 'enterprise';
CREATE UNIQUE INDEX identities_social ON identities (connection_key, value_key) WHERE kind = 'social';
CREATE UNIQUE INDEX identities_local ON identities (kind, value_key) WHERE kind IN ('email', 'username', 'phone');

CREATE TABLE departures (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    connection_key BIGINT NOT NULL REFERENCES connections (key),
    user_key BIGINT NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    external_key TEXT,
    subject TEXT,
    user_name_key TEXT NOT NULL,
    email_key TEXT,
    departed BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX departures_external ON departures (connection_key, external_key);
CREATE INDEX departures_subject ON departures (connection_key, subject);
CREATE INDEX departures_user_name ON departures (connection_key, user_name_key);
CREATE INDEX departures_email ON departures (connection_key, email_key);
CREATE INDEX departures_user ON departures (user_key);
CREATE INDEX departures_expires ON departures (expires);

CREATE TABLE sign_in_answers (
    connection_key BIGINT NOT NULL REFERENCES connections (key) ON DELETE CASCADE,
    request_id TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered BIGINT NOT NULL,
    PRIMARY KEY (connection_key, request_id)
) WITHOUT ROWID;
CREATE INDEX sign_in_answers_answered ON sign_in_answers (answered);

CREATE TABLE events (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    occurred BIGINT NOT NULL,
    connection_key BIGINT,
    user_id TEXT,
    identity_id TEXT,
    resource_id TEXT,
    actor TEXT NOT NULL,
    request_id TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX events_connection ON events (connection_key, key);
CREATE INDEX events_user ON events (user_id);

CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT,
    lease_until BIGINT NOT NULL,
    started BIGINT,
    finished BIGINT,
    error TEXT
);
