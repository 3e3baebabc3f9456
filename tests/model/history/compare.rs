//! The server and the model say the same.

use anteroom::store::{connections, identities, resources, users};
use reqwest::Method;
use serde_json::json;

use super::History;
use crate::support::Answer;

impl History {
    #[track_caller]
    pub(super) fn expect(&self, answer: &Answer, status: u16) {
        assert_eq!(answer.status, status, "{}\n{}", answer.text, self.told());
    }

    /// A number of the model is always the same public id, and nobody else's.
    #[track_caller]
    pub(super) fn is_user(&mut self, user: usize, id: Option<&str>) {
        let id = id.unwrap_or_default().to_owned();
        self.users.resize(self.model.users.len(), None);
        if let Some(known) = &self.users[user] {
            assert_eq!(*known, id, "another user than expected\n{}", self.told());
            return;
        }
        assert!(!self.users.contains(&Some(id.clone())), "a user where a new one was expected\n{}", self.told());
        self.users[user] = Some(id);
    }

    pub(super) async fn resource_of(&self, connection: usize, user: &str) -> String {
        let (connection, user) = (self.directories[connection].connection_id.clone(), user.to_owned());
        let found = self.app.store.read(move |tx| {
            let connection = connections::find(tx, &connection)?.unwrap().key;
            let user = users::find(tx, &user)?.unwrap();
            let held = identities::list_of_user(tx, user.key)?;
            let resource = held.iter().find_map(|identity| identity.resource_key).unwrap();
            resources::find_key(tx, connection, resource)
        });
        found.await.unwrap().unwrap().id
    }

    /// The user behind a resource is the one the model says.
    pub(super) async fn compare_user(&mut self, at: usize) {
        let person = self.model.people[&at].clone();
        let (id, resource) = (self.directories[person.connection].connection_id.clone(), self.people[&at].clone());
        let found = self.app.store.read(move |tx| {
            let connection = connections::find(tx, &id)?.unwrap().key;
            let resource = resources::find(tx, connection, "User", &resource)?.unwrap();
            let identity = identities::find_of_resource(tx, connection, resource.key)?.unwrap();
            Ok::<_, anteroom::store::Error>((users::load(tx, identity.user_key)?.id, identity, resource.document))
        });
        let (user, identity, document) = found.await.unwrap();
        self.is_user(person.user, Some(&user));
        let said = (document.user_name(), document.external_id(), document.matching_email());
        assert_eq!(said, person.document.said(), "{}", self.told());
        let told = (identity.subject, identity.state == "active", identity.pushed.is_some());
        assert_eq!(told, (person.subject, person.document.active, person.is_pushed), "{}", self.told());
    }

    /// Everything the two know: each connection's people, each user's email, identities and organizations.
    pub(super) async fn compare(&mut self) {
        for at in self.model.people.keys().copied().collect::<Vec<_>>() {
            self.compare_user(at).await;
        }
        for connection in 0..self.directories.len() {
            let listed = self.directories[connection].get("/Users?count=1000").await.expect(200).body;
            let here = self.model.people.values().filter(|person| person.connection == connection).count();
            assert_eq!(listed["totalResults"], json!(here), "{}", self.told());
        }
        for at in 0..self.users.len() {
            let Some(id) = self.users[at].clone() else { continue };
            let path = format!("/api/v1/user?id={id}&expand=organizations,identities");
            let answer = self.app.api(Method::GET, &path, None).await;
            let user = &self.model.users[at];
            self.expect(&answer, if user.is_gone { 400 } else { 200 });
            if user.is_gone {
                continue;
            }
            assert_eq!(answer.body["preferred_email"], json!(user.email), "user {at}\n{}", self.told());
            let mut codes: Vec<&String> = user.member_of.keys().map(|at| &self.organizations[*at]).collect();
            codes.sort();
            let mut listed: Vec<String> = serde_json::from_value(answer.body["organizations"].clone()).unwrap();
            listed.sort();
            assert_eq!(listed.iter().collect::<Vec<_>>(), codes, "user {at}\n{}", self.told());
            let is_person = self.model.people.values().any(|person| person.user == at);
            let held = answer.body["identities"].as_array().unwrap().len();
            assert_eq!(held, user.emails.len() + usize::from(is_person), "user {at}\n{}", self.told());
        }
    }

    /// Counts what the events of all connections tell.
    pub async fn count_events(&mut self) {
        for directory in self.directories.clone() {
            for kind in self.app.events(&directory).await {
                self.count(&kind);
            }
        }
    }

    /// The event of a combination that has just been, so that it can be undone later.
    pub(super) async fn keep_combination(&mut self) {
        if self.combinations.len() == self.model.combined() {
            return;
        }
        let listed = self.app.api(Method::GET, "/api/v1/undoable", None).await.expect(200).body;
        self.combinations.push(listed["undoable"][0]["event_id"].as_str().unwrap().to_owned());
    }
}
