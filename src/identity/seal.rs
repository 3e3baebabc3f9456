//! Where a list goes on, as clients hold it: sealed, so that it can be neither read, made nor changed, nor used for another
//! question.
//!
//! AES-256-GCM; the key is made on first use and kept in the database, so that every server opens what another sealed. What
//! is asked is sealed in without being sent.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tokio::sync::OnceCell;

use super::kept_keys::load_or_make;
use crate::id::{self, Ids};
use crate::store::{Error, Store};

/// Where the key is kept, in base64.
const NAME: &str = "cursor_key";

/// The key that seals, read when it is needed first.
#[derive(Debug, Default)]
pub struct SealKey(OnceCell<Arc<LessSafeKey>>);

/// A key, and what is asked.
#[derive(Clone, Debug)]
pub struct Seal {
    key: Arc<LessSafeKey>,
    question: String,
}

impl SealKey {
    /// The seal of one question.
    pub async fn seal(&self, store: &Store, question: String) -> Result<Seal, Error> {
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
    /// A place as a client gets it: URL-safe characters only.
    pub fn close(&self, ids: &Ids, mut place: Vec<u8>) -> Result<String, Error> {
        let nonce: [u8; NONCE_LEN] = ids.nonce();
        self.key
            .seal_in_place_append_tag(Nonce::from(&nonce), Aad::from(&self.question), &mut place)
            .map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &place].concat()))
    }

    /// The place in what a client sent; `None` for what was not sealed here for this question.
    pub fn open(&self, text: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(Nonce::from(nonce), Aad::from(&self.question), &mut sealed).ok()?;
        Some(opened.to_vec())
    }

    /// A seal of its own for a test.
    #[cfg(test)]
    pub(crate) fn for_test(key_byte: u8, question: &str) -> Self {
        Self { key: key(&STANDARD.encode([key_byte; 32])).unwrap(), question: question.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Vec<u8> {
        "é, 9".as_bytes().to_vec()
    }

    #[test]
    fn a_place_opens_for_its_own_key_and_question_alone() {
        let text = Seal::for_test(1, "q").close(&Ids::random(), place()).unwrap();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(Seal::for_test(1, "q").open(&text), Some(place()));
        assert_eq!(Seal::for_test(2, "q").open(&text), None);
        assert_eq!(Seal::for_test(1, "r").open(&text), None);
    }

    #[test]
    fn no_changed_place_opens() {
        let seal = Seal::for_test(1, "q");
        let text = seal.close(&Ids::random(), place()).unwrap();
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
    fn the_same_place_looks_different_each_time() {
        let (seal, ids) = (Seal::for_test(1, "q"), Ids::random());
        assert_ne!(seal.close(&ids, place()).unwrap(), seal.close(&ids, place()).unwrap());
    }
}
