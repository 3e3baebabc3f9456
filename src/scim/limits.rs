//! The limits that are enforced, and the only place the advertised ones come from.

/// Body of a request about anything but groups.
pub const USER_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Body of a request about groups: members come with it.
pub const GROUP_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Nesting of a body.
pub const JSON_DEPTH: usize = 32;
/// A filter's text.
pub const FILTER_BYTES: usize = 4_096;
/// Operations of one PATCH.
pub const PATCH_OPERATIONS: usize = 1_000;
/// A page that does not say how many.
pub const DEFAULT_PAGE: i64 = 100;
/// The largest page; advertised as `filter.maxResults`.
pub const MAX_PAGE: i64 = 500;
/// One string value.
pub const STRING_BYTES: usize = 4_096;
/// A userName or a group's displayName, in characters.
pub const NAME_CHARS: usize = 256;
/// The same as it is compared, in bytes: some characters fold to many.
pub const NAME_KEY_BYTES: usize = 1_024;
/// Values of one multi-valued attribute, members excepted.
pub const VALUES: usize = 100;
/// Members one request may name.
pub const MEMBERS: usize = 100_000;
/// A stored document.
pub const DOCUMENT_BYTES: usize = 256 * 1024;
