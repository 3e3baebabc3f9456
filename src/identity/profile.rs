//! What a profile takes from a document or from sign-in claims.

use crate::scim::canonical::email_key;
use crate::scim::resource::Document;
use crate::store::users::Profile;

/// The profile a pushed document describes.
pub fn of_document(document: &Document) -> Profile {
    let email = document.matching_email().map(str::to_owned);
    Profile {
        email_key: email.as_deref().and_then(email_key),
        email,
        given_name: document.given_name().map(str::to_owned),
        family_name: document.family_name().map(str::to_owned),
        picture: document.picture().map(str::to_owned),
    }
}
