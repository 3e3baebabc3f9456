//! The key pair that signs tokens (JWTs, ES256).
//!
//! It is made on first use and kept in the database, so that every server signs and verifies with the same one. The
//! clock decides what has expired, not the machine.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pem::Pem;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::kept_keys::load_or_make;
use crate::store::{Error, Store};

/// Where the key is kept: a PKCS#8 PEM.
const NAME: &str = "signing_key";

const ALGORITHM: Algorithm = Algorithm::ES256;

/// What a token says of the time it is valid in.
pub trait Expiring {
    /// Seconds since the epoch; not valid from then on.
    fn expires(&self) -> i64;
}

/// The key pair that signs and verifies.
#[derive(Clone, Debug)]
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// Loads the key pair, making it on first use.
pub async fn load_keys(store: &Store) -> Result<Keys, Error> {
    Keys::from_pem(&load_or_make(store, NAME, new_pem).await?)
}

fn new_pem() -> Result<String, Error> {
    // The library's own randomness: it takes no other, and the key is the one thing made with it.
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(Error::internal)?;
    let pkcs8 = pair.to_pkcs8v1().map_err(Error::internal)?;
    Ok(pem::encode(&Pem::new("PRIVATE KEY", pkcs8.as_ref())))
}

impl Keys {
    fn from_pem(text: &str) -> Result<Self, Error> {
        let pkcs8 = pem::parse(text).map_err(Error::internal)?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.contents()).map_err(Error::internal)?;
        Ok(Self {
            encoding: EncodingKey::from_ec_der(pkcs8.contents()),
            decoding: DecodingKey::from_ec_der(pair.public_key().as_ref()),
        })
    }

    /// Signs claims.
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, Error> {
        jsonwebtoken::encode(&Header::new(ALGORITHM), claims, &self.encoding).map_err(Error::internal)
    }

    /// The claims of a token that `issuer` signed with this key for `audience` and that is valid at `now` (microseconds).
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
        let claims = jsonwebtoken::decode::<T>(token, &self.decoding, &validation).ok()?.claims;
        (now.div_euclid(1_000_000) < claims.expires()).then_some(claims)
    }

    /// A pair of its own for a test.
    #[cfg(test)]
    pub(super) fn for_test() -> Self {
        Self::from_pem(&new_pem().unwrap()).unwrap()
    }

    /// The public key.
    #[cfg(test)]
    pub(super) fn public(&self) -> &[u8] {
        self.decoding.try_get_as_bytes().unwrap()
    }
}
