//! What an identity provider with some habits sends for a change.

use serde_json::{Map, Value, json};

use super::company::Person;
use super::dialect::{Dialect, Members, Write};
use crate::case::Feature;
use crate::coded::patch;
use crate::exchange::{Idp, Request};
use crate::target::Claims;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

impl Dialect {
    /// A request without a body.
    pub(super) fn request(&self, method: &str, path: &str) -> Request {
        let path = match (self.flag, path.split_once('?')) {
            ("", _) => path.to_owned(),
            (flag, Some((path, query))) => format!("{path}?{flag}&{query}"),
            (flag, None) => format!("{path}?{flag}"),
        };
        Request::new(method, path)
    }

    fn with(&self, method: &str, path: &str, body: Value) -> Request {
        Request { body: Some(body), ..self.request(method, path) }
    }

    /// Looks somebody up by login.
    pub(super) fn look_up(&self, person: &Person) -> Request {
        let login = encoded(&person.login);
        self.request(
            "GET",
            &match self.idp {
                Idp::OktaAiw | Idp::OktaOin => {
                    format!("/Users?filter=userName%20eq%20%22{login}%22&startIndex=1&count=100")
                }
                Idp::Onelogin => format!("/Users?filter=userName+eq+%22{login}%22&"),
                _ => format!("/Users?filter=userName+eq+%22{login}%22"),
            },
        )
    }

    /// Looks a group up by name.
    pub(super) fn look_up_group(&self, name: &str) -> Request {
        let name = encoded(name);
        self.request(
            "GET",
            &match self.idp {
                Idp::OktaAiw | Idp::OktaOin => {
                    format!("/Groups?filter=displayName%20eq%20%22{name}%22&startIndex=1&count=100")
                }
                Idp::Entra | Idp::EntraAadoptscim => {
                    format!("/Groups?excludedAttributes=members&filter=displayName+eq+%22{name}%22")
                }
                _ => format!("/Groups?filter=displayName+eq+%22{name}%22"),
            },
        )
    }

    pub(super) fn create(&self, person: &Person, claims: &Claims) -> Request {
        self.with("POST", "/Users", self.whole(person, claims))
    }

    /// Whether a person is read before a change is written.
    pub(super) fn reads_first(&self) -> bool {
        !matches!(self.profile, Write::Put | Write::PatchEach)
    }

    /// The request that makes `before` into `after`; `read` is what the server said of them.
    pub(super) fn update(
        &self,
        id: &str,
        before: Option<&Person>,
        after: &Person,
        read: &Value,
        claims: &Claims,
    ) -> Request {
        let is_access = before.is_some_and(|before| Person { is_active: after.is_active, ..before.clone() } == *after);
        let path = format!("/Users/{id}");
        let changed: Vec<(&str, Value)> = facts(after, claims)
            .into_iter()
            .filter(|fact| before.is_none_or(|before| !facts(before, claims).contains(fact)))
            .collect();
        match if is_access { self.access } else { self.profile } {
            Write::ReadAndPut => self.with("PUT", &path, merged(read, self.whole(after, claims))),
            Write::Put => self.with("PUT", &format!("{path}?"), self.whole(after, claims)),
            Write::PatchActive => {
                self.with("PATCH", &path, patch([json!({"op": "replace", "value": {"active": after.is_active}})]))
            }
            Write::PatchEach => {
                let operation = |(path, value)| json!({"op": "replace", "path": path, "value": value});
                self.with("PATCH", &path, patch(changed.into_iter().map(operation)))
            }
            Write::PatchEachCapital => {
                let operation = |(path, value): (&str, Value)| {
                    let value = if let Value::Bool(is_so) = value { json!(capital(is_so)) } else { value };
                    json!({"op": "Replace", "path": path, "value": value})
                };
                self.with("PATCH", &path, patch(changed.into_iter().map(operation)))
            }
            Write::PatchTogether => self.with("PATCH", &path, patch(together(changed))),
        }
    }

    /// A new group; some send its members with it.
    pub(super) fn create_group(&self, name: &str, external: &str, members: &[String]) -> Request {
        let mut body = json!({"schemas": [GROUP], "displayName": name});
        match self.idp {
            Idp::OktaAiw | Idp::OktaOin => put(&mut body, "members", values(members)),
            Idp::Entra | Idp::EntraAadoptscim => {
                put(
                    &mut body,
                    "schemas",
                    json!([GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]),
                );
                put(&mut body, "externalId", json!(external));
                put(&mut body, "meta", json!({"resourceType": "Group"}));
            }
            _ => {}
        }
        self.with("POST", "/Groups", body)
    }

    /// Reads a group before its members are changed, where that is done.
    pub(super) fn read_group(&self, id: &str) -> Option<Request> {
        match self.idp {
            Idp::OktaAiw => Some(self.request("GET", &format!("/Groups/{id}"))),
            Idp::Entra | Idp::EntraAadoptscim => {
                Some(self.request("GET", &format!("/Groups/{id}?excludedAttributes=members")))
            }
            _ => None,
        }
    }

    /// Whether somebody without access is left out of a group that is written, and only then.
    pub(super) fn leaves_out_inactive(&self) -> bool {
        matches!(self.idp, Idp::OktaAiw | Idp::OktaOin)
    }

    /// Whether a new group has its members from the start.
    pub(super) fn creates_with_members(&self) -> bool {
        matches!(self.idp, Idp::OktaAiw | Idp::OktaOin)
    }

    /// Whether a group without members is not made.
    pub(super) fn skips_empty_groups(&self) -> bool {
        self.idp == Idp::Jumpcloud
    }

    /// The request that gives a group another name, where it is one of its own.
    pub(super) fn rename(&self, id: &str, name: &str) -> Option<Request> {
        let operation = match self.members? {
            Members::Put => return None,
            Members::OneDelta => json!({"op": "replace", "value": {"id": id, "displayName": name}}),
            Members::ByValueCapital => json!({"op": "Replace", "path": "displayName", "value": name}),
            Members::ByFilter => json!({"op": "replace", "path": "displayName", "value": name}),
            Members::ByValueAgain => json!({"op": "replace", "value": {"displayName": name}}),
        };
        Some(self.with("PATCH", &format!("/Groups/{id}"), patch([operation])))
    }

    /// Whether the name goes with every change of members.
    pub(super) fn always_renames(&self) -> bool {
        self.members == Some(Members::OneDelta)
    }

    /// The requests that change the members of a group, in their order.
    pub(super) fn regroup(&self, id: &str, name: &str, change: &Regrouping<'_>) -> Vec<Request> {
        let path = format!("/Groups/{id}");
        let Regrouping { all, added, gone } = *change;
        let by_filter = |op: &str| -> Vec<Value> {
            gone.iter().map(|id| json!({"op": op, "path": format!("members[value eq \"{id}\"]")})).collect()
        };
        let add = |op: &str, members: &[String]| json!({"op": op, "path": "members", "value": values(members)});
        let mut requests = Vec::new();
        let mut send = |operations: Vec<Value>| {
            if !operations.is_empty() {
                requests.push(self.with("PATCH", &path, patch(operations)));
            }
        };
        let some = |members: &[String], operation: Value| if members.is_empty() { Vec::new() } else { vec![operation] };
        match self.members {
            None => {}
            Some(Members::Put) => {
                let body = json!({"schemas": [GROUP], "id": id, "displayName": name, "members": values(all)});
                return vec![self.with("PUT", &path, body)];
            }
            Some(Members::OneDelta) => {
                let mut operations = by_filter("remove");
                operations.extend(some(added, add("add", added)));
                send(operations);
            }
            Some(Members::ByValueCapital) => {
                send(some(added, with_null(add("Add", added))));
                send(some(gone, with_null(add("Remove", gone))));
            }
            Some(Members::ByFilter) => {
                send(some(added, add("add", added)));
                send(by_filter("remove"));
            }
            Some(Members::ByValueAgain) => {
                send(some(all, add("add", all)));
                send(some(gone, add("remove", gone)));
            }
        }
        requests
    }

    /// The whole of a person, as this identity provider writes it.
    fn whole(&self, person: &Person, claims: &Claims) -> Value {
        let mut body = json!({"schemas": [USER]});
        match self.idp {
            Idp::Onelogin => {
                put(
                    &mut body,
                    "schemas",
                    json!(["urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:2.0"]),
                );
                put(&mut body, "id", Value::Null);
            }
            Idp::Entra | Idp::EntraAadoptscim => put(&mut body, "meta", json!({"resourceType": "User"})),
            Idp::OktaAiw | Idp::OktaOin => {
                put(&mut body, "groups", json!([]));
                put(&mut body, "locale", json!("en-US"));
            }
            _ => {}
        }
        for (name, value) in
            nested(person, claims, |address| json!([{"primary": true, "type": "work", "value": address}]))
        {
            put(&mut body, &name, value);
        }
        if self.idp == Idp::Onelogin {
            put(&mut body, "active", json!(person.is_active.to_string()));
        }
        if body.get(ENTERPRISE).is_some() && self.idp != Idp::Onelogin {
            put(&mut body, "schemas", json!([USER, ENTERPRISE]));
        }
        body
    }
}

/// A change of the members of a group, as ids of the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regrouping<'a> {
    /// Who is in it afterwards.
    pub all: &'a [String],
    pub added: &'a [String],
    pub gone: &'a [String],
}

const EMAIL: &str = "emails[type eq \"work\"].value";
const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

/// What an identity provider knows of somebody, by SCIM path; without attributes the server does not have.
fn facts(person: &Person, claims: &Claims) -> Vec<(&'static str, Value)> {
    let all = [
        ("userName", json!(person.login)),
        ("externalId", json!(person.external)),
        ("name.givenName", json!(person.given)),
        ("name.familyName", json!(person.family)),
        ("displayName", json!(format!("{} {}", person.given, person.family))),
        (EMAIL, json!(person.login)),
        ("title", json!(person.title)),
        ("active", json!(person.is_active)),
        (DEPARTMENT, json!(person.department)),
    ];
    let is_known = |path: &str| match path {
        EMAIL => claims.knows("emails"),
        DEPARTMENT => claims.has(Feature::Enterprise),
        path => claims.knows(path.split('.').next().unwrap_or_default()),
    };
    all.into_iter().filter(|(path, _)| is_known(path)).collect()
}

/// What a server says of somebody who is in step.
pub(super) fn expected(person: &Person, claims: &Claims) -> Value {
    let emails = |address| json!({"$contains": [{"type": "work", "value": address}]});
    Value::Object(nested(person, claims, emails))
}

/// The facts as members of a resource; `emails` makes the array of the address.
fn nested(person: &Person, claims: &Claims, emails: impl Fn(Value) -> Value) -> Map<String, Value> {
    let mut resource = json!({});
    for (path, value) in facts(person, claims) {
        match (path, path.split_once('.')) {
            (EMAIL, _) => put(&mut resource, "emails", emails(value)),
            (DEPARTMENT, _) => put(&mut resource, ENTERPRISE, json!({"department": value})),
            (_, Some((whole, part))) => {
                let mut inner = resource.get(whole).cloned().unwrap_or_else(|| json!({}));
                put(&mut inner, part, value);
                put(&mut resource, whole, inner);
            }
            (_, None) => put(&mut resource, path, value),
        }
    }
    if let Value::Object(resource) = resource { resource } else { Map::new() }
}

/// What was read, with the members of `changes` in their place; objects are merged.
fn merged(read: &Value, changes: Value) -> Value {
    let (Some(read), Value::Object(changes)) = (read.as_object(), changes) else { return read.clone() };
    let mut whole: Map<String, Value> = read.clone();
    for (name, change) in changes {
        let before = whole.get(&name).filter(|before| before.is_object() && change.is_object());
        let after = before.map_or_else(|| change.clone(), |before| merged(before, change.clone()));
        whole.insert(name, after);
    }
    Value::Object(whole)
}

/// Plain attributes in one operation without a path, the others in one each.
fn together(changed: Vec<(&str, Value)>) -> Vec<Value> {
    let (filtered, plain): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(path, _)| path.contains('['));
    let mut operations: Vec<Value> =
        filtered.into_iter().map(|(path, value)| json!({"op": "replace", "path": path, "value": value})).collect();
    if !plain.is_empty() {
        let plain: Map<String, Value> = plain.into_iter().map(|(path, value)| (path.to_owned(), value)).collect();
        operations.push(json!({"op": "replace", "value": plain}));
    }
    operations
}

fn values(members: &[String]) -> Value {
    members.iter().map(|id| json!({"value": id})).collect()
}

/// Entra's members have a `$ref` without a value.
fn with_null(mut operation: Value) -> Value {
    let members = operation.get_mut("value").and_then(Value::as_array_mut).into_iter().flatten();
    members.for_each(|member| put(member, "$ref", Value::Null));
    operation
}

fn capital(is_so: bool) -> &'static str {
    if is_so { "True" } else { "False" }
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// Percent-encoded for a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)));
        }
    }
    encoded
}
