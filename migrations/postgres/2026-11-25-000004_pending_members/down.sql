DROP TABLE pending_members;
