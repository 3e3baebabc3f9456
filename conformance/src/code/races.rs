//! Many requests at the same moment.

use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::case::{Feature, Level};
use crate::coded::{CodeCase, finding, patch};
use crate::exchange::{Answer, Expect, Request};
use crate::session::Session;
use crate::verdict::Stop;

const AT_ONCE: usize = 8;

/// See the title.
pub(super) const SAME_NAME_AT_ONCE: CodeCase = CodeCase {
    id: "create-same-name-at-once",
    group: "rfc7644-3.3-create",
    title: "Of several POSTs of one userName at the same moment, one is 201 and the others are 409",
    source: "RFC 7644 section 3.3; RFC 7643 section 4.1.1",
    level: Level::Must,
    needs: &[],
    why: "An identity provider that retries must not make a person twice.",
    advice: "Let the database keep the name unique, and turn its violation into 409 uniqueness.",
    play: |session| same_name_at_once(session).boxed(),
};

/// See the title.
pub(super) const MEMBERS_ADDED_AT_ONCE: CodeCase = CodeCase {
    id: "patch-members-at-once",
    group: "rfc7644-3.5.2-patch",
    title: "Members added to one group by several PATCHes at the same moment are all there afterwards",
    source: "RFC 7644 section 3.5.2",
    level: Level::Must,
    needs: &[Feature::Patch, Feature::Groups],
    why: "Entra sends membership changes of one group in parallel; a lost update is a person without access.",
    advice: "Change memberships as rows in one transaction, or lock the group while it is read and written.",
    play: |session| members_added_at_once(session).boxed(),
};

/// See the title.
pub(super) const STALE_WRITES_AT_ONCE: CodeCase = CodeCase {
    id: "etag-writes-at-once",
    group: "rfc7644-3.14-versions",
    title: "Of several PUTs with one ETag at the same moment, one succeeds and the others are 412",
    source: "RFC 7644 section 3.14; RFC 9110 section 13.1.1",
    level: Level::Must,
    needs: &[Feature::Etag],
    why: "",
    advice: "Compare the version in the statement or transaction that writes, not before it.",
    play: |session| stale_writes_at_once(session).boxed(),
};

async fn all(session: &mut Session<'_>, says: &str, requests: &[Request]) -> Result<Vec<Answer>, Stop> {
    session.ask_at_once(says, requests).await?.into_iter().map(|answer| answer.map_err(Stop::from)).collect()
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn statuses(answers: &[Answer]) -> String {
    let statuses: Vec<String> = answers.iter().map(|answer| answer.status.to_string()).collect();
    statuses.join(", ")
}

async fn same_name_at_once(session: &mut Session<'_>) -> Result<(), Stop> {
    let person = session.usual_person("ana");
    let requests = vec![Request::with("POST", "/Users", person); AT_ONCE];
    let answers = all(session, "several create the same person", &requests).await?;
    if count(&answers, 201) != 1 || count(&answers, 409) != AT_ONCE - 1 {
        return finding(format!("expected one 201 and {} 409, got {}", AT_ONCE - 1, statuses(&answers)));
    }
    Ok(())
}

async fn members_added_at_once(session: &mut Session<'_>) -> Result<(), Stop> {
    let group = session.give_group("team", &json!({})).await?;
    let mut people = Vec::new();
    for number in 0..AT_ONCE {
        people.push(session.give_user(&format!("p{number}"), &json!({})).await?);
    }
    let add = |id: &String| {
        let operation = json!({"op": "add", "path": "members", "value": [{"value": id}]});
        Request::with("PATCH", format!("/Groups/{group}"), patch([operation]))
    };
    let requests: Vec<Request> = people.iter().map(add).collect();
    let answers = all(session, "several add one member each", &requests).await?;
    if count(&answers, 200) + count(&answers, 204) != AT_ONCE {
        return finding(format!("expected 200 or 204 of each, got {}", statuses(&answers)));
    }
    let wanted: Vec<Value> = people.iter().map(|id| json!({"value": id})).collect();
    let expect = Expect::ok(json!({"members": {"$unordered": wanted}}));
    session.expect("who is a member", &Request::new("GET", format!("/Groups/{group}")), &expect).await.map(drop)
}

async fn stale_writes_at_once(session: &mut Session<'_>) -> Result<(), Stop> {
    let id = session.give_user("ana", &json!({})).await?;
    let version = session.kept.get("ana.etag").and_then(Value::as_str).unwrap_or_default().to_owned();
    if version.is_empty() {
        return finding("a server with etag support gives a version with what it creates");
    }
    let write = |number: usize| {
        let body = json!({"$kept": "ana.body", "$with": {"displayName": format!("Ana {number}")}});
        let mut request = Request::with("PUT", format!("/Users/{id}"), body);
        request.headers.insert("if-match".into(), Some(version.clone()));
        request
    };
    let requests: Vec<Request> = (0..AT_ONCE).map(write).collect();
    let answers = all(session, "several write over the same version", &requests).await?;
    if count(&answers, 200) != 1 || count(&answers, 412) != AT_ONCE - 1 {
        return finding(format!("expected one 200 and {} 412, got {}", AT_ONCE - 1, statuses(&answers)));
    }
    Ok(())
}
