//! Walks through lists while others write, and large groups.

use std::collections::BTreeSet;

use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::case::{Feature, Level};
use crate::coded::{CodeCase, finding, patch};
use crate::exchange::{Answer, Expect, Request};
use crate::session::Session;
use crate::verdict::Stop;

/// People a walk passes, and how many it sees at a time.
const PEOPLE: usize = 12;
const PAGE: usize = 3;
/// Members of the large group, and how many are added at a time.
const MEMBERS: usize = 1_000;
const AT_A_TIME: usize = 20;
/// Pages after which a walk is taken for endless.
const MOST_PAGES: usize = 500;

/// See the title.
pub(super) const WALK_UNDER_WRITES: CodeCase = CodeCase {
    id: "paging-under-writes",
    group: "rfc7644-3.4.2-lists",
    title: "A walk by startIndex sees everybody who was there all the time, while others are created",
    source: "RFC 7644 section 3.4.2.4",
    level: Level::Should,
    needs: &[Feature::Filter],
    why: "Okta imports page by page; order that depends on anything but creation loses people.",
    advice: "Sort pages by a key that does not change and grows, such as the order of creation.",
    play: |session| walk_under_writes(session).boxed(),
};

/// See the title.
pub(super) const CURSOR_WALK_UNDER_WRITES: CodeCase = CodeCase {
    id: "cursor-under-writes",
    group: "rfc9865-cursors",
    title: "A walk by cursor sees everybody who was there all the time once, while others come and go",
    source: "RFC 9865 section 2",
    level: Level::Should,
    needs: &[Feature::Cursor, Feature::Filter],
    why: "",
    advice: "Let the cursor hold the key of the last resource shown, not a count.",
    play: |session| cursor_walk_under_writes(session).boxed(),
};

/// See the title.
pub(super) const THOUSAND_MEMBERS: CodeCase = CodeCase {
    id: "group-of-a-thousand",
    group: "rfc7644-3.5.2-patch",
    title: "A group of 1,000 members is filled by PATCH, one is removed, and the others stay",
    source: "RFC 7644 section 3.5.2",
    level: Level::Must,
    needs: &[Feature::Patch, Feature::Groups],
    why: "Groups of enterprises are large; a limit that cuts silently takes access away.",
    advice: "Keep members as rows, and change only those a request names.",
    play: |session| thousand_members(session).boxed(),
};

fn ids(answer: &Answer) -> Vec<String> {
    let resources = answer.body.get("Resources").and_then(Value::as_array).into_iter().flatten();
    resources.filter_map(|resource| resource.get("id")?.as_str().map(str::to_owned)).collect()
}

async fn crowd(session: &mut Session<'_>) -> Result<BTreeSet<String>, Stop> {
    let mut people = BTreeSet::new();
    for number in 0..PEOPLE {
        people.insert(session.give_user(&format!("walker{number:02}"), &json!({})).await?);
    }
    Ok(people)
}

fn page(from: &str) -> Request {
    let run = "userName%20co%20%22-{run}%40%22";
    Request::new("GET", format!("/Users?filter={run}&count={PAGE}&{from}"))
}

async fn walk_under_writes(session: &mut Session<'_>) -> Result<(), Stop> {
    let people = crowd(session).await?;
    let mut seen = BTreeSet::new();
    let mut start = 1;
    for number in 0..MOST_PAGES {
        let answer = session.expect("a page", &page(&format!("startIndex={start}")), &Expect::status(200)).await?;
        let shown = ids(&answer);
        if shown.is_empty() {
            break;
        }
        start += shown.len();
        seen.extend(shown);
        if number < 4 {
            // In the order of names they would stand before everybody.
            session.give_user(&format!("aaron{number}"), &json!({})).await?;
        }
    }
    missing(&people, &seen)
}

fn missing(people: &BTreeSet<String>, seen: &BTreeSet<String>) -> Result<(), Stop> {
    let lost = people.difference(seen).count();
    if lost == 0 { Ok(()) } else { finding(format!("{lost} of {PEOPLE} people were not seen")) }
}

async fn cursor_walk_under_writes(session: &mut Session<'_>) -> Result<(), Stop> {
    let mut people = crowd(session).await?;
    let (mut seen, mut next) = (BTreeSet::new(), String::new());
    for number in 0..MOST_PAGES {
        let answer = session.expect("a page", &page(&format!("cursor={next}")), &Expect::status(200)).await?;
        for id in ids(&answer) {
            if !seen.insert(id) {
                return finding("somebody was seen twice");
            }
        }
        let Some(cursor) = answer.body.get("nextCursor").and_then(Value::as_str) else { break };
        cursor.clone_into(&mut next);
        if number < 2 {
            session.give_user(&format!("aaron{number}"), &json!({})).await?;
            if let Some(gone) = seen.intersection(&people).next().cloned() {
                people.remove(&gone);
                let delete = Request::new("DELETE", format!("/Users/{gone}"));
                session.expect("somebody goes who was seen", &delete, &Expect::status(204)).await?;
            }
        }
    }
    missing(&people, &seen)
}

async fn thousand_members(session: &mut Session<'_>) -> Result<(), Stop> {
    let group = session.give_group("crowd", &json!({})).await?;
    let path = format!("/Groups/{group}");
    let mut people = Vec::with_capacity(MEMBERS);
    while people.len() < MEMBERS {
        let person = |number| Request::with("POST", "/Users", session.usual_person(&format!("m{number}")));
        let requests: Vec<Request> = (people.len()..people.len() + AT_A_TIME).map(person).collect();
        for answer in session.ask_at_once("people are created", &requests).await? {
            let answer = answer?;
            let id = answer.body.get("id").and_then(Value::as_str).filter(|_| matches!(answer.status, 200..=299));
            let id = id.ok_or_else(|| Stop::Untried(format!("somebody could not be created: {}", answer.status)))?;
            people.push(id.to_owned());
        }
    }
    for some in people.chunks(500) {
        let members: Vec<Value> = some.iter().map(|id| json!({"value": id})).collect();
        let add = json!({"op": "add", "path": "members", "value": members});
        changed(session, "members are added", &path, add).await?;
    }
    let Some((gone, stay)) = people.split_first() else { return Ok(()) };
    let remove = json!({"op": "remove", "path": format!("members[value eq \"{gone}\"]")});
    changed(session, "one is removed", &path, remove).await?;
    let answer = session.expect("who is a member", &Request::new("GET", &path), &Expect::status(200)).await?;
    let members = answer.body.get("members").and_then(Value::as_array).into_iter().flatten();
    let members: BTreeSet<&str> = members.filter_map(|member| member.get("value")?.as_str()).collect();
    let wanted: BTreeSet<&str> = stay.iter().map(String::as_str).collect();
    if members == wanted {
        return Ok(());
    }
    let (lost, extra) = (wanted.difference(&members).count(), members.difference(&wanted).count());
    finding(format!("of {} members {lost} are missing, and {extra} are there who should not", wanted.len()))
}

async fn changed(session: &mut Session<'_>, says: &str, path: &str, operation: Value) -> Result<(), Stop> {
    let answer = session.ask(says, &Request::with("PATCH", path, patch([operation]))).await?;
    match answer.status {
        200 | 204 => Ok(()),
        status => finding(format!("{says}: expected status 200 or 204, got {status}")),
    }
}
