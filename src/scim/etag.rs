//! Versions as entity tags (RFC 7644 section 3.14, RFC 9110 section 13).

use super::error::Error;

/// The entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// `*`: any version.
    Any,
    /// One of these opaque tags, weak or strong.
    Tags(Vec<String>),
}

impl Precondition {
    /// Reads a header's value; a bare word is taken as a tag, for clients that forget the quotes.
    ///
    /// # Errors
    /// 400 for what is no list of entity tags.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let tags: Option<Vec<String>> = text.split(',').map(|tag| opaque(tag.trim())).collect();
        tags.map(Self::Tags).ok_or_else(|| Error::invalid_value("the precondition is not a list of entity tags"))
    }

    /// Whether the version is among those named. Compared weakly: one version is one content.
    pub fn matches(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| *tag == version.to_string()),
        }
    }
}

fn opaque(tag: &str) -> Option<String> {
    let tag = tag.strip_prefix("W/").or_else(|| tag.strip_prefix("w/")).unwrap_or(tag);
    let inner = match tag.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => tag,
    };
    let is_opaque = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    is_opaque.then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_weak_strong_listed_and_bare() {
        for text in ["W/\"3\"", "\"3\"", "\"1\", W/\"3\"", "3", "*"] {
            assert!(Precondition::parse(text).unwrap().matches(3), "{text}");
        }
        assert!(!Precondition::parse("W/\"4\"").unwrap().matches(3));
        for garbage in ["", "\"3", "\"a b\"", ",", "W/"] {
            assert!(Precondition::parse(garbage).is_err(), "{garbage}");
        }
    }
}
