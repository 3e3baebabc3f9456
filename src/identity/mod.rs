//! Who is who: the people side.
//!
//! Users, their identities, the connections they sign in through, and the two questions that matter: which user does an
//! IdP's push mean ([`linking`]), and which user has arrived at the door ([`sign_in`]). Functions that must run inside a
//! transaction take a [`crate::store::Tx`].

pub mod access_tokens;
pub mod act;
pub mod catalogues;
mod checks;
pub mod clients;
pub mod combine;
pub mod connections;
pub mod departures;
pub mod diagnosis;
pub mod directories;
pub mod domains;
pub mod enterprise;
pub mod erase;
mod error;
mod former;
pub mod groups;
pub mod identities;
pub mod import;
pub mod kept_keys;
pub mod lifecycle;
pub mod linking;
mod local;
pub mod merge;
pub mod organizations;
pub mod pending_members;
pub mod person_tokens;
pub mod profile;
pub mod properties;
pub mod providers;
pub mod reach;
pub mod roles;
pub mod schemas;
pub mod scim_clients;
pub mod scopes;
pub mod seal;
pub mod settings;
pub mod sign_in;
pub mod signing;
mod tenant;
pub mod tokens;
pub mod undo;
pub mod users;

pub use act::Act;
pub use error::{Error, Refusal};
pub use reach::Reach;
pub use tenant::Tenant;
