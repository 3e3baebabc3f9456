//! Bearers that stand for one person at `/Me` (RFC 7644 section 3.11): signed, short-lived, stored nowhere.
//!
//! A token names the person's enterprise identity. What holds for it is read on every request, so that a deactivation, a
//! suspension or a closed connection ends it at once.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::act::{About, Act};
use super::checks::seconds;
use super::reach::Reach;
use super::signing::{Expiring, Keys};
use super::{Error, identities};
use crate::store::people::{self, Person};
use crate::store::{self, Tx, connections};

/// Seconds a token is valid unless the request says otherwise.
const DEFAULT_SECONDS: i64 = 300;
/// Seconds a token may be valid.
const SECONDS: std::ops::RangeInclusive<i64> = 1..=3_600;

/// The body of a request for a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// Seconds.
    pub expires_in: Option<i64>,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// SCIM.
    pub aud: String,
    /// Seconds since the epoch; not valid from then on.
    pub exp: i64,
    /// Seconds since the epoch.
    pub iat: i64,
    /// The public URL of this server.
    pub iss: String,
    /// Unique.
    pub jti: String,
    /// The enterprise identity.
    pub sub: String,
}

impl Expiring for Claims {
    fn expires(&self) -> i64 {
        self.exp
    }
}

/// The claims of a new token for a user; the event names it and nobody can make the token of it.
///
/// # Errors
/// 400 for an unknown user, one without an enterprise identity, and a time out of bounds.
pub fn grant(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    public_url: &str,
    user_id: &str,
    request: &Request,
) -> Result<Claims, Error> {
    let seconds = seconds(request.expires_in.unwrap_or(DEFAULT_SECONDS), SECONDS, "expires_in")?;
    let (user, held) = identities::list(tx, reach, user_id)?;
    let Some((identity, _)) = held.iter().find(|(identity, _)| identity.kind == "enterprise") else {
        let message = "Only users with an enterprise identity are in a directory";
        return Err(Error::invalid("NO_ENTERPRISE_IDENTITY", message));
    };
    // Whoever reaches a member of an organization does not reach the directory of another.
    if let Some(connection) = identity.connection_key
        && !reach.covers(connections::load(tx, connection)?.organization_key)
    {
        return Err(Error::invalid("NO_ENTERPRISE_IDENTITY", "The user is in no directory that this client reaches"));
    }
    let iat = act.now.div_euclid(1_000_000);
    let claims = Claims {
        aud: audience(public_url),
        exp: iat + seconds,
        iat,
        iss: public_url.to_owned(),
        jti: act.ids.resource(),
        sub: identity.id.clone(),
    };
    let about = About {
        connection: identity.connection_key,
        user: Some(&user.id),
        identity: Some(&identity.id),
        resource: None,
    };
    act.event(tx, "user.token_created", about, json!({ "token": claims.jti, "expires": claims.exp * 1_000_000 }))?;
    Ok(claims)
}

/// Signs what was granted.
pub fn sign(keys: &Keys, claims: &Claims) -> Result<String, store::Error> {
    keys.sign(claims.iat * 1_000_000, claims)
}

/// The identity that a token valid at `now` (microseconds) names.
pub fn verify(keys: &Keys, public_url: &str, token: &str, now: i64) -> Option<String> {
    let claims = keys.verify::<Claims>(public_url, &audience(public_url), token, now)?;
    // Clients of directories have tokens for SCIM, too.
    claims.sub.starts_with("identity_").then_some(claims.sub)
}

/// The person behind an identity, if they may sign in at this moment.
pub fn find(tx: &mut Tx<'_>, identity: &str) -> Result<Option<Person>, store::Error> {
    Ok(people::find(tx, identity)?.filter(|person| person.is_identity_active && !person.is_user_suspended))
}

fn audience(public_url: &str) -> String {
    format!("{public_url}/scim")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;
    use crate::identity::access_tokens;

    const URL: &str = "https://a.test";

    #[test]
    fn neither_kind_of_token_is_the_other() {
        let keys = Keys::for_test();
        let claims =
            Claims { aud: audience(URL), exp: 10, iat: 0, iss: URL.into(), jti: "1".into(), sub: "identity_1".into() };
        let mine = sign(&keys, &claims).unwrap();
        assert_eq!(verify(&keys, URL, &mine, 9_999_999).as_deref(), Some("identity_1"));
        assert_eq!(verify(&keys, URL, &mine, 10_000_000), None);
        assert!(access_tokens::verify(&keys, URL, &mine, 0).is_none());
        let other = access_tokens::issue(&keys, URL, &Ids::counting(), 0, "client_1", "all").unwrap();
        assert_eq!(verify(&keys, URL, &other, 0), None);
    }
}
