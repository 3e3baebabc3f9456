//! A resource type as administrators write it, and why a definition is refused (RFC 7643 section 6).

use serde::{Deserialize, Serialize};

/// Why a definition is refused: where, and the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DefinitionError(String);

impl DefinitionError {
    pub(super) fn new(place: &str, rule: impl std::fmt::Display) -> Self {
        Self(format!("{place}: {rule}"))
    }
}

/// A resource type as it is written: its schemas are named, not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeDefinition {
    /// The name; that of an existing type adds extensions to it.
    pub name: String,
    /// The path below the base URL, with its slash.
    pub endpoint: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// The URN of the core schema.
    pub schema: String,
    /// Schemas that add to it.
    #[serde(default)]
    pub schema_extensions: Vec<ExtensionUse>,
}

/// A schema that adds to a resource type, by its URN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionUse {
    /// The URN.
    pub schema: String,
    /// Whether a resource must have it.
    #[serde(default)]
    pub required: bool,
}
