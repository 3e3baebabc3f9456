//! Whether the server has become what the job wanted to make of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::job::{Job, Miss, Object, differs, the_one};
use super::wire::expected;
use crate::exchange::{Answer, Request, difference};

/// A question that is only asked for the comparison is asked so often before a failure counts.
const TRIES: usize = 5;
/// Pages after which an import is taken for endless.
const MOST_PAGES: usize = 500;

impl Job<'_, '_> {
    /// Says the first thing that is not in step, of what the job believes to be.
    pub(super) async fn compare(&mut self) -> Result<(), Miss> {
        self.compare_people().await?;
        self.compare_groups().await?;
        for path in self.gone.clone() {
            self.insist("is it gone?", &self.dialect.request("GET", &path), &[404]).await?;
        }
        for id in self.left.clone() {
            let request = self.dialect.request("GET", &format!("/Users/{id}"));
            let answer = self.insist("has somebody access who left?", &request, &[200]).await?;
            if answer.body.get("active").is_some_and(|active| *active != json!(false)) {
                return differs("somebody who left is active on the server");
            }
        }
        Ok(())
    }

    async fn compare_people(&mut self) -> Result<(), Miss> {
        for (key, account) in self.accounts.clone() {
            if !account.is_sure || self.overdue.contains_key(&Object::Person(key)) {
                continue;
            }
            let person = account.sent;
            let request = self.dialect.request("GET", &format!("/Users/{}", account.id));
            let read = self.insist(&format!("is {} in step?", person.login), &request, &[200]).await?;
            if let Some(difference) = difference(&expected(&person, &self.session.target.claims), &read.body) {
                return differs(format!("{} is not in step: {difference}", person.login));
            }
            let found =
                self.insist(&format!("is {} found?", person.login), &self.dialect.look_up(&person), &[200]).await?;
            if the_one(&found, "userName", &person.login)?.as_ref() != Some(&account.id) {
                return differs(format!("looking {} up does not find them", person.login));
            }
        }
        Ok(())
    }

    async fn compare_groups(&mut self) -> Result<(), Miss> {
        for (key, group) in self.groups.clone() {
            let Some(name) = group.name.filter(|_| !self.overdue.contains_key(&Object::Group(key))) else { continue };
            let request = self.dialect.request("GET", &format!("/Groups/{}", group.id));
            let read = self.insist(&format!("is the group {name} in step?"), &request, &[200]).await?;
            if let Some(difference) = difference(&json!({"displayName": name}), &read.body) {
                return differs(format!("the group {name} is not in step: {difference}"));
            }
            let members = read.body.get("members").and_then(Value::as_array).into_iter().flatten();
            let members: BTreeSet<String> =
                members.filter_map(|member| member.get("value")?.as_str().map(str::to_owned)).collect();
            let (lost, extra) =
                (group.members.difference(&members).count(), members.difference(&group.members).count());
            if lost + extra > 0 {
                let all = group.members.len();
                return differs(format!(
                    "the group {name} is not in step: of {all} members {lost} are missing, and {extra} are there who should not"
                ));
            }
        }
        Ok(())
    }

    /// Reads all users page by page, and misses nobody.
    pub(super) async fn import(&mut self) -> Result<(), Miss> {
        let (mut seen, mut start) = (BTreeSet::new(), 1);
        for _ in 0..MOST_PAGES {
            let request = self.dialect.request("GET", &format!("/Users?startIndex={start}&count=100"));
            let page = self.insist("imports", &request, &[200]).await?;
            let shown = page.body.get("Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if shown.is_empty() {
                break;
            }
            start += shown.len();
            seen.extend(shown.iter().filter_map(|user| user.get("id")?.as_str().map(str::to_owned)));
        }
        let missed = self.accounts.values().filter(|account| !seen.contains(&account.id)).count();
        if missed == 0 { Ok(()) } else { differs(format!("an import of all pages misses {missed} users")) }
    }

    pub(super) async fn insist(&mut self, says: &str, request: &Request, good: &[u16]) -> Result<Answer, Miss> {
        for _ in 1..TRIES {
            match self.send(says, request, good).await {
                Err(Miss::Later(_)) => {}
                other => return other,
            }
        }
        match self.send(says, request, good).await {
            Err(Miss::Later(problem)) => differs(problem),
            other => other,
        }
    }
}
