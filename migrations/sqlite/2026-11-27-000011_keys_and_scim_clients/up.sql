CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    pem TEXT NOT NULL,
    created BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    retires BIGINT
);

CREATE TABLE scim_clients (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    directory_key BIGINT NOT NULL REFERENCES directories (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_seconds BIGINT NOT NULL CHECK (token_seconds BETWEEN 3600 AND 21600),
    issuer TEXT,
    subject TEXT,
    audience TEXT,
    keys_url TEXT,
    keys TEXT,
    created BIGINT NOT NULL,
    revoked BIGINT,
    last_used BIGINT,
    CHECK ((issuer IS NULL) = (subject IS NULL)),
    CHECK (issuer IS NULL OR (keys_url IS NULL) <> (keys IS NULL))
);
CREATE INDEX scim_clients_directory ON scim_clients (directory_key);

CREATE TABLE scim_client_secrets (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    client_key BIGINT NOT NULL REFERENCES scim_clients (key) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
    created BIGINT NOT NULL,
    expires BIGINT
);
CREATE INDEX scim_client_secrets_client ON scim_client_secrets (client_key);
