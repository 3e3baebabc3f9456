//! A random history: each step is done to the server and to the model, and what comes of it is compared at once.

use std::collections::BTreeMap;
use std::time::Duration;

use anteroom::identity::domains;
use anteroom::store::{connections, identities, organizations, resources, users};
use reqwest::Method;
use serde_json::{Value, json};

use crate::random::Random;
use crate::reference::{Connection, Document, Model, Question, Verdict};
use crate::support::{Answer, Directory, Setup, TestApp};

const EMAILS: [&str; 6] =
    ["a@acme.test", "b@acme.test", "c@acme.test", "a@other.test", "b@other.test", "a@evilacme.test"];
const NAMES: [&str; 7] = ["n1", "n2", "n3", "n4", "a@acme.test", "b@acme.test", "a@other.test"];
const EXTERNAL_IDS: [&str; 5] = ["x1", "x2", "x3", "x4", "x5"];
const SUBJECTS: [&str; 7] = ["s1", "s2", "s3", "s4", "x1", "x2", "x3"];
const DOMAINS: [&str; 3] = ["acme.test", "other.test", "evilacme.test"];

/// A server, the model, and which public id is whose number.
pub struct History {
    app: TestApp,
    model: Model,
    random: Random,
    directories: Vec<Directory>,
    organizations: Vec<String>,
    /// By number of the model's users.
    users: Vec<Option<String>>,
    /// SCIM ids by number of the model's people.
    people: BTreeMap<usize, String>,
    steps: Vec<String>,
    /// How often each thing happened.
    pub happened: BTreeMap<String, usize>,
}

impl History {
    pub async fn begin(app: TestApp, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let self_join = vec![random.chance(50), random.chance(50)];
        let mut organizations = Vec::new();
        for joins in &self_join {
            organizations.push(app.organization(*joins).await);
        }
        let (mut directories, mut connections) = (Vec::new(), Vec::new());
        for at in 0..4 {
            let connection = Connection {
                organization: at % 2,
                is_trusted: random.chance(80),
                is_just_in_time: random.chance(60),
                is_by_user_name: random.chance(25),
                is_vouched: random.chance(60),
                is_relinking: random.chance(60),
            };
            let setup = setup(&connection);
            directories.push(app.directory_of(&organizations[connection.organization], setup).await);
            connections.push(connection);
        }
        let model = Model::new(self_join, connections);
        let (users, people, steps, happened) = (Vec::new(), BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { app, model, random, directories, organizations, users, people, steps, happened }
    }

    /// Goes on by so many steps, then compares everything there is.
    pub async fn go(&mut self, steps: usize) {
        for _ in 0..steps {
            self.step().await;
        }
        self.compare().await;
    }

    /// The last steps, for a failure.
    fn told(&self) -> String {
        let from = self.steps.len().saturating_sub(40);
        self.steps[from..].join("\n")
    }

    async fn step(&mut self) {
        match self.random.below(100) {
            0..20 => self.push().await,
            20..34 => self.change().await,
            34..40 => self.delete().await,
            40..50 => self.create_user().await,
            50..53 => self.pre_create().await,
            53..87 => self.sign_in().await,
            87..89 => self.unbind().await,
            89..91 => self.suspend().await,
            91..94 => self.join().await,
            94..98 => self.assert_domain().await,
            98 => self.shut_and_open().await,
            _ => self.days_pass().await,
        }
    }

    fn count(&mut self, what: &str) {
        *self.happened.entry(what.to_owned()).or_default() += 1;
    }

    fn document(&mut self) -> Document {
        Document {
            user_name: (*self.random.of(&NAMES)).to_owned(),
            external_id: self.random.chance(80).then(|| (*self.random.of(&EXTERNAL_IDS)).to_owned()),
            email: self.random.chance(80).then(|| (*self.random.of(&EMAILS)).to_owned()),
            active: self.random.chance(85),
        }
    }

    /// Somebody of the model, if there is anybody.
    fn somebody(&mut self) -> Option<usize> {
        let all: Vec<usize> = self.model.people.keys().copied().collect();
        (!all.is_empty()).then(|| *self.random.of(&all))
    }

    /// A user who is still there.
    fn some_user(&mut self) -> Option<usize> {
        let all: Vec<usize> = (0..self.model.users.len()).filter(|at| !self.model.users[*at].is_gone).collect();
        (!all.is_empty()).then(|| *self.random.of(&all))
    }

    /// Rather the email of a user who signs in here so far: those are whom trust is about.
    fn email(&mut self) -> String {
        let held: Vec<String> = self.model.users.iter().flat_map(|user| user.emails.clone()).collect();
        if held.is_empty() || self.random.chance(50) {
            return (*self.random.of(&EMAILS)).to_owned();
        }
        self.random.of(&held).clone()
    }

    async fn push(&mut self) {
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
        }
    }

    async fn change(&mut self) {
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
    }

    async fn delete(&mut self) {
        let Some(at) = self.somebody() else { return };
        self.steps.push(format!("DELETE of {at}"));
        let path = format!("/Users/{}", self.people[&at]);
        let directory = self.directories[self.model.people[&at].connection].clone();
        self.expect(&directory.delete(&path).await, 204);
        self.expect(&directory.get(&path).await, 404);
        self.model.delete(at);
        self.people.remove(&at);
    }

    async fn create_user(&mut self) {
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

    async fn pre_create(&mut self) {
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

    fn question(&mut self, connection: usize) -> Question {
        let is_by_name = self.model.connections[connection].is_by_user_name;
        Question {
            subject: (*if is_by_name { self.random.of(&NAMES) } else { self.random.of(&SUBJECTS) }).to_owned(),
            email: self.random.chance(75).then(|| self.email()),
            is_verified: *self.random.of(&[None, None, Some(true), Some(true), Some(false)]),
        }
    }

    async fn sign_in(&mut self) {
        let connection = self.random.below(self.directories.len());
        let question = self.question(connection);
        self.steps.push(format!("sign-in on {connection}: {question:?}"));
        let mut asked = json!({"subject": question.subject, "email": question.email});
        if let Some(is_verified) = question.is_verified {
            asked["email_verified"] = json!(is_verified);
        }
        let directory = self.directories[connection].clone();
        if self.random.chance(20) {
            self.rehearse(&directory, &asked).await;
        }
        let answer = self.app.sign_in(&directory, asked).await;
        let verdict = self.model.sign_in(connection, &question);
        self.compare_verdict(&answer, &verdict);
        self.adopt_newcomers(connection, &verdict).await;
    }

    /// A dry run answers as the question does, and changes nothing.
    async fn rehearse(&mut self, directory: &Directory, asked: &Value) {
        let mut dry = asked.clone();
        dry["dry_run"] = json!(true);
        let first = self.app.sign_in(directory, dry.clone()).await;
        let again = self.app.sign_in(directory, dry).await;
        for field in ["decision", "outcome", "reason"] {
            assert_eq!(first[field], again[field], "a dry run changed something\n{}", self.told());
        }
    }

    fn compare_verdict(&mut self, answer: &Value, verdict: &Verdict) {
        let (decision, outcome, reason, user) = match verdict {
            Verdict::Allow(outcome, user) => ("allow", json!(outcome), "ok", Some(*user)),
            Verdict::Deny(reason, user) => ("deny", Value::Null, *reason, *user),
        };
        self.count(outcome.as_str().unwrap_or(reason));
        let told = (&answer["decision"], &answer["outcome"], &answer["reason"]);
        let expected = (&json!(decision), &outcome, &json!(reason));
        assert_eq!(told, expected, "the model says {verdict:?}\n{}\n{answer:#}", self.told());
        match user {
            Some(user) => self.is_user(user, answer["user"]["id"].as_str()),
            None => assert_eq!(answer["user"], Value::Null, "{}", self.told()),
        }
    }

    /// The resources a sign-in made are known by their users.
    async fn adopt_newcomers(&mut self, connection: usize, verdict: &Verdict) {
        let Verdict::Allow("created" | "combined", user) = verdict else { return };
        let at = self.model.people.iter().find(|(_, person)| person.user == *user).map(|(at, _)| *at);
        let id = self.users[*user].clone().unwrap();
        let resource = self.resource_of(connection, &id).await;
        self.people.insert(at.unwrap(), resource);
    }

    async fn unbind(&mut self) {
        let Some(at) = self.somebody() else { return };
        self.steps.push(format!("unbind {at}"));
        let user = self.users[self.model.people[&at].user].clone().unwrap();
        let listed = self.app.api(Method::GET, &format!("/api/v1/users/{user}/identities"), None).await;
        let identity = listed.body["identities"][0]["id"].as_str().unwrap().to_owned();
        let answer = self.app.api(Method::POST, &format!("/api/v1/identities/{identity}/unbind"), None).await;
        let is_released = self.model.unbind(at);
        self.expect(&answer, if is_released { 200 } else { 400 });
    }

    async fn suspend(&mut self) {
        let Some(at) = self.some_user() else { return };
        let is_suspended = self.random.chance(50);
        self.steps.push(format!("user {at} suspended: {is_suspended}"));
        let (act, id) = (self.app.act(), self.users[at].clone().unwrap());
        let done =
            self.app.store.write(move |tx| anteroom::identity::users::set_suspended(tx, &act, &id, is_suspended));
        done.await.unwrap();
        self.model.users[at].is_suspended = is_suspended;
    }

    async fn join(&mut self) {
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

    async fn assert_domain(&mut self) {
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

    async fn remove_domain(&mut self, organization: usize, domain: &str) {
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
    async fn shut_and_open(&mut self) {
        let connection = self.random.below(self.directories.len());
        self.steps.push(format!("connection {connection} is off for a while"));
        let directory = self.directories[connection].clone();
        self.set_state(connection, "disabled").await;
        let question = self.question(connection);
        let answer = self.app.sign_in(&directory, json!({"subject": question.subject, "email": question.email})).await;
        assert_eq!(answer["reason"], "connection_disabled", "{}", self.told());
        let document = self.document();
        let answer = directory.post("/Users", &body(&document)).await;
        assert!((400..500).contains(&answer.status), "{} {}", answer.text, self.told());
        self.set_state(connection, "active").await;
    }

    async fn set_state(&mut self, connection: usize, state: &'static str) {
        let id = self.directories[connection].connection_id.clone();
        let done = self.app.store.write(move |tx| {
            let key = connections::find(tx, &id)?.unwrap().key;
            connections::set_state(tx, key, state)
        });
        done.await.unwrap();
    }

    async fn days_pass(&mut self) {
        let days = self.random.within(1, 12);
        self.steps.push(format!("{days} days pass"));
        self.app.advance(Duration::from_hours(24 * u64::try_from(days).unwrap())).await;
        anteroom::jobs::run_due(&self.app.store, &self.app.clock, &self.app.ids).await.unwrap();
        self.model.pass(u64::try_from(days).unwrap());
    }

    #[track_caller]
    fn expect(&self, answer: &Answer, status: u16) {
        assert_eq!(answer.status, status, "{}\n{}", answer.text, self.told());
    }

    /// A number of the model is always the same public id, and nobody else's.
    #[track_caller]
    fn is_user(&mut self, user: usize, id: Option<&str>) {
        let id = id.unwrap_or_default().to_owned();
        self.users.resize(self.model.users.len(), None);
        if let Some(known) = &self.users[user] {
            assert_eq!(*known, id, "another user than expected\n{}", self.told());
            return;
        }
        assert!(!self.users.contains(&Some(id.clone())), "a user where a new one was expected\n{}", self.told());
        self.users[user] = Some(id);
    }

    async fn resource_of(&self, connection: usize, user: &str) -> String {
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
    async fn compare_user(&mut self, at: usize) {
        let person = self.model.people[&at].clone();
        let (id, resource) = (self.directories[person.connection].connection_id.clone(), self.people[&at].clone());
        let found = self.app.store.read(move |tx| {
            let connection = connections::find(tx, &id)?.unwrap().key;
            let resource = resources::find(tx, connection, "User", &resource)?.unwrap();
            let identity = identities::find_of_resource(tx, connection, resource.key)?.unwrap();
            Ok::<_, anteroom::store::Error>((users::load(tx, identity.user_key)?.id, identity))
        });
        let (user, identity) = found.await.unwrap();
        self.is_user(person.user, Some(&user));
        let told = (identity.subject, identity.state == "active", identity.pushed.is_some());
        assert_eq!(told, (person.subject, person.document.active, person.is_pushed), "{}", self.told());
    }

    /// Counts what the events of all connections tell.
    pub async fn count_events(&mut self) {
        for directory in self.directories.clone() {
            for kind in self.app.events(&directory).await {
                self.count(&kind);
            }
        }
    }

    /// Everything the two know: each connection's people, each user's email, identities and organizations.
    async fn compare(&mut self) {
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
}

fn setup(connection: &Connection) -> Setup {
    let mut options = json!({
        "is_trusted": connection.is_trusted, "is_create_missing_user": connection.is_just_in_time,
        "relink_deleted": connection.is_relinking,
    });
    if connection.is_by_user_name {
        options["subject_source"] = json!("userName");
    }
    // Without a tenant an Entra connection does not stand for its emails.
    let strategy = if connection.is_vouched { "saml:okta" } else { "oauth2:azure_ad" };
    Setup { strategy, options, ..Setup::default() }
}

fn body(document: &Document) -> Value {
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
