//! What counts as the same name, and the same email.
//!
//! [`canonical`] is the one key function of everything that is compared without letter case: NFKC, full case folding,
//! NFKC, until nothing changes. Nothing is trimmed or removed. Emails that link people use the stricter [`email_key`]:
//! ASCII local part, domain as its A-label; anything else never links.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// The key under which two names are the same.
pub fn canonical(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut key = fold(text);
    loop {
        let again = fold(&key);
        if again == key {
            return key;
        }
        key = again;
    }
}

fn fold(text: &str) -> String {
    text.nfkc().default_case_fold().nfkc().collect()
}

/// The key under which two emails are the same person's, or `None` where an email can never link.
pub fn email_key(email: &str) -> Option<String> {
    let (local, domain) = split(email)?;
    Some(format!("{}@{domain}", local.to_ascii_lowercase()))
}

/// The domain of an email as its A-label.
pub fn email_domain(email: &str) -> Option<String> {
    split(email).map(|(_, domain)| domain)
}

/// A domain as its A-label in lower case; a leading `@` is dropped.
pub fn domain_key(domain: &str) -> Option<String> {
    let domain = domain.strip_prefix('@').unwrap_or(domain);
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let is_name = ascii.len() <= 253 && ascii.contains('.') && ascii.split('.').all(|label| !label.is_empty());
    is_name.then_some(ascii)
}

fn split(email: &str) -> Option<(&str, String)> {
    let (local, domain) = email.split_once('@')?;
    let is_local = !local.is_empty() && local.len() <= 64 && !local.starts_with('.') && !local.ends_with('.');
    let is_plain = local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte));
    if !is_local || !is_plain || domain.contains('@') {
        return None;
    }
    Some((local, domain_key(domain)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_and_what_is_not() {
        for (a, b) in
            [("SS", "ß"), ("ss", "ẞ"), ("K", "\u{212A}"), ("ſ", "s"), ("ﬁ", "fi"), ("é", "e\u{301}"), ("Ａ", "a")]
        {
            assert_eq!(canonical(a), canonical(b), "{a} {b}");
        }
        for (a, b) in [("ı", "i"), ("İ", "i"), ("a\u{200B}", "a"), ("a ", "a")] {
            assert_ne!(canonical(a), canonical(b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_key_of_a_key_is_the_key_for_every_character() {
        for c in '\0'..=char::MAX {
            let key = canonical(&c.to_string());
            assert_eq!(canonical(&key), key, "{c:?}");
        }
    }

    #[test]
    fn emails_that_could_deceive_never_link() {
        assert_eq!(email_key("Ana@Acme.Test").as_deref(), Some("ana@acme.test"));
        assert_eq!(email_key("a@bücher.test"), email_key("a@xn--bcher-kva.test"));
        for wrong in [
            "ana",
            "@acme.test",
            "ana@",
            "a@b@acme.test",
            "\"x@acme.test\"@evil.test",
            "anä@acme.test",
            "ana@acme.test.",
            "ana@acme",
            "ana@acme..test",
            " ana@acme.test",
            "ana@acme.test ",
            "ana@xn--example-.org",
        ] {
            assert_eq!(email_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_domain_is_compared_whole() {
        assert_eq!(email_domain("x@evilacme.test").as_deref(), Some("evilacme.test"));
        assert_eq!(email_domain("x@acme.test.evil.io").as_deref(), Some("acme.test.evil.io"));
        assert_eq!(domain_key("@Acme.Test").as_deref(), Some("acme.test"));
    }
}
