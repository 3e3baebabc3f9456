//! Versions as HTTP entity tags (RFC 7644 section 3.14, RFC 9110 section 8.8.3).
//!
//! Tags are weak, since the projection changes the bytes and not the version. `If-Match` is nevertheless held against
//! them, as the SCIM RFC shows it, so both headers are compared weakly.

use super::Error;

/// The entity tag of a version: `W/"3"`.
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// `*`: any version at all.
    Any,
    /// The opaque texts of the tags.
    Tags(Vec<String>),
}

impl Precondition {
    /// Reads a header: `*`, or tags with commas between them, weak or strong.
    ///
    /// # Errors
    /// 400 `invalidValue` for anything else.
    pub fn parse(header: &str) -> Result<Self, Error> {
        let text = header.trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = text;
        loop {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"').ok_or_else(garbage)?;
            let (tag, after) = opaque.split_once('"').ok_or_else(garbage)?;
            tags.push(tag.to_owned());
            let after = after.trim_start();
            if after.is_empty() {
                return Ok(Self::Tags(tags));
            }
            rest = after.strip_prefix(',').ok_or_else(garbage)?.trim_start();
        }
    }

    /// Whether a version is among those named.
    pub fn matches(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.contains(&version.to_string()),
        }
    }
}

/// The conditions under which a request is to be carried out (RFC 7644 section 3.14, RFC 9110 section 13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `If-Match`: the resource has one of these versions.
    pub if_match: Option<Precondition>,
    /// `If-None-Match`: it has none of these.
    pub if_none_match: Option<Precondition>,
}

impl Conditions {
    /// Refuses a version that `If-Match` does not name.
    ///
    /// # Errors
    /// 412.
    pub fn check_match(&self, version: i64) -> Result<(), Error> {
        if self.if_match.as_ref().is_some_and(|wanted| !wanted.matches(version)) { Err(failed()) } else { Ok(()) }
    }

    /// Whether `If-None-Match` names this version.
    pub fn is_known(&self, version: i64) -> bool {
        self.if_none_match.as_ref().is_some_and(|known| known.matches(version))
    }

    /// Refuses a change of a resource at this version.
    ///
    /// # Errors
    /// 412 when either condition does not hold.
    pub fn check_change(&self, version: i64) -> Result<(), Error> {
        self.check_match(version)?;
        if self.is_known(version) { Err(failed()) } else { Ok(()) }
    }
}

fn failed() -> Error {
    Error::precondition_failed("the resource has another version than the condition allows")
}

fn garbage() -> Error {
    Error::invalid_value("the precondition is neither * nor a list of entity tags such as W/\"1\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let tags = |list: &[&str]| Some(Precondition::Tags(list.iter().map(|tag| (*tag).to_owned()).collect()));
        for (header, expected) in [
            ("*", Some(Precondition::Any)),
            (" * ", Some(Precondition::Any)),
            ("W/\"3\"", tags(&["3"])),
            ("\"3\"", tags(&["3"])),
            ("W/\"3\", \"4\" ,W/\"a,b\"", tags(&["3", "4", "a,b"])),
            ("", None),
            ("3", None),
            ("W/3", None),
            ("W/\"3", None),
            ("w/\"3\"", None),
            ("\"3\",", None),
            ("\"3\" \"4\"", None),
            ("*, \"3\"", None),
        ] {
            assert_eq!(Precondition::parse(header).ok(), expected, "{header}");
        }
    }

    #[test]
    fn a_version_matches_its_own_tag() {
        assert!(Precondition::parse(&etag(12)).unwrap().matches(12));
        assert!(!Precondition::parse(&etag(12)).unwrap().matches(1));
        assert!(Precondition::Any.matches(1));
    }
}
