//! Somebody is at the door.

use serde_json::{Value, json};

use super::{History, NAMES, SUBJECTS};
use crate::reference::{Question, Verdict};
use crate::support::Directory;

impl History {
    pub(super) fn question(&mut self, connection: usize) -> Question {
        let is_by_name = self.model.connections[connection].is_by_user_name;
        Question {
            subject: (*if is_by_name { self.random.of(&NAMES) } else { self.random.of(&SUBJECTS) }).to_owned(),
            email: self.random.chance(75).then(|| self.email()),
            is_verified: *self.random.of(&[None, None, Some(true), Some(true), Some(false)]),
        }
    }

    pub(super) async fn sign_in(&mut self) {
        let connection = self.random.below(self.directories.len());
        self.sign_in_on(connection).await;
    }

    pub(super) async fn sign_in_on(&mut self, connection: usize) {
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
        self.keep_combination().await;
    }

    /// A dry run answers as the question does, and changes nothing.
    pub(super) async fn rehearse(&mut self, directory: &Directory, asked: &Value) {
        let mut dry = asked.clone();
        dry["dry_run"] = json!(true);
        let first = self.app.sign_in(directory, dry.clone()).await;
        let again = self.app.sign_in(directory, dry).await;
        for field in ["decision", "outcome", "reason"] {
            assert_eq!(first[field], again[field], "a dry run changed something\n{}", self.told());
        }
    }

    pub(super) fn compare_verdict(&mut self, answer: &Value, verdict: &Verdict) {
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
    pub(super) async fn adopt_newcomers(&mut self, connection: usize, verdict: &Verdict) {
        let Verdict::Allow("created" | "combined", user) = verdict else { return };
        let at = self.model.people.iter().find(|(_, person)| person.user == *user).map(|(at, _)| *at);
        let id = self.users[*user].clone().unwrap();
        let resource = self.resource_of(connection, &id).await;
        self.people.insert(at.unwrap(), resource);
    }
}
