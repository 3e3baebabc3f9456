//! What a profile takes from a document or from sign-in claims, and how two profiles differ.

use serde_json::{Map, Value, json};

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

/// The profile of a user whom a document takes over: what it does not say stays as it is.
pub fn taken_over(document: &Document, user: &User) -> Profile {
    let said = of_document(document);
    Profile {
        email_key: said.email.as_ref().map_or_else(|| user.email_key.clone(), |_| said.email_key.clone()),
        email: said.email.or_else(|| user.email.clone()),
        given_name: said.given_name.or_else(|| user.given_name.clone()),
        family_name: said.family_name.or_else(|| user.family_name.clone()),
        picture: said.picture,
    }
}

/// What taking over a profile would change of a user: before and after by field.
pub fn differences(user: &User, profile: &Profile) -> Map<String, Value> {
    let pairs = [
        ("email", &user.email, &profile.email),
        ("given_name", &user.given_name, &profile.given_name),
        ("family_name", &user.family_name, &profile.family_name),
        ("picture", &user.picture, if profile.picture.is_some() { &profile.picture } else { &user.picture }),
    ];
    pairs
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| (name.to_owned(), json!({ "before": before, "after": after })))
        .collect()
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
