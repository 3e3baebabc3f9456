//! Reading a page of resources (RFC 7644 section 3.4.2): filtered, counted and paged by the database alone.

use std::sync::Arc;

use serde_json::Value;

use super::render::Relations;
use super::{Call, Error, Target, render};
use crate::scim::list::{ListQuery, list_response};
use crate::scim::matches::{self, Plan};
use crate::store::{Store, Tx, resources};

/// The page a query asks for, as the JSON text of a `ListResponse`.
///
/// # Errors
/// 400 `invalidFilter` for what the schemas do not allow, 400 `tooMany` for a filter no index can serve.
pub async fn list(store: &Store, call: &Arc<Call>, target: &Target, query: ListQuery) -> Result<String, Error> {
    let plan = query
        .filter
        .as_ref()
        .map(|filter| matches::check(&call.catalogue, &target.resource_type, filter))
        .transpose()?;
    let (call, target) = (Arc::clone(call), target.clone());
    store.read_of(call.tenant.key(), move |tx| page(tx, &call, &target, &query, plan.as_ref())).await
}

fn page(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    query: &ListQuery,
    plan: Option<&Plan>,
) -> Result<String, Error> {
    let connection = call.tenant.key();
    let total = resources::count(tx, connection, target.kind(), plan)?;
    let offset = query.start_index - 1;
    let found = if query.count == 0 || offset >= total {
        Vec::new()
    } else {
        resources::list(tx, connection, target.kind(), plan, offset, query.count)?
    };
    let mut relations = Relations::load(tx, call, target, &query.projection, &found)?;
    let resources: Vec<Value> =
        found.iter().map(|resource| render::value(call, target, &query.projection, resource, &mut relations)).collect();
    render::bounded(list_response(total, query.start_index, resources).to_string())
}
