//! The `op` of a PATCH in any letter case: Microsoft Entra ID sends `Add`, `Replace` and `Remove`.
//!
//! Microsoft, "Known issues and resolutions with SCIM 2.0 protocol compliance", names it among the differences that its
//! `aadOptscim062020` flag removes.

use crate::scim::patch::OperationKind;

/// The operation a word stands for.
pub fn operation(word: &str) -> Option<OperationKind> {
    [("add", OperationKind::Add), ("remove", OperationKind::Remove), ("replace", OperationKind::Replace)]
        .into_iter()
        .find_map(|(name, kind)| name.eq_ignore_ascii_case(word).then_some(kind))
}
