//! Access tokens of SCIM clients: JWTs that name the client, whose row is read on every request.

use serde::{Deserialize, Serialize};

use crate::id::Ids;
use crate::identity::signing::{Expiring, Keys};
use crate::store::Error;
use crate::store::scim_clients::ScimClient;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    /// SCIM.
    aud: String,
    /// Seconds since the epoch; not valid from then on.
    exp: i64,
    /// Seconds since the epoch.
    iat: i64,
    /// The public URL of this server.
    iss: String,
    /// Unique.
    jti: String,
    /// The client.
    sub: String,
}

impl Expiring for Claims {
    fn expires(&self) -> i64 {
        self.exp
    }
}

/// Signs a token for a client, valid from `now` (microseconds) for as long as the client's tokens are.
pub fn issue(keys: &Keys, public_url: &str, ids: &Ids, now: i64, client: &ScimClient) -> Result<String, Error> {
    let iat = now.div_euclid(1_000_000);
    let claims = Claims {
        aud: audience(public_url),
        exp: iat + client.token_seconds,
        iat,
        iss: public_url.to_owned(),
        jti: ids.resource(),
        sub: client.id.clone(),
    };
    keys.sign(now, &claims)
}

/// The client that a token valid at `now` (microseconds) names.
pub fn verify(keys: &Keys, public_url: &str, token: &str, now: i64) -> Option<String> {
    let claims = keys.verify::<Claims>(public_url, &audience(public_url), token, now)?;
    super::is_id(&claims.sub).then_some(claims.sub)
}

fn audience(public_url: &str) -> String {
    format!("{public_url}/scim")
}
