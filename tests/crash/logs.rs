//! What is left in the log (T-70): that something happened and where, never who or with which secret.

use reqwest::Method;
use serde_json::json;

use crate::databases;
use crate::process::{Process, Site};
use crate::support::{Answer, user};

#[actix_web::test]
async fn the_log_names_routes_and_no_people_or_secrets() {
    const CANARIES: [&str; 5] = ["ana-canary", "password-canary", "filter-canary", "family-canary", "path-canary"];
    for database in databases() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut process = Process::start_logging(&database.url, file.reopen().unwrap(), "0");
        let site = Site::new(&database.url, &process.url).await;
        let directory = site.directory(&process.url);
        let mut body = user("ana-canary@acme.test");
        body["password"] = json!("password-canary");
        body["name"]["familyName"] = json!("family-canary");
        let id = directory.post("/Users", &body).await.expect(201).id();
        directory.post("/Users", &body).await.expect(409);
        let filtered = directory.request(Method::GET, "/Users").query(&[("filter", "userName eq \"filter-canary\"")]);
        Answer::of(filtered).await.expect(200);
        let broken = directory.request(Method::GET, "/Users").query(&[("filter", "userName eq filter-canary")]);
        Answer::of(broken).await.expect(400);
        directory.get("/Users/path-canary").await.expect(404);
        directory.get("/path-canary").await.expect(404);
        directory
            .patch(&format!("/Users/{id}"), json!([{"op": "add", "path": "name.familyName", "value": 5}]))
            .await
            .expect(400);
        let question = json!({"subject": "ext-ana-canary@acme.test", "email": "ana-canary@acme.test"});
        site.api(&process.url, &format!("/api/v1/connections/{}/sign_ins", site.connection_id), question)
            .await
            .expect(200);
        let wrong =
            site.client.get(format!("{}/Users", directory.base_url)).bearer_auth("wrong-canary").send().await.unwrap();
        assert_eq!(wrong.status(), 401);
        process.terminate();
        assert!(process.wait().success());
        let log = std::fs::read_to_string(file.path()).unwrap();
        assert!(log.matches("answered").count() >= 9 && log.contains("/scim/v2/{directory}/{endpoint}/{id}"), "{log}");
        for canary in CANARIES.into_iter().chain([directory.token.as_str(), "Bearer", "wrong-canary"]) {
            assert!(!log.contains(canary), "{canary} in {log}");
        }
    }
}

#[actix_web::test]
async fn a_refusal_by_the_rate_limit_is_logged_with_the_connection() {
    for database in databases() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut process = Process::start_logging(&database.url, file.reopen().unwrap(), "1");
        let site = Site::new(&database.url, &process.url).await;
        let directory = site.directory(&process.url);
        let asked = (0..6).map(|_| directory.get("/Users?filter=userName%20eq%20%22canary%22"));
        let answers = futures_util::future::join_all(asked).await;
        let refused = answers.iter().filter(|answer| answer.status == 429).count();
        assert!((1..=4).contains(&refused), "{refused}");
        process.terminate();
        assert!(process.wait().success());
        let log = std::fs::read_to_string(file.path()).unwrap();
        let told = log.lines().filter(|line| line.contains("WARN") && line.contains("over its rate limit"));
        let told: Vec<&str> = told.collect();
        assert_eq!(told.len(), refused, "{log}");
        assert!(told.iter().all(|line| line.contains(&site.connection_id)), "{told:?}");
        assert!(!log.contains("canary") && !log.contains(&directory.token));
    }
}
