//! Both styles of paging, walked to the end and back, and what is refused of them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{each, get, refused};
use crate::people::support::email_user;
use crate::support::{TestApp, api_test};

api_test! {
    async fn a_walk_by_token_meets_everybody_once_whoever_leaves(app: TestApp) {
        let mut all = Vec::new();
        for number in 0..25 {
            all.push(json!(email_user(&app, None, &format!("user{number}@acme.test")).await));
        }
        assert_eq!(each(&get(&app, "/users").await["users"], "id"), all[..10]);
        let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = get(&app, &format!("/users?page_size=7&next_token={token}")).await;
            seen.extend(each(&page["users"], "id"));
            pages += 1;
            if pages == 1 {
                // The one the token stands at goes; the walk goes on behind it.
                app.api(Method::DELETE, &format!("/api/v1/user?id={}", all[6].as_str().unwrap()), None).await.expect(200);
            }
            let Some(next) = page["next_token"].as_str() else {
                assert_eq!(page["next_token"], Value::Null);
                break;
            };
            next.clone_into(&mut token);
        }
        assert_eq!((seen, pages), (all, 4));
    }
}

api_test! {
    async fn a_walk_by_cursor_goes_both_ways(app: TestApp) {
        let mut all = Vec::new();
        for number in 0..7 {
            all.push(json!(email_user(&app, None, &format!("user{number}@acme.test")).await));
        }
        let page = async |cursor: &str| {
            let page = get(&app, &format!("/search/users?page_size=3{cursor}")).await;
            (each(&page["results"], "id"), page["has_more"].as_bool().unwrap())
        };
        let id = |at: usize| all[at].as_str().unwrap().to_owned();
        assert_eq!(page("").await, (all[..3].to_vec(), true));
        assert_eq!(page(&format!("&starting_after={}", id(2))).await, (all[3..6].to_vec(), true));
        assert_eq!(page(&format!("&starting_after={}", id(5))).await, (all[6..].to_vec(), false));
        assert_eq!(page(&format!("&ending_before={}", id(6))).await, (all[3..6].to_vec(), true));
        assert_eq!(page(&format!("&ending_before={}", id(3))).await, (all[..3].to_vec(), false));
        assert_eq!(page(&format!("&ending_before={}", id(0))).await, (Vec::new(), false));
    }
}

api_test! {
    async fn what_is_no_page_is_refused(app: TestApp) {
        for (path, code) in [
            ("/users?page_size=501", "PAGE_SIZE_LIMIT_EXCEEDED"), ("/users?page_size=99999999999999999999", "INVALID_PAGE_SIZE"),
            ("/users?page_size=0", "INVALID_PAGE_SIZE"), ("/users?page_size=-1", "INVALID_PAGE_SIZE"), ("/users?page_size=ten", "INVALID_PAGE_SIZE"),
            ("/users?next_token=x", "INVALID_NEXT_TOKEN"), ("/users?next_token=WyJyb2xlcyIsIngiXQ", "INVALID_NEXT_TOKEN"),
            ("/search/users?starting_after=a&ending_before=b", "TOO_MANY_PARAMETERS"), ("/search/users?starting_after=a%20b", "INVALID_CURSOR"),
        ] {
            refused(app.api(Method::GET, &format!("/api/v1{path}"), None).await, 400, code);
        }
    }
}
