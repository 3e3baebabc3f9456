//! `cursor`, `nextCursor`, `previousCursor` (RFC 9865).

use std::time::Duration;

use anteroom::clock::Clock;
use anteroom::config::ServeConfig;
use anteroom::id::Ids;
use anteroom::server::Server;
use anteroom::store::DatabaseUrl;
use serde_json::json;

use super::{cursor, get, search, shown};
use crate::support::{Answer, Directory, Setup, TestApp, api_test};

async fn people(directory: &Directory, names: &str) {
    for name in names.chars() {
        directory.push(&name.to_string()).await;
    }
}

/// A page of two.
async fn page(directory: &Directory, cursor: &str) -> Answer {
    get(directory, "/Users", &[("sortBy", "userName"), ("count", "2"), ("cursor", cursor)]).await
}

fn names(page: &Answer) -> String {
    shown(page, "/userName").concat()
}

api_test! {
    async fn a_walk_goes_forward_and_back(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        people(&okta, "ecadb").await;
        let first = page(&okta, "").await.expect(200);
        assert_eq!((names(&first).as_str(), &first.body["totalResults"], &first.body["itemsPerPage"]), ("ab", &json!(5), &json!(2)));
        assert_eq!((first.body.get("startIndex"), first.body.get("previousCursor")), (None, None));
        let second = page(&okta, &cursor(&first, "nextCursor")).await.expect(200);
        assert_eq!(names(&second), "cd");
        let third = page(&okta, &cursor(&second, "nextCursor")).await.expect(200);
        assert_eq!((names(&third).as_str(), third.body.get("nextCursor")), ("e", None));
        let back = page(&okta, &cursor(&third, "previousCursor")).await.expect(200);
        assert_eq!(names(&back), "cd");
        let start = page(&okta, &cursor(&back, "previousCursor")).await.expect(200);
        assert_eq!((names(&start).as_str(), start.body.get("previousCursor")), ("ab", None));
        assert_eq!(names(&page(&okta, &cursor(&start, "nextCursor")).await.expect(200)), "cd");
        for text in [cursor(&first, "nextCursor"), cursor(&third, "previousCursor")] {
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        }
    }
}

api_test! {
    async fn writes_during_a_walk_neither_skip_nor_repeat(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        people(&okta, "bdfhj").await;
        let first = page(&okta, "").await.expect(200);
        assert_eq!(names(&first), "bd");
        people(&okta, "aceg").await;
        let gone = okta.find("/Users", "userName eq \"d\"").await.remove(0);
        okta.delete(&format!("/Users/{gone}")).await.expect(204);
        let second = page(&okta, &cursor(&first, "nextCursor")).await.expect(200);
        assert_eq!(names(&second), "ef");
        let third = page(&okta, &cursor(&second, "nextCursor")).await.expect(200);
        assert_eq!(names(&third), "gh");
        let back = page(&okta, &cursor(&second, "previousCursor")).await.expect(200);
        assert_eq!(names(&back), "bc");
        let start = page(&okta, &cursor(&back, "previousCursor")).await.expect(200);
        assert_eq!((names(&start).as_str(), start.body.get("previousCursor")), ("a", None));
    }
}

api_test! {
    async fn what_is_shown_may_change_during_a_walk_and_the_question_may_not(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let other = app.directory_of(&okta.organization_code, Setup::default()).await;
        people(&okta, "abc").await;
        people(&other, "abc").await;
        let filter = ("filter", "userName pr");
        let first = get(&okta, "/Users", &[filter, ("count", "1"), ("cursor", "")]).await.expect(200);
        let next = cursor(&first, "nextCursor");
        let next = next.as_str();
        for (rest, expected) in [(vec![], "b"), (vec![("attributes", "userName")], "b"), (vec![("count", "1")], "b")] {
            let query = [vec![filter, ("cursor", next)], rest].concat();
            assert_eq!(names(&get(&okta, "/Users", &query).await.expect(200)), expected);
        }
        assert_eq!(names(&search(&okta, "/Users", json!({"filter": "userName PR", "cursor": next})).await.expect(200)), "b");
        for query in [
            vec![("cursor", next)],
            vec![("filter", "userName pr and id pr"), ("cursor", next)],
            vec![filter, ("sortBy", "id"), ("cursor", next)],
            vec![filter, ("cursor", next.split_at(1).1)],
            vec![filter, ("cursor", "x")],
            vec![filter, ("cursor", "1"), ("count", "1")],
            vec![filter, ("cursor", "' OR 1=1 --")],
        ] {
            get(&okta, "/Users", &query).await.expect_error(400, "invalidCursor");
        }
        get(&okta, "/Groups", &[filter, ("cursor", next)]).await.expect_error(400, "invalidCursor");
        get(&okta, "", &[filter, ("cursor", next)]).await.expect_error(400, "invalidCursor");
        get(&other, "/Users", &[filter, ("cursor", next)]).await.expect_error(400, "invalidCursor");
        get(&okta, "/Users", &[filter, ("cursor", next), ("count", "2")]).await.expect_error(400, "invalidCount");
        get(&okta, "/Users", &[filter, ("cursor", ""), ("count", "two")]).await.expect_error(400, "invalidCount");
        get(&okta, "/Users", &[filter, ("cursor", next), ("startIndex", "1")]).await.expect_error(400, "invalidValue");
        get(&okta, "/Users", &[filter, ("cursor", next), ("cursor", next)]).await.expect_error(400, "invalidValue");
    }
}

api_test! {
    async fn a_cursor_leads_on_for_an_hour(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        people(&okta, "abc").await;
        let config = okta.get("/ServiceProviderConfig").await.body;
        let pagination = json!({"cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": 100, "maxPageSize": 500, "cursorTimeout": 3600});
        assert_eq!(config["pagination"], pagination);
        let next = cursor(&page(&okta, "").await.expect(200), "nextCursor");
        app.clock.advance(Duration::from_hours(1));
        assert_eq!(names(&page(&okta, &next).await.expect(200)), "c");
        app.clock.advance(Duration::from_millis(1));
        page(&okta, &next).await.expect_error(400, "expiredCursor");
    }
}

api_test! {
    async fn a_count_of_zero_gives_a_total_and_no_way_on(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        people(&okta, "abc").await;
        let totals = get(&okta, "/Users", &[("count", "0"), ("cursor", "")]).await.expect(200);
        assert_eq!(totals.body["totalResults"], 3);
        assert_eq!((totals.body.get("nextCursor"), shown(&totals, "/id").len()), (None, 0));
        let whole = get(&okta, "/Users", &[("cursor", "")]).await.expect(200);
        assert_eq!((whole.body.get("nextCursor"), names(&whole).as_str()), (None, "abc"));
        let cut = get(&okta, "/Users", &[("count", "1000"), ("cursor", "")]).await.expect(200);
        assert_eq!(names(&cut), "abc");
    }
}

api_test! {
    /// Two servers share a PostgreSQL; on SQLite there is one.
    async fn one_server_opens_what_another_sealed(app: TestApp) {
        if matches!(app.database.url, DatabaseUrl::Postgres(_)) {
            let okta = app.directory(Setup::default()).await;
            people(&okta, "abc").await;
            let config = ServeConfig { workers: Some(1), readers: 2, writers: 2, ..ServeConfig::default() };
            let server = Server::build(&config, &app.database.url, Clock::fixed(crate::support::NOW), Ids::counting()).expect("a server");
            let mut twin = okta.clone();
            twin.base_url = okta.base_url.replace(&app.url, &format!("http://127.0.0.1:{}", server.port()));
            let handle = server.handle();
            actix_web::rt::spawn(server.run());
            let next = cursor(&page(&okta, "").await.expect(200), "nextCursor");
            let second = page(&twin, &next).await.expect(200);
            assert_eq!(names(&second), "c");
            assert_eq!(names(&page(&okta, &cursor(&second, "previousCursor")).await.expect(200)), "ab");
            drop(handle.stop(false));
        }
    }
}
