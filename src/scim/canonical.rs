//! When two texts count as the same: the one key that uniqueness, filters and linking use.
//!
//! Databases disagree about letter case beyond ASCII, so no key is ever computed by one. Nothing is trimmed or removed:
//! names that differ by an invisible character are different names. Linking by email is stricter: what is not a plain
//! address has no key and never links.

use unicode_normalization::UnicodeNormalization;

use super::limits;

/// Longest local part of an email address (RFC 5321 section 4.5.3.1.1).
const LOCAL_PART_BYTES: usize = 64;

/// NFKC, full case folding and NFKC again, repeated until nothing changes.
pub fn canonical(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut now = fold(text);
    for _ in 0..8 {
        let next = fold(&now);
        if next == now {
            break;
        }
        now = next;
    }
    now
}

fn fold(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    caseless::default_case_fold_str(&composed).nfkc().collect()
}

/// The key of a value that must be unique, such as a userName; `None` where it is longer than an index can hold.
pub fn unique_key(text: &str) -> Option<String> {
    let key = canonical(text);
    let is_short = text.chars().count() <= limits::UNIQUE_CHARS && key.len() <= limits::UNIQUE_KEY_BYTES;
    is_short.then_some(key)
}

/// The key by which two email addresses are the same person's; `None` for what must never link.
///
/// The local part must be ASCII and unquoted and is folded; the domain is compared as its A-label.
pub fn email_key(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    let is_plain =
        !local.is_empty() && local.bytes().all(|byte| byte.is_ascii_graphic() && !br#"",:;<>()[]\"#.contains(&byte));
    let has_empty_atom = local.split('.').any(str::is_empty);
    if !is_plain || has_empty_atom || local.len() > LOCAL_PART_BYTES {
        return None;
    }
    Some(format!("{}@{}", local.to_ascii_lowercase(), a_label(domain)?))
}

/// The domain of an email address as its A-label; `None` where [`email_key`] is.
pub fn email_domain(email: &str) -> Option<String> {
    email_key(email)?.split_once('@').map(|(_, domain)| domain.to_owned())
}

/// A domain as its A-label in lower case; a leading `@` is dropped.
pub fn domain_key(domain: &str) -> Option<String> {
    a_label(domain.strip_prefix('@').unwrap_or(domain))
}

fn a_label(domain: &str) -> Option<String> {
    if domain.is_empty() || domain.ends_with(['.', '。', '．', '｡']) {
        return None;
    }
    idna::domain_to_ascii_strict(domain).ok().filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_are_the_same() {
        for (one, other) in [
            ("SS", "ß"),
            ("ẞ", "ss"),
            ("K", "\u{212a}"),
            ("ſ", "s"),
            ("ﬁ", "fi"),
            ("é", "e\u{301}"),
            ("É", "e\u{301}"),
            ("Ａｎａ", "ana"),
            ("Σ", "ς"),
            ("ANA@ACME.TEST", "ana@acme.test"),
        ] {
            assert_eq!(canonical(one), canonical(other), "{one} {other}");
        }
    }

    #[test]
    fn pairs_that_are_different() {
        for (one, other) in [
            ("ı", "i"),
            ("İ", "i"),
            ("a\u{200b}na", "ana"),
            ("ana ", "ana"),
            ("ana.", "ana"),
            ("\u{200f}ana", "ana"),
            ("ana\u{202e}", "ana"),
            ("а", "a"),
        ] {
            assert_ne!(canonical(one), canonical(other), "{one} {other}");
        }
    }

    #[test]
    fn every_character_is_settled_by_one_call() {
        for c in '\0'..=char::MAX {
            let once = canonical(&c.to_string());
            assert_eq!(canonical(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn emails_link_by_plain_addresses_alone() {
        for (email, key) in [
            ("Ana.Ortiz+x@Acme.TEST", Some("ana.ortiz+x@acme.test")),
            ("ana@bücher.example", Some("ana@xn--bcher-kva.example")),
            ("ana@BÜCHER.example", Some("ana@xn--bcher-kva.example")),
            ("ana@xn--bcher-kva.example", Some("ana@xn--bcher-kva.example")),
            ("ána@acme.test", None),
            ("\u{212a}im@acme.test", None),
            ("\"ana\"@acme.test", None),
            ("ana@@acme.test", None),
            ("a@b@acme.test", None),
            ("@acme.test", None),
            ("ana@", None),
            ("ana", None),
            ("", None),
            ("ana@acme.test.", None),
            ("ana@acme..test", None),
            (".ana@acme.test", None),
            ("a..na@acme.test", None),
            ("ana @acme.test", None),
            ("ana@ac me.test", None),
            ("ana@acme.test\n", None),
            ("ana@acme.test, eve@evil.test", None),
            ("Ana <ana@acme.test>", None),
            ("ana@[127.0.0.1]", None),
        ] {
            assert_eq!(email_key(email).as_deref(), key, "{email}");
        }
    }

    #[test]
    fn domains_are_compared_as_a_labels() {
        assert_eq!(domain_key("@Acme.TEST").as_deref(), Some("acme.test"));
        assert_eq!(domain_key("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(email_domain("ana@Acme.test").as_deref(), Some("acme.test"));
        for wrong in ["", "@", "acme.test.", "acme test", "a@acme.test", "-acme.test", "http://acme.test"] {
            assert_eq!(domain_key(wrong), None, "{wrong}");
        }
    }
}
