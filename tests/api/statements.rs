//! What the database is asked: a number of statements that does not grow, each served by an index.

use serde_json::{Value, json};

use crate::support::{Directory, Setup, TestApp, api_test, explain, user};

/// People in the directory while plans are looked at.
const MANY: usize = 10_000;

/// Fills a directory without going through HTTP one by one.
async fn fill(app: &TestApp, directory: &Directory, people: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(people);
    while ids.len() < people {
        let numbers = ids.len()..people.min(ids.len() + 1_000);
        ids.extend(fill_some(app, directory, numbers).await);
    }
    ids
}

/// People with these numbers, in one transaction.
async fn fill_some(app: &TestApp, directory: &Directory, numbers: std::ops::Range<usize>) -> Vec<String> {
    use anteroom::scim::schema::Catalogue;
    use anteroom::scim::validate;
    use anteroom::store::resources::{self, Content};

    let (act, id) = (app.act(), directory.connection_id.clone());
    let filled = app.store.write(move |tx| {
        let catalogue = Catalogue::core();
        let kind = catalogue.resource_type("User").expect("User");
        let connection = anteroom::store::connections::find(tx, &id)?.ok_or(anteroom::store::Error::NotFound)?;
        let mut ids = Vec::with_capacity(numbers.len());
        for number in numbers.clone() {
            let body = user(&format!("person{number}@acme.test"));
            let document = validate::document(&catalogue, kind, body).expect("a person").document;
            let content = Content::of(kind, document);
            ids.push(resources::insert(tx, connection.key, "User", &act.ids.resource(), &content, act.now)?.id);
        }
        Ok::<_, anteroom::store::Error>(ids)
    });
    filled.await.expect("people")
}

/// The statements one request needs, in any size of directory.
async fn count<F: Future<Output = crate::support::Answer>>(app: &TestApp, request: F) -> u64 {
    let before = app.store.statements().count();
    request.await;
    app.store.statements().count() - before
}

async fn counts(app: &TestApp, directory: &Directory, group: &str, name: &str) -> Vec<(&'static str, u64)> {
    let person = directory.push(&format!("{name}@acme.test")).await;
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{person}\"]")}]);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": person}]}]);
    let (user_path, group_path) = (format!("/Users/{person}"), format!("/Groups/{group}?excludedAttributes=members"));
    let found = format!("/Users?filter=userName%20eq%20%22{name}@acme.test%22");
    vec![
        ("GET", count(app, directory.get(&user_path)).await),
        ("look-up", count(app, directory.get(&found)).await),
        ("list", count(app, directory.get("/Users?startIndex=1&count=10")).await),
        ("PATCH of a member", count(app, directory.patch(&group_path, add)).await),
        ("plain PATCH of a member", count(app, directory.patch(&format!("/Groups/{group}"), remove)).await),
        (
            "PATCH of a person",
            count(app, directory.patch(&user_path, json!([{"op": "replace", "path": "title", "value": name}]))).await,
        ),
        ("POST", count(app, directory.post("/Users", &user(&format!("other-{name}@acme.test")))).await),
    ]
}

api_test! {
    async fn the_number_of_statements_does_not_grow_with_directory_or_group(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let group = okta.post("/Groups", &json!({"displayName": "Everyone"})).await.expect(201).id();
        // The first use of a token is recorded once a minute.
        okta.get("/Users").await;
        app.settle().await;
        let small = counts(&app, &okta, &group, "a").await;
        let ids = fill(&app, &okta, 600).await;
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
        okta.patch(&format!("/Groups/{group}"), json!([{"op": "add", "path": "members", "value": members}])).await.expect(200);
        let large = counts(&app, &okta, &group, "b").await;
        assert_eq!(small, large);
        println!("{large:?}");
    }
}

api_test! {
    async fn look_ups_are_served_by_an_index(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ids = fill(&app, &okta, MANY).await;
        // PostgreSQL takes a walk through groups for ten times what it starts from, so groups are small beside the directory.
        for (number, some) in ids.chunks(20).enumerate() {
            let members: Vec<Value> = some.iter().map(|id| json!({"value": id})).collect();
            okta.post("/Groups", &json!({"displayName": format!("Group {number}"), "members": members})).await.expect(201);
        }
        let members: Vec<Value> = ids.iter().take(5).map(|id| json!({"value": id})).collect();
        let team = okta.post("/Groups", &json!({"displayName": "Team", "members": members})).await.expect(201).id();
        let above = okta.post("/Groups", &json!({"displayName": "Above", "members": [{"value": team}]})).await.expect(201).id();
        explain::analyze(&app.database);
        app.store.statements().keep();
        let one = &ids[4_321];
        let questions = [
            ("/Users", "userName eq \"person77@acme.test\"".to_owned()),
            ("/Users", "externalId eq \"ext-person77@acme.test\"".to_owned()),
            ("/Users", "emails.value eq \"person77@acme.test\"".to_owned()),
            ("/Users", "emails[type eq \"work\" and value eq \"person77@acme.test\"]".to_owned()),
            ("/Users", "displayName eq \"Display person77@acme.test\"".to_owned()),
            ("/Users", "displayName sw \"Display person77\"".to_owned()),
            ("/Users", "userName sw \"person77\"".to_owned()),
            ("/Users", format!("id eq \"{one}\"")),
            ("/Groups", "displayName eq \"Group 3\"".to_owned()),
            ("/Groups", format!("members.value eq \"{}\"", ids[7])),
            ("/Users", format!("groups.value eq \"{team}\"")),
            ("/Users", format!("groups[type eq \"direct\" and value eq \"{team}\"]")),
            ("/Users", format!("groups[type eq \"indirect\" and value eq \"{above}\"]")),
        ];
        for (endpoint, filter) in questions {
            app.store.statements().take();
            assert!(!okta.find(endpoint, &filter).await.is_empty(), "{filter}");
            for statement in app.store.statements().take() {
                explain::assert_indexed(&app.database, &statement, &filter);
            }
        }
    }
}

api_test! {
    async fn sorted_pages_are_served_by_an_index(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        fill(&app, &okta, MANY).await;
        explain::analyze(&app.database);
        app.store.statements().keep();
        for by in ["userName", "displayName", "emails.value", "externalId"] {
            for (order, start) in [("ascending", "1"), ("descending", "1"), ("ascending", "500")] {
                app.store.statements().take();
                okta.get(&format!("/Users?sortBy={by}&sortOrder={order}&startIndex={start}&count=20")).await.expect(200);
                let statements = app.store.statements().take();
                // Who has no value is found by passing over everybody.
                let valued = statements.iter().find(|text| text.contains("page.value") && !text.contains("NOT EXISTS")).unwrap();
                explain::assert_indexed(&app.database, valued, by);
                explain::assert_in_order(&app.database, valued, by);
            }
        }
    }
}

api_test! {
    async fn members_that_are_not_shown_are_not_asked_for(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ana = okta.push("ana@acme.test").await;
        let body = json!({"displayName": "Everyone", "members": [{"value": ana}]});
        let group = okta.post("/Groups", &body).await.expect(201).id();
        app.settle().await;
        app.store.statements().keep();
        for choice in ["excludedAttributes=members", "attributes=displayName"] {
            let path = format!("/Groups/{group}?{choice}");
            let rename = json!([{"op": "replace", "path": "displayName", "value": choice}]);
            let requests: [(&str, crate::support::Answer); 3] = [
                ("GET", okta.get(&path).await),
                ("list", okta.get(&format!("/Groups?{choice}")).await),
                ("PATCH", okta.patch(&path, rename).await),
            ];
            for (name, answer) in requests {
                assert!(!answer.expect(200).text.contains(&ana), "{name}");
            }
            let asked: Vec<String> = app.store.statements().take().into_iter().filter(|text| is_about_members(text)).collect();
            assert_eq!(asked, Vec::<String>::new());
            // A PUT reads which members differ, and nothing more for its answer.
            okta.put(&path, &body).await.expect(200);
            let asked = app.store.statements().take().into_iter().filter(|text| is_about_members(text)).count();
            assert_eq!(asked, 2);
        }
        okta.get(&format!("/Groups/{group}")).await.expect(200);
        assert!(app.store.statements().take().iter().any(|text| is_about_members(text)));
    }
}

fn is_about_members(statement: &str) -> bool {
    ["`members`", "\"members\"", " members "].iter().any(|name| statement.contains(name))
}
