//! Assertions by which another issuer speaks for a client (RFC 7523 section 3): signed with a key it publishes, about this
//! subject, for this server, valid now.

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use super::Request;
use crate::identity::Error;
use crate::outbound::Outside;
use crate::store::scim_clients::ScimClient;

/// What a client says it sends.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How an assertion may be signed: with a key pair, never with a shared secret.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 60;

/// Seconds ahead that an assertion may be valid: a day.
const LONGEST: i64 = 86_400;

/// Keys of a set at most.
const MAX_KEYS: usize = 100;

/// What an assertion says of time; the rest is checked while it is decoded.
#[derive(Debug, Deserialize)]
struct Claims {
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
}

/// Checks what a request says of another issuer: all of it or nothing, and its keys in one of two ways.
///
/// # Errors
/// 400 `INVALID_FEDERATION`.
pub(super) fn checked_keys(request: &Request) -> Result<Option<String>, Error> {
    let refuse = |message: &str| Err(Error::invalid("INVALID_FEDERATION", message.to_owned()));
    let is_given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let has_url = is_given(&request.keys_url);
    let has_any = has_url || request.keys.is_some() || is_given(&request.audience);
    match (is_given(&request.issuer), is_given(&request.subject)) {
        (false, false) if has_any => return refuse("Give issuer and subject with the keys"),
        (false, false) => return Ok(None),
        (true, true) => {}
        _ => return refuse("Give issuer and subject together"),
    }
    match (&request.keys, has_url) {
        (None, true) => Ok(None),
        (Some(keys), false) => match usable(keys) {
            Some(_) => Ok(Some(keys.to_string())),
            None => refuse("keys is no JWK set with public keys"),
        },
        _ => refuse("Give keys_url or keys, one of them"),
    }
}

fn usable(keys: &Value) -> Option<JwkSet> {
    let set: JwkSet = serde_json::from_value(keys.clone()).ok()?;
    let has_private = keys.to_string().contains("\"d\":");
    (!set.keys.is_empty() && set.keys.len() <= MAX_KEYS && !has_private).then_some(set)
}

/// The subject an assertion names, unverified: which client it is about when the form does not say.
pub fn named_client(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        sub: String,
    }
    jsonwebtoken::dangerous::insecure_decode::<Named>(assertion).ok().map(|token| token.claims.sub)
}

/// Whether the client's issuer speaks for it in this assertion at `now` (microseconds). `audiences` are this server's names.
pub async fn holds(outside: &Outside, client: &ScimClient, assertion: &str, audiences: &[String], now: i64) -> bool {
    let (Some(issuer), Some(subject)) = (&client.issuer, &client.subject) else { return false };
    let Ok(header) = jsonwebtoken::decode_header(assertion) else { return false };
    if !ALGORITHMS.contains(&header.alg) {
        return false;
    }
    let Some(key) = key(outside, client, header.kid.as_deref(), now).await else { return false };
    let Ok(decoding) = DecodingKey::from_jwk(&key) else { return false };
    let mut validation = Validation::new(header.alg);
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    match &client.audience {
        Some(audience) => validation.set_audience(&[audience]),
        None => validation.set_audience(audiences),
    }
    validation.set_issuer(&[issuer]);
    validation.sub = Some(subject.clone());
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let claims = jsonwebtoken::decode::<Claims>(assertion, &decoding, &validation);
    claims.is_ok_and(|token| is_timely(&token.claims, now.div_euclid(1_000_000)))
}

fn is_timely(claims: &Claims, now: i64) -> bool {
    let has_begun = |since: Option<i64>| since.is_none_or(|since| since <= now + LEEWAY);
    claims.exp > now - LEEWAY && claims.exp <= now + LONGEST && has_begun(claims.nbf) && has_begun(claims.iat)
}

/// The issuer's key of this id; without one, the only key there is.
async fn key(outside: &Outside, client: &ScimClient, kid: Option<&str>, now: i64) -> Option<Jwk> {
    let set = match (&client.keys, &client.keys_url) {
        (Some(keys), _) => serde_json::from_str(keys).ok()?,
        (None, Some(url)) => {
            let has_key = |set: &Value| chosen(set, kid).is_some();
            match outside.jwks.get(&outside.fetcher, url, now, has_key).await {
                Ok(set) => (*set).clone(),
                Err(cause) => {
                    tracing::warn!(client = client.id, %cause, "an assertion cannot be checked");
                    return None;
                }
            }
        }
        (None, None) => return None,
    };
    chosen(&set, kid)
}

/// Keys that cannot be read are passed over: issuers publish kinds that are not known here.
fn chosen(set: &Value, kid: Option<&str>) -> Option<Jwk> {
    let all = set.get("keys")?.as_array()?.iter().take(MAX_KEYS);
    let mut keys = all.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
    match kid {
        Some(kid) => keys.find(|key| key.common.key_id.as_deref() == Some(kid)),
        None => keys.next().filter(|_| keys.next().is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_valid_between_its_times_and_not_for_long() {
        let timely = |exp, nbf, iat| is_timely(&Claims { exp, nbf, iat }, 1_000);
        assert!(timely(1_001, None, None) && timely(941, Some(1_060), Some(1_060)) && timely(87_400, None, None));
        assert!(!timely(940, None, None) && !timely(87_401, None, None));
        assert!(!timely(2_000, Some(1_061), None) && !timely(2_000, None, Some(1_061)));
    }
}
