//! The faults that are planted: what servers really do.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::proxy::{Asked, Told};

/// A fault: what is done to a request, or to an answer.
pub struct Fault {
    pub name: &'static str,
    /// Changes the request, or answers in the server's place.
    pub ask: fn(&mut Asked) -> Option<Told>,
    /// Changes the answer.
    pub tell: fn(&Asked, &mut Told),
}

pub const fn asking(name: &'static str, ask: fn(&mut Asked) -> Option<Told>) -> Fault {
    Fault { name, ask, tell: |_, _| {} }
}

pub const fn telling(name: &'static str, tell: fn(&Asked, &mut Told)) -> Fault {
    Fault { name, ask: |_| None, tell }
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Additions of members that are being carried out.
static ADDITIONS: AtomicUsize = AtomicUsize::new(0);

fn is_addition(asked: &Asked) -> bool {
    let operations = asked.body.get("Operations").and_then(Value::as_array).into_iter().flatten();
    asked.is_of("PATCH", "/Groups") && operations.into_iter().any(|operation| operation["op"] == "add")
}

pub static FAULTS: &[Fault] = &[
    asking("filters are ignored", |asked| asked.take("filter").and(None)),
    asking("paging by count is ignored", |asked| asked.take("count").and(None)),
    asking("count=0 shows resources", |asked| {
        if asked.number("count") == Some(0) {
            asked.take("count");
        }
        None
    }),
    asking("startIndex counts from nought", |asked| {
        let start = asked.number("startIndex")?;
        asked.take("startIndex");
        asked.query.push(("startIndex".to_owned(), (start + 1).to_string()));
        None
    }),
    asking("sortBy is ignored", |asked| asked.take("sortBy").and(None)),
    asking("sortOrder is ignored", |asked| asked.take("sortOrder").and(None)),
    asking("attributes are ignored", |asked| asked.take("attributes").and(None)),
    asking("excludedAttributes are ignored", |asked| asked.take("excludedAttributes").and(None)),
    asking("userName is looked up by exact letters", |asked| {
        let filter = asked.query.iter().find(|(name, _)| name == "filter")?.1.replace("%20", "+").replace("%22", "\"");
        let name = filter.strip_prefix("userName+eq+\"")?;
        let is_lower = name.chars().all(|letter| !letter.is_ascii_uppercase() || !name.contains("%40"));
        (!is_lower).then(|| Told {
            body: json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []}),
            ..Told { status: 200, ..Told::error(200) }
        })
    }),
    Fault {
        name: "of two additions to a group at the same time one is lost",
        ask: |asked| (is_addition(asked) && ADDITIONS.fetch_add(1, Ordering::SeqCst) > 0).then(|| Told::empty(204)),
        tell: |asked, _| {
            if is_addition(asked) {
                ADDITIONS.fetch_sub(1, Ordering::SeqCst);
            }
        },
    },
    asking("remove of members with a value list empties the group", |asked| {
        for operation in asked.operations() {
            let is_remove = operation["op"].as_str().is_some_and(|op| op.eq_ignore_ascii_case("remove"));
            if is_remove && operation["path"] == "members" {
                operation.as_object_mut()?.remove("value");
            }
        }
        None
    }),
    asking("add of members replaces them", |asked| {
        for operation in asked.operations() {
            if operation["op"].as_str().is_some_and(|op| op.eq_ignore_ascii_case("add"))
                && operation["path"] == "members"
            {
                operation["op"] = json!("replace");
            }
        }
        None
    }),
    asking("a new name of a group empties it", |asked| {
        let is_rename = asked.operations().iter().any(|operation| operation.to_string().contains("displayName"));
        if is_rename && asked.path.starts_with("/Groups") {
            asked.body["Operations"].as_array_mut()?.push(json!({"op": "remove", "path": "members"}));
        }
        None
    }),
    asking("removal by a value filter does nothing", |asked| {
        if asked.method == "PATCH" {
            let operations = asked.body.get_mut("Operations")?.as_array_mut()?;
            operations.retain(|operation| {
                operation["op"] != "remove" || !operation["path"].as_str().unwrap_or_default().contains('[')
            });
            return operations.is_empty().then(|| Told::empty(204));
        }
        None
    }),
    asking("op is read with regard to letter case", |asked| {
        let is_odd =
            |operation: &&mut Value| operation["op"].as_str().is_some_and(|op| op.chars().any(char::is_uppercase));
        asked.operations().iter().any(is_odd).then(|| Told::error(400))
    }),
    asking("only the first operation is carried out", |asked| {
        if asked.method == "PATCH" {
            asked.body.get_mut("Operations")?.as_array_mut()?.truncate(1);
        }
        None
    }),
    asking("a PATCH that fails half way keeps the first half", |asked| {
        let text = asked.body.to_string();
        if asked.method == "PATCH" && text.contains("and]") {
            asked.body.get_mut("Operations")?.as_array_mut()?.truncate(1);
        }
        None
    }),
    asking("a path-less operation is refused", |asked| {
        asked.operations().iter().any(|operation| operation.get("path").is_none()).then(|| Told::error(400))
    }),
    asking("a PUT merges", |asked| {
        if asked.method == "PUT" && asked.path.matches('/').count() == 2 {
            "PATCH".clone_into(&mut asked.method);
            let value = asked.body.take();
            asked.body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "value": value}]});
        }
        None
    }),
    asking("a PUT without active revives", |asked| {
        if asked.is_of("PUT", "/Users") && asked.body.get("active").is_none() && asked.body.is_object() {
            asked.body["active"] = json!(true);
        }
        None
    }),
    asking("a PUT creates", |asked| {
        if asked.is_of("PUT", "/Users/none") {
            "POST".clone_into(&mut asked.method);
            "/Users".clone_into(&mut asked.path);
        }
        None
    }),
    asking("If-Match is ignored", |asked| asked.headers.remove("if-match").and(None)),
    asking("If-None-Match is ignored", |asked| asked.headers.remove("if-none-match").and(None)),
    asking("a deletion is answered and not done", |asked| {
        (asked.method == "DELETE" && asked.path.matches('/').count() == 2).then(|| Told::empty(204))
    }),
    asking("application/json is refused", |asked| {
        let kind = asked.headers.get("content-type")?;
        kind.starts_with("application/json").then(|| Told::error(415))
    }),
    asking("failOnErrors is ignored", |asked| asked.body.as_object_mut()?.remove("failOnErrors").and(None)),
    asking("externalId is dropped", |asked| asked.body.as_object_mut()?.remove("externalId").and(None)),
    asking("unknown attributes are refused", |asked| asked.body.get("favouriteCheese").map(|_| Told::error(400))),
    telling("itemsPerPage is what was asked for", |asked, told| {
        if let (Some(count), true) = (asked.number("count"), told.body.get("itemsPerPage").is_some()) {
            told.body["itemsPerPage"] = json!(count);
        }
    }),
    telling("totalResults counts the page", |_, told| {
        if let Some(length) = told.body.get("Resources").and_then(Value::as_array).map(Vec::len) {
            told.body["totalResults"] = json!(length);
        }
    }),
    telling("totalResults is a text", |_, told| {
        if let Some(total) = told.body.get("totalResults").cloned() {
            told.body["totalResults"] = json!(total.to_string());
        }
    }),
    telling("an empty look-up is 404", |asked, told| {
        if asked.query.iter().any(|(name, _)| name == "filter") && told.body["totalResults"] == 0 {
            *told = Told::error(404);
        }
    }),
    telling("errors are web pages", |_, told| {
        if told.status >= 400 {
            told.text = Some("<html><body>Something went wrong</body></html>".to_owned());
            told.headers.insert("content-type".to_owned(), "text/html".to_owned());
        }
    }),
    telling("the status of an error is a number", |_, told| {
        if told.status >= 400 && told.body.is_object() {
            told.body["status"] = json!(told.status);
        }
    }),
    telling("errors have no scimType", |_, told| {
        if let Some(body) = told.body.as_object_mut() {
            body.remove("scimType");
        }
    }),
    telling("answers are application/json", |_, told| {
        told.headers.insert("content-type".to_owned(), "application/json".to_owned());
    }),
    telling("a creation is answered with 200", |_, told| {
        if told.status == 201 {
            told.status = 200;
        }
    }),
    telling("a creation has no Location", |_, told| drop(told.headers.remove("location"))),
    telling("a duplicate is 400", |_, told| {
        if told.status == 409 {
            *told = Told::error(400);
        }
    }),
    telling("the id is the client's", |asked, told| {
        if let (Some(id), 201) = (asked.body.get("id").filter(|id| id.is_string()), told.status) {
            told.body["id"] = id.clone();
        }
    }),
    telling("the password is shown", |asked, told| {
        if let (Some(password), 201) = (asked.body.get("password"), told.status) {
            told.body["password"] = password.clone();
        }
    }),
    telling("booleans are texts", |_, told| {
        for resource in told.resources() {
            if let Some(active) = resource.get("active").cloned() {
                resource["active"] = json!(active.to_string());
            }
        }
    }),
    telling("missing attributes are null", |asked, told| {
        for resource in told.resources().into_iter().filter(|_| asked.path.starts_with("/Users")) {
            if resource.get("title").is_none() {
                resource["title"] = Value::Null;
            }
        }
    }),
    telling("a manager is a text", |_, told| {
        for resource in told.resources() {
            if let Some(value) = resource.pointer(&format!("/{ENTERPRISE}/manager/value")).cloned() {
                resource[ENTERPRISE]["manager"] = value;
            }
        }
    }),
    telling("schemas lack extensions", |_, told| {
        for resource in told.resources() {
            if let Some(schemas) = resource.get_mut("schemas").and_then(Value::as_array_mut) {
                schemas.retain(|schema| schema != ENTERPRISE);
            }
        }
    }),
    telling("users do not show their groups", |_, told| {
        for resource in told.resources() {
            resource.as_object_mut().map(|resource| resource.remove("groups"));
        }
    }),
    telling("groups do not show their members", |_, told| {
        for resource in told.resources() {
            resource.as_object_mut().map(|resource| resource.remove("members"));
        }
    }),
    telling("locations are relative", |_, told| {
        for resource in told.resources() {
            if let Some(location) = resource.pointer_mut("/meta/location") {
                let text = location.as_str().unwrap_or_default().splitn(4, '/').nth(3).unwrap_or_default().to_owned();
                *location = json!(format!("/{text}"));
            }
        }
    }),
    telling("times have no zone", |_, told| {
        for resource in told.resources() {
            for name in ["created", "lastModified"] {
                if let Some(time) = resource.pointer_mut(&format!("/meta/{name}")) {
                    *time = json!(time.as_str().unwrap_or_default().trim_end_matches('Z'));
                }
            }
        }
    }),
    telling("versions never change", |_, told| {
        if let Some(etag) = told.headers.get_mut("etag") {
            "W/\"1\"".clone_into(etag);
        }
        for resource in told.resources() {
            if let Some(version) = resource.pointer_mut("/meta/version") {
                *version = json!("W/\"1\"");
            }
        }
    }),
    telling("letters beyond ASCII are lost", |_, told| {
        let text = told.body.to_string();
        if !text.is_ascii() {
            let text: String = text.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect();
            told.body = serde_json::from_str(&text).expect("JSON");
        }
    }),
    telling("a 401 names no scheme", |_, told| drop(told.headers.remove("www-authenticate"))),
    telling("/Schemas is a bare array", |asked, told| {
        if asked.path == "/Schemas" {
            told.body = told.body["Resources"].take();
        }
    }),
    telling("the last page has a nextCursor", |asked, told| {
        if asked.query.iter().any(|(name, _)| name == "cursor")
            && told.status == 200
            && told.body.get("nextCursor").is_none()
        {
            told.body["nextCursor"] = json!("again");
        }
    }),
    telling("statuses in a bulk answer are numbers", |asked, told| {
        let operations = told.body.get_mut("Operations").and_then(Value::as_array_mut).into_iter().flatten();
        for operation in operations.filter(|_| asked.path == "/Bulk") {
            let status: u16 = operation["status"].as_str().and_then(|status| status.parse().ok()).unwrap_or_default();
            operation["status"] = json!(status);
        }
    }),
];
