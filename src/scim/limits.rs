//! The numbers that bound what a client may send, each enforced where it is named and told by discovery.
//!
//! They live in one place so that `ServiceProviderConfig` cannot promise anything else than what is enforced.

use scim_filter_parser::Limits;

/// Bytes of a request body for a User or any other resource but a Group.
pub const USER_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of a request body for a Group, which may list all its members.
pub const GROUP_BODY_BYTES: usize = 16 * 1024 * 1024;
/// How many JSON objects and arrays may be open at once.
pub const JSON_DEPTH: usize = 32;
/// Bytes of one string.
pub const STRING_BYTES: usize = 4 * 1024;
/// Bytes of one binary value in base64, such as a certificate.
pub const BINARY_BYTES: usize = 64 * 1024;
/// Characters of a value that must be unique, such as a userName.
pub const UNIQUE_CHARS: usize = 256;
/// Bytes of such a value's canonical form, which may be longer: the databases' index entries are bounded.
pub const UNIQUE_KEY_BYTES: usize = 1024;
/// Elements of one multi-valued attribute; members are bounded by the body alone.
pub const ELEMENTS: usize = 100;
/// Bytes of a stored document as JSON text.
pub const DOCUMENT_BYTES: usize = 256 * 1024;
/// Operations of one PATCH request.
pub const PATCH_OPERATIONS: usize = 1_000;
/// Operations of one Bulk request.
pub const BULK_OPERATIONS: usize = 1_000;
/// Bytes of the body of a Bulk request; each operation's data is bounded as the body of the single request is, too.
pub const BULK_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Members that one PATCH may name to be added or removed, over all its operations; a list that replaces all members is
/// bounded by the body, as in a PUT.
pub const MEMBER_CHANGES: usize = 10_000;
/// Resources on a page when the client names no number.
pub const PAGE_DEFAULT: i64 = 100;
/// Resources on a page at most; a larger `count` is cut to it.
pub const PAGE_MAX: i64 = 500;
/// Seconds for which a cursor leads on.
pub const CURSOR_SECONDS: i64 = 3_600;
/// Bytes of one answer; a larger one is refused whole, never shortened.
pub const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// Members shown in one answer over all its groups, or groups over all its people.
pub const SHOWN_MEMBERS: usize = 200_000;
/// Members that one group may wait for.
pub const PENDING_MEMBERS: usize = 1_000;
/// Levels of groups within groups, the outermost and the innermost included.
pub const GROUP_DEPTH: i64 = 32;
/// Names of ignored attributes that are kept of one request.
pub const IGNORED_NAMES: usize = 50;
/// Characters that are kept of such a name.
pub const IGNORED_CHARS: usize = 200;
/// Schemas of its own that a connection has, those of the deployment among them.
pub const SCHEMAS: usize = 20;
/// Resource types of its own that a connection has, those of the deployment among them.
pub const RESOURCE_TYPES: usize = 20;
/// Attributes of one schema.
pub const SCHEMA_ATTRIBUTES: usize = 100;
/// Sub-attributes of one attribute.
pub const SUB_ATTRIBUTES: usize = 30;
/// Bytes of a schema as JSON text.
pub const SCHEMA_BYTES: usize = 64 * 1024;
/// Bytes of the URN of a schema.
pub const SCHEMA_URN_BYTES: usize = 200;
/// Characters of the name of an attribute, a resource type or an endpoint.
pub const ATTRIBUTE_NAME_CHARS: usize = 64;

/// Bounds on one filter or PATCH path.
pub const FILTER: Limits = Limits { max_length: 4096, max_depth: 40, max_terms: 100 };
