//! The key pairs that sign tokens (JWTs, ES256), kept in the database so that every server signs and verifies with the
//! same ones, and published as a JWK set (RFC 7517).
//!
//! A rotation makes a pair that is published at once and signs only when every server has read it; the one before verifies
//! until the last token it may have signed is over. The clock decides what has expired, not the machine.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pem::Pem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::act::{About, Act};
use crate::store::signing_keys::{self as rows, SigningKey};
use crate::store::{Error, Store, Tx, meta};

/// Where the one pair was kept before there were several: a PKCS#8 PEM.
const FORMER_NAME: &str = "signing_key";

const ALGORITHM: Algorithm = Algorithm::ES256;

/// Microseconds for which what was read of the keys holds.
pub const FRESH: i64 = 60_000_000;

/// Microseconds after a rotation in which every server has read the new pair.
const KNOWN_EVERYWHERE: i64 = 2 * FRESH;

/// Microseconds that the longest token is valid.
const LONGEST_TOKEN: i64 = 6 * 3_600_000_000;

/// What a token says of the time it is valid in.
pub trait Expiring {
    /// Seconds since the epoch; not valid from then on.
    fn expires(&self) -> i64;
}

/// The key pairs that sign and verify, those that sign last first.
#[derive(Clone, Debug)]
pub struct Keys(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    row: SigningKey,
    encoding: EncodingKey,
    decoding: DecodingKey,
    jwk: Value,
}

/// Loads the pairs, making one where there is none.
///
/// # Errors
/// Those of the store.
pub async fn load_keys(store: &Store, now: i64) -> Result<Keys, Error> {
    let found = store.read(rows::list).await?;
    if !found.is_empty() {
        return Keys::new(found);
    }
    let former = store.read(|tx| meta::find(tx, FORMER_NAME)).await?;
    let first = new_row(former.map_or_else(new_pem, Ok)?, now, now)?;
    // Another server may do the same at this moment: then there are two, both verify, and all agree which signs.
    Keys::new(
        store
            .write(move |tx| {
                rows::insert(tx, &first)?;
                rows::list(tx)
            })
            .await?,
    )
}

/// Makes a pair that takes the place of the others: in two minutes, or at once. At once, tokens that others signed end.
///
/// # Errors
/// Those of the store.
pub fn rotate(tx: &mut Tx<'_>, act: &Act, is_at_once: bool) -> Result<SigningKey, Error> {
    let signs_from = if is_at_once { act.now } else { act.now + KNOWN_EVERYWHERE };
    let retires = if is_at_once { act.now } else { signs_from + LONGEST_TOKEN };
    let new = new_row(new_pem()?, act.now, signs_from)?;
    rows::delete_retired(tx, act.now)?;
    rows::insert(tx, &new)?;
    rows::retire_others(tx, &new.kid, retires)?;
    let data = json!({ "kid": new.kid, "signs_from": signs_from, "others_retire": retires });
    act.event(tx, "key.rotated", About::default(), data)?;
    Ok(new)
}

fn new_row(pem: String, created: i64, signs_from: i64) -> Result<SigningKey, Error> {
    let kid = thumbprint(&jwk(&public_point(&pem)?)?);
    Ok(SigningKey { kid, pem, created, signs_from, retires: None })
}

fn new_pem() -> Result<String, Error> {
    // The library's own randomness: it takes no other, and the key is the one thing made with it.
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(Error::internal)?;
    let pkcs8 = pair.to_pkcs8v1().map_err(Error::internal)?;
    Ok(pem::encode(&Pem::new("PRIVATE KEY", pkcs8.as_ref())))
}

/// The public key as an uncompressed point: 4, x, y.
fn public_point(text: &str) -> Result<Vec<u8>, Error> {
    let pkcs8 = pem::parse(text).map_err(Error::internal)?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.contents()).map_err(Error::internal)?;
    Ok(pair.public_key().as_ref().to_vec())
}

/// The members of the public key that its thumbprint is made of (RFC 7638 section 3.2).
fn jwk(point: &[u8]) -> Result<Value, Error> {
    let not_a_point = || Error::internal("the public key is no uncompressed point of P-256");
    let (_, xy) =
        point.split_first().filter(|(first, rest)| **first == 4 && rest.len() == 64).ok_or_else(not_a_point)?;
    let (x, y) = xy.split_at_checked(32).ok_or_else(not_a_point)?;
    Ok(json!({ "crv": "P-256", "kty": "EC", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) }))
}

fn thumbprint(jwk: &Value) -> String {
    // The members stand in lexicographic order.
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk.to_string()))
}

impl Keys {
    fn new(found: Vec<SigningKey>) -> Result<Self, Error> {
        found.into_iter().map(Key::new).collect::<Result<_, _>>().map(Self)
    }

    /// Signs claims with the pair whose turn it is at `now` (microseconds).
    pub(super) fn sign(&self, now: i64, claims: &impl Serialize) -> Result<String, Error> {
        let key = self.0.iter().find(|key| key.row.signs_from <= now && key.is_valid(now)).or(self.0.last());
        let key = key.ok_or_else(|| Error::internal("there is no key to sign with"))?;
        let header = Header { kid: Some(key.row.kid.clone()), ..Header::new(ALGORITHM) };
        jsonwebtoken::encode(&header, claims, &key.encoding).map_err(Error::internal)
    }

    /// The claims of a token that `issuer` signed with one of these keys for `audience` and that is valid at `now`
    /// (microseconds).
    pub(super) fn verify<T: DeserializeOwned + Expiring>(
        &self,
        issuer: &str,
        audience: &str,
        token: &str,
        now: i64,
    ) -> Option<T> {
        let mut validation = Validation::new(ALGORITHM);
        validation.validate_exp = false;
        validation.set_audience(&[audience]);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        // A token from before there were several keys names none.
        let kid = jsonwebtoken::decode_header(token).ok()?.kid;
        let is_meant = |key: &&Key| key.is_valid(now) && kid.as_ref().is_none_or(|kid| *kid == key.row.kid);
        let mut meant = self.0.iter().filter(is_meant);
        let claims = meant.find_map(|key| jsonwebtoken::decode::<T>(token, &key.decoding, &validation).ok())?.claims;
        (now.div_euclid(1_000_000) < claims.expires()).then_some(claims)
    }

    /// The public keys that verify at `now` (microseconds), as a JWK set.
    pub fn jwks(&self, now: i64) -> Value {
        json!({ "keys": self.0.iter().filter(|key| key.is_valid(now)).map(|key| &key.jwk).collect::<Vec<_>>() })
    }

    /// A pair of its own for a test.
    #[cfg(test)]
    pub(super) fn for_test() -> Self {
        Self::new(vec![new_row(new_pem().unwrap(), 0, 0).unwrap()]).unwrap()
    }

    /// The public key.
    #[cfg(test)]
    pub(super) fn public(&self) -> &[u8] {
        self.0[0].decoding.try_get_as_bytes().unwrap()
    }
}

impl Key {
    fn new(row: SigningKey) -> Result<Self, Error> {
        let point = public_point(&row.pem)?;
        let pkcs8 = pem::parse(&row.pem).map_err(Error::internal)?;
        let mut jwk = jwk(&point)?;
        if let Some(members) = jwk.as_object_mut() {
            let more = [("kid", row.kid.as_str()), ("use", "sig"), ("alg", "ES256")];
            members.extend(more.map(|(name, value)| (name.to_owned(), value.into())));
        }
        Ok(Self {
            encoding: EncodingKey::from_ec_der(pkcs8.contents()),
            decoding: DecodingKey::from_ec_der(&point),
            jwk,
            row,
        })
    }

    fn is_valid(&self, now: i64) -> bool {
        self.row.retires.is_none_or(|retires| now < retires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_that_of_the_members_in_order() {
        // RFC 7638 asks for lexicographic order and no spaces.
        let jwk = jwk(&[&[4_u8][..], &[0; 64]].concat()).unwrap();
        assert!(jwk.to_string().starts_with(r#"{"crv":"P-256","kty":"EC","x":"AAAA"#), "{jwk}");
        assert_eq!(thumbprint(&jwk).len(), 43);
        assert!(super::jwk(&[4; 33]).is_err());
    }
}
