//! Cases that data cannot say: many requests at once, walks while others write, and identity providers at work.

mod limits;
mod paging;
mod races;
mod schemas;

use crate::coded::CodeCase;
use crate::simulate;

/// All of them.
pub const CASES: &[CodeCase] = &[
    races::SAME_NAME_AT_ONCE,
    races::MEMBERS_ADDED_AT_ONCE,
    races::STALE_WRITES_AT_ONCE,
    paging::WALK_UNDER_WRITES,
    paging::CURSOR_WALK_UNDER_WRITES,
    paging::THOUSAND_MEMBERS,
    schemas::ANSWERS_MATCH,
    schemas::NAMES,
    schemas::TYPES,
    limits::BULK_TOO_MANY,
    limits::BULK_TOO_LARGE,
    limits::PATCH_UNSUPPORTED,
    limits::SLOW_BODY,
    limits::GALLERY_PACE,
    simulate::OKTA_AIW,
    simulate::OKTA_OIN,
    simulate::ENTRA,
    simulate::ENTRA_FLAG,
    simulate::ONELOGIN,
    simulate::JUMPCLOUD,
    simulate::GOOGLE,
];
