//! What administrators do, and what time does.

use std::time::Duration;

use anteroom::identity::{Reach, connections, directories, domains};
use anteroom::store::{organizations, users};
use reqwest::Method;
use serde_json::json;

use super::{DOMAINS, EMAILS, History, body};

impl History {
    pub(super) async fn create_user(&mut self) {
        let organization = self.random.chance(80).then(|| self.random.below(2));
        let email = *self.random.of(&EMAILS);
        self.steps.push(format!("user of {organization:?} with {email}"));
        let code = organization.map(|at| &self.organizations[at]);
        let identity = json!([{"type": "email", "details": {"email": email}}]);
        let request = json!({"organization_code": code, "identities": identity});
        let answer = self.app.api(Method::POST, "/api/v1/user", Some(request)).await;
        let made = self.model.create_user(organization, email);
        self.expect(&answer, if made.is_some() { 200 } else { 400 });
        if let Some(user) = made {
            self.is_user(user, answer.body["id"].as_str());
        }
    }

    pub(super) async fn pre_create(&mut self) {
        let Some(user) = self.some_user() else { return };
        let (connection, value) = (self.random.below(self.directories.len()), *self.random.of(&EMAILS));
        self.steps.push(format!("identity of user {user} on {connection}: {value}"));
        let id = self.users[user].clone().unwrap();
        let request =
            json!({"type": "enterprise", "value": value, "connection_id": self.directories[connection].connection_id});
        let answer = self.app.api(Method::POST, &format!("/api/v1/users/{id}/identities"), Some(request)).await;
        let made = self.model.pre_create(user, connection, value);
        self.expect(&answer, made.err().unwrap_or(201));
        if let Ok(at) = made {
            let resource = self.resource_of(connection, &id).await;
            self.people.insert(at, resource);
        }
    }

    pub(super) async fn unbind(&mut self) {
        let Some(at) = self.somebody() else { return };
        self.steps.push(format!("unbind {at}"));
        let user = self.users[self.model.people[&at].user].clone().unwrap();
        let listed = self.app.api(Method::GET, &format!("/api/v1/users/{user}/identities"), None).await;
        let identity = listed.body["identities"][0]["id"].as_str().unwrap().to_owned();
        let answer = self.app.api(Method::POST, &format!("/api/v1/identities/{identity}/unbind"), None).await;
        let is_released = self.model.unbind(at);
        self.expect(&answer, if is_released { 200 } else { 400 });
    }

    pub(super) async fn suspend(&mut self) {
        let Some(at) = self.some_user() else { return };
        let is_suspended = self.random.chance(50);
        self.steps.push(format!("user {at} suspended: {is_suspended}"));
        let (act, id) = (self.app.act(), self.users[at].clone().unwrap());
        let done =
            self.app.store.write(move |tx| anteroom::identity::users::set_suspended(tx, &act, &id, is_suspended));
        done.await.unwrap();
        self.model.users[at].is_suspended = is_suspended;
    }

    pub(super) async fn join(&mut self) {
        let local: Vec<usize> = (0..self.users.len()).filter(|at| !self.model.users[*at].emails.is_empty()).collect();
        let is_local = !local.is_empty() && self.random.chance(70);
        let Some(at) = (if is_local { Some(*self.random.of(&local)) } else { self.some_user() }) else { return };
        let organization = self.random.below(2);
        self.steps.push(format!("user {at} joins {organization}"));
        let (id, code) = (self.users[at].clone().unwrap(), self.organizations[organization].clone());
        let now = self.app.clock.now();
        let done = self.app.store.write(move |tx| {
            let organization = organizations::find_by_code(tx, &code)?.unwrap().key;
            let user = users::find(tx, &id)?.unwrap().key;
            organizations::add_member(tx, organization, user, organizations::MemberSource::Admin, now)
        });
        done.await.unwrap();
        self.model.add_member(at, organization);
    }

    pub(super) async fn assert_domain(&mut self) {
        let (organization, domain) = (self.random.below(2), *self.random.of(&DOMAINS));
        if self.random.chance(25) {
            return self.remove_domain(organization, domain).await;
        }
        self.steps.push(format!("{domain} is asserted for {organization}"));
        let (act, code) = (self.app.act(), self.organizations[organization].clone());
        let asserted = self.app.store.write(move |tx| {
            let organization = anteroom::identity::organizations::load_by_code_or_name(tx, &code)?;
            domains::assert_domain(tx, &act, &organization, domain)
        });
        let owner = *self.model.domains.entry(domain.to_owned()).or_insert(organization);
        assert_eq!(asserted.await.is_ok(), owner == organization, "{}", self.told());
    }

    pub(super) async fn remove_domain(&mut self, organization: usize, domain: &str) {
        self.steps.push(format!("{domain} is taken from {organization}"));
        let path = format!("/api/v1/organizations/{}/domains/{domain}", self.organizations[organization]);
        let answer = self.app.api(Method::DELETE, &path, None).await;
        let is_owner = self.model.domains.get(domain) == Some(&organization);
        self.expect(&answer, if is_owner { 200 } else { 404 });
        if is_owner {
            self.model.domains.remove(domain);
        }
    }

    /// A disabled connection lets nobody in and takes nothing from its IdP.
    pub(super) async fn shut_and_open(&mut self) {
        let connection = self.random.below(self.directories.len());
        self.steps.push(format!("connection {connection} is off for a while"));
        let directory = self.directories[connection].clone();
        self.set_enabled(connection, false).await;
        let question = self.question(connection);
        let answer = self.app.sign_in(&directory, json!({"subject": question.subject, "email": question.email})).await;
        assert_eq!(answer["reason"], "connection_disabled", "{}", self.told());
        let document = self.document();
        let answer = directory.post("/Users", &body(&document)).await;
        assert!((400..500).contains(&answer.status), "{} {}", answer.text, self.told());
        self.set_enabled(connection, true).await;
    }

    /// A directory is deleted and another made: people stay, sign in meanwhile, and are served under the same ids.
    pub(super) async fn renew_directory(&mut self) {
        let connection = self.random.below(self.directories.len());
        self.steps.push(format!("another directory for {connection}"));
        let (act, id) = (self.app.act(), self.directories[connection].connection_id.clone());
        let deleted = self.app.store.write(move |tx| {
            let connection = anteroom::store::connections::find(tx, &id)?.unwrap();
            let directory = anteroom::store::directories::find_of_connection(tx, connection.key)?.unwrap();
            directories::delete(tx, &act, Reach::everything(), &directory.id)
        });
        deleted.await.unwrap();
        let document = self.document();
        let answer = self.directories[connection].post("/Users", &body(&document)).await;
        assert_eq!(answer.status, 401, "{} {}", answer.text, self.told());
        self.sign_in_on(connection).await;
        let old = &self.directories[connection];
        self.directories[connection] =
            self.app.another_directory(&old.organization_code, &old.connection_id, "okta").await;
        self.count("another directory");
    }

    pub(super) async fn set_enabled(&mut self, connection: usize, is_enabled: bool) {
        let (act, id) = (self.app.act(), self.directories[connection].connection_id.clone());
        let done = self.app.store.write(move |tx| connections::set_enabled(tx, &act, &id, is_enabled));
        done.await.unwrap();
    }

    pub(super) async fn days_pass(&mut self) {
        let days = self.random.within(1, 12);
        self.steps.push(format!("{days} days pass"));
        self.app.advance(Duration::from_hours(24 * u64::try_from(days).unwrap())).await;
        self.app.jobs().run_due().await.unwrap();
        self.model.pass(u64::try_from(days).unwrap());
    }

    /// Takes any of the combinations there were apart, or tries to.
    pub(super) async fn undo(&mut self) {
        if self.combinations.is_empty() {
            return;
        }
        let at = self.random.below(self.combinations.len());
        self.steps.push(format!("undo of combination {at}"));
        let path = format!("/api/v1/events/{}/undo", self.combinations[at]);
        if self.random.chance(20) {
            self.app.api(Method::POST, &path, Some(json!({"dry_run": true}))).await;
        }
        let answer = self.app.api(Method::POST, &path, None).await;
        let made = self.model.undo(at);
        self.expect(&answer, made.err().unwrap_or(200));
        if let Ok(user) = made {
            self.is_user(user, answer.body["undo"]["new_user_id"].as_str());
        }
    }

    pub(super) async fn erase(&mut self) {
        let Some(at) = self.some_user() else { return };
        self.steps.push(format!("user {at} is erased"));
        let path = format!("/api/v1/user?id={}", self.users[at].clone().unwrap());
        self.expect(&self.app.api(Method::DELETE, &path, None).await, 200);
        self.model.erase(at);
        self.people.retain(|person, _| self.model.people.contains_key(person));
    }
}
