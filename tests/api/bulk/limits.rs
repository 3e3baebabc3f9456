//! How much one request may hold, how much of it is done at once, and where it stops.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{assert_refused, bulk, group, id, person, post, request, send, statuses};
use crate::support::{Answer, Directory, Setup, TestApp, api_test};

const MAX: usize = 1_000;
const MAX_BYTES: usize = 4 * 1024 * 1024;

fn people(number: usize) -> Vec<Value> {
    (0..number).map(|n| post(&format!("p{n}"), "/Users", person(&format!("p{n}")))).collect()
}

async fn total(okta: &Directory, kind: &str) -> Value {
    okta.get(&format!("/{kind}?count=0")).await.expect(200).body["totalResults"].clone()
}

api_test! {
    async fn a_thousand_operations_take_few_transactions_and_one_more_is_413(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let config = okta.get("/ServiceProviderConfig").await.expect(200).body["bulk"].clone();
        assert_eq!(config, json!({"supported": true, "maxOperations": MAX, "maxPayloadSize": MAX_BYTES}));
        let refused = send(&okta, json!(people(MAX + 1))).await.expect_error(413, "");
        assert!(refused.body["detail"].as_str().unwrap().contains("1000"));
        assert_eq!(total(&okta, "Users").await, 0);

        app.settle().await;
        app.store.statements().keep();
        let answers = bulk(&okta, json!(people(MAX))).await;
        let commits = app.store.statements().take().iter().filter(|statement| statement.trim_start().starts_with("COMMIT")).count();
        assert_eq!(statuses(&answers), vec!["201"; MAX]);
        assert!((20..=21).contains(&commits), "{commits} transactions");
        assert_eq!(total(&okta, "Users").await, MAX);
        let gone: Vec<Value> = answers.iter().map(|answer| json!({"method": "DELETE", "path": format!("/Users/{}", id(answer))})).collect();
        assert_eq!(statuses(&bulk(&okta, json!(gone)).await), vec!["204"; MAX]);
        assert_eq!(total(&okta, "Users").await, 0);
    }
}

api_test! {
    async fn the_body_and_the_data_of_each_operation_are_bounded(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let raw = |body: String| Answer::of(okta.request(Method::POST, "/Bulk").header("content-type", "application/scim+json").body(body));
        let padded = |bytes: usize| {
            let body = request(json!([post("a", "/Users", person("ana"))])).to_string();
            format!("{body}{}", " ".repeat(bytes - body.len()))
        };
        let refused = raw(padded(MAX_BYTES + 1)).await.expect_error(413, "");
        assert!(refused.body["detail"].as_str().unwrap().contains("4194304"));
        assert_eq!(total(&okta, "Users").await, 0);
        raw(padded(MAX_BYTES)).await.expect(200);
        assert_eq!(total(&okta, "Users").await, 1);

        // What the single request may not be, an operation may not be; a group may be larger than a person.
        let filler = "x".repeat(2 * 1024 * 1024);
        let large = |data: Value| { let mut data = data; data["unknown"] = json!(filler); data };
        let person = bulk(&okta, json!([post("a", "/Users", large(person("ben"))), post("b", "/Users", super::person("cem"))])).await;
        assert_eq!(statuses(&person), ["413", "201"]);
        assert_refused(&person[0], "413", "");
        assert_eq!(statuses(&bulk(&okta, json!([post("a", "/Groups", large(group("Red", &[])))])).await), ["201"]);
        let long = bulk(&okta, json!([post("a", "/Users", json!({"userName": "x".repeat(257)}))])).await;
        assert_refused(&long[0], "400", "invalidValue");
    }
}

api_test! {
    async fn it_stops_after_as_many_errors_as_the_client_will_have(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let bad = |n: usize| post(&format!("bad{n}"), "/Users", json!({}));
        let good = |most: u64, name: &str| post(name, "/Users", person(&format!("{name}{most}")));
        let operations = |most| json!([good(most, "a"), bad(1), good(most, "b"), bad(2), good(most, "c"), bad(3)]);
        for (most, expected) in [(1, 2), (2, 4), (3, 6), (4, 6), (u64::MAX, 6)] {
            let mut body = request(operations(most));
            body["failOnErrors"] = json!(most);
            let answer = okta.post("/Bulk", &body).await.expect(200);
            assert_eq!(answer.body["Operations"].as_array().unwrap().len(), expected, "{most}");
        }
        // Those before were done; without failOnErrors all are tried, and the names are taken by now.
        assert_eq!(total(&okta, "Users").await, 1 + 2 + 3 + 3 + 3);
        assert_eq!(statuses(&bulk(&okta, operations(4)).await), ["409", "400", "409", "400", "409", "400"]);

        // What waits counts when its turn comes, and beyond the first transaction, too.
        let mut many = people(120);
        many[0] = post("p0", "/Groups", group("Last", &["bulkId:p119"]));
        many[70] = bad(1);
        let mut body = request(json!(many));
        body["failOnErrors"] = json!(1);
        let answer = okta.post("/Bulk", &body).await.expect(200);
        let answers = answer.body["Operations"].as_array().unwrap();
        assert_eq!((answers.len(), &answers[69]["bulkId"]), (70, &json!("bad1")));
        assert_eq!((total(&okta, "Users").await, total(&okta, "Groups").await), (json!(12 + 69), json!(0)));
    }
}

api_test! {
    async fn many_of_the_largest_at_once_are_answered_or_told_to_come_back(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let body = |n: usize| {
            let mut body = request(json!([post("a", "/Users", person(&format!("u{n}")))]));
            body["filler"] = json!("x".repeat(1024 * 1024));
            body
        };
        let asked: Vec<_> = (0..24).map(|n| { let (okta, body) = (okta.clone(), body(n)); actix_web::rt::spawn(async move { okta.post("/Bulk", &body).await }) }).collect();
        let mut done = 0;
        for answer in asked {
            let answer = answer.await.expect("an answer");
            if answer.status == 200 { done += 1 } else { assert_eq!(answer.expect_error(503, "").header("retry-after"), "5") }
        }
        assert!(done >= 4, "{done}");
        assert_eq!(total(&okta, "Users").await, done);
    }
}

api_test! {
    async fn who_sends_slowly_keeps_others_waiting_for_a_bounded_time(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let directory = okta.base_url.strip_prefix(&app.url).unwrap();
        let head = format!("POST {directory}/Bulk HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/scim+json\r\nContent-Length: 100\r\n\r\n", okta.token);
        let slow: Vec<_> = (0..16).map(|_| { let mut raw = crate::support::Raw::connect(&app.url); raw.send(&head); raw }).collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let refused = send(&okta, json!(people(1))).await.expect_error(503, "");
        assert_eq!(refused.header("retry-after"), "5");
        okta.push("ana").await;
        drop(slow);
        tokio::time::sleep(Duration::from_millis(500)).await;
        send(&okta, json!(people(1))).await.expect(200);
    }
}
