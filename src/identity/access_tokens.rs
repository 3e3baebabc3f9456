//! Access tokens of the management API: JWTs (RFC 9068 in spirit, Kinde's claims).

use serde::{Deserialize, Serialize};

use super::signing::{Expiring, Keys};
use crate::id::Ids;
use crate::store::Error;

/// Seconds a token is valid.
pub const VALID_SECONDS: i64 = 3_600;

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

impl Expiring for Claims {
    fn expires(&self) -> i64 {
        self.exp
    }
}

/// Signs a token for a client, valid for an hour from `now` (microseconds).
pub fn issue(
    keys: &Keys,
    public_url: &str,
    ids: &Ids,
    now: i64,
    client_id: &str,
    scope: &str,
) -> Result<String, Error> {
    let iat = now.div_euclid(1_000_000);
    keys.sign(
        now,
        &Claims {
            aud: vec![audience(public_url)],
            azp: client_id.to_owned(),
            exp: iat + VALID_SECONDS,
            gty: vec!["client_credentials".to_owned()],
            iat,
            iss: public_url.to_owned(),
            jti: ids.resource(),
            scope: scope.to_owned(),
        },
    )
}

/// The claims of a token that this server signed for this API and that is valid at `now` (microseconds).
pub fn verify(keys: &Keys, public_url: &str, token: &str, now: i64) -> Option<Claims> {
    keys.verify(public_url, &audience(public_url), token, now)
}

fn audience(public_url: &str) -> String {
    format!("{public_url}/api")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};

    const URL: &str = "https://a.test";

    #[test]
    fn a_token_holds_for_an_hour_for_its_own_server_and_key() {
        let keys = Keys::for_test();
        let token = issue(&keys, URL, &Ids::counting(), 5_000_000, "client_1", "read:users").unwrap();
        let claims = verify(&keys, URL, &token, 5_000_000).unwrap();
        assert_eq!((claims.azp.as_str(), claims.exp, claims.scope.as_str()), ("client_1", 3_605, "read:users"));
        assert!(verify(&keys, URL, &token, 3_604_999_999).is_some());
        assert!(verify(&keys, URL, &token, 3_605_000_000).is_none());
        assert!(verify(&keys, "https://b.test", &token, 5_000_000).is_none());
        assert!(verify(&Keys::for_test(), URL, &token, 5_000_000).is_none());
    }

    #[test]
    fn an_unsigned_or_otherwise_signed_token_is_refused() {
        let keys = Keys::for_test();
        let token = issue(&keys, URL, &Ids::counting(), 0, "client_1", "all").unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        let (payload, _) = rest.split_once('.').unwrap();
        // {"alg":"none"}
        assert!(verify(&keys, URL, &format!("eyJhbGciOiJub25lIn0.{payload}."), 0).is_none());
        let claims = verify(&keys, URL, &token, 0).unwrap();
        let secret = EncodingKey::from_secret(keys.public());
        let forged = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap();
        assert!(verify(&keys, URL, &forged, 0).is_none());
    }
}
