//! What an IdP does: it pushes, changes and deletes people.

use serde_json::{Value, json};

use super::History;
use crate::reference::Document;

impl History {
    pub(super) async fn push(&mut self) {
        let (connection, document) = (self.random.below(self.directories.len()), self.document());
        self.steps.push(format!("POST on {connection}: {document:?}"));
        let answer = self.directories[connection].post("/Users", &body(&document)).await;
        let placed = self.model.post(connection, &document);
        self.expect(&answer, if placed.is_some() { 201 } else { 409 });
        if let Some(at) = placed {
            let (id, known) = (answer.id(), self.people.get(&at));
            assert!(known.is_none_or(|known| *known == id), "another resource than expected\n{}", self.told());
            let is_new = known.is_none();
            assert!(!is_new || !self.people.values().any(|other| *other == id), "an id came twice\n{}", self.told());
            self.people.insert(at, id);
            self.compare_user(at).await;
            self.keep_replacement().await;
            self.keep_combination().await;
        }
    }

    pub(super) async fn change(&mut self) {
        let Some(at) = self.somebody() else { return };
        let before = self.model.people[&at].clone();
        let (path, directory) = (format!("/Users/{}", self.people[&at]), self.directories[before.connection].clone());
        let (document, answer) = if self.random.chance(50) {
            let document = self.document();
            self.steps.push(format!("PUT of {at}: {document:?}"));
            let answer = directory.put(&path, &body(&document)).await;
            (document, answer)
        } else {
            let document = Document { active: self.random.chance(50), ..before.document };
            self.steps.push(format!("PATCH of {at}: active {}", document.active));
            let operation = json!([{"op": "replace", "path": "active", "value": document.active}]);
            let answer = directory.patch(&path, operation).await;
            (document, answer)
        };
        let written = self.model.write(at, &document);
        self.expect(&answer, if written.is_some() { 200 } else { 409 });
        self.compare_user(at).await;
        self.keep_replacement().await;
    }

    pub(super) async fn delete(&mut self) {
        let Some(at) = self.somebody() else { return };
        self.steps.push(format!("DELETE of {at}"));
        let path = format!("/Users/{}", self.people[&at]);
        let directory = self.directories[self.model.people[&at].connection].clone();
        self.expect(&directory.delete(&path).await, 204);
        self.expect(&directory.get(&path).await, 404);
        self.model.leave(at);
        self.people.remove(&at);
    }
}

pub(super) fn body(document: &Document) -> Value {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": document.user_name, "active": document.active,
    });
    if let Some(id) = &document.external_id {
        body["externalId"] = json!(id);
    }
    if let Some(email) = &document.email {
        body["emails"] = json!([{"value": email, "type": "work", "primary": true}]);
    }
    body
}
