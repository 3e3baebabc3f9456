//! People who are there before the IdP speaks of them, and the first write that adopts them.

use serde_json::{Value, json};

use super::support::*;
use crate::support::{Setup, TestApp, api_test, user};

api_test! {
    async fn a_pre_created_person_is_served_as_a_stand_in_and_found_by_name_and_email(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        app.pre_create(&directory, "Ana@acme.test").await;
        for filter in ["userName eq \"ana@acme.test\"", "emails.value eq \"ana@acme.test\"", "emails[primary eq true] and active eq true"] {
            let found = directory.find("/Users", filter).await;
            assert_eq!(found.len(), 1, "{filter}");
            let mut body = directory.get(&format!("/Users/{}", found[0])).await.expect(200).body;
            for name in ["id", "meta", "schemas"] {
                body.as_object_mut().unwrap().remove(name);
            }
            assert_eq!(body, json!({"userName": "Ana@acme.test", "emails": [{"value": "Ana@acme.test", "primary": true}], "active": true}));
        }
    }
}

api_test! {
    async fn a_value_that_is_no_address_is_a_user_name_alone(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = email_user(&app, None, "ana@acme.test").await;
        give_identity(&app, &kp, &directory, "aortiz").await.expect(201);
        let found = directory.find("/Users", "userName eq \"AORTIZ\" and not (emails pr)").await;
        assert_eq!(user_of(&app, &directory, &found[0]).await, kp);
        assert_eq!(shown(&app, &kp).await["preferred_email"], "ana@acme.test");
    }
}

api_test! {
    async fn an_enterprise_identity_takes_the_place_of_every_other_and_makes_a_member(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = email_user(&app, None, "ana@acme.test").await;
        let phone = json!({"type": "phone", "value": "+61 400 000 000"});
        app.api(reqwest::Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(phone)).await.expect(201);
        give_identity(&app, &kp, &directory, "ana@acme.test").await.expect(201);
        let user = shown(&app, &kp).await;
        assert_eq!(user["identities"], json!([{"type": "enterprise", "identity": "ana@acme.test"}]));
        assert_eq!(user["organizations"], json!([directory.organization_code]));
        let removed = &told(&app, &directory, "identity.created").await[0].data["removed_identities"];
        assert_eq!(removed.as_array().unwrap().len(), 2);
        assert_eq!(told(&app, &directory, "organization.member_added").await[0].data["source"], "admin");
    }
}

api_test! {
    async fn a_user_has_one_enterprise_identity_and_then_no_other_identity_of_any_kind(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let other = app.directory_of(&directory.organization_code, Setup::default()).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let before = rows(&app);
        for target in [&directory, &other] {
            let refused = give_identity(&app, &kp, target, "second@acme.test").await.expect(400);
            assert_eq!(refused.body["errors"][0]["code"], "ENTERPRISE_IDENTITY_EXISTS");
        }
        for body in [json!({"type": "email", "value": "b@acme.test"}), json!({"type": "username", "value": "ana"}), json!({"type": "phone", "value": "+61400000000"})] {
            let refused = app.api(reqwest::Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(body)).await.expect(400);
            assert_eq!(refused.body["errors"][0]["code"], "ENTERPRISE_IDENTITY_EXISTS");
        }
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn a_user_name_the_directory_has_cannot_be_given_to_somebody_else(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push("ana@acme.test").await;
        let kp = email_user(&app, None, "other@acme.test").await;
        let before = rows(&app);
        let refused = give_identity(&app, &kp, &directory, "ANA@acme.test").await.expect(409);
        assert_eq!(refused.body["errors"][0]["code"], "USER_NAME_TAKEN");
        assert_eq!(rows(&app), before);
        assert_eq!(shown(&app, &kp).await["identities"][0]["type"], "email");
    }
}

api_test! {
    async fn nobody_is_tied_to_a_connection_that_is_being_deleted(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = email_user(&app, None, "ana@acme.test").await;
        set_state(&app, &directory, "deleting").await;
        give_identity(&app, &kp, &directory, "ana@acme.test").await.expect(400);
        assert_eq!(shown(&app, &kp).await["identities"][0]["type"], "email");
    }
}

api_test! {
    async fn the_first_write_of_any_kind_adopts_and_keeps_both_ids(app: TestApp) {
        for method in ["POST", "PUT", "PATCH", "PUT of what is there"] {
            let directory = app.directory(Setup::default()).await;
            let kp = app.pre_create(&directory, "ana@acme.test").await;
            let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
            let path = format!("/Users/{id}");
            let answer = match method {
                "POST" => directory.post("/Users", &user("ana@acme.test")).await.expect(201),
                "PUT" => directory.put(&path, &user("ana@acme.test")).await.expect(200),
                "PATCH" => directory.patch(&path, json!([{"op": "add", "path": "externalId", "value": "ext-ana@acme.test"}])).await.expect(200),
                _ => {
                    let same = directory.get(&path).await.expect(200);
                    let put = directory.put(&path, &same.body).await.expect(200);
                    assert_eq!(put.header("etag"), same.header("etag"));
                    put
                }
            };
            assert_eq!((answer.id(), user_of(&app, &directory, &id).await), (id, kp.clone()), "{method}");
            let adopted = told(&app, &directory, "user.adopted").await;
            assert_eq!((adopted.len(), adopted[0].user.as_ref()), (1, Some(&kp)), "{method}");
            directory.patch(&path, json!([{"op": "replace", "path": "title", "value": "Boss"}])).await.expect(200);
            assert_eq!(told(&app, &directory, "user.adopted").await.len(), 1, "{method}");
        }
    }
}

api_test! {
    async fn a_look_up_and_a_refused_write_adopt_nobody(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        let path = format!("/Users/{id}");
        directory.get(&path).await.expect(200);
        directory.put(&path, &json!({"userName": Value::Null})).await.expect(400);
        directory.patch(&path, json!([{"op": "replace", "path": "nope", "value": 1}])).await.expect(400);
        assert_eq!(told(&app, &directory, "user.adopted").await.len(), 0);
        assert_eq!(shown(&app, &kp).await["first_name"], "Pre");
    }
}

api_test! {
    async fn adoption_takes_external_id_and_profile_from_the_idp(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        let photos = json!([{"value": "https://acme.test/ana.png", "type": "photo"}]);
        let body = with(person("ana@acme.test", "x1", "ana.new@acme.test"), &json!({"photos": photos}));
        assert_eq!(directory.put(&format!("/Users/{id}"), &body).await.expect(200).body["externalId"], "x1");
        let user = shown(&app, &kp).await;
        assert_eq!((&user["preferred_email"], &user["first_name"], &user["last_name"], &user["picture"]),
            (&json!("ana.new@acme.test"), &json!("Given"), &json!("Family"), &json!("https://acme.test/ana.png")));
        assert_eq!(user["identities"], json!([{"type": "enterprise", "identity": "ana.new@acme.test"}]));
    }
}

api_test! {
    async fn every_enterprise_identity_has_one_resource_and_the_reverse_however_it_came_to_be(app: TestApp) {
        let options = json!({"is_create_missing_user": true, "is_trusted": true});
        let directory = app.directory(Setup { self_join: true, ..okta(options) }).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        app.pre_create(&directory, "pre@acme.test").await;
        directory.push("pushed@acme.test").await;
        allowed(&app.sign_in(&directory, json!({"subject": "jit", "email": "jit@acme.test"})).await, "created");
        email_user(&app, Some(&directory.organization_code), "known@acme.test").await;
        allowed(&app.sign_in(&directory, json!({"subject": "known", "email": "known@acme.test"})).await, "combined");
        email_user(&app, Some(&directory.organization_code), "met@acme.test").await;
        directory.push("met@acme.test").await;
        let all = directory.get("/Users").await.expect(200).body;
        assert_eq!(all["totalResults"], 5);
        let mut users = std::collections::BTreeSet::new();
        for resource in all["Resources"].as_array().unwrap() {
            let kp = user_of(&app, &directory, resource["id"].as_str().unwrap()).await;
            let identities = shown(&app, &kp).await["identities"].clone();
            assert_eq!(identities, json!([{"type": "enterprise", "identity": resource["emails"][0]["value"]}]));
            users.insert(kp);
        }
        assert_eq!(users.len(), 5);
        assert_eq!(rows(&app)[..4], [5, 5, 2, 5]);
    }
}
