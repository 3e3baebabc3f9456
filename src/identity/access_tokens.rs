//! Access tokens of the management API: JWTs (RFC 9068 in spirit, Kinde's claims) signed with ES256.
//!
//! The key pair is made on first use and kept in the database, so that every server signs and verifies with the same one.
//! The clock decides what has expired, not the machine.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pem::Pem;
use serde::{Deserialize, Serialize};

use crate::id::Ids;
use crate::store::{Error, Store, meta};

/// Seconds a token is valid.
pub const VALID_SECONDS: i64 = 3_600;

/// Where the key is kept: a PKCS#8 PEM.
const NAME: &str = "signing_key";

const ALGORITHM: Algorithm = Algorithm::ES256;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The management API.
    pub aud: Vec<String>,
    /// The client.
    pub azp: String,
    /// Seconds since the epoch; not valid from then on.
    pub exp: i64,
    /// How it was granted.
    pub gty: Vec<String>,
    /// Seconds since the epoch.
    pub iat: i64,
    /// The public URL of this server.
    pub iss: String,
    /// Unique.
    pub jti: String,
    /// Granted scopes, separated by spaces.
    pub scope: String,
}

/// The key pair that signs and verifies.
#[derive(Clone, Debug)]
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// Loads the key pair, making it on first use.
pub async fn load_keys(store: &Store) -> Result<Keys, Error> {
    if let Some(text) = find(store).await? {
        return Keys::from_pem(&text);
    }
    let made = new_pem()?;
    match store.write(move |tx| meta::insert(tx, NAME, &made)).await {
        // Another server was faster: its key is the one.
        Ok(()) | Err(Error::Conflict) => {}
        Err(cause) => return Err(cause),
    }
    let text = find(store).await?.ok_or(Error::NotFound)?;
    Keys::from_pem(&text)
}

async fn find(store: &Store) -> Result<Option<String>, Error> {
    store.read(|tx| meta::find(tx, NAME)).await
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

    /// Signs a token for a client, valid for an hour from `now` (microseconds).
    pub fn issue(&self, public_url: &str, ids: &Ids, now: i64, client_id: &str, scope: &str) -> Result<String, Error> {
        let iat = now.div_euclid(1_000_000);
        let claims = Claims {
            aud: vec![audience(public_url)],
            azp: client_id.to_owned(),
            exp: iat + VALID_SECONDS,
            gty: vec!["client_credentials".to_owned()],
            iat,
            iss: public_url.to_owned(),
            jti: ids.resource(),
            scope: scope.to_owned(),
        };
        jsonwebtoken::encode(&Header::new(ALGORITHM), &claims, &self.encoding).map_err(Error::internal)
    }

    /// The claims of a token that this server signed for this API and that is valid at `now` (microseconds).
    pub fn verify(&self, public_url: &str, token: &str, now: i64) -> Option<Claims> {
        let mut validation = Validation::new(ALGORITHM);
        validation.validate_exp = false;
        validation.set_audience(&[audience(public_url)]);
        validation.set_issuer(&[public_url]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        (now.div_euclid(1_000_000) < claims.exp).then_some(claims)
    }
}

fn audience(public_url: &str) -> String {
    format!("{public_url}/api")
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://a.test";

    #[test]
    fn a_token_holds_for_an_hour_for_its_own_server_and_key() {
        let keys = Keys::from_pem(&new_pem().unwrap()).unwrap();
        let token = keys.issue(URL, &Ids::counting(), 5_000_000, "client_1", "read:users").unwrap();
        let claims = keys.verify(URL, &token, 5_000_000).unwrap();
        assert_eq!((claims.azp.as_str(), claims.exp, claims.scope.as_str()), ("client_1", 3_605, "read:users"));
        assert!(keys.verify(URL, &token, 3_604_999_999).is_some());
        assert!(keys.verify(URL, &token, 3_605_000_000).is_none());
        assert!(keys.verify("https://b.test", &token, 5_000_000).is_none());
        let other = Keys::from_pem(&new_pem().unwrap()).unwrap();
        assert!(other.verify(URL, &token, 5_000_000).is_none());
    }

    #[test]
    fn an_unsigned_or_otherwise_signed_token_is_refused() {
        let keys = Keys::from_pem(&new_pem().unwrap()).unwrap();
        let token = keys.issue(URL, &Ids::counting(), 0, "client_1", "all").unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        let (payload, _) = rest.split_once('.').unwrap();
        // {"alg":"none"}
        assert!(keys.verify(URL, &format!("eyJhbGciOiJub25lIn0.{payload}."), 0).is_none());
        let claims = keys.verify(URL, &token, 0).unwrap();
        let secret = EncodingKey::from_secret(keys.decoding.try_get_as_bytes().unwrap());
        let forged = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap();
        assert!(keys.verify(URL, &forged, 0).is_none());
    }
}
