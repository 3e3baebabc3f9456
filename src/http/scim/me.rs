//! `/Me` (RFC 7644 section 3.11): the User resource of the person a bearer stands for.
//!
//! It can be read. Everything else is 501, and so is everything for a directory's token, which stands for nobody: a
//! directory is written by its IdP, and people must not be able to change the names and addresses they are known by.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::resources::{Answer, show};
use crate::http::State;
use crate::http::caller::Me;
use crate::http::error::ScimError;
use crate::provisioning::Target;
use crate::scim;

/// `GET /Me`: 200 or 304; its `Location` is the resource's own.
pub(super) async fn get(me: Me, request: HttpRequest, state: Data<State>) -> Answer {
    let Me::Person(call, id) = me else {
        return Err(not_implemented().into());
    };
    let target = Target::find(&call, "Users", Some(&id)).map_err(ScimError::from)?;
    show(&call, &target, &request, &state).await
}

/// Any other method.
pub(super) async fn other(_: Me) -> Result<HttpResponse, ScimError> {
    Err(not_implemented())
}

fn not_implemented() -> ScimError {
    scim::Error::new(501, "/Me can be read, by a bearer that stands for a person").into()
}
