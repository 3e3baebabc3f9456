-- Whether schemas beyond those of the RFC apply to the connection, so that most need not look.
ALTER TABLE connections ADD COLUMN has_schemas BOOLEAN NOT NULL DEFAULT FALSE;

-- Without a connection: of the whole deployment. name is folded: a URN or a resource type's name.
CREATE TABLE definitions (
    key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    connection_key BIGINT REFERENCES connections (key) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('schema', 'resource_type')),
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    loaded BIGINT NOT NULL
);
CREATE UNIQUE INDEX definitions_of_deployment ON definitions (kind, name) WHERE connection_key IS NULL;
CREATE UNIQUE INDEX definitions_of_connection ON definitions (connection_key, kind, name) WHERE connection_key IS NOT NULL;

-- What must be unique besides resources.unique_key.
CREATE TABLE unique_values (
    connection_key BIGINT NOT NULL,
    kind TEXT NOT NULL,
    path_key BIGINT NOT NULL REFERENCES attribute_paths (key),
    value_key TEXT NOT NULL,
    resource_key BIGINT NOT NULL,
    PRIMARY KEY (connection_key, kind, path_key, value_key),
    FOREIGN KEY (connection_key, resource_key) REFERENCES resources (connection_key, key) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX unique_values_resource ON unique_values (connection_key, resource_key);
