-- Which events were undone, and by which event; the events themselves are never changed.
CREATE TABLE undos (
    event_id TEXT NOT NULL PRIMARY KEY,
    undone BIGINT NOT NULL,
    by_event TEXT NOT NULL
);
CREATE INDEX events_kind ON events (kind, occurred);
