//! The enterprise extension as drafts of SCIM and SCIM 1.1 had it: OneLogin's documented template puts `department` and
//! `"manager": {"managerId": ".."}` under `urn:scim:schemas:extension:enterprise:1.0`.
//!
//! OneLogin, "Define Your SCIM User Schema"; with `2.0` in goauthentik/authentik#11249. What the templates say about a
//! person would be lost without a word, because unknown schemas are ignored.

use std::borrow::Cow;

use crate::scim::schema::Attribute;

const DRAFTS: [&str; 2] = ["urn:scim:schemas:extension:enterprise:1.0", "urn:scim:schemas:extension:enterprise:2.0"];
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A member's name with the URN of RFC 7643 in place of a draft's.
pub fn name(given: &str) -> Cow<'_, str> {
    let rest = DRAFTS.iter().find_map(|draft| {
        let (start, rest) = given.split_at_checked(draft.len())?;
        start.eq_ignore_ascii_case(draft).then_some(rest)
    });
    match rest.filter(|rest| rest.is_empty() || rest.starts_with(':')) {
        Some(rest) => Cow::Owned(format!("{ENTERPRISE}{rest}")),
        None => Cow::Borrowed(given),
    }
}

/// The sub-attribute of this name; a manager's `managerId` is the `value`.
pub fn sub_attribute<'a>(attribute: &'a Attribute, name: &str) -> Option<&'a Attribute> {
    let is_draft = attribute.name == "manager" && name.eq_ignore_ascii_case("managerId");
    attribute.sub(name).or_else(|| attribute.sub("value").filter(|_| is_draft))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_drafts_are_those_of_the_extension_and_others_stay() {
        for (given, expected) in [
            ("urn:scim:schemas:extension:enterprise:1.0", ENTERPRISE.to_owned()),
            ("URN:scim:schemas:extension:enterprise:2.0:department", format!("{ENTERPRISE}:department")),
            ("urn:scim:schemas:extension:enterprise:1.01", "urn:scim:schemas:extension:enterprise:1.01".to_owned()),
            ("urn:scim:schemas:core:1.0", "urn:scim:schemas:core:1.0".to_owned()),
            (ENTERPRISE, ENTERPRISE.to_owned()),
            ("userName", "userName".to_owned()),
            ("ürn:scim:schemas:extension:enterprise:1.0", "ürn:scim:schemas:extension:enterprise:1.0".to_owned()),
        ] {
            assert_eq!(name(given), expected);
        }
    }
}
