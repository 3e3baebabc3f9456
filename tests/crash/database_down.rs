//! The database goes away (T-87): 503 with `Retry-After`, never 404, never an empty list; and it comes back without a
//! restart.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use futures_util::future::{join, join_all, join3};
use reqwest::Method;
use serde_json::json;

use crate::attempt;
use crate::cluster::Cluster;
use crate::process::{Process, Site};
use crate::support::{Answer, Database, Directory, Sql, user};

/// Longest wait for a refusal.
const PATIENCE: Duration = Duration::from_secs(12);

#[track_caller]
fn expect_unavailable(answer: Answer) {
    let answer = answer.expect_error(503, "");
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{:?}", answer.headers);
}

async fn every_kind(directory: &Directory, person: &str) -> Vec<Answer> {
    let post = user("new@acme.test");
    let requests = [
        directory.request(Method::GET, "/Users"),
        directory.request(Method::GET, &format!("/Users/{person}")),
        directory.request(Method::GET, "/Users").query(&[("filter", "userName eq \"ana@acme.test\"")]),
        directory.request(Method::GET, "/Groups"),
        directory.request(Method::GET, "/Schemas"),
        directory.request(Method::POST, "/Users").header("content-type", "application/json").body(post.to_string()),
        directory.request(Method::DELETE, &format!("/Users/{person}")),
    ];
    join_all(requests.map(Answer::of)).await
}

#[actix_web::test]
async fn a_database_that_is_down_is_503_and_comes_back_by_itself() {
    let Some(mut cluster) = Cluster::start() else {
        eprintln!("skipped: a PostgreSQL to stop needs initdb");
        return;
    };
    let process = Process::start(&cluster.url());
    let site = Site::new(&cluster.url(), &process.url).await;
    let directory = site.directory(&process.url);
    let person = directory.push("ana@acme.test").await;
    for _ in 0..2 {
        cluster.stop();
        let asked = Instant::now();
        let sign_ins = format!("/api/v1/connections/{}/sign_ins", site.connection_id);
        let question = site.api(&process.url, &sign_ins, json!({"subject": "s"}));
        let health = |path: &str| Answer::of(site.client.get(format!("{}{path}", process.url)));
        let (answers, question, (live, ready)) =
            join3(every_kind(&directory, &person), question, join(health("/livez"), health("/readyz"))).await;
        assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
        answers.into_iter().for_each(expect_unavailable);
        assert_eq!(
            (question.status, &question.body["errors"][0]["code"]),
            (503, &json!("UNAVAILABLE")),
            "{}",
            question.text
        );
        assert!(!question.header("retry-after").is_empty());
        assert_eq!((live.status, ready.status), (200, 503));
        cluster.resume();
        let resumed = Instant::now();
        while directory.get("/Users").await.status != 200 {
            assert!(resumed.elapsed() < Duration::from_secs(20), "it does not recover");
            sleep(Duration::from_millis(50)).await;
        }
        directory.get(&format!("/Users/{person}")).await.expect(200);
        assert_eq!(directory.find("/Users", "userName pr").await, std::slice::from_ref(&person));
        directory
            .patch(&format!("/Users/{person}"), json!([{"op": "replace", "path": "title", "value": "x"}]))
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn cut_connections_fail_nothing_but_what_was_under_way() {
    let Some(database) = Database::postgres() else { return };
    let process = Process::start(&database.url);
    let site = Site::new(&database.url, &process.url).await;
    let directory = site.directory(&process.url);
    let ana = directory.push("ana@acme.test").await;
    let cut = || {
        Sql::connect(&database.url)
            .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            .expect("cut")
    };
    // Idle connections are replaced without anybody noticing.
    for _ in 0..5 {
        assert!(cut() > 0);
        directory.get(&format!("/Users/{ana}")).await.expect(200);
        directory
            .patch(&format!("/Users/{ana}"), json!([{"op": "replace", "path": "title", "value": "x"}]))
            .await
            .expect(200);
        cut();
        directory
            .patch(&format!("/Users/{ana}"), json!([{"op": "replace", "path": "title", "value": "y"}]))
            .await
            .expect(200);
    }
    // Under load some are cut in the middle of their work.
    let writers = join_all((0..8).map(|writer| {
        let (directory, ana) = (&directory, &ana);
        async move {
            let (mut made, mut refused) = (Vec::new(), 0);
            for n in 0..25 {
                let name = format!("w{writer}-{n}@acme.test");
                let request = directory
                    .request(Method::POST, "/Users")
                    .header("content-type", "application/json")
                    .body(user(&name).to_string());
                let answer = attempt(request).await.expect("an answer");
                if answer.status == 201 {
                    made.push(answer.id());
                } else {
                    refused += 1;
                    expect_unavailable(answer);
                }
                let shown = directory.get(&format!("/Users/{ana}")).await;
                if shown.status != 200 {
                    expect_unavailable(shown);
                }
                let list = directory.get("/Users?count=1").await;
                if list.status == 200 {
                    assert_ne!(list.body["totalResults"], 0);
                } else {
                    expect_unavailable(list);
                }
            }
            (made, refused)
        }
    }));
    let cutting = async {
        for _ in 0..20 {
            sleep(Duration::from_millis(60)).await;
            cut();
        }
    };
    let (ended, ()) = join(writers, cutting).await;
    for (made, _) in &ended {
        for id in made {
            directory.get(&format!("/Users/{id}")).await.expect(200);
        }
    }
    let made: usize = ended.iter().map(|(made, _)| made.len()).sum();
    let refused: usize = ended.iter().map(|(_, refused)| refused).sum();
    let total = directory.get("/Users?count=0").await.expect(200).body["totalResults"].as_u64().unwrap();
    let total = usize::try_from(total).unwrap();
    // A refused create may have been committed just before its connection was cut.
    assert!((made + 1..=made + 1 + refused).contains(&total), "{made} made, {refused} refused, {total} there");
    assert!(made > 100, "{made}");
}
