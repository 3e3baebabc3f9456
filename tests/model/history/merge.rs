//! Two users become one, and two again.

use reqwest::Method;
use serde_json::json;

use super::History;

impl History {
    pub(super) async fn merge(&mut self) {
        if !self.merges.is_empty() && self.random.chance(30) {
            return self.unmerge().await;
        }
        if !self.replacements.is_empty() && self.random.chance(40) {
            return self.give_back().await;
        }
        let (Some(keep), Some(from)) = (self.some_user(), self.some_user()) else { return };
        self.steps.push(format!("user {from} is merged into {keep}"));
        let (id, other) = (self.users[keep].clone().unwrap(), self.users[from].clone().unwrap());
        let path = format!("/api/v1/users/{id}/merge");
        if self.random.chance(20) {
            self.app.api(Method::POST, &path, Some(json!({"user_id": other, "dry_run": true}))).await;
        }
        let answer = self.app.api(Method::POST, &path, Some(json!({"user_id": other}))).await;
        let done = self.model.merge(keep, from);
        self.expect(&answer, done.err().unwrap_or(200));
        if done.is_ok() {
            let event = self.latest_undoable().await;
            self.merges.push(event);
        }
    }

    async fn latest_undoable(&self) -> String {
        let listed = self.app.api(Method::GET, "/api/v1/undoable", None).await.expect(200).body;
        listed["undoable"][0]["event_id"].as_str().unwrap().to_owned()
    }

    /// The event of a login that was just taken for somebody else's, so that it can be given back later.
    pub(super) async fn keep_replacement(&mut self) {
        if self.replacements.len() < self.model.replaced() {
            let event = self.latest_undoable().await;
            self.replacements.push(event);
        }
    }

    async fn give_back(&mut self) {
        let at = self.random.below(self.replacements.len());
        self.steps.push(format!("undo of replacement {at}"));
        let path = format!("/api/v1/events/{}/undo", self.replacements[at]);
        let answer = self.app.api(Method::POST, &path, None).await;
        let done = self.model.give_back(at);
        self.expect(&answer, done.err().unwrap_or(200));
        if done.is_ok() {
            let event = self.latest_undoable().await;
            self.merges.push(event);
        }
    }

    async fn unmerge(&mut self) {
        let at = self.random.below(self.merges.len());
        self.steps.push(format!("undo of merge {at}"));
        let path = format!("/api/v1/events/{}/undo", self.merges[at]);
        let answer = self.app.api(Method::POST, &path, None).await;
        let done = self.model.unmerge(at);
        self.expect(&answer, done.err().unwrap_or(200));
    }
}
