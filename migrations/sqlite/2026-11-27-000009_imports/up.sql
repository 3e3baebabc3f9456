-- An import looks people up by the application's own id, organizations by theirs, and connections by name.
CREATE INDEX users_provided_id ON users (provided_id) WHERE provided_id IS NOT NULL;
CREATE INDEX organizations_external_id ON organizations (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX connections_name ON connections (name);
