//! What a case created, and its removal.

use std::time::Instant;

use serde_json::Value;

use super::{Session, WAIT, send};
use crate::exchange::{Answer, Idp, Request, Sent};

/// Where people and groups are, and what they are called by.
const NAMED: [(&str, &str); 2] = [("/Users", "userName"), ("/Groups", "displayName")];

/// What was created and is not deleted yet.
#[derive(Debug, Default)]
pub(super) struct Created {
    /// Paths, oldest first.
    paths: Vec<String>,
    /// Whether a creation was not answered, so that something may be there that nobody was told of.
    is_unsure: bool,
}

impl Created {
    /// Takes note of a request and its answer, if there was one.
    pub(super) fn note(&mut self, base: &str, sent: &Sent, answer: Option<&Answer>) {
        let path = sent.url.strip_prefix(base).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        match (sent.method.as_str(), answer.map(|answer| answer.status)) {
            ("POST", None | Some(500..)) => self.is_unsure = true,
            ("POST", Some(200)) if path == "/Bulk" => self.note_bulk(base, answer),
            ("POST", Some(200 | 201)) => {
                let id = answer.and_then(|answer| answer.body.get("id")).and_then(Value::as_str);
                self.paths.extend(id.map(|id| format!("{path}/{id}")));
            }
            ("DELETE", Some(200 | 204)) => self.paths.retain(|created| created != path),
            _ => {}
        }
    }

    fn note_bulk(&mut self, base: &str, answer: Option<&Answer>) {
        let operations = answer.and_then(|answer| answer.body.get("Operations")).and_then(Value::as_array);
        for operation in operations.into_iter().flatten() {
            let text = |name: &str| operation.get(name).and_then(Value::as_str).unwrap_or_default();
            let Some(path) = text("location").strip_prefix(base) else { continue };
            if text("method").eq_ignore_ascii_case("POST") {
                self.paths.push(path.to_owned());
            } else if text("method").eq_ignore_ascii_case("DELETE") {
                self.paths.retain(|created| created != path);
            }
        }
    }
}

impl Session<'_> {
    /// Deletes what is left of what was created, newest first. Returns what could not be, in the time of the run and a bit.
    pub async fn clean_up(&mut self) -> Vec<String> {
        let deadline = self.deadline.max(Instant::now()) + WAIT;
        if self.created.is_unsure {
            self.look_for_ours(deadline).await;
        }
        let mut left = Vec::new();
        for path in std::mem::take(&mut self.created.paths).into_iter().rev() {
            let is_in_time = Instant::now() < deadline;
            let gone = if is_in_time { self.quietly("DELETE", &path, deadline).await } else { None };
            if !gone.is_some_and(|answer| matches!(answer.status, 200..300 | 404)) {
                left.push(path);
            }
        }
        left
    }

    /// Looks for what carries a name of this run and is not noted.
    async fn look_for_ours(&mut self, deadline: Instant) {
        let run = self.run().to_owned();
        for (endpoint, name) in NAMED {
            let path = format!("{endpoint}?filter={name}%20co%20%22-{run}%22&count=1000");
            let Some(list) = self.quietly("GET", &path, deadline).await else { continue };
            // Of a server that ignores the filter, nothing that is not ours.
            let is_ours =
                |resource: &&Value| resource.get(name).and_then(Value::as_str).is_some_and(|name| name.contains(&run));
            let resources = list.body.get("Resources").and_then(Value::as_array).into_iter().flatten();
            let ids = resources.filter(is_ours).filter_map(|resource| resource.get("id")?.as_str());
            let found: Vec<String> = ids.map(|id| format!("{endpoint}/{id}")).collect();
            let created = &mut self.created.paths;
            created.extend(found.into_iter().filter(|path| !created.contains(path)).collect::<Vec<_>>());
        }
    }

    /// Asks without telling of it.
    async fn quietly(&self, method: &str, path: &str, deadline: Instant) -> Option<Answer> {
        let filled = Request::new(method, path).filled(Idp::Rfc, &self.target.base, &self.target.token, &self.kept);
        send(self.client, &filled.ok()?, self.retry, deadline).await.ok()
    }
}
