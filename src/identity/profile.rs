//! What a profile takes from a document or from sign-in claims.

use crate::scim::canonical::email_key;
use crate::scim::resource::Document;
use crate::store::users::{Profile, User};

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

/// The profile of a user whose document changed: what the directory never said stays as it is, what it took back goes.
pub fn following(user: &User, before: &Document, after: &Document) -> Profile {
    let (was, is) = (of_document(before), of_document(after));
    let choose = |was: Option<String>, is: Option<String>, own: &Option<String>| match (was, is) {
        (None, None) => own.clone(),
        (_, is) => is,
    };
    let email = choose(was.email, is.email, &user.email);
    Profile {
        email_key: email.as_deref().and_then(email_key),
        email,
        given_name: choose(was.given_name, is.given_name, &user.given_name),
        family_name: choose(was.family_name, is.family_name, &user.family_name),
        picture: is.picture,
    }
}
