//! What a cursor holds (RFC 9865): where a page begins, how many resources it has, and when that was said.
//!
//! A position is that of one resource in an order, not a number of resources: pages before it may grow or shrink meanwhile
//! and none is skipped or shown twice. The bytes are sealed before a client gets them.

use super::Error;
use super::limits;

/// The form of the bytes.
const VERSION: u8 = 1;
const BACKWARD: u8 = 1;
const VALUED: u8 = 2;

/// A place in an order: that of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The value it is sorted by, as the order compares it.
    pub value: Option<String>,
    /// Its row key.
    pub key: i64,
}

/// Where a page begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Microseconds since the epoch.
    pub issued: i64,
    /// Resources on each page of the walk.
    pub count: i64,
    /// Whether the page ends before the position; else it begins after it.
    pub is_backward: bool,
    /// The neighbour of the page.
    pub position: Position,
}

impl Cursor {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let value = self.position.value.as_deref();
        let flags = if self.is_backward { BACKWARD } else { 0 } | value.map_or(0, |_| VALUED);
        let mut bytes = vec![VERSION, flags];
        for number in [self.issued, self.count, self.position.key] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(value.unwrap_or_default().bytes());
        bytes
    }

    /// From bytes; `None` for all that [`Cursor::encode`] does not make.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[version, flags], rest) = bytes.split_first_chunk::<2>()?;
        let (issued, rest) = number(rest)?;
        let (count, rest) = number(rest)?;
        let (key, rest) = number(rest)?;
        let value = String::from_utf8(rest.to_vec()).ok()?;
        let value = if flags & VALUED == 0 { value.is_empty().then_some(None)? } else { Some(value) };
        let is_known = version == VERSION && flags <= BACKWARD | VALUED && (1..=limits::PAGE_MAX).contains(&count);
        let position = Position { value, key };
        is_known.then_some(Self { issued, count, is_backward: flags & BACKWARD != 0, position })
    }

    /// Whether the walk may go on at `now` (microseconds) with pages of the asked `count`.
    ///
    /// # Errors
    /// 400 `expiredCursor`, and 400 `invalidCount` for another number than the walk began with.
    pub fn check(&self, now: i64, count: Option<i64>) -> Result<(), Error> {
        if now.saturating_sub(self.issued) > limits::CURSOR_SECONDS * 1_000_000 {
            return Err(Error::expired_cursor("the cursor is too old: begin again with an empty one"));
        }
        if count.is_some_and(|count| count != self.count) {
            return Err(Error::invalid_count(format!("count must stay {} for the whole walk", self.count)));
        }
        Ok(())
    }
}

fn number(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scim::ScimType;

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(issued: i64, count in 1..=limits::PAGE_MAX, is_backward: bool, value: Option<String>, key: i64) {
            let cursor = Cursor { issued, count, is_backward, position: Position { value, key } };
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }

        #[test]
        fn nothing_else_is(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(cursor) = Cursor::decode(&bytes) {
                prop_assert_eq!(cursor.encode(), bytes);
            }
        }

        #[test]
        fn a_changed_head_is_another_cursor_or_none(at in 0_usize..26, to: u8) {
            let cursor = Cursor { issued: 1, count: 2, is_backward: false, position: Position { value: None, key: 3 } };
            let mut bytes = cursor.encode();
            let is_same = bytes[at] == to;
            bytes[at] = to;
            prop_assert_eq!(Cursor::decode(&bytes) == Some(cursor), is_same);
        }
    }

    #[test]
    fn a_walk_ends_after_an_hour_and_keeps_its_count() {
        let cursor = Cursor { issued: 5, count: 2, is_backward: false, position: Position { value: None, key: 3 } };
        let end = 5 + limits::CURSOR_SECONDS * 1_000_000;
        assert_eq!(cursor.check(end, Some(2)), Ok(()));
        assert_eq!(cursor.check(0, None), Ok(()));
        assert_eq!(cursor.check(end + 1, None).unwrap_err().scim_type, Some(ScimType::ExpiredCursor));
        assert_eq!(cursor.check(end, Some(3)).unwrap_err().scim_type, Some(ScimType::InvalidCount));
    }
}
