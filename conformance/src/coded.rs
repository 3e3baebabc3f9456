//! Cases said in code: what they are, and what they all need.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::case::{About, Feature, Level};
use crate::session::Session;
use crate::verdict::Stop;

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

/// A finding in words.
pub(crate) fn finding<T>(text: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Finding(text.into()))
}

/// A PATCH body.
pub(crate) fn patch(operations: impl IntoIterator<Item = Value>) -> Value {
    let operations: Vec<Value> = operations.into_iter().collect();
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}
