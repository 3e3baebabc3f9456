//! The description of the API: every example in it is sent, and what comes back is what it says.

use reqwest::Method;
use serde_json::{Value, json};

use super::get;
use crate::people::support::{allowed, okta};
use crate::support::{Answer, Directory, TestApp, api_test};

/// What examples and paths name.
struct World {
    directory: Directory,
    directory_id: String,
    other_connection: String,
    foreign: String,
    user: String,
    pre: String,
    role: String,
    spare_role: String,
    property: String,
}

async fn post(app: &TestApp, path: &str, body: Value) -> Value {
    let answer = app.api(Method::POST, &format!("/api/v1{path}"), Some(body)).await;
    assert!(answer.status < 300, "{path}: {}", answer.text);
    answer.body
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {value}")).to_owned()
}

impl World {
    async fn new(app: &TestApp, number: usize) -> Self {
        let directory = app.directory(okta(json!({}))).await;
        let code = directory.organization_code.clone();
        let listed = get(app, &format!("/directories?organization_code={code}")).await;
        let connection = async |body: Value| text(&post(app, "/connections", body).await, "/connection/id");
        let other_connection =
            connection(json!({"name": "other", "strategy": "saml:okta", "organization_code": code})).await;
        let foreign = connection(json!({"name": "foreign", "strategy": "saml:okta"})).await;
        let body = json!({"organization_code": code, "identities": [{"type": "email", "details": {"email": format!("user{number}@acme.test")}}]});
        let user = text(&post(app, "/user", body).await, "/id");
        let pre = app.pre_create(&directory, "pre@acme.test").await;
        let role = text(&post(app, "/roles", json!({"key": "admin"})).await, "/role/id");
        let spare_role = text(&post(app, "/roles", json!({"key": "spare"})).await, "/role/id");
        let property = text(&post(app, "/properties", json!({"key": "shirt"})).await, "/property/id");
        Self {
            property,
            directory_id: text(&listed, "/directories/0/id"),
            directory,
            other_connection,
            foreign,
            user,
            pre,
            role,
            spare_role,
        }
    }

    fn names(&self) -> [(&'static str, &str); 7] {
        [
            ("{user}", &self.user),
            ("{code}", &self.directory.organization_code),
            ("{role}", &self.role),
            ("{other_connection}", &self.other_connection),
            ("{pre}", &self.pre),
            ("{connection}", &self.foreign),
            ("{new_connection}", &self.directory.connection_id),
        ]
    }

    /// Makes what the operation is about; the answer is the path with its ids.
    async fn prepare(&self, app: &TestApp, method: &str, path: &str) -> String {
        let (code, connection) = (&self.directory.organization_code, &self.directory.connection_id);
        let id = match (method, path) {
            ("DELETE", "/connections/{id}") | ("POST", "/connections/{id}/move") => self.other_connection.clone(),
            ("POST", "/connections/{id}/restore") => {
                app.api(Method::DELETE, &format!("/api/v1/connections/{}", self.other_connection), None)
                    .await
                    .expect(200);
                self.other_connection.clone()
            }
            ("POST", "/users/{id}/scim_tokens") => self.pre.clone(),
            ("POST", "/identities/{id}/unbind") => {
                allowed(
                    &app.sign_in(&self.directory, json!({"subject": "s", "email": "pre@acme.test"})).await,
                    "bound",
                );
                text(&get(app, &format!("/users/{}/identities", self.pre)).await, "/identities/0/id")
            }
            (_, "/identities/{id}") => {
                text(&get(app, &format!("/users/{}/identities", self.user)).await, "/identities/0/id")
            }
            (_, "/events/{id}/undo") => {
                post(app, &format!("/users/{}/merge", self.user), json!({"user_id": self.pre})).await;
                text(&get(app, "/undoable").await, "/undoable/0/event_id")
            }
            (_, path) if path.starts_with("/directories/") => self.directory_id.clone(),
            (_, path) if path.starts_with("/users/") => self.user.clone(),
            _ => connection.clone(),
        };
        let mut filled = path.replace("{id}", &id);
        if (method, path) == ("DELETE", "/organization/{code}") {
            return format!("/organization/{}", app.organization(false).await);
        }
        let role = if method == "DELETE" && path == "/roles/{role}" { &self.spare_role } else { &self.role };
        if path.contains("/users/{user}/roles/{role}") {
            post(app, &format!("/organizations/{code}/users/{}/roles", self.user), json!({"role_id": self.role})).await;
        }
        if method == "DELETE" && path.ends_with("/connections/{connection}") {
            post(app, &format!("/organizations/{code}/connections/{}", self.foreign), json!({})).await;
        }
        if path.contains("{domain}") {
            post(
                app,
                &format!("/organizations/{code}/domains"),
                json!({"domain": "claimed.test", "method": "dns_txt"}),
            )
            .await;
            filled = filled.replace(
                "{domain}",
                if method == "POST" && path.ends_with("verification") { "new.test" } else { "claimed.test" },
            );
        }
        if path.contains("{rule}") {
            let made =
                post(app, &format!("/connections/{connection}/role_rules"), json!({"group": "G", "role": "admin"}))
                    .await;
            filled = filled.replace("{rule}", &text(&made, "/role_rule/id"));
        }
        if path.contains("{token}") {
            let token = post(app, &format!("/directories/{}/tokens", self.directory_id), json!({})).await;
            filled = filled.replace("{token}", &text(&token, "/token/id"));
        }
        if path.contains("{client}") {
            let client = post(app, &format!("/directories/{}/clients", self.directory_id), json!({"name": "x"})).await;
            filled = filled.replace("{client}", &text(&client, "/client/client_id"));
        }
        if path.contains("{schema}") {
            let base = path.split("/{schema}").next().unwrap().replace("{id}", connection);
            let badge = json!([{"id": "urn:acme:Badge", "attributes": [{"name": "number", "type": "string"}]}]);
            app.api(Method::PUT, &format!("/api/v1{base}"), Some(badge)).await.expect(200);
            filled = filled.replace("{schema}", "urn:acme:Badge");
        }
        filled = filled.replace("{role}", role).replace("{property}", &self.property);
        self.names().into_iter().fold(filled, |path, (name, id)| path.replace(name, id))
    }
}

impl World {
    /// Frees what the next example wants to make: keys of roles, schemas.
    async fn clear(&self, app: &TestApp) {
        for role in [&self.role, &self.spare_role] {
            app.api(Method::PATCH, &format!("/api/v1/roles/{role}"), Some(json!({"key": format!("used-{role}")})))
                .await;
        }
        for property in [self.property.as_str(), "team"] {
            app.api(Method::DELETE, &format!("/api/v1/properties/{property}"), None).await;
        }
        for base in ["/schemas".to_owned(), format!("/connections/{}/schemas", self.directory.connection_id)] {
            for schema in ["User", "urn:acme:Badge"] {
                app.api(Method::DELETE, &format!("/api/v1{base}/{schema}"), None).await;
            }
        }
    }
}

async fn send(app: &TestApp, world: &World, token: &str, method: &str, path: &str, operation: &Value) -> Answer {
    let filled = world.prepare(app, method, path).await;
    let required = operation["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
    let query: Vec<(&str, &str)> = required
        .map(|parameter| match parameter["name"].as_str().unwrap() {
            "id" => ("id", world.user.as_str()),
            "value" => ("value", "L"),
            name => (name, world.directory.organization_code.as_str()),
        })
        .collect();
    let request = app
        .client
        .request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}/api/v1{filled}", app.url))
        .bearer_auth(token)
        .query(&query);
    let content = &operation["requestBody"]["content"];
    if let Some(file) = content["text/csv"]["example"].as_str() {
        return Answer::of(request.header("content-type", "text/csv").body(file.to_owned())).await;
    }
    let Some(example) = content["application/json"].get("example") else { return Answer::of(request).await };
    let body = world.names().into_iter().fold(example.to_string(), |body, (name, id)| body.replace(name, id));
    Answer::of(request.header("content-type", "application/json").body(body)).await
}

/// Tells where a value is not as a schema says, members that it does not know among them.
fn check(document: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        return check(document, document.pointer(reference.trim_start_matches('#')).unwrap(), value, at, wrong);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        return check(document, if value.is_null() { &any[1] } else { &any[0] }, value, at, wrong);
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("null") => value.is_null(),
        _ => true,
    };
    if !fits {
        wrong.push(format!("{at}: {value} is no {schema}"));
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    wrong.extend(
        required.filter(|name| value.get(name).is_none()).map(|name| format!("{at}: {name} is missing in {value}")),
    );
    if let (Some(properties), Some(members)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, member) in members {
            match properties.get(name) {
                Some(known) => check(document, known, member, &format!("{at}/{name}"), wrong),
                None => wrong.push(format!("{at}: {name} is not told of")),
            }
        }
    }
    for item in schema.get("items").and(value.as_array()).into_iter().flatten() {
        check(document, &schema["items"], item, at, wrong);
    }
}

async fn document(app: &TestApp) -> Value {
    Answer::of(app.client.get(format!("{}/api/openapi.json", app.url))).await.expect(200).body
}

api_test! {
    async fn routes_and_description_are_the_same_and_the_page_is_for_everybody(app: TestApp) {
        let document = document(&app).await;
        let told: Vec<(String, String)> = document["paths"].as_object().unwrap().iter()
            .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), format!("/api/v1{path}")))).collect();
        let routes: Vec<(String, String)> = anteroom::http::table().into_iter().filter(|(_, path)| path.starts_with("/api/v1/")).map(|(method, path)| (method.to_string(), path)).collect();
        assert_eq!(told.len(), routes.len());
        assert!(routes.iter().all(|route| told.contains(route)));
        assert_eq!(document["servers"][0]["url"], format!("{}/api/v1", app.url));
        let page = Answer::of(app.client.get(format!("{}/api/docs", app.url))).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html") && page.header("content-security-policy").contains("default-src 'none'"));
        assert!(page.text.contains("/organizations/{code}/users") && !page.text.contains("<script"));
    }
}

api_test! {
    async fn every_example_is_served_as_it_is_told(app: TestApp) {
        let document = document(&app).await;
        let (mut sent, mut wrong) = (0, Vec::new());
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let world = World::new(&app, sent).await;
                let method = method.to_uppercase();
                let answer = send(&app, &world, &app.management, &method, path, operation).await;
                let told = operation["responses"].as_object().unwrap().keys().find(|status| status.starts_with('2')).unwrap();
                let schema = &operation["responses"][told]["content"]["application/json"]["schema"];
                if answer.status.to_string() == *told {
                    check(&document, schema, &answer.body, &format!("{method} {path}"), &mut wrong);
                } else {
                    wrong.push(format!("{method} {path}: {} {}", answer.status, answer.text));
                }
                sent += 1;
                world.clear(&app).await;
            }
        }
        assert!(sent > 75, "{sent}");
        assert_eq!(wrong, Vec::<String>::new());
    }
}

/// What a client of one organization may do for the whole deployment: see the properties, roles and schemas there are.
const SHARED: [&str; 5] = ["/properties", "/roles", "/roles/{role}", "/schemas", "/schemas/{schema}"];

api_test! {
    async fn a_client_of_another_organization_meets_nobody_elses_objects(app: TestApp) {
        let document = document(&app).await;
        let bound = app.client_of(&app.organization(false).await).await;
        let (mut sent, mut number, mut wrong) = (0, 0, Vec::new());
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let (world, method) = (World::new(&app, number).await, method.to_uppercase());
                number += 1;
                if method == "GET" && SHARED.contains(&path.as_str()) {
                    world.clear(&app).await;
                    continue;
                }
                let answer = send(&app, &world, &bound, &method, path, operation).await;
                let names_an_object = path.contains('{') || !answer.text.contains("\"code\":\"OK\"");
                let is_told_nothing = world.names().iter().all(|(_, id)| !answer.text.contains(id) || answer.status >= 400);
                // Lists are empty for it, and what it makes is its own; an object of somebody else does not exist.
                if answer.status >= 500 || !is_told_nothing || (names_an_object && path != "/imports" && answer.status < 400) {
                    wrong.push(format!("{method} {path}: {} {}", answer.status, answer.text));
                }
                sent += 1;
                world.clear(&app).await;
            }
        }
        assert!(sent > 70, "{sent}");
        assert_eq!(wrong, Vec::<String>::new());
    }
}
