//! What a server says it takes at most, and slowly or often at least.

use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::case::{Feature, Level};
use crate::coded::{CodeCase, finding, patch};
use crate::exchange::{Answer, Request, Trouble};
use crate::session::{Retry, Session};
use crate::verdict::Stop;

/// Operations and bytes beyond which a limit is not tried.
const MOST_OPERATIONS: u64 = 10_000;
const MOST_BYTES: u64 = 64 << 20;
/// Pieces of a body that arrives slowly, and the time between two.
const PIECES: usize = 6;
const PAUSE: Duration = Duration::from_millis(300);
/// Two seconds of the pace Entra's gallery asks for.
const REQUESTS: usize = 50;
const EVERY: Duration = Duration::from_millis(40);

/// See the title.
pub(super) const BULK_TOO_MANY: CodeCase = CodeCase {
    id: "bulk-too-many-is-413",
    group: "rfc7644-3.7-bulk",
    title: "A bulk request with more operations than maxOperations is 413, and the error says the limit",
    source: "RFC 7644 section 3.7.4",
    level: Level::Must,
    needs: &[Feature::Bulk],
    why: "",
    advice: "Count the operations before the first is carried out, and name maxOperations in the detail.",
    play: |session| bulk_too_many(session).boxed(),
};

/// See the title.
pub(super) const BULK_TOO_LARGE: CodeCase = CodeCase {
    id: "bulk-too-large-is-413",
    group: "rfc7644-3.7-bulk",
    title: "A bulk request larger than maxPayloadSize is 413, and the error says the limit",
    source: "RFC 7644 section 3.7.4",
    level: Level::Must,
    needs: &[Feature::Bulk],
    why: "",
    advice: "Answer from the Content-Length, or stop reading at maxPayloadSize, and name it in the detail.",
    play: |session| bulk_too_large(session).boxed(),
};

/// See the title.
pub(super) const PATCH_UNSUPPORTED: CodeCase = CodeCase {
    id: "patch-unsupported-is-501",
    group: "rfc7644-3.12-errors",
    title: "A server that does not support PATCH answers it with 501",
    source: "RFC 7644 section 3.12",
    level: Level::Should,
    needs: &[],
    why: "",
    advice: "Answer 501 with a SCIM error where ServiceProviderConfig says that PATCH is not supported.",
    play: |session| patch_unsupported(session).boxed(),
};

/// See the title.
pub(super) const SLOW_BODY: CodeCase = CodeCase {
    id: "create-from-a-slow-body",
    group: "rfc7644-3.3-create",
    title: "A body that arrives in pieces over two seconds is read to its end",
    source: "RFC 7644 section 3.3; RFC 9112 section 6",
    level: Level::Must,
    needs: &[],
    why: "Identity providers send through proxies and across oceans.",
    advice: "Give each pause of a body some seconds, not the whole body.",
    play: |session| slow_body(session).boxed(),
};

/// See the title.
pub(super) const GALLERY_PACE: CodeCase = CodeCase {
    id: "entra-25-requests-a-second",
    group: "entra-validator",
    title: "25 requests a second are answered, none with 429",
    source: "entra-docs, app-gallery-user-provisioning-requirements",
    level: Level::Idp,
    needs: &[Feature::Filter],
    why: "The gallery takes no application that allows a tenant less.",
    advice: "Let the limit of requests be at least 25 a second for each tenant.",
    play: |session| gallery_pace(session).boxed(),
};

fn limit(session: &Session<'_>, pointer: &str, most: u64) -> Result<u64, Stop> {
    let name = pointer.trim_start_matches('/').replace('/', ".");
    match session.target.claims.number(pointer) {
        None => finding(format!("ServiceProviderConfig has no number {name}")),
        Some(limit) if limit > most => Err(Stop::Skipped(format!("{name} is {limit}, too much to try"))),
        Some(limit) => Ok(limit),
    }
}

fn bulk(operations: &[Value]) -> Request {
    let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]);
    Request::with("POST", "/Bulk", json!({"schemas": schemas, "Operations": operations}))
}

/// The error names the limit, with or without separators.
fn says(answer: &Answer, limit: u64) -> Result<(), Stop> {
    if answer.status != 413 {
        return finding(format!("expected status 413, got {}", answer.status));
    }
    let detail = answer.body.get("detail").and_then(Value::as_str).unwrap_or_default();
    let digits: String = detail.chars().filter(char::is_ascii_digit).collect();
    if digits.contains(&limit.to_string()) {
        return Ok(());
    }
    finding(format!("the detail does not say the limit of {limit}: {detail:?}"))
}

async fn bulk_too_many(session: &mut Session<'_>) -> Result<(), Stop> {
    let most = limit(session, "/bulk/maxOperations", MOST_OPERATIONS)?;
    let gone = |number| json!({"method": "DELETE", "path": format!("/Users/nobody-{number}")});
    let operations: Vec<Value> = (0..=most).map(gone).collect();
    let answer = session.ask("one operation too many", &bulk(&operations)).await?;
    says(&answer, most)
}

async fn bulk_too_large(session: &mut Session<'_>) -> Result<(), Stop> {
    let most = limit(session, "/bulk/maxPayloadSize", MOST_BYTES)?;
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let mut person = session.usual_person("large");
    if let Some(person) = person.as_object_mut() {
        person.insert("nickName".to_owned(), json!("x".repeat(size)));
    }
    let operation = json!({"method": "POST", "path": "/Users", "bulkId": "large", "data": person});
    let answers = session.ask_at_once("a body that is too large", &[bulk(&[operation])]).await?;
    match answers.into_iter().next() {
        Some(Ok(answer)) => says(&answer, most),
        Some(Err(Trouble::Broken(problem))) => {
            finding(format!("the connection was closed without an answer: {problem}"))
        }
        Some(Err(trouble)) => Err(trouble.into()),
        None => Ok(()),
    }
}

async fn patch_unsupported(session: &mut Session<'_>) -> Result<(), Stop> {
    if session.target.claims.has(Feature::Patch) {
        return Err(Stop::Skipped("the server supports PATCH".to_owned()));
    }
    let id = session.give_user("ana", &json!({})).await?;
    let change = patch([json!({"op": "replace", "value": {"active": false}})]);
    let answer = session.ask("a PATCH", &Request::with("PATCH", format!("/Users/{id}"), change)).await?;
    if answer.status == 501 { Ok(()) } else { finding(format!("expected status 501, got {}", answer.status)) }
}

async fn slow_body(session: &mut Session<'_>) -> Result<(), Stop> {
    let person = session.usual_person("slow");
    let answer =
        session.ask_slowly("a body in pieces", &Request::with("POST", "/Users", person), PIECES, PAUSE).await?;
    if answer.status == 201 { Ok(()) } else { finding(format!("expected status 201, got {}", answer.status)) }
}

async fn gallery_pace(session: &mut Session<'_>) -> Result<(), Stop> {
    session.retry = Retry { tries: 1, is_doubling: false };
    let lookup = Request::new("GET", "/Users?filter=userName+eq+%22nobody-{run}%40example.com%22");
    for sent in 1..=REQUESTS {
        let (answer, ()) = tokio::join!(session.ask("a look-up", &lookup), tokio::time::sleep(EVERY));
        match answer?.status {
            200 => {}
            status => return finding(format!("request {sent} was answered with status {status}")),
        }
    }
    Ok(())
}
