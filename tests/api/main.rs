//! The server as its clients see it: every test boots a real one on a free port, with a database of its own, a clock that
//! stands still and ids that count up; each runs on SQLite and on PostgreSQL.

mod support;

mod groups;
mod people;
mod users;
