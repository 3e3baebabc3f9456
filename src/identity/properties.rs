//! Properties that applications keep of users: defined for the deployment, valued for each user.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::act::{About, Act};
use super::checks::{on_conflict, optional, required};
use super::{Error, Reach, users};
use crate::store::properties::{self as rows, NewProperty, Property};
use crate::store::{self, Tx};

/// Characters of a value at most.
const MAX_VALUE: usize = 2_048;

/// The body of Kinde's `POST /properties` and `PUT /properties/{id}`; a category is tolerated, there being none here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Request {
    /// What applications call it.
    pub key: Option<String>,
    /// Name for people; the key when left out.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// `single_line_text` (when left out) or `multi_line_text`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whose it is: users have properties here, so `usr`.
    pub context: Option<String>,
    /// Whether applications keep it from the user.
    pub is_private: Option<bool>,
}

/// Makes a property; the answer is its public id.
///
/// # Errors
/// 400 `PROPERTY_KEY_REQUIRED`, `INVALID_PROPERTY_TYPE`, `INVALID_CONTEXT`; 409 `PROPERTY_EXISTS`; 403 for a client of one
/// organization.
pub fn create(tx: &mut Tx<'_>, act: &Act, reach: Reach, request: &Request) -> Result<String, Error> {
    reach.check_unbound(UNBOUND)?;
    let code = required(request.key.as_deref(), "PROPERTY_KEY_REQUIRED", "key")?;
    let kind = request.kind.as_deref().unwrap_or("single_line_text");
    if !matches!(kind, "single_line_text" | "multi_line_text") {
        let message = "type is single_line_text or multi_line_text";
        return Err(Error::invalid("INVALID_PROPERTY_TYPE", message).field("type"));
    }
    if request.context.as_deref().is_some_and(|context| context != "usr") {
        return Err(Error::invalid("INVALID_CONTEXT", "Users have properties here: context is usr").field("context"));
    }
    let new = NewProperty {
        id: act.ids.prefixed("prop"),
        name: optional(request.name.as_deref(), "name")?.unwrap_or_else(|| code.clone()),
        description: optional(request.description.as_deref(), "description")?,
        kind: kind.to_owned(),
        is_private: request.is_private.unwrap_or(true),
        created: act.now,
        code,
    };
    rows::insert(tx, &new).map_err(on_conflict(|| {
        Error::conflict("PROPERTY_EXISTS", format!("There is a property {} already", new.code)).field("key")
    }))?;
    let after = json!({ "id": new.id, "key": new.code, "name": new.name });
    act.event(tx, "property.created", About::default(), json!({ "after": after }))?;
    Ok(new.id)
}

const UNBOUND: &str = "Properties belong to the deployment: a client of one organization cannot change them";

fn load(tx: &mut Tx<'_>, text: &str) -> Result<Property, Error> {
    let missing = || Error::invalid("PROPERTY_NOT_FOUND", format!("There is no property {text}"));
    rows::find(tx, text)?.ok_or_else(missing)
}

/// Changes what people are told of a property; its key and type stay.
///
/// # Errors
/// 400 `PROPERTY_NOT_FOUND`; 403 for a client of one organization.
pub fn update(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str, request: &Request) -> Result<(), Error> {
    reach.check_unbound(UNBOUND)?;
    let found = load(tx, id)?;
    let name = optional(request.name.as_deref(), "name")?.unwrap_or_else(|| found.name.clone());
    let description = match &request.description {
        Some(text) => optional(Some(text), "description")?,
        None => found.description.clone(),
    };
    let is_private = request.is_private.unwrap_or(found.is_private);
    if (&name, &description, is_private) == (&found.name, &found.description, found.is_private) {
        return Ok(());
    }
    rows::update(tx, found.key, &name, description.as_deref(), is_private)?;
    let data = json!({ "id": found.id, "before": { "name": found.name }, "after": { "name": name } });
    Ok(act.event(tx, "property.updated", About::default(), data)?)
}

/// Removes a property with its values.
///
/// # Errors
/// 400 `PROPERTY_NOT_FOUND`; 403 for a client of one organization.
pub fn delete(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    reach.check_unbound(UNBOUND)?;
    let found = load(tx, id)?;
    rows::delete(tx, found.key)?;
    let before = json!({ "id": found.id, "key": found.code });
    Ok(act.event(tx, "property.deleted", About::default(), json!({ "before": before }))?)
}

/// The values of a user, by key.
///
/// # Errors
/// 400 `USER_NOT_FOUND`.
pub fn values(tx: &mut Tx<'_>, reach: Reach, user: &str) -> Result<Vec<(Property, String)>, Error> {
    let user = users::visible(tx, reach, user)?;
    Ok(rows::list_values(tx, &[user.key])?.into_iter().map(|(_, property, value)| (property, value)).collect())
}

/// Gives a user values; null takes one away, those left out stay. What is as it was leaves no event; the event tells the
/// keys, never the values.
///
/// # Errors
/// 400 `USER_NOT_FOUND`, `PROPERTY_NOT_FOUND`, `INVALID_VALUE`, `VALUE_TOO_LONG`; `USER_IN_OTHER_ORGANIZATION` for a client
/// of one of several. Nothing is changed then.
pub fn set_values(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    user: &str,
    values: &Map<String, Value>,
) -> Result<(), Error> {
    let user = users::visible(tx, reach, user)?;
    reach.check_user_is_not_shared(tx, user.key)?;
    let user = store::users::lock_key(tx, user.key)?.ok_or_else(|| users::not_found(&user.id))?;
    let held = rows::list_values(tx, &[user.key])?;
    let mut changed = Vec::new();
    for (key, value) in values {
        let property = load(tx, key)?;
        let value = checked(&property, value)?;
        let before = held.iter().find(|(_, other, _)| other.key == property.key).map(|(_, _, value)| value);
        if before == value.as_ref() {
            continue;
        }
        match &value {
            Some(value) => rows::set_value(tx, user.key, property.key, value)?,
            None => rows::delete_value(tx, user.key, property.key)?,
        }
        changed.push(property.code);
    }
    if changed.is_empty() {
        return Ok(());
    }
    let about = About { user: Some(&user.id), ..About::default() };
    Ok(act.event(tx, "user.properties_changed", about, json!({ "keys": changed }))?)
}

/// Values by key, each with its property; empty ones are left out.
///
/// # Errors
/// 400 `PROPERTY_NOT_FOUND`, `INVALID_VALUE`, `VALUE_TOO_LONG`.
pub(super) fn checked_values(tx: &mut Tx<'_>, values: &[(String, String)]) -> Result<Vec<(Property, String)>, Error> {
    let mut all = Vec::with_capacity(values.len());
    for (key, value) in values {
        let property = load(tx, key)?;
        if let Some(value) = checked(&property, &Value::String(value.clone()))? {
            all.push((property, value));
        }
    }
    Ok(all)
}

/// A value as text; null and the empty text are none.
fn checked(property: &Property, value: &Value) -> Result<Option<String>, Error> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        _ => {
            let message = format!("The value of {} is a text", property.code);
            return Err(Error::invalid("INVALID_VALUE", message).field("properties"));
        }
    };
    if text.chars().count() > MAX_VALUE {
        let message = format!("The value of {} may have {MAX_VALUE} characters", property.code);
        return Err(Error::invalid("VALUE_TOO_LONG", message).field("properties"));
    }
    let is_line_break = |character: char| property.kind == "multi_line_text" && matches!(character, '\n' | '\r' | '\t');
    if text.chars().any(|character| character.is_control() && !is_line_break(character)) {
        let message = format!("The value of {} may not hold control characters", property.code);
        return Err(Error::invalid("INVALID_VALUE", message).field("properties"));
    }
    Ok(Some(text))
}
