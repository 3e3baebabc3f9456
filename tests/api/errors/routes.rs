//! Paths and methods that are not there, and the discovery endpoints.

use reqwest::Method;

use crate::support::{Answer, Raw, Setup, TestApp, api_test};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

api_test! {
    async fn a_method_a_path_does_not_have_is_405_and_names_those_it_has(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let table = anteroom::http::table();
        let headers = format!("Authorization: Bearer {}\r\nContent-Length: 0\r\n", okta.token);
        let directory = okta.base_url.strip_prefix(&app.url).unwrap().to_owned();
        for path in table.iter().map(|(_, path)| path).filter(|path| path.starts_with("/scim")) {
            // What can be read can be asked about without its body.
            let row = |method: &str| if method == "HEAD" { "GET" } else { method }.to_owned();
            let has = |method: &str| table.iter().any(|(known, other)| other == path && known.as_str() == row(method));
            let asked = path.replace("/scim/v2/{directory}", &directory).replace("{endpoint}", "Users").replace("{id}", "x");
            for method in METHODS.into_iter().filter(|method| !has(method)) {
                let answer = Raw::connect(&app.url).ask(method, &asked, &headers);
                let allowed: Vec<&str> = answer.expect_error(405).header("allow").split(", ").collect();
                assert_eq!(allowed, METHODS.into_iter().filter(|method| has(method)).collect::<Vec<_>>(), "{path}");
            }
        }
    }
}

api_test! {
    async fn what_is_not_there_is_a_scim_404(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for path in ["/Nothing", "/users", "/Users/", "/Users/x/y", "/Users//x", "//Users", "/Schemas/urn:x", "/ResourceTypes/x", "/Groups/x/members"] {
            okta.get(path).await.expect_error(404, "");
        }
        for path in ["/scim", "/scim/", "/scim/v1/Users", "/scim/v2", "/scim/v2/", "/scim/v2/x/Nothing/"] {
            Answer::of(app.client.get(format!("{}{path}", app.url))).await.expect_error(404, "");
        }
    }
}

api_test! {
    async fn an_id_that_is_none_is_404_whatever_its_form(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let directory = okta.base_url.strip_prefix(&app.url).unwrap();
        let headers = format!("Authorization: Bearer {}\r\n", okta.token);
        for id in ["%00", "x%00y", "%ff", "..%2F", "%2E%2E", "a%2Fb", "%252e", ";x=1", "'%20OR%201=1--", "%F0%9F%92%A9", "%zz", &"x".repeat(5_000)] {
            for (kind, method) in [("Users", "GET"), ("Groups", "GET"), ("Users", "DELETE"), ("Schemas", "GET")] {
                Raw::connect(&app.url).ask(method, &format!("{directory}/{kind}/{id}"), &headers).expect_error(404);
            }
        }
    }
}

api_test! {
    async fn discovery_answers_anyone_but_not_with_a_bad_token_and_not_a_filter(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ask = |path: &str, token: Option<&str>| {
            let request = app.client.request(Method::GET, format!("{}{path}", okta.base_url));
            Answer::of(if let Some(token) = token { request.bearer_auth(token) } else { request })
        };
        for path in ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"] {
            ask(path, None).await.expect(200);
            ask(path, Some(&okta.token)).await.expect(200);
            ask(path, Some("wrong")).await.expect_error(401, "");
            for query in ["?filter=id%20pr", "?FILTER=", "?count=1&filter"] {
                ask(&format!("{path}{query}"), None).await.expect_error(403, "");
            }
        }
    }
}

api_test! {
    async fn a_query_that_cannot_be_meant_is_400(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for (query, scim_type) in [
            ("filter=userName%20eq%20%22a%00b%22", "invalidFilter"),
            ("filter=userName%20eq%20%22%5Cu0000%22", "invalidFilter"),
            ("filter=%ff", "invalidValue"),
            ("filter=password%20sw%20%22a%22", "invalidFilter"),
            ("filter=nothing%20pr", "invalidFilter"),
            ("filter=a&filter=b", "invalidValue"),
            ("startIndex=one", "invalidValue"),
            ("count=99999999999999999999", "invalidValue"),
            ("attributes=a&excludedAttributes=b", "invalidValue"),
        ] {
            okta.get(&format!("/Users?{query}")).await.expect_error(400, scim_type);
        }
        let deep = |depth: usize| format!("/Users?filter={}title%20pr{}", "(".repeat(depth), ")".repeat(depth));
        for filter in [deep(1_000), deep(20_000), format!("/Users?filter={}title%20pr", "not%20(".repeat(5_000)), format!("/Users?filter={}", "a[".repeat(10_000))] {
            okta.get(&filter).await.expect_error(400, "invalidFilter");
        }
        okta.get("/Users").await.expect(200);
    }
}
