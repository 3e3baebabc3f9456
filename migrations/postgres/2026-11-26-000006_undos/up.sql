-- Which events were undone, and by which event; the events themselves are never changed.
CREATE TABLE undos (
    event_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    undone BIGINT NOT NULL,
    by_event TEXT COLLATE "C" NOT NULL
);
CREATE INDEX events_kind ON events (kind, occurred);
