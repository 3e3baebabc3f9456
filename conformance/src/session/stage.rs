//! What is there before a case begins: people and groups.

use serde_json::{Map, Value, json};

use super::Session;
use crate::case::Given;
use crate::exchange::{Request, fill, unknown};
use crate::verdict::Stop;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

impl Session<'_> {
    pub(super) async fn set_stage(&mut self, given: &Given) -> Result<(), Stop> {
        for (name, changes) in &given.users {
            self.give_user(name, changes).await?;
        }
        for (name, changes) in &given.groups {
            self.give_group(name, changes).await?;
        }
        Ok(())
    }

    /// Creates somebody; returns the id.
    ///
    /// # Errors
    /// The server does not create them.
    pub async fn give_user(&mut self, name: &str, changes: &Value) -> Result<String, Stop> {
        let body = json!({"$kept": "usual", "$with": changes});
        self.kept.insert("usual".into(), self.usual_person(name));
        self.give(name, "/Users", &body, "userName").await
    }

    /// What a person is like whom nobody described.
    pub fn usual_person(&self, name: &str) -> Value {
        let run = self.run();
        let mut given = name.to_owned();
        if let Some(first) = given.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let login = format!("{name}-{run}@example.com");
        let mut person = Map::new();
        person.insert("schemas".into(), json!([USER]));
        person.insert("userName".into(), json!(login));
        for (attribute, value) in [
            ("externalId", json!(format!("ext-{name}-{run}"))),
            ("name", json!({"givenName": given, "familyName": "Example"})),
            ("displayName", json!(format!("{given} Example"))),
            ("emails", json!([{"value": login, "type": "work", "primary": true}])),
            ("active", json!(true)),
        ] {
            if self.target.claims.knows(attribute) {
                person.insert(attribute.to_owned(), value);
            }
        }
        Value::Object(person)
    }

    /// Creates a group; `members` in `changes` names people and groups given before. Returns the id.
    ///
    /// # Errors
    /// The server does not create it, or a member was not given.
    pub async fn give_group(&mut self, name: &str, changes: &Value) -> Result<String, Stop> {
        let mut body = json!({"schemas": [GROUP], "displayName": format!("{name}-{{run}}")});
        for (attribute, value) in changes.as_object().into_iter().flatten() {
            let value = match value.as_array().filter(|_| attribute == "members") {
                Some(members) => members.iter().map(|member| self.member(member)).collect::<Result<_, _>>()?,
                None => value.clone(),
            };
            if let Some(body) = body.as_object_mut() {
                body.insert(attribute.clone(), value);
            }
        }
        self.give(name, "/Groups", &body, "displayName").await
    }

    fn member(&self, name: &Value) -> Result<Value, Stop> {
        let id = name.as_str().and_then(|name| self.kept.get(name));
        id.map(|id| json!({"value": id})).ok_or_else(|| Stop::Untried(unknown(&name.to_string())))
    }

    async fn give(&mut self, name: &str, path: &str, body: &Value, title: &str) -> Result<String, Stop> {
        let body = fill::value(body, &self.kept).map_err(|name| Stop::Untried(unknown(&name)))?;
        let answer = self.ask(&format!("given: {name}"), &Request::with("POST", path, body)).await?;
        let refused = || Stop::Untried(format!("{name} could not be created (status {})", answer.status));
        let id = answer
            .body
            .get("id")
            .and_then(Value::as_str)
            .filter(|_| matches!(answer.status, 200..=299))
            .ok_or_else(refused)?;
        let mut keep = |suffix: &str, value: Value| self.kept.insert(format!("{name}{suffix}"), value);
        keep("", json!(id));
        keep(&format!(".{title}"), answer.body.get(title).cloned().unwrap_or(Value::Null));
        keep(".etag", json!(answer.header("etag").or_else(|| answer.body.pointer("/meta/version")?.as_str())));
        keep(".body", answer.body.clone());
        Ok(id.to_owned())
    }
}
