//! What the tests about people set up, ask and count.

use anteroom::identity::domains;
use anteroom::store::{connections, identities, organizations, users};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Directory, Setup, Sql, TestApp};

/// Everything a wrong decision about a person could write: rows, bound subjects, counted sign-ins.
const COUNTED: [&str; 7] = [
    "SELECT COUNT(*) AS value FROM users",
    "SELECT COUNT(*) AS value FROM identities",
    "SELECT COUNT(*) AS value FROM identities WHERE subject IS NOT NULL",
    "SELECT COUNT(*) AS value FROM resources",
    "SELECT COUNT(*) AS value FROM organization_members",
    "SELECT COUNT(*) AS value FROM departures",
    "SELECT CAST(COALESCE(SUM(total_sign_ins), 0) AS BIGINT) AS value FROM users",
];

/// What is in the tables about people, to be compared with what is there later.
pub fn rows(app: &TestApp) -> Vec<i64> {
    let mut sql = Sql::connect(&app.database.url);
    COUNTED.iter().flat_map(|query| sql.numbers(query)).collect()
}

/// A set-up of Okta with these options.
pub fn okta(options: Value) -> Setup {
    Setup { options, ..Setup::default() }
}

/// A set-up of Entra over SAML with these options.
pub fn entra(options: Value) -> Setup {
    Setup { provider: "entra_id_azure_ad", strategy: "saml:microsoft", options, ..Setup::default() }
}

/// The body of a person whose userName, externalId and email differ.
pub fn person(user_name: &str, external_id: &str, email: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name, "externalId": external_id, "active": true,
        "name": {"givenName": "Given", "familyName": "Family"},
        "emails": [{"value": email, "type": "work", "primary": true}],
    })
}

/// The same with other values at the top.
pub fn with(mut body: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

/// Fails unless somebody was let in this way; returns the user's id.
#[track_caller]
pub fn allowed(answer: &Value, outcome: &str) -> String {
    assert_eq!((&answer["decision"], &answer["outcome"]), (&json!("allow"), &json!(outcome)), "{answer:#}");
    assert_eq!(answer["reason"], "ok");
    answer["user"]["id"].as_str().expect("a user").to_owned()
}

/// Fails unless the question was denied for this reason; returns the explanation as one text.
#[track_caller]
pub fn denied(answer: &Value, reason: &str) -> String {
    assert_eq!((&answer["decision"], &answer["reason"]), (&json!("deny"), &json!(reason)), "{answer:#}");
    assert_eq!(answer["outcome"], Value::Null);
    explanation(answer)
}

/// Findings and remedies, a line each.
pub fn explanation(answer: &Value) -> String {
    let lines = answer["explanation"].as_array().expect("an explanation");
    assert!(!lines.is_empty(), "{answer:#}");
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let told = |line: &Value| format!("{}: {}; {}", text(line, "step"), text(line, "finding"), text(line, "remedy"));
    lines.iter().map(told).collect::<Vec<_>>().join("\n")
}

/// An event as tests look at it.
#[derive(Debug)]
pub struct Told {
    pub kind: String,
    pub user: Option<String>,
    pub data: Value,
}

/// The events of a connection with this kind, in order.
pub async fn told(app: &TestApp, directory: &Directory, kind: &str) -> Vec<Told> {
    let id = directory.connection_id.clone();
    let events = app.store.read(move |tx| {
        let connection = connections::find(tx, &id)?.expect("a connection");
        anteroom::store::events::list(tx, connection.key, 10_000)
    });
    let events = events.await.expect("events").into_iter().map(|event| Told {
        kind: event.kind,
        user: event.user_id,
        data: serde_json::from_str(&event.data).expect("JSON"),
    });
    events.filter(|event| event.kind == kind).collect()
}

/// A user as the management API shows it, with identities and organizations.
pub async fn shown(app: &TestApp, user: &str) -> Value {
    app.api(Method::GET, &format!("/api/v1/user?id={user}&expand=identities,organizations"), None)
        .await
        .expect(200)
        .body
}

/// The user behind a resource.
pub async fn user_of(app: &TestApp, directory: &Directory, resource: &str) -> String {
    let (id, resource) = (directory.connection_id.clone(), resource.to_owned());
    let found = app.store.read(move |tx| {
        let connection = connections::find(tx, &id)?.expect("a connection").key;
        let resource = anteroom::store::resources::find(tx, connection, "User", &resource)?.expect("a resource");
        let identity = identities::find_of_resource(tx, connection, resource.key)?.expect("an identity");
        users::load(tx, identity.user_key)
    });
    found.await.expect("a user").id
}

/// The id of the enterprise identity of a user.
pub async fn identity_of(app: &TestApp, user: &str) -> String {
    let listed = app.api(Method::GET, &format!("/api/v1/users/{user}/identities"), None).await.expect(200).body;
    let identities = listed["identities"].as_array().expect("identities").clone();
    let enterprise =
        identities.iter().find(|identity| identity["type"] == "enterprise").expect("an enterprise identity");
    enterprise["id"].as_str().expect("an id").to_owned()
}

/// Makes a user with an email identity and no other, as an administrator does; returns its id.
pub async fn email_user(app: &TestApp, organization: Option<&str>, email: &str) -> String {
    let body = json!({"profile": {"given_name": "Ana", "family_name": "Before"}, "organization_code": organization, "provided_id": "crm-1",
        "identities": [{"type": "email", "details": {"email": email}}]});
    app.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200).id()
}

/// Gives a user an enterprise identity on a connection.
pub async fn give_identity(app: &TestApp, user: &str, directory: &Directory, value: &str) -> crate::support::Answer {
    let body = json!({"type": "enterprise", "value": value, "connection_id": directory.connection_id});
    app.api(Method::POST, &format!("/api/v1/users/{user}/identities"), Some(body)).await
}

/// Suspends a user, or lifts the suspension, as an administrator does.
pub async fn suspend(app: &TestApp, user: &str, is_suspended: bool) {
    let (user, now) = (user.to_owned(), app.clock.now());
    let done = app.store.write(move |tx| {
        let key = users::find(tx, &user)?.expect("a user").key;
        users::set_suspended(tx, key, is_suspended, now)
    });
    done.await.expect("a suspension");
}

/// Suspends an organization, or lifts the suspension.
pub async fn suspend_organization(app: &TestApp, code: &str, is_suspended: bool) {
    let code = code.to_owned();
    let done = app.store.write(move |tx| {
        let key = organizations::find_by_code(tx, &code)?.expect("an organization").key;
        organizations::set_suspended(tx, key, is_suspended)
    });
    done.await.expect("a suspension");
}

/// Puts a connection in a state.
pub async fn set_state(app: &TestApp, directory: &Directory, state: &'static str) {
    let id = directory.connection_id.clone();
    let done = app.store.write(move |tx| {
        let key = connections::find(tx, &id)?.expect("a connection").key;
        connections::set_state(tx, key, state)
    });
    done.await.expect("a state");
}

/// Replaces the options of a connection.
pub async fn set_options(app: &TestApp, directory: &Directory, options: Value) {
    let id = directory.connection_id.clone();
    let done = app.store.write(move |tx| {
        let key = connections::find(tx, &id)?.expect("a connection").key;
        connections::set_options(tx, key, &options.to_string())
    });
    done.await.expect("options");
}

/// Makes a user a member of an organization, as an administrator does.
pub async fn add_member(app: &TestApp, organization: &str, user: &str) {
    let (code, user, now) = (organization.to_owned(), user.to_owned(), app.clock.now());
    let done = app.store.write(move |tx| {
        let organization = organizations::find_by_code(tx, &code)?.expect("an organization").key;
        let user = users::find(tx, &user)?.expect("a user").key;
        organizations::add_member(tx, organization, user, organizations::MemberSource::Admin, now)
    });
    assert!(done.await.expect("a member"));
}

/// Lets an organization use a connection it does not own.
pub async fn allow(app: &TestApp, directory: &Directory, organization: &str) {
    let (id, code) = (directory.connection_id.clone(), organization.to_owned());
    let done = app.store.write(move |tx| {
        let key = connections::find(tx, &id)?.expect("a connection").key;
        let organization = organizations::find_by_code(tx, &code)?.expect("an organization").key;
        connections::allow(tx, key, organization)
    });
    done.await.expect("a permission");
}

/// Asserts that a domain is an organization's own, as `anteroom domain assert` does.
pub async fn assert_domain(app: &TestApp, organization: &str, domain: &str) {
    let (act, code, domain) = (app.act(), organization.to_owned(), domain.to_owned());
    let done = app.store.write(move |tx| {
        let organization = anteroom::identity::organizations::load_by_code_or_name(tx, &code)?;
        domains::assert_domain(tx, &act, &organization, &domain)
    });
    done.await.expect("a domain");
}

/// A group with these members; returns its id.
pub async fn group(directory: &Directory, name: &str, members: &[&str]) -> String {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    directory.post("/Groups", &json!({"displayName": name, "members": members})).await.expect(201).id()
}

/// The ids of a group's members.
pub async fn members(directory: &Directory, group: &str) -> Vec<String> {
    let body = directory.get(&format!("/Groups/{group}")).await.expect(200).body;
    let list = body["members"].as_array().cloned().unwrap_or_default();
    list.iter().map(|member| member["value"].as_str().expect("an id").to_owned()).collect()
}

/// Moves the clock by days.
pub async fn days_pass(app: &mut TestApp, days: u64) {
    app.advance(std::time::Duration::from_hours(days * 24)).await;
}
