//! Groups within groups: never in a circle, never too deep, and gone with what is deleted.

use serde_json::{Value, json};

use super::{add, group, members};
use crate::support::{Directory, Setup, TestApp, api_test};

api_test! {
    async fn a_group_is_a_member_until_it_is_deleted(app: TestApp) {
        let entra = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let ana = entra.push("ana@acme.test").await;
        let inner = group(&entra, "Inner", &[&ana]).await;
        let outer = group(&entra, "Outer", &[&inner, &ana]).await;
        let shown = entra.get(&format!("/Groups/{outer}")).await.body;
        assert_eq!(shown["members"][1], json!({"value": inner, "$ref": format!("{}/Groups/{inner}", entra.base_url), "display": "Inner", "type": "Group"}));
        assert_eq!(entra.find("/Groups", "members[type eq \"Group\"]").await, [outer.clone()]);
        assert_eq!(entra.find("/Groups", "members.type eq \"user\"").await, [inner.clone(), outer.clone()]);
        assert_eq!(entra.find("/Groups", &format!("members.value eq \"{inner}\"")).await, [outer.clone()]);
        entra.delete(&format!("/Groups/{inner}")).await.expect(204);
        assert_eq!(members(&entra, &outer).await, [ana]);
        assert_eq!(entra.get(&format!("/Groups/{outer}")).await.header("etag"), "W/\"2\"");
        let again = group(&entra, "Inner", &[]).await;
        entra.patch(&format!("/Groups/{outer}"), add(&[&again])).await.expect(200);
        entra.patch(&format!("/Groups/{outer}"), json!([{"op": "remove", "path": "members[type eq \"Group\"]"}])).await.expect(200);
        assert_eq!(members(&entra, &outer).await.len(), 1);
    }
}

api_test! {
    async fn a_group_never_contains_itself(app: TestApp) {
        let entra = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let c = group(&entra, "C", &[]).await;
        let b = group(&entra, "B", &[&c]).await;
        let a = group(&entra, "A", &[&b]).await;
        for (inside, member) in [(&a, &a), (&b, &a), (&c, &a), (&c, &b)] {
            let path = format!("/Groups/{inside}");
            let refused = [
                entra.patch(&path, json!([{"op": "replace", "path": "displayName", "value": "Z"}, add(&[member])[0]])).await,
                entra.patch(&path, json!([{"op": "replace", "path": "members", "value": [{"value": member}]}])).await,
                entra.put(&path, &json!({"displayName": "Z", "members": [{"value": member}]})).await,
            ];
            for answer in refused {
                let answer = answer.expect_error(400, "invalidValue");
                assert!(answer.body["detail"].as_str().unwrap().contains(member.as_str()), "{}", answer.text);
            }
            assert_eq!(entra.get(&path).await.header("etag"), "W/\"1\"");
        }
        assert_eq!((members(&entra, &a).await, members(&entra, &b).await), (vec![b.clone()], vec![c.clone()]));
        // What is in two ways above is no circle, and what was taken out may go in the other way round.
        entra.patch(&format!("/Groups/{a}"), add(&[&c])).await.expect(200);
        entra.patch(&format!("/Groups/{b}"), json!([{"op": "remove", "path": "members"}])).await.expect(200);
        entra.patch(&format!("/Groups/{c}"), add(&[&b])).await.expect(200);
    }
}

api_test! {
    async fn groups_go_no_deeper_than_the_limit(app: TestApp) {
        let entra = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let mut levels = vec![group(&entra, "Level 1", &[]).await];
        for level in 2..=16 {
            let below = levels.last().unwrap().clone();
            levels.push(group(&entra, &format!("Level {level}"), &[&below]).await);
        }
        let mut others = vec![group(&entra, "Other 1", &[]).await];
        for level in 2..=17 {
            let below = others.last().unwrap().clone();
            others.push(group(&entra, &format!("Other {level}"), &[&below]).await);
        }
        let bottom = format!("/Groups/{}", levels[0]);
        let refused = entra.patch(&bottom, add(&[others.last().unwrap()])).await.expect_error(400, "invalidValue");
        assert!(refused.body["detail"].as_str().unwrap().contains("32"), "{}", refused.text);
        entra.patch(&bottom, add(&[&others[15]])).await.expect(200);
        let refused = entra.post("/Groups", &json!({"displayName": "Top", "members": [{"value": levels[15]}]})).await;
        refused.expect_error(400, "invalidValue");
        let leaf = group(&entra, "Leaf", &[]).await;
        entra.patch(&format!("/Groups/{}", others[0]), add(&[&leaf])).await.expect_error(400, "invalidValue");
        entra.patch(&format!("/Groups/{}", others[1]), add(&[&leaf])).await.expect(200);
    }
}

api_test! {
    async fn a_group_of_another_connection_is_unknown(app: TestApp) {
        let entra = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let other = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let (ours, theirs) = (group(&entra, "Ours", &[]).await, group(&other, "Theirs", &[]).await);
        entra.patch(&format!("/Groups/{ours}"), add(&[&theirs])).await.expect_error(400, "invalidValue");
        let member = json!({"$ref": format!("{}/Groups/{theirs}", other.base_url)});
        let path = format!("/Groups/{ours}");
        let refused = entra.patch(&path, json!([{"op": "add", "path": "members", "value": member}])).await;
        refused.expect_error(400, "invalidValue");
    }
}

/// Who is in which group and how, as people are shown.
async fn shown(entra: &Directory) -> Vec<(String, String, String)> {
    let page = entra.get("/Users?count=500").await.expect(200).body;
    let mut rows = Vec::new();
    for person in page["Resources"].as_array().unwrap() {
        for group in person["groups"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            rows.push((text(&person["displayName"]), text(&group["display"]), text(&group["type"])));
        }
    }
    rows
}

api_test! {
    async fn people_show_groups_they_are_in_through_others_and_filters_agree(app: TestApp) {
        let entra = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let mut people = Vec::new();
        for name in ["a", "b", "c", "d"] {
            people.push(entra.push(name).await);
        }
        let [a, b, c, d] = [0, 1, 2, 3].map(|n: usize| people[n].clone());
        let inner = group(&entra, "Inner", &[&a, &b]).await;
        let middle = group(&entra, "Middle", &[&inner, &c]).await;
        let side = group(&entra, "Side", &[&inner]).await;
        let outer = group(&entra, "Outer", &[&middle, &side, &a]).await;
        let rows = [
            ("a", "Inner", "direct"), ("a", "Middle", "indirect"), ("a", "Side", "indirect"), ("a", "Outer", "direct"),
            ("b", "Inner", "direct"), ("b", "Middle", "indirect"), ("b", "Side", "indirect"), ("b", "Outer", "indirect"),
            ("c", "Middle", "direct"), ("c", "Outer", "indirect"),
        ];
        let expected = rows.map(|(person, group, kind)| (format!("Display {person}"), group.to_owned(), kind.to_owned()));
        assert_eq!(shown(&entra).await, expected);
        assert_eq!(entra.get(&format!("/Groups/{inner}")).await.body.get("groups"), None);
        assert_eq!(entra.get(&format!("/Groups/{inner}")).await.header("etag"), "W/\"1\"");
        assert_eq!(entra.get(&format!("/Users/{a}")).await.header("etag"), "W/\"1\"");
        let all = [&a, &b, &c, &d];
        let is = |wanted: &'static [usize]| wanted.iter().map(|n| all[*n].clone()).collect::<Vec<_>>();
        let rest = |wanted: &[usize]| (0..4).filter(|n| !wanted.contains(n)).map(|n| all[n].clone()).collect::<Vec<_>>();
        let found: [(String, &'static [usize]); 18] = [
            (format!("groups.value eq \"{outer}\""), &[0, 1, 2]),
            (format!("groups.value eq \"{middle}\""), &[0, 1, 2]),
            (format!("groups eq \"{side}\""), &[0, 1]),
            (format!("groups[type eq \"direct\" and value eq \"{outer}\"]"), &[0]),
            (format!("groups[type eq \"INDIRECT\" and value eq \"{outer}\"]"), &[1, 2]),
            (format!("groups[not (type eq \"direct\") and value eq \"{middle}\"]"), &[0, 1]),
            (format!("groups[type ne \"indirect\" or value eq \"{side}\"]"), &[0, 1, 2]),
            (format!("groups[type eq \"indirect\" or value eq \"{middle}\"]"), &[0, 1, 2]),
            (format!("groups[type co \"direct\" and value eq \"{side}\"]"), &[0, 1]),
            ("groups[display eq \"outer\"]".to_owned(), &[0, 1, 2]),
            ("groups.display co \"side\"".to_owned(), &[0, 1]),
            ("groups[type eq \"direct\" and display sw \"mid\"]".to_owned(), &[2]),
            ("groups[not (display eq \"inner\")]".to_owned(), &[0, 1, 2]),
            ("groups.type eq \"direct\"".to_owned(), &[0, 1, 2]),
            ("groups[type eq \"indirect\" and display eq \"Outer\"]".to_owned(), &[1, 2]),
            ("groups.type eq \"neither\"".to_owned(), &[]),
            ("groups pr".to_owned(), &[0, 1, 2]),
            ("groups.type pr".to_owned(), &[0, 1, 2]),
        ];
        for (filter, wanted) in found {
            assert_eq!(entra.find("/Users", &filter).await, is(wanted), "{filter}");
            assert_eq!(entra.find("/Users", &format!("not ({filter})")).await, rest(wanted), "not ({filter})");
        }
        entra.patch(&format!("/Groups/{middle}"), json!([{"op": "remove", "path": "members", "value": [{"value": inner}]}])).await.expect(200);
        assert_eq!(entra.find("/Users", &format!("groups.value eq \"{middle}\"")).await, [c]);
        assert_eq!(entra.get(&format!("/Users/{b}?attributes=groups")).await.body["groups"].as_array().unwrap().len(), 3);
        assert_eq!(entra.get(&format!("/Users/{b}?excludedAttributes=groups")).await.body.get("groups"), None);
    }
}
