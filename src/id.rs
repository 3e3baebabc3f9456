//! The only caller of randomness: public ids and secrets.
//!
//! Ids are minted here and nowhere else, never taken or derived from what a client sent. With a seed the ids count up,
//! so that tests can compare whole answers; secrets are random in any case.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Mints public ids; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Ids(Option<Arc<AtomicU64>>);

impl Ids {
    /// Random, roughly time-ordered ids.
    pub fn random() -> Self {
        Self(None)
    }

    /// Ids that count up from 1, for tests.
    pub fn counting() -> Self {
        Self(Some(Arc::new(AtomicU64::new(1))))
    }

    fn uuid(&self) -> Uuid {
        match &self.0 {
            Some(next) => Uuid::from_u128(u128::from(next.fetch_add(1, Ordering::SeqCst))),
            #[expect(clippy::disallowed_methods, reason = "the one place that mints ids")]
            None => Uuid::now_v7(),
        }
    }

    /// The id of a SCIM resource.
    pub fn resource(&self) -> String {
        self.uuid().to_string()
    }

    /// `prefix_` and 32 hex digits, such as `kp_..` for a user.
    pub fn prefixed(&self, prefix: &str) -> String {
        format!("{prefix}_{}", self.uuid().simple())
    }

    /// A number used once, to seal with.
    pub fn nonce(&self) -> [u8; 12] {
        match &self.0 {
            Some(_) => *self.uuid().as_bytes().last_chunk().unwrap_or(&[0; 12]),
            None => random_bytes(),
        }
    }

    /// `org_` and 11 hex digits, as Kinde's organization codes.
    pub fn organization(&self) -> String {
        let hex = match &self.0 {
            Some(_) => format!("{:011x}", self.uuid().as_u128()),
            None => hex(&random_bytes::<6>()).chars().take(11).collect(),
        };
        format!("org_{hex}")
    }
}

/// A secret of 256 random bits with a recognisable prefix and a checksum: `prefix_` + 64 hex digits + 8 hex digits.
///
/// The checksum lets scanners and the server tell a mistyped secret from a foreign one without a look-up.
pub fn secret(prefix: &str) -> String {
    let body = hex(&random_bytes::<32>());
    let sum = checksum(prefix, &body);
    format!("{prefix}_{body}{sum}")
}

/// Whether a secret has the form and checksum of [`secret`].
pub fn is_well_formed_secret(prefix: &str, secret: &str) -> bool {
    let Some(rest) = secret.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) else {
        return false;
    };
    rest.len() == 72
        && is_hex(rest)
        && rest.split_at_checked(64).is_some_and(|(body, sum)| checksum(prefix, body) == sum)
}

/// Whether an id has the form of [`Ids::prefixed`]; nothing else need be looked for.
pub fn is_well_formed(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).is_some_and(|rest| rest.len() == 32 && is_hex(rest))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What is stored of a secret: its SHA-256 in hex.
pub fn secret_hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

fn checksum(prefix: &str, body: &str) -> String {
    hex(&Sha256::digest(format!("{prefix}_{body}"))).chars().take(8).collect()
}

/// A key of 256 random bits.
pub fn random_key() -> [u8; 32] {
    random_bytes()
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // Without the operating system's randomness no secret is safe to mint.
        std::process::abort();
    }
    bytes
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_character_fails_the_checksum_before_any_look_up() {
        let token = secret("kstkn");
        assert!(is_well_formed_secret("kstkn", &token));
        assert!(!is_well_formed_secret("ksec", &token));
        for at in 6..token.len() {
            let mut changed: Vec<char> = token.chars().collect();
            changed[at] = if changed[at] == '0' { '1' } else { '0' };
            assert!(!is_well_formed_secret("kstkn", &changed.iter().collect::<String>()), "{at}");
        }
        let mut short = token.clone();
        short.pop();
        for wrong in ["", "kstkn_", &short, &format!("{token}0")] {
            assert!(!is_well_formed_secret("kstkn", wrong));
        }
    }

    #[test]
    fn an_id_is_its_prefix_and_32_hex_digits() {
        let id = Ids::random().prefixed("client");
        assert!(is_well_formed("client", &id));
        assert!(!is_well_formed("user", &id));
        let nul = id.replace(char::is_numeric, "\0");
        for wrong in ["", "client_", &id.to_uppercase(), &nul, &format!("{id}0")] {
            assert!(!is_well_formed("client", wrong), "{wrong}");
        }
    }

    #[test]
    fn two_secrets_differ_and_hashes_have_the_stored_length() {
        assert_ne!(secret("kstkn"), secret("kstkn"));
        assert_eq!(secret_hash("x").len(), 64);
    }
}
