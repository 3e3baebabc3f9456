//! Resources of all types at once: `GET` and `POST /.search` at the directory's root (RFC 7644 section 3.4.2.1).

use serde_json::json;

use super::{cursor, get, search, shown};
use crate::support::{Directory, Setup, TestApp, api_test};

/// People `b`, `d` and groups `A`, `c` with a member each; `e` has no displayName.
async fn mixed(app: &TestApp) -> Directory {
    let okta = app.directory(Setup::default()).await;
    let mut last = String::new();
    for name in ["d", "b"] {
        last = okta
            .post("/Users", &json!({"userName": format!("{name}@acme.test"), "displayName": name}))
            .await
            .expect(201)
            .id();
    }
    for name in ["c", "A"] {
        okta.post("/Groups", &json!({"displayName": name, "members": [{"value": last}]})).await.expect(201);
    }
    okta.post("/Users", &json!({"userName": "e@acme.test"})).await.expect(201);
    okta
}

api_test! {
    async fn one_list_holds_people_and_groups(app: TestApp) {
        let okta = mixed(&app).await;
        for path in ["", "/"] {
            let page = okta.get(path).await.expect(200);
            assert_eq!(page.body["totalResults"], 5);
            assert_eq!(shown(&page, "/displayName"), ["d", "b", "c", "A", ""]);
            assert_eq!(shown(&page, "/meta/resourceType"), ["User", "User", "Group", "Group", "User"]);
            let people = okta.get("/Users").await.body;
            let groups = okta.get("/Groups").await.body;
            assert_eq!(page.body["Resources"][1], people["Resources"][1]);
            assert_eq!(page.body["Resources"][2], groups["Resources"][0]);
            assert_eq!(page.body["Resources"][2]["members"].as_array().map(Vec::len), Some(1));
        }
        for (by, order, expected) in [
            ("displayName", "ascending", ["A", "b", "c", "d", ""]),
            ("displayName", "descending", ["", "d", "c", "b", "A"]),
            ("userName", "ascending", ["b", "d", "", "c", "A"]),
            ("meta.resourceType", "ascending", ["c", "A", "d", "b", ""]),
            ("meta.resourceType", "descending", ["", "b", "d", "A", "c"]),
            ("id", "ascending", ["d", "b", "c", "A", ""]),
        ] {
            let page = search(&okta, "", json!({"sortBy": by, "sortOrder": order})).await.expect(200);
            assert_eq!(shown(&page, "/displayName"), expected, "{by} {order}");
            for count in 1..=3 {
                let (mut by_cursor, mut by_index, mut next) = (Vec::new(), Vec::new(), String::new());
                loop {
                    let page = search(&okta, "", json!({"sortBy": by, "sortOrder": order, "count": count, "cursor": next})).await.expect(200);
                    by_cursor.extend(shown(&page, "/displayName"));
                    next = cursor(&page, "nextCursor");
                    if next.is_empty() {
                        break;
                    }
                }
                for start in (1..=5).step_by(count) {
                    let page = search(&okta, "", json!({"sortBy": by, "sortOrder": order, "count": count, "startIndex": start})).await.expect(200);
                    by_index.extend(shown(&page, "/displayName"));
                }
                assert_eq!((by_cursor.as_slice(), by_index.as_slice()), (&expected.map(str::to_owned)[..], &expected.map(str::to_owned)[..]), "{by} {order} {count}");
            }
        }
    }
}

api_test! {
    async fn a_filter_is_checked_for_each_type(app: TestApp) {
        let okta = mixed(&app).await;
        for (filter, expected) in [
            ("displayName co \"a\" or displayName eq \"B\"", vec!["b", "A"]),
            ("meta.resourceType eq \"Group\"", vec!["c", "A"]),
            ("meta.resourceType eq \"User\" and displayName pr", vec!["d", "b"]),
            ("userName sw \"d\"", vec!["d"]),
            ("members pr", vec!["c", "A"]),
            ("not (userName pr)", vec!["c", "A"]),
            ("groups.display eq \"c\"", vec!["b"]),
            ("meta.resourceType eq \"Device\"", vec![]),
        ] {
            let page = get(&okta, "", &[("filter", filter)]).await.expect(200);
            assert_eq!((shown(&page, "/displayName"), &page.body["totalResults"]), (expected.iter().map(|name| (*name).to_owned()).collect(), &json!(expected.len())), "{filter}");
        }
        get(&okta, "", &[("filter", "nope pr")]).await.expect_error(400, "invalidFilter");
        get(&okta, "", &[("sortBy", "nope")]).await.expect_error(400, "invalidValue");
        get(&okta, "", &[("sortBy", "members")]).await.expect_error(400, "invalidValue");
    }
}

api_test! {
    async fn a_type_that_cannot_match_is_not_asked(app: TestApp) {
        let okta = mixed(&app).await;
        let bare = ("attributes", "displayName");
        app.store.statements().keep();
        get(&okta, "", &[bare, ("filter", "meta.resourceType eq \"Group\"")]).await.expect(200);
        let statements = app.store.statements().take();
        let asked = |word: &str| statements.iter().any(|text| text.contains("document") && text.contains(word));
        assert!(asked("\"Group\"") && !asked("\"User\""), "{statements:?}");
        // The total is the kept count, since every group is meant.
        assert!(!statements.iter().any(|text| text.contains("COUNT(")), "{statements:?}");
        get(&okta, "", &[bare, ("filter", "meta.resourceType eq \"Device\"")]).await.expect(200);
        assert!(!app.store.statements().take().iter().any(|text| text.contains("FROM resources")));
    }
}
