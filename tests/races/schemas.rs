//! Schemas that are loaded while servers run, and writes that hurry past.

use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, user};
use crate::{Race, race_test};

fn badge(uniqueness: &str) -> Value {
    json!([
        { "id": "urn:acme:Badge", "attributes": [{ "name": "number", "uniqueness": uniqueness }] },
        { "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
          "schemaExtensions": [{ "schema": "urn:acme:Badge" }] },
        { "id": "urn:acme:Device", "attributes": [{ "name": "serial", "uniqueness": "server" }] },
        { "name": "Device", "endpoint": "/Devices", "schema": "urn:acme:Device" },
    ])
}

fn badged(name: &str, number: &str) -> Value {
    let mut body = user(name);
    body["urn:acme:Badge"] = json!({ "number": number });
    body
}

impl Race {
    async fn load(&self, turn: usize, uniqueness: &str) -> u16 {
        let path = format!("/api/v1/connections/{}/schemas", self.site.connection_id);
        self.site.send(Method::PUT, self.url(turn), &path, badge(uniqueness)).await.status
    }
}

race_test! {
    async fn a_schema_holds_on_every_server_from_the_next_request_on(race: Race) {
        for turn in 0..2 {
            race.directory(turn).get("/Devices").await.expect_error(404, "");
        }
        assert_eq!(race.load(0, "none").await, 200);
        for turn in 0..2 {
            let made = race.directory(turn).post("/Devices", &json!({ "serial": turn.to_string() })).await.expect(201);
            let filter = format!("serial eq \"{turn}\"");
            assert_eq!(race.directory(turn + 1).find("/Devices", &filter).await, [made.id()]);
        }
    }
}

race_test! {
    async fn of_equal_unique_values_exactly_one_is_taken(race: Race) {
        assert_eq!(race.load(0, "none").await, 200);
        let answers = join_all((0..64).map(|n| {
            let directory = race.directory(n);
            async move { directory.post("/Devices", &json!({ "serial": if n % 2 == 0 { "straße" } else { "STRASSE" } })).await }
        })).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.expect_error(409, "uniqueness");
        }
        assert_eq!(race.number("SELECT COUNT(*) AS value FROM unique_values"), 1);
        assert_eq!(race.number("SELECT CAST(SUM(total) AS BIGINT) AS value FROM directory_counts"), 1);
    }
}

race_test! {
    async fn no_write_slips_past_uniqueness_that_is_turned_on(race: Race) {
        for round in 0..8 {
            assert_eq!(race.load(round, "none").await, 200);
            let number = format!("n{round}");
            let pushes = join_all((0..8).map(|n| {
                let (directory, body) = (race.directory(n), badged(&format!("p{round}-{n}@acme.test"), &number));
                async move { directory.post("/Users", &body).await }
            }));
            let (answers, loaded) = join(pushes, race.load(round + 1, "server")).await;
            for answer in &answers {
                assert!([201, 409, 503].contains(&answer.status), "{}", answer.text);
            }
            let made: Vec<String> = answers.iter().filter(|answer| answer.status == 201).map(Answer::id).collect();
            assert!(loaded == 409 || made.len() <= 1, "{loaded} and {} with one number", made.len());
            for id in made {
                race.directory(0).delete(&format!("/Users/{id}")).await.expect(204);
            }
        }
    }
}
