//! SIGTERM: what is under way ends well, and the process ends by itself.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use serde_json::json;

use crate::databases;
use crate::process::{Process, Site};
use crate::support::Raw;

#[actix_web::test]
async fn a_request_under_way_is_finished_before_the_server_stops() {
    for database in databases() {
        let mut process = Process::start(&database.url);
        let site = Site::new(&database.url, &process.url).await;
        let directory = site.directory(&process.url);
        let mut waiting = Vec::new();
        for n in 0..4 {
            let body = json!({"userName": format!("late{n}@acme.test")}).to_string();
            let (first, rest) = body.split_at(10);
            let path = directory.base_url.strip_prefix(&process.url).unwrap();
            let mut raw = Raw::connect(&process.url);
            raw.send(format!(
                "POST {path}/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{first}",
                directory.token,
                body.len()
            ));
            waiting.push((raw, rest.to_owned()));
        }
        sleep(Duration::from_millis(300)).await;
        process.terminate();
        sleep(Duration::from_millis(300)).await;
        for (raw, rest) in &mut waiting {
            let answer = raw.send(rest.as_bytes()).answer().expect("an answer");
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
        drop(waiting);
        let asked = Instant::now();
        assert!(process.wait().success());
        assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
        let process = Process::start(&database.url);
        assert_eq!(site.directory(&process.url).find("/Users", "userName sw \"late\"").await.len(), 4);
    }
}

#[actix_web::test]
async fn idle_connections_do_not_keep_a_server_from_stopping() {
    for database in databases() {
        let mut process = Process::start(&database.url);
        let mut idle = Raw::connect(&process.url);
        assert_eq!(idle.ask("GET", "/livez", "").status, 200);
        let _silent = Raw::connect(&process.url);
        process.terminate();
        let asked = Instant::now();
        assert!(process.wait().success());
        assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    }
}
