//! What a writer was told: every acknowledged change, and the one that was under way when the server died.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::attempt;
use crate::support::{Answer, Directory, user};

/// A change whose answer never came.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pending {
    Nothing,
    Person(String),
    Group(String),
    Title(String, String),
    Join(String),
    Leave(String),
}

/// One writer: makes people, gives them titles, puts them into a group of its own and takes them out.
pub struct Writer {
    number: usize,
    /// Title by id, as acknowledged.
    titles: BTreeMap<String, String>,
    /// The people made last, by id.
    recent: Vec<String>,
    group: Option<String>,
    members: BTreeSet<String>,
    pending: Pending,
    acknowledged: usize,
}

/// The server is gone.
struct Gone;

impl Writer {
    pub fn new(number: usize) -> Self {
        let (titles, recent, members) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
        Self { number, titles, recent, group: None, members, pending: Pending::Nothing, acknowledged: 0 }
    }

    /// How many changes were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged
    }

    /// Writes until the server is gone.
    pub async fn write(&mut self, directory: &Directory, cycle: usize) {
        (self.group, self.members) = (None, BTreeSet::new());
        let mut step = 0;
        while self.step(directory, cycle, step).await.is_ok() {
            step += 1;
        }
    }

    async fn step(&mut self, directory: &Directory, cycle: usize, step: usize) -> Result<(), Gone> {
        let name = format!("w{}-c{cycle}-s{step}", self.number);
        let Some(group) = self.group.clone() else {
            let made = self
                .send(directory, Pending::Group(name.clone()), Method::POST, "/Groups", json!({"displayName": name}))
                .await?;
            self.group = Some(made.expect(201).id());
            return Ok(());
        };
        let last = self.recent.last().cloned();
        match (step % 4, last) {
            (1, _) | (_, None) => {
                let email = format!("{name}@acme.test");
                let id = self
                    .send(directory, Pending::Person(email.clone()), Method::POST, "/Users", user(&email))
                    .await?
                    .expect(201)
                    .id();
                self.titles.insert(id.clone(), String::new());
                self.recent.push(id);
            }
            (2, Some(id)) => {
                let change = json!({"op": "replace", "path": "title", "value": name});
                self.patch(directory, Pending::Title(id.clone(), name.clone()), &format!("/Users/{id}"), change)
                    .await?;
                self.titles.insert(id, name);
            }
            (3, Some(id)) => {
                let change = json!({"op": "add", "path": "members", "value": [{"value": id}]});
                self.patch(directory, Pending::Join(id.clone()), &format!("/Groups/{group}"), change).await?;
                self.members.insert(id);
            }
            _ => {
                if let Some(id) = self.members.first().cloned().filter(|_| self.members.len() > 2) {
                    let change = json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")});
                    self.patch(directory, Pending::Leave(id.clone()), &format!("/Groups/{group}"), change).await?;
                    self.members.remove(&id);
                }
            }
        }
        Ok(())
    }

    async fn patch(
        &mut self,
        directory: &Directory,
        pending: Pending,
        path: &str,
        operation: Value,
    ) -> Result<(), Gone> {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
        self.send(directory, pending, Method::PATCH, path, body).await?.expect(200);
        Ok(())
    }

    async fn send(
        &mut self,
        directory: &Directory,
        pending: Pending,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Answer, Gone> {
        self.pending = pending;
        let request =
            directory.request(method, path).header("content-type", "application/scim+json").body(body.to_string());
        let answer = attempt(request).await.ok_or(Gone)?;
        self.pending = Pending::Nothing;
        self.acknowledged += 1;
        Ok(answer)
    }

    /// Compares what this writer was told in the last cycle with what is there, and takes over what became of the rest.
    pub async fn check(&mut self, directory: &Directory) {
        for id in std::mem::take(&mut self.recent) {
            let shown = directory.get(&format!("/Users/{id}")).await.expect(200).body;
            let title = shown["title"].as_str().unwrap_or_default().to_owned();
            let is_whole_change = self.pending == Pending::Title(id.clone(), title.clone());
            assert!(
                self.titles[&id] == title || is_whole_change,
                "{id} has the title {title:?}, not {:?}",
                self.titles[&id]
            );
            self.titles.insert(id, title);
        }
        if let Some(group) = &self.group {
            let shown = directory.get(&format!("/Groups/{group}")).await.expect(200).body;
            let ids = shown["members"].as_array().cloned().unwrap_or_default();
            let members: BTreeSet<String> =
                ids.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect();
            let mut allowed = self.members.clone();
            match &self.pending {
                Pending::Join(id) => allowed.insert(id.clone()),
                Pending::Leave(id) => allowed.remove(id),
                _ => false,
            };
            assert!(
                members == self.members || members == allowed,
                "{members:?} are neither {:?} nor {allowed:?}",
                self.members
            );
        }
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Person(email) => self.retry(directory, &email).await,
            Pending::Group(name) => {
                assert!(directory.find("/Groups", &format!("displayName eq \"{name}\"")).await.len() <= 1);
            }
            _ => {}
        }
    }

    /// A create without an answer is whole or absent; sent again, as an IdP does, it is made or found (V-75).
    async fn retry(&mut self, directory: &Directory, email: &str) {
        let filter = format!("userName eq \"{email}\"");
        let found = directory.find("/Users", &filter).await;
        let again = directory.post("/Users", &user(email)).await;
        let id = match found.first() {
            None => again.expect(201).id(),
            Some(id) => {
                again.expect_error(409, "uniqueness");
                id.clone()
            }
        };
        assert_eq!(directory.find("/Users", &filter).await, std::slice::from_ref(&id));
        let shown = directory.get(&format!("/Users/{id}")).await.expect(200).body;
        let sent = user(email);
        for name in ["userName", "externalId", "active", "displayName", "name", "emails"] {
            assert_eq!(shown[name], sent[name], "{name}");
        }
        self.titles.insert(id, String::new());
    }

    /// Title by id of everybody this writer made.
    pub fn titles(&self) -> &BTreeMap<String, String> {
        &self.titles
    }
}
