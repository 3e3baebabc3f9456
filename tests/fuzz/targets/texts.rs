//! Readers of text: filters, paths of PATCH operations, headers and query parameters, names that are compared.

use anteroom::scim::canonical::{canonical as canonical_of, email_key};
use anteroom::scim::cursor::Cursor;
use anteroom::scim::etag::Precondition;
use anteroom::scim::limits::PAGE_MAX;
use anteroom::scim::list::{ListQuery, Paging, filter as parse};
use anteroom::scim::matches;
use anteroom::scim::path::resolve;
use anteroom::scim::quirks::Quirks;
use anteroom::scim::values::{KEY_BYTES, cut, instant};
use scim_filter_parser::{Filter, Limits, Options, PatchPath};

use super::fixture::{CATALOGUE, resource_types};

pub const FILTERS: &[&str] = &[
    r#"userName eq "ana@acme.test""#,
    r#"emails[type eq "work" and not (value co "x") or primary eq true].value sw "a""#,
    r#"not (title pr) and (name.givenName ge "a" or nickName ne null)"#,
    r#"meta.lastModified gt "2026-11-24T09:30:00Z" and meta.version eq "W/\"1\"""#,
    r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m-1""#,
    r#"urn:example:fuzz:1.0:More:level le 1e2 and schemas eq "urn:example:fuzz:1.0:More""#,
    r#"members[value eq "1" or display sw "A"] or groups.display co "eng" and members.type eq "User""#,
    r#"price lt -1.5e-3 or sizes[value gt 1] or parts[weight ge 0.5 and names eq "X"] or sold le "2026-11-24T09:30:00+01:00""#,
    r#"labels[value eq "a\u00dfb%_\\"] or isNew eq false or key pr or owner ew "1" or id eq "u-1""#,
    r#"externalId ew "-1""#,
    r#"roles.value co "xxx" and not (nickName pr)"#,
    r#"title sw "strass" and emails.value ge "a@b""#,
    r#"owner ew "1" and price gt 1.4 and sold lt "2027-01-01T00:00:00Z""#,
    r#"parts[value sw "p" and not (weight pr)]"#,
    r#"members.display co "ort" or groups[display eq "engineering"]"#,
];
pub const PATHS: &[&str] = &[
    "userName",
    "name.givenName",
    r#"emails[type eq "work" and not (primary eq true)].value"#,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:example:fuzz:1.0:More:tags",
    r#"parts[names eq "x" or weight gt 1.0].weight"#,
];
pub const HEADERS: &[&str] = &[
    "*",
    "W/\"1\"",
    "\"1\", W/\"23\" ,\"\"",
    "filter=userName eq \"a\"&startIndex=-1&count=500",
    "sortBy=emails.value&sortOrder=descending&attributes=userName,emails.type",
    "excludedAttributes=members&COUNT=9223372036854775807",
    "cursor=abc&count=-1",
];
pub const CURSORS: &[&str] = &[
    "\u{1}\u{0}\0\0\0\0\0\0\0\u{1}\0\0\0\0\0\0\0\u{2}\0\0\0\0\0\0\0\u{3}",
    "\u{1}\u{3}\0\0\0\0\0\0\0\u{1}\0\0\0\0\0\0\0\u{2}\0\0\0\0\0\0\0\u{3}ana \u{e9}",
];
pub const NAMES: &[&str] = &[
    "Ana@Acme.test",
    "Straße ẞ ﬁ K ſ İ ı Σς",
    "e\u{301}É Ａｎａ \u{fdfa}",
    "ana@bücher.example",
    "2026-11-24T09:30:00.000000001+05:30",
    "a\u{200b}\u{202e}\u{10ffff}\u{d7ff}",
];

/// What is read prints as it was meant, and asks the same when it is read again.
pub fn filter(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let mut is_read = false;
    for provider in ["okta", "entra_id_azure_ad"] {
        let Ok(filter) = parse(text, &Quirks::for_provider(provider)) else { continue };
        let printed = filter.to_string();
        // Printing may add spaces and quotes, never nesting or tests.
        let roomy = Options::new().limits(Limits { max_length: usize::MAX, ..anteroom::scim::limits::FILTER });
        assert_eq!(Filter::parse_with(&printed, &roomy).as_ref(), Ok(&filter), "{printed}");
        for resource_type in resource_types() {
            if let Err(refusal) = matches::check(&CATALOGUE, resource_type, &filter) {
                assert_eq!(refusal.status, 400);
                assert!(refusal.detail.chars().count() < 300, "{}", refusal.detail);
            }
        }
        is_read = true;
    }
    is_read
}

/// The same of the path of a PATCH operation.
pub fn patch_path(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let mut is_read = false;
    for provider in ["okta", "entra_id_azure_ad"] {
        let options = Quirks::for_provider(provider).filter_options();
        let Ok(path) = PatchPath::parse_with(text, &options) else { continue };
        let roomy = Options::new().limits(Limits { max_length: usize::MAX, ..anteroom::scim::limits::FILTER });
        assert_eq!(PatchPath::parse_with(&path.to_string(), &roomy).as_ref(), Ok(&path), "{path}");
        for resource_type in resource_types() {
            is_read |= resolve(&CATALOGUE, resource_type, &path.attribute).is_ok();
        }
    }
    is_read
}

/// `If-Match` names versions or is refused; query parameters are read within their bounds.
pub fn header(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let precondition = Precondition::parse(text);
    let is_read = precondition.is_ok();
    if let Ok(Precondition::Tags(tags)) = precondition {
        let printed: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
        assert_eq!(Precondition::parse(&printed.join(",")), Ok(Precondition::Tags(tags)));
    }
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let parameters: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let Ok(query) = ListQuery::parse(&parameters, &Quirks::default()) else { return is_read };
    is_within_bounds(&query);
    for resource_type in resource_types() {
        let _ = query.sort.as_ref().map(|sort| sort.check(&CATALOGUE, resource_type));
    }
    true
}

/// A query asks for what there can be.
pub fn is_within_bounds(query: &ListQuery) {
    assert!(query.count.is_none_or(|count| (0..=PAGE_MAX).contains(&count)), "{query:?}");
    assert!(!matches!(query.paging, Paging::Index(..1)), "{query:?}");
}

/// Bytes that are read as a cursor are those that the cursor has.
pub fn cursor(data: &[u8]) -> bool {
    let Some(cursor) = Cursor::decode(data) else { return false };
    assert_eq!(cursor.encode(), data);
    let _ = cursor.check(0, Some(1));
    true
}

/// What is canonical stays as it is, an email's key too, and cut keys never sort against the whole ones.
pub fn canonical(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let once = canonical_of(text);
    assert_eq!(canonical_of(&once), once);
    if let Some(key) = email_key(text) {
        assert_eq!(email_key(&key), Some(key));
    }
    let _ = instant(text);
    let half = text.char_indices().nth(text.chars().count() / 2).map_or("", |(at, _)| &text[at..]);
    let longs = [text, half].map(|unit| unit.repeat(KEY_BYTES / unit.len().max(1) + 2));
    for pair in [[text, half], [&longs[0], &longs[1]], [&longs[0], text]] {
        let [left, right] = pair;
        let (cut_left, cut_right) = (cut(left).0, cut(right).0);
        // The character that stands in for what is cut may go beyond.
        assert!(cut_left.len().max(cut_right.len()) < KEY_BYTES + char::MAX.len_utf8());
        assert!(cut_left == cut_right || cut_left.cmp(&cut_right) == left.cmp(right), "{left:?} {right:?}");
    }
    true
}
