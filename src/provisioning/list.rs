//! Reading a page of resources (RFC 7644 section 3.4.2): filtered, sorted, counted and paged by the database alone.

use std::sync::Arc;

use serde_json::Value;

use super::render::Relations;
use super::{Call, Error, Target, render};
use crate::scim;
use crate::scim::list::{ListQuery, list_response};
use crate::scim::matches::{self, Plan};
use crate::scim::sort::SortBy;
use crate::store::resources::{self, Kind, Listing, Start};
use crate::store::{Store, Tx};

/// The page a query asks for, as the JSON text of a `ListResponse`.
///
/// # Errors
/// 400 `invalidFilter` and `invalidValue` for what the schemas do not allow to be filtered or sorted by, 400 `tooMany` for
/// what no index can serve.
pub async fn list(store: &Store, call: &Arc<Call>, target: &Target, query: ListQuery) -> Result<String, Error> {
    let question = Question::check(call, target, &query)?;
    let (call, target) = (Arc::clone(call), target.clone());
    store.read_of(call.tenant.key(), move |tx| page(tx, &call, &target, &query, &question)).await
}

/// What is asked of one resource type.
struct Question {
    filter: Option<Plan>,
    sort: SortBy,
}

impl Question {
    fn check(call: &Call, target: &Target, query: &ListQuery) -> Result<Self, scim::Error> {
        let (catalogue, resource_type) = (&call.catalogue, &target.resource_type);
        let filter =
            query.filter.as_ref().map(|filter| matches::check(catalogue, resource_type, filter)).transpose()?;
        let sort = query.sort.as_ref().map(|sort| sort.check(catalogue, resource_type)).transpose()?;
        Ok(Self { filter, sort: sort.unwrap_or(SortBy::Nothing) })
    }
}

fn page(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    query: &ListQuery,
    question: &Question,
) -> Result<String, Error> {
    let connection = call.tenant.key();
    let kind = Kind { name: target.kind(), filter: question.filter.as_ref(), sort: question.sort.clone() };
    let is_descending = query.sort.as_ref().is_some_and(|sort| sort.is_descending);
    let listing = Listing { kinds: vec![kind], is_descending };
    let total = resources::count(tx, connection, &listing)?;
    let offset = query.start_index - 1;
    let found = if offset >= total {
        Vec::new()
    } else {
        resources::list(tx, connection, &listing, &Start::Offset(offset), query.count)?
    };
    let found: Vec<_> = found.into_iter().map(|(resource, _)| resource).collect();
    let mut relations = Relations::load(tx, call, target, &query.projection, &found)?;
    let resources: Vec<Value> =
        found.iter().map(|resource| render::value(call, target, &query.projection, resource, &mut relations)).collect();
    render::bounded(list_response(total, query.start_index, resources).to_string())
}
