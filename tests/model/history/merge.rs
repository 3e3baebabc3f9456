//! Two users become one, and two again.

use reqwest::Method;
use serde_json::json;

use super::History;

impl History {
    pub(super) async fn merge(&mut self) {
        if !self.merges.is_empty() && self.random.chance(30) {
            return self.unmerge().await;
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
            let listed = self.app.api(Method::GET, "/api/v1/undoable", None).await.expect(200).body;
            self.merges.push(listed["undoable"][0]["event_id"].as_str().unwrap().to_owned());
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
