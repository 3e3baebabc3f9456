//! Cursors as clients hold them (RFC 9865): sealed, so that none can be read, made or changed, or used for another question.
//!
//! AES-256-GCM; the key is made on first use and kept in the database, so that every server opens what another sealed. What
//! is asked (the connection, the types, filter and order) is sealed in without being sent.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tokio::sync::OnceCell;

use crate::id::{self, Ids};
use crate::identity::kept_keys::load_or_make;
use crate::scim::cursor::Cursor;
use crate::store::{Error, Store};

/// Where the key is kept, in base64.
const NAME: &str = "cursor_key";

/// The key of this server's cursors, read when the first one is needed.
#[derive(Debug, Default)]
pub struct CursorKey(OnceCell<Arc<LessSafeKey>>);

/// A key, and what cursors are about.
#[derive(Clone, Debug)]
pub(super) struct Seal {
    key: Arc<LessSafeKey>,
    question: String,
}

impl CursorKey {
    /// The seal of cursors about one question.
    pub(super) async fn seal(&self, store: &Store, question: String) -> Result<Seal, Error> {
        let load = async || key(&load_or_make(store, NAME, || Ok(STANDARD.encode(id::random_key()))).await?);
        let key = self.0.get_or_try_init(load).await?;
        Ok(Seal { key: Arc::clone(key), question })
    }
}

fn key(text: &str) -> Result<Arc<LessSafeKey>, Error> {
    let bytes = STANDARD.decode(text).map_err(Error::internal)?;
    let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(Error::internal)?;
    Ok(Arc::new(LessSafeKey::new(key)))
}

impl Seal {
    /// A cursor as a client gets it: URL-safe characters only.
    pub(super) fn close(&self, ids: &Ids, cursor: &Cursor) -> Result<String, Error> {
        let nonce: [u8; NONCE_LEN] = ids.nonce();
        let mut sealed = cursor.encode();
        self.key
            .seal_in_place_append_tag(Nonce::from(&nonce), Aad::from(&self.question), &mut sealed)
            .map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// What a client sent; `None` for what was not sealed here for this question.
    pub(super) fn open(&self, text: &str) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(Nonce::from(nonce), Aad::from(&self.question), &mut sealed).ok()?;
        Cursor::decode(opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::cursor::Position;

    fn seal(key_byte: u8, question: &str) -> Seal {
        Seal { key: key(&STANDARD.encode([key_byte; 32])).unwrap(), question: question.to_owned() }
    }

    fn cursor() -> Cursor {
        Cursor { issued: 1, count: 2, is_backward: true, position: Position { value: Some("é".into()), key: 9 } }
    }

    #[test]
    fn a_cursor_opens_for_its_own_key_and_question_alone() {
        let text = seal(1, "q").close(&Ids::random(), &cursor()).unwrap();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(seal(1, "q").open(&text), Some(cursor()));
        assert_eq!(seal(2, "q").open(&text), None);
        assert_eq!(seal(1, "r").open(&text), None);
    }

    #[test]
    fn no_changed_cursor_opens() {
        let seal = seal(1, "q");
        let text = seal.close(&Ids::random(), &cursor()).unwrap();
        for at in 0..text.len() {
            for to in ["A", "z", "_", "=", "é", ""] {
                let (before, after) = text.split_at(at);
                let changed = format!("{before}{to}{}", after.get(1..).unwrap());
                assert!(changed == text || seal.open(&changed).is_none(), "{at} {to}");
            }
            assert_eq!(seal.open(text.split_at(at).0), None);
        }
    }

    #[test]
    fn the_same_position_looks_different_each_time() {
        let (seal, ids) = (seal(1, "q"), Ids::random());
        assert_ne!(seal.close(&ids, &cursor()).unwrap(), seal.close(&ids, &cursor()).unwrap());
    }
}
