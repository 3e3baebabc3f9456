//! Answers already given, so that a repeated sign-in question gets the same one.

use diesel::prelude::*;

use super::schema::sign_in_answers;
use super::{ConnectionKey, Error, Tx};

/// The question and answer stored under a request id since `after`.
pub fn find(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    request_id: &str,
    after: i64,
) -> Result<Option<(String, String)>, Error> {
    Ok(sign_in_answers::table
        .filter(sign_in_answers::connection_key.eq(connection))
        .filter(sign_in_answers::request_id.eq(request_id))
        .filter(sign_in_answers::answered.gt(after))
        .select((sign_in_answers::question, sign_in_answers::answer))
        .get_result(tx.connection)
        .optional()?)
}

/// Keeps an answer, replacing one that has expired.
pub fn put(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    request_id: &str,
    question: &str,
    answer: &str,
    now: i64,
) -> Result<(), Error> {
    diesel::delete(
        sign_in_answers::table
            .filter(sign_in_answers::connection_key.eq(connection))
            .filter(sign_in_answers::request_id.eq(request_id)),
    )
    .execute(tx.connection)?;
    diesel::insert_into(sign_in_answers::table)
        .values((
            sign_in_answers::connection_key.eq(connection),
            sign_in_answers::request_id.eq(request_id),
            sign_in_answers::question.eq(question),
            sign_in_answers::answer.eq(answer),
            sign_in_answers::answered.eq(now),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Forgets answers given before `before`.
pub fn delete_before(tx: &mut Tx<'_>, before: i64) -> Result<usize, Error> {
    Ok(diesel::delete(sign_in_answers::table.filter(sign_in_answers::answered.lt(before))).execute(tx.connection)?)
}
