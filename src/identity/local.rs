//! Local identities: email, username, phone. What may be one, and as what it is unique.

use super::Error;
use super::checks::required;
use crate::scim::canonical::{email_key, unique_key};

/// An identity that a user signs in with here, not at an IdP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Local {
    /// `email`, `username` or `phone`.
    pub(super) kind: &'static str,
    /// As given.
    pub(super) value: String,
    /// As it is compared.
    pub(super) key: String,
}

impl Local {
    /// Checks a value.
    ///
    /// # Errors
    /// 400 for another kind, and for a value that is none of its kind.
    pub(super) fn parse(kind: &str, value: Option<&str>) -> Result<Self, Error> {
        match kind {
            "email" => Self::email(value),
            "username" => Self::username(value),
            "phone" => Self::phone(value),
            _ => {
                Err(Error::invalid("INVALID_IDENTITY_TYPE", format!("{kind:?} is not a type of identity"))
                    .field("type"))
            }
        }
    }

    fn email(value: Option<&str>) -> Result<Self, Error> {
        let value = required(value, "EMAIL_REQUIRED", "email")?;
        match email_key(&value) {
            Some(key) => Ok(Self { kind: "email", value, key }),
            None => Err(Error::invalid("INVALID_EMAIL", format!("{value:?} is not an email address")).field("email")),
        }
    }

    fn username(value: Option<&str>) -> Result<Self, Error> {
        let value = required(value, "USERNAME_REQUIRED", "username")?;
        let key = unique_key(&value)
            .ok_or_else(|| Error::invalid("INVALID_USERNAME", "username is too long").field("username"))?;
        Ok(Self { kind: "username", key, value })
    }

    /// A number with `+` and country code; kept as E.164.
    fn phone(value: Option<&str>) -> Result<Self, Error> {
        let given = required(value, "PHONE_REQUIRED", "phone")?;
        let bare: String =
            given.chars().filter(|character| !matches!(character, ' ' | '-' | '(' | ')' | '.' | '/')).collect();
        let digits = bare.strip_prefix('+').unwrap_or_default();
        let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || digits.starts_with('0') {
            let message = format!("{given:?} is not a phone number with + and country code");
            return Err(Error::invalid("INVALID_PHONE", message).field("phone"));
        }
        Ok(Self { kind: "phone", value: bare.clone(), key: bare })
    }

    /// The refusal when somebody has it already.
    pub(super) fn taken(&self) -> Error {
        Error::invalid("IDENTITY_EXISTS", format!("The {} {} belongs to a user already", self.kind, self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_have_one_key() {
        for (kind, one, other) in [
            ("email", "Ana@Acme.test", "ana@ACME.test"),
            ("username", "Ana", "ANA"),
            ("phone", "+61 400 000 000", "+61-(400)-000000"),
        ] {
            let parse = |value| Local::parse(kind, Some(value)).unwrap();
            assert_eq!(parse(one).key, parse(other).key, "{kind}");
        }
    }

    #[test]
    fn what_is_not_of_the_kind_is_refused() {
        for (kind, value) in
            [("email", "ana"), ("phone", "0400000000"), ("phone", "+1"), ("username", " "), ("pet", "rex")]
        {
            assert!(Local::parse(kind, Some(value)).is_err(), "{kind} {value}");
        }
    }
}
