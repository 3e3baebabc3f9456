//! `GET`, `POST` and `PATCH /organizations/{code}/users`, `DELETE /organizations/{code}/users/{user}`.
//!
//! 400 `ORGANIZATION_NOT_FOUND`, `USER_NOT_FOUND`, `USER_NOT_IN_ORGANIZATION`, `ROLE_NOT_FOUND`, `MANAGED_BY_DIRECTORY`,
//! `TOO_MANY_OBJECTS`, `INVALID_OPERATION`, `INVALID_SORT`, those of [`super::params`]. There are no permissions here: they
//! are passed over.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, done, read, time};
use super::caller::Caller;
use super::organizations::invalid_sort;
use super::params::{Params, next_token, token_page};
use crate::http::body::Json;
use crate::identity::organizations::{self, Addition, MemberChange, Shown};
use crate::store::organizations::{MemberOrder, Sorted};

/// Members of a page when it is not said.
const PAGE_SIZE: i64 = 10;

pub(super) async fn list(caller: Caller, code: Path<String>, params: Params) -> Answer {
    let sort = params.get("sort")?.unwrap_or("name_asc");
    let (order, is_descending) = match sort {
        "name_asc" => (MemberOrder::Name, false),
        "name_desc" => (MemberOrder::Name, true),
        "email_asc" => (MemberOrder::Email, false),
        "email_desc" => (MemberOrder::Email, true),
        _ => return Err(invalid_sort()),
    };
    let roles = params.filter("roles")?;
    // Those of one organization are none for another.
    let seal = caller.seal(&format!("users of {code}"), sort).await?;
    let after = params.next_token::<2>(&seal)?.map(Into::into);
    let page = Sorted { is_descending, after, limit: params.page_size(PAGE_SIZE)? };
    let reach = caller.reach();
    let listed = caller.store().read(move |tx| organizations::list_members(tx, reach, &code, order, &page, &roles));
    let (found, next) = listed.await?;
    let next = next.map(|(value, id)| next_token(&seal, &caller.act().ids, &[&value, &id])).transpose()?;
    Ok(HttpResponse::Ok().json(token_page("organization_users", found.iter().map(shown).collect(), next)))
}

/// The body of an addition.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Additions {
    users: Vec<Addition>,
}

pub(super) async fn add(caller: Caller, code: Path<String>, Json(body): Json) -> Answer {
    let (act, reach, Additions { users }) = (caller.act(), caller.reach(), read(body)?);
    let added = caller.store().write(move |tx| organizations::add(tx, &act, reach, &code, &users)).await?;
    Ok(HttpResponse::Ok().json(json!({ "code": "OK", "message": "Success", "users_added": added })))
}

/// The body of a change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Changes {
    users: Vec<MemberChange>,
}

pub(super) async fn change(caller: Caller, code: Path<String>, Json(body): Json) -> Answer {
    let (act, reach, Changes { users }) = (caller.act(), caller.reach(), read(body)?);
    let changed = caller.store().write(move |tx| organizations::change(tx, &act, reach, &code, &users)).await?;
    Ok(HttpResponse::Ok().json(json!({
        "code": "OK",
        "message": "Success",
        "users_added": changed.added,
        "users_updated": changed.updated,
        "users_removed": changed.removed,
    })))
}

pub(super) async fn remove(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((code, user), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| organizations::remove(tx, &act, reach, &code, &user)).await?;
    Ok(done())
}

fn shown(shown: &Shown) -> Value {
    let user = &shown.member.user;
    let names: Vec<&str> = [&user.given_name, &user.family_name].into_iter().flatten().map(String::as_str).collect();
    json!({
        "id": user.id,
        "email": user.email,
        "full_name": names.join(" "),
        "first_name": user.given_name,
        "last_name": user.family_name,
        "picture": user.picture,
        "joined_on": time(Some(shown.member.joined)),
        "last_accessed_on": time(user.last_signed_in),
        "is_suspended": shown.is_suspended,
        "roles": shown.roles,
        // Ours: directory, admin, sign_in or self_join.
        "source": shown.member.source,
    })
}
