DROP INDEX events_kind;
DROP TABLE undos;
