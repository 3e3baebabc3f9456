//! One connection never sees, changes or counts what is another's (T-01 to T-04, V-02, V-13, V-20, V-26, V-58).
//!
//! Three connections, two of one organization, hold people and groups of the same names. The requests come from the
//! server's own route table, so that a new route is tried without being named here.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Directory, Setup, Sql, TestApp, api_test, user};

/// An id nobody has.
const NOBODY: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad2";
const PEOPLE: usize = 4;

struct Tenant {
    directory: Directory,
    people: Vec<String>,
    groups: Vec<String>,
}

impl Tenant {
    fn ids(&self) -> impl Iterator<Item = &String> {
        self.people.iter().chain(&self.groups)
    }

    async fn new(directory: Directory) -> Self {
        let (mut people, mut groups) = (Vec::new(), Vec::new());
        for n in 0..PEOPLE {
            let mut body = user(&format!("p{n}@acme.test"));
            body["title"] = json!(["Boss", "Clerk"][n % 2]);
            body["active"] = json!(n != 3);
            body["nickName"] = if n == 1 { json!("nick") } else { Value::Null };
            people.push(directory.post("/Users", &body).await.expect(201).id());
        }
        for (name, members) in [("Red", &people[..2]), ("Blue", &people[1..3])] {
            let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
            groups.push(
                directory.post("/Groups", &json!({"displayName": name, "members": members})).await.expect(201).id(),
            );
        }
        Self { directory, people, groups }
    }

    /// Everything an IdP can see, as text.
    async fn all(&self) -> Vec<String> {
        let mut seen = vec![
            self.directory.get("/Users?count=500").await.expect(200).text,
            self.directory.get("/Groups?count=500").await.expect(200).text,
        ];
        for (kind, ids) in [("Users", &self.people), ("Groups", &self.groups)] {
            for id in ids {
                let answer = self.directory.get(&format!("/{kind}/{id}")).await.expect(200);
                seen.push(format!("{} {}", answer.header("etag"), answer.text));
            }
        }
        seen
    }
}

async fn tenants(app: &TestApp) -> Vec<Tenant> {
    // What is unknown is refused, so that what refuses it is seen.
    let strict = Setup { options: json!({"pending_members": false}), ..Setup::default() };
    let first = app.directory(strict.clone()).await;
    let second = app.directory_of(&first.organization_code, strict).await;
    let third =
        app.directory(Setup { provider: "entra_id_azure_ad", strategy: "oauth2:azure_ad", ..Setup::default() }).await;
    let mut tenants = Vec::new();
    for directory in [first, second, third] {
        tenants.push(Tenant::new(directory).await);
    }
    tenants
}

async fn all(tenants: &[Tenant]) -> Vec<Vec<String>> {
    let mut seen = Vec::new();
    for tenant in tenants {
        seen.push(tenant.all().await);
    }
    seen
}

/// Each connection with each of the others.
fn pairs(tenants: &[Tenant]) -> Vec<(&Tenant, &Tenant)> {
    let all = tenants.iter().enumerate();
    all.clone()
        .flat_map(|(n, one)| all.clone().filter(move |(m, _)| *m != n).map(move |(_, other)| (one, other)))
        .collect()
}

/// Method and path below the directory of every SCIM route, once for each resource type's endpoint.
async fn routes(directory: &Directory) -> Vec<(Method, String)> {
    let types = directory.get("/ResourceTypes").await.expect(200).body;
    let endpoints: Vec<&str> =
        types["Resources"].as_array().unwrap().iter().map(|one| one["endpoint"].as_str().unwrap()).collect();
    let mut routes = Vec::new();
    for (method, path) in anteroom::http::table() {
        let Some(path) = path.strip_prefix("/scim/v2/{directory}") else { continue };
        let method = Method::from_bytes(method.as_str().as_bytes()).unwrap();
        let unknown = path.replace("{endpoint}", "").replace("{id}", "");
        assert!(!unknown.contains('{'), "teach this test what stands for the parameter in {path}");
        if path.contains("{endpoint}") {
            routes.extend(endpoints.iter().map(|endpoint| (method.clone(), path.replace("/{endpoint}", endpoint))));
        } else {
            routes.push((method, path.to_owned()));
        }
    }
    assert!(endpoints.len() >= 2 && routes.len() >= 17, "{routes:?}");
    routes
}

/// A body that the route would accept for a resource of one's own.
async fn send(directory: &Directory, method: &Method, path: &str) -> Answer {
    let request = directory.request(method.clone(), path).header("content-type", "application/scim+json");
    let change = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "value": {"displayName": "Stolen"}}]});
    let whole = json!({"userName": "stolen@acme.test", "displayName": "Stolen"});
    Answer::of(match *method {
        Method::PATCH => request.body(change.to_string()),
        Method::POST | Method::PUT => request.body(whole.to_string()),
        _ => request,
    })
    .await
}

api_test! {
    async fn an_id_of_another_connection_is_as_unknown_as_a_made_up_one(app: TestApp) {
        let tenants = tenants(&app).await;
        let before = all(&tenants).await;
        for (one, other) in pairs(&tenants) {
            for (method, path) in routes(&one.directory).await.into_iter().filter(|(_, path)| path.contains("{id}")) {
                let unknown = send(&one.directory, &method, &path.replace("{id}", NOBODY)).await.expect_error(404, "");
                for id in other.ids() {
                    let foreign = send(&one.directory, &method, &path.replace("{id}", id)).await;
                    assert_eq!((foreign.status, foreign.text.replace(id, NOBODY)), (404, unknown.text.clone()), "{method} {path}");
                    assert_eq!(foreign.headers.len(), unknown.headers.len(), "{method} {path}");
                }
            }
        }
        assert_eq!(all(&tenants).await, before);
    }
}

api_test! {
    async fn a_token_opens_no_directory_but_its_own(app: TestApp) {
        let tenants = tenants(&app).await;
        let before = all(&tenants).await;
        for (one, other) in pairs(&tenants) {
            let mut intruder = other.directory.clone();
            intruder.token.clone_from(&one.directory.token);
            let mut lost = intruder.clone();
            lost.base_url = format!("{}/scim/v2/{}", app.url, NOBODY.replace('-', ""));
            for (method, path) in routes(&one.directory).await {
                for id in [&other.people[0], &other.groups[0], &one.people[0]] {
                    let path = path.replace("{id}", id);
                    let refused = send(&intruder, &method, &path).await.expect_error(401, "");
                    assert_eq!(send(&lost, &method, &path).await.expect_error(401, "").text, refused.text, "{method} {path}");
                }
            }
        }
        assert_eq!(all(&tenants).await, before);
    }
}

/// Changes that name a person by id; each is tried with somebody else's.
fn references(group: &str, own: &str, id: &str) -> Vec<(Method, String, Value)> {
    let patch = |operation: Value| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    let group = format!("/Groups/{group}");
    let on = |operation: Value| (Method::PATCH, group.clone(), patch(operation));
    vec![
        (Method::POST, "/Groups".into(), json!({"displayName": "New", "members": [{"value": id}]})),
        (
            Method::POST,
            "/Groups".into(),
            json!({"displayName": "New", "members": [{"value": own}, {"value": id, "type": "User"}]}),
        ),
        (Method::PUT, group.clone(), json!({"displayName": "Red", "members": [{"value": own}, {"value": id}]})),
        on(json!({"op": "add", "path": "members", "value": [{"value": id}]})),
        on(
            json!({"op": "add", "path": "members", "value": [{"value": own}, {"value": id, "$ref": format!("../Users/{id}")}]}),
        ),
        on(json!({"op": "replace", "path": "members", "value": [{"value": id}]})),
        on(json!({"op": "add", "value": {"members": [{"value": id}]}})),
        on(json!({"op": "replace", "value": {"displayName": "Other", "members": [{"value": id}]}})),
        on(json!({"op": "add", "path": format!("members[value eq \"{id}\"]"), "value": [{"value": id}]})),
        on(json!({"op": "replace", "path": format!("members[value eq \"{id}\"].value"), "value": id})),
        on(json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")})),
        on(json!({"op": "remove", "path": "members", "value": [{"value": id}]})),
    ]
}

api_test! {
    async fn a_reference_to_another_connection_is_refused_and_stored_nowhere(app: TestApp) {
        let tenants = tenants(&app).await;
        let before = all(&tenants).await;
        for (one, other) in pairs(&tenants) {
            for id in other.ids() {
                let foreign = references(&one.groups[0], &one.people[0], id).into_iter();
                for ((method, path, body), (_, _, unknown)) in foreign.zip(references(&one.groups[0], &one.people[0], NOBODY)) {
                    let send = |body: Value| Answer::of(one.directory.request(method.clone(), &path).header("content-type", "application/scim+json").body(body.to_string()));
                    let (foreign, unknown) = (send(body.clone()).await, send(unknown).await);
                    assert_eq!((foreign.status, foreign.text.replace(id, NOBODY)), (unknown.status, unknown.text), "{method} {body}");
                    let is_removal = body["Operations"][0]["op"] == "remove";
                    assert_eq!(foreign.status, if is_removal { 200 } else { 400 }, "{method} {body}: {}", foreign.text);
                }
            }
        }
        assert_eq!(all(&tenants).await, before);
        assert_eq!(Sql::connect(&app.database.url).numbers("SELECT COUNT(*) AS value FROM members"), [12]);
    }
}

api_test! {
    async fn a_manager_of_another_connection_is_text_and_nothing_more(app: TestApp) {
        const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
        let tenants = tenants(&app).await;
        for (one, other) in pairs(&tenants) {
            let path = format!("/Users/{}", one.people[0]);
            let named = |id: &str| one.directory.patch(&path, json!([{"op": "replace", "path": MANAGER, "value": {"value": id}}]));
            let foreign = named(&other.people[1]).await.expect(200).body;
            let unknown = named(NOBODY).await.expect(200).body;
            let shown = |body: &Value| body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"].to_string();
            assert_eq!(shown(&foreign).replace(&other.people[1], NOBODY), shown(&unknown));
        }
    }
}

api_test! {
    async fn a_filter_is_no_way_to_ask_about_another_connection(app: TestApp) {
        let tenants = tenants(&app).await;
        for (one, other) in pairs(&tenants) {
            for (id, kinds) in [(&other.people[1], ["Users", "Groups"]), (&other.groups[0], ["Users", "Groups"])] {
                for template in ["id eq", "groups.value eq", "groups eq", "members.value eq", "members eq", "groups.value ne", "members.value sw", "id gt", "externalId eq", "meta.location co"] {
                    for kind in kinds {
                        let ask = |id: &str| Answer::of(one.directory.request(Method::GET, &format!("/{kind}")).query(&[("filter", format!("{template} \"{id}\""))]));
                        let (foreign, unknown) = (ask(id).await, ask(NOBODY).await);
                        if template != "id gt" {
                            assert_eq!((foreign.status, foreign.text.replace(id.as_str(), NOBODY)), (unknown.status, unknown.text), "{kind} {template}");
                        }
                        assert!(other.ids().all(|id| !foreign.text.contains(id)), "{kind} {template}");
                    }
                }
            }
        }
    }
}

/// Terms that hold for some people and not for others.
const TERMS: [&str; 14] = [
    "userName sw \"p1\"",
    "userName gt \"p1@acme.test\"",
    "externalId eq \"ext-p2@acme.test\"",
    "active eq true",
    "title eq \"boss\"",
    "nickName pr",
    "groups pr",
    "groups.display eq \"red\"",
    "emails[type eq \"work\" and value co \"p3\"]",
    "emails.value ew \"acme.test\"",
    "title ne \"Boss\"",
    "nickName eq null",
    "meta.created ge \"2020-01-01T00:00:00Z\"",
    "name.familyName eq \"nobody\"",
];

api_test! {
    async fn every_filter_divides_the_people_of_its_own_connection_and_no_others(app: TestApp) {
        let tenants = tenants(&app).await;
        let mut filters: Vec<String> = TERMS.iter().map(|term| (*term).to_owned()).collect();
        for (n, term) in TERMS.iter().enumerate() {
            filters.push(format!("{term} and {}", TERMS[(n * 5 + 3) % TERMS.len()]));
            filters.push(format!("{term} or not ({})", TERMS[(n * 3 + 7) % TERMS.len()]));
        }
        for filter in filters {
            let mut answers = Vec::new();
            for tenant in &tenants {
                let own: BTreeSet<String> = tenant.people.iter().cloned().collect();
                let yes: BTreeSet<String> = tenant.directory.find("/Users", &filter).await.into_iter().collect();
                let no: BTreeSet<String> = tenant.directory.find("/Users", &format!("not ({filter})")).await.into_iter().collect();
                assert!(yes.is_disjoint(&no), "{filter}");
                assert_eq!(yes.union(&no).cloned().collect::<BTreeSet<_>>(), own, "{filter}");
                answers.push(yes.iter().map(|id| tenant.people.iter().position(|own| own == id).unwrap()).collect::<BTreeSet<_>>());
            }
            // They hold the same people, so a filter finds the same ones in each.
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{filter}: {answers:?}");
        }
    }
}

api_test! {
    async fn lists_count_and_page_what_is_their_own(app: TestApp) {
        let tenants = tenants(&app).await;
        let everybody = Sql::connect(&app.database.url).texts("SELECT id AS value FROM resources");
        let mut found = Vec::new();
        for tenant in &tenants {
            for (kind, total) in [("Users", PEOPLE), ("Groups", 2)] {
                for start in 1..=total + 1 {
                    let body = tenant.directory.get(&format!("/{kind}?startIndex={start}&count=1")).await.expect(200).body;
                    assert_eq!(body["totalResults"], total);
                    found.extend(body["Resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
                }
            }
            let mut own: Vec<String> = Vec::new();
            let mut next = Some(String::new());
            while let Some(cursor) = next {
                let body = tenant.directory.get(&format!("?sortBy=displayName&count=4&attributes=id&cursor={cursor}")).await.expect(200).body;
                assert_eq!(body["totalResults"], PEOPLE + 2);
                own.extend(body["Resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
                next = body["nextCursor"].as_str().map(str::to_owned);
            }
            own.sort();
            let mut expected: Vec<String> = tenant.ids().cloned().collect();
            expected.sort();
            assert_eq!(own, expected);
        }
        assert_eq!(found.len(), everybody.len());
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), everybody.into_iter().collect());
    }
}

api_test! {
    async fn the_database_itself_refuses_what_would_join_two_connections(app: TestApp) {
        let tenants = tenants(&app).await;
        let mut sql = Sql::connect(&app.database.url);
        let mut key = |id: &str| sql.numbers(&format!("SELECT key AS value FROM resources WHERE id = '{id}'"))[0];
        let (group, own, foreign) = (key(&tenants[0].groups[0]), key(&tenants[0].people[3]), key(&tenants[1].people[0]));
        let mut connection = |tenant: &Tenant| sql.numbers(&format!("SELECT key AS value FROM connections WHERE id = '{}'", tenant.directory.connection_id))[0];
        let (here, there) = (connection(&tenants[0]), connection(&tenants[1]));
        let mut refused = |statement: String| {
            let refusal = sql.execute(&statement).expect_err(&statement);
            assert!(refusal.to_ascii_lowercase().contains("foreign key"), "{statement}: {refusal}");
        };
        for (connection, group, member) in [(here, group, foreign), (there, group, foreign), (there, group, own)] {
            refused(format!("INSERT INTO members (connection_key, group_key, member_key) VALUES ({connection}, {group}, {member})"));
        }
        refused(format!("UPDATE members SET member_key = {foreign} WHERE group_key = {group} AND member_key = (SELECT MIN(member_key) FROM members WHERE group_key = {group})"));
        refused(format!("UPDATE identities SET resource_key = (SELECT key FROM resources WHERE connection_key = {there} AND kind = 'Group' ORDER BY key LIMIT 1) WHERE resource_key = {own}"));
        refused(format!("UPDATE identities SET connection_key = {there} WHERE resource_key = {own}"));
        refused(format!("INSERT INTO attribute_values (connection_key, path_key, value_key, resource_key, element, is_sort) SELECT {here}, MIN(key), 'x', {foreign}, 0, TRUE FROM attribute_paths"));
        refused(format!("UPDATE resources SET connection_key = {there}, unique_key = NULL WHERE key = {own}"));
        // What stays within the connection is accepted: the refusals above are about the border alone.
        sql.execute(&format!("INSERT INTO members (connection_key, group_key, member_key) VALUES ({here}, {group}, {own})")).expect("a member");
    }
}
