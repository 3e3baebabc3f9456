//! Checking what a client sent against the schemas, and putting it into their spelling: once, at the border.
//!
//! Unknown and read-only attributes are ignored and counted, because the templates of identity providers send extras;
//! a value of the wrong type is an error that names the attribute.

mod body;
mod members;
mod value;

use serde_json::Value;

use super::error::Error;
use super::limits;
use super::resource::Document;
use super::schema::{Catalogue, ResourceType};
use super::values::cut_to;

pub use body::document;
pub use members::{MemberInput, members};
pub(super) use value::{elements, one, value};

/// A body that fits the schemas.
#[derive(Clone, Debug)]
pub struct Validated {
    /// What is to be stored.
    pub document: Document,
    /// The members of a group; `None` where the body says nothing of them.
    pub members: Option<Vec<MemberInput>>,
    /// Whether the body says anything of `active`.
    pub active_given: bool,
    /// Names that were left aside.
    pub ignored: Vec<String>,
}

/// Checks a document as a whole: what is required, how long names are, how large it is.
///
/// # Errors
/// 400 `invalidValue`.
pub(super) fn whole(catalogue: &Catalogue, resource_type: &ResourceType, document: &Document) -> Result<(), Error> {
    for attribute in catalogue.core_attributes(resource_type).iter().filter(|attribute| attribute.required) {
        let Some(value) = document.get(&attribute.name) else {
            return Err(Error::invalid_value(format!("{} is required", attribute.name)));
        };
        if let Value::String(name) = value {
            check_name(&attribute.name, name)?;
        }
    }
    let bytes = document.to_stored().len();
    if bytes > limits::DOCUMENT_BYTES {
        return Err(Error::invalid_value(format!("the resource is larger than {} bytes", limits::DOCUMENT_BYTES)));
    }
    Ok(())
}

fn check_name(attribute: &str, name: &str) -> Result<(), Error> {
    let key = super::canonical::canonical(name);
    if name.chars().count() > limits::NAME_CHARS || cut_to(&key, limits::NAME_KEY_BYTES).len() < key.len() {
        return Err(Error::invalid_value(format!("{attribute} is longer than {} characters", limits::NAME_CHARS)));
    }
    Ok(())
}
