//! The server as its clients see it: every test boots a real one on a free port, with a database of its own, a clock that
//! stands still and ids that count up; each runs on SQLite and on PostgreSQL.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cloned_ref_to_slice_refs,
    reason = "a test that cannot go on fails"
)]

mod support;

mod bulk;
mod dialogues;
mod errors;
mod groups;
mod isolation;
mod kinde;
mod lists;
mod malformed;
mod me;
mod observability;
mod people;
mod schemas;
mod statements;
mod store;
mod users;
