//! Cases that data cannot say: many requests at once, walks while others write, and identity providers at work.

mod limits;
mod paging;
mod races;
mod schemas;

use futures_util::future::BoxFuture;

use crate::case::{About, Feature, Level};
use crate::session::{Session, Stop};
use crate::simulate;

/// A case said in code; reported as the others are.
#[derive(Clone, Copy, Debug)]
pub struct CodeCase {
    pub(crate) id: &'static str,
    pub(crate) group: &'static str,
    pub(crate) title: &'static str,
    pub(crate) source: &'static str,
    pub(crate) level: Level,
    pub(crate) needs: &'static [Feature],
    pub(crate) why: &'static str,
    pub(crate) advice: &'static str,
    /// What is done.
    pub play: Play,
}

/// What a case does.
pub type Play = for<'a, 'b> fn(&'a mut Session<'b>) -> BoxFuture<'a, Result<(), Stop>>;

impl CodeCase {
    /// What the report says of it.
    pub fn about(&self) -> About {
        About {
            id: self.id.to_owned(),
            group: self.group.to_owned(),
            title: self.title.to_owned(),
            source: self.source.to_owned(),
            level: self.level,
            needs: self.needs.to_vec(),
            attributes: Vec::new(),
            why: self.why.to_owned(),
            advice: self.advice.to_owned(),
        }
    }
}

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

/// A finding in words.
fn finding<T>(text: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Finding(text.into()))
}
