//! A random history: each step is done to the server and to the model, and what comes of it is compared at once.

mod admin;
mod compare;
mod idp;
mod import;
mod merge;
mod sign_in;

use serde_json::json;
use std::collections::BTreeMap;

use crate::random::Random;
use crate::reference::{Connection, Document, Model};
use crate::support::{Directory, Setup, TestApp};
use idp::body;

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
    /// Ids of the events, by number of the model's combinations.
    combinations: Vec<String>,
    /// The same of the merges.
    merges: Vec<String>,
    /// And of the logins that were taken for somebody else's.
    replacements: Vec<String>,
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
        let (combinations, merges, replacements) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            app,
            model,
            random,
            directories,
            organizations,
            users,
            people,
            combinations,
            merges,
            replacements,
            steps,
            happened,
        }
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
            53..58 => self.import().await,
            58..61 => self.merge().await,
            61..84 => self.sign_in().await,
            84 => self.renew_directory().await,
            85..87 => self.undo().await,
            87 => self.erase().await,
            88 => self.unbind().await,
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
