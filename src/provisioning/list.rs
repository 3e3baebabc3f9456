//! Reading a page of resources (RFC 7644 sections 3.4.2 and 3.4.3; RFC 9865): filtered, sorted, counted and paged by the
//! database alone.
//!
//! Of one resource type or of several: each has a filter and a sort value of its own, and what holds of none of its
//! resources is not asked. A page by cursor reads one resource more than it shows, to know whether the walk goes on.

use std::sync::Arc;

use serde_json::json;

use super::{Call, Error, Target, render};
use crate::identity::seal::{Seal, SealKey};
use crate::scim;
use crate::scim::cursor::{Cursor, Position};
use crate::scim::limits;
use crate::scim::list::{ListQuery, Paging, Place, list_response};
use crate::scim::matches::{self, Plan};
use crate::scim::sort::SortBy;
use crate::store::resources::{self, Kind, Listing, Resource, Start};
use crate::store::{Store, Tx};

/// The page of resources of these types that a query asks for, as the JSON text of a `ListResponse`.
///
/// # Errors
/// 400 `invalidFilter` and `invalidValue` for what the schemas do not allow to be filtered or sorted by, 400 `tooMany` for
/// what no index can serve; 400 `invalidCursor`, `expiredCursor` and `invalidCount`.
pub async fn list(
    store: &Store,
    key: &SealKey,
    call: &Arc<Call>,
    targets: Vec<Target>,
    query: ListQuery,
) -> Result<String, Error> {
    let questions =
        targets.iter().map(|target| Question::check(call, target, &query)).collect::<Result<Vec<_>, _>>()?;
    let page = match &query.paging {
        Paging::Index(first) => Page { start: Start::Offset(first - 1), limit: limit(&query), way: Way::Index(*first) },
        Paging::Cursor(cursor) => {
            let seal = key.seal(store, sealed_question(call, &targets, &query)).await?;
            Page::of_walk(call, &query, cursor.as_deref(), seal)?
        }
    };
    let call = Arc::clone(call);
    store.read_of(call.tenant.key(), move |tx| read(tx, &call, &targets, &questions, &query, &page)).await
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

    /// What the store is asked; `None` where nothing can be found.
    fn kind<'a>(&'a self, target: &'a Target) -> Option<Kind<'a>> {
        let constant = self.filter.as_ref().and_then(Plan::constant);
        let filter = self.filter.as_ref().filter(|_| constant != Some(true));
        let kind = Kind { name: target.kind(), filter, sort: self.sort.clone() };
        (constant != Some(false)).then_some(kind)
    }
}

/// Which part of a list is read.
struct Page {
    start: Start,
    limit: i64,
    way: Way,
}

/// How the client walks.
enum Way {
    /// By numbers; that of the first resource.
    Index(i64),
    /// By cursors, which are sealed.
    Cursors(Seal),
}

impl Page {
    fn of_walk(call: &Call, query: &ListQuery, cursor: Option<&str>, seal: Seal) -> Result<Self, scim::Error> {
        let Some(cursor) = cursor else {
            return Ok(Self { start: Start::Offset(0), limit: limit(query), way: Way::Cursors(seal) });
        };
        let cursor = seal
            .open(cursor)
            .and_then(|place| Cursor::decode(&place))
            .ok_or_else(|| scim::Error::invalid_cursor("the cursor is not one of this query"))?;
        cursor.check(call.act.now, query.count)?;
        let start = if cursor.is_backward { Start::Before(cursor.position) } else { Start::After(cursor.position) };
        Ok(Self { start, limit: cursor.count, way: Way::Cursors(seal) })
    }

    /// Takes the resource that is not shown from what was found, and says where the page stands.
    fn place(&self, call: &Call, found: &mut Vec<(Resource, Position)>) -> Result<Place, Error> {
        let seal = match &self.way {
            Way::Index(first) => return Ok(Place::Index(*first)),
            Way::Cursors(seal) => seal,
        };
        let is_backward = matches!(self.start, Start::Before(_));
        let has_more = found.len() > usize::try_from(self.limit).unwrap_or(usize::MAX);
        if has_more && is_backward {
            found.remove(0);
        } else if has_more {
            found.pop();
        }
        let has_previous = matches!(self.start, Start::After(_)) || (is_backward && has_more);
        let cursor = |is_there: bool, is_backward: bool, neighbour: Option<&(Resource, Position)>| {
            let neighbour = neighbour.filter(|_| is_there && self.limit > 0);
            let cursor = |position| Cursor { issued: call.act.now, count: self.limit, is_backward, position };
            neighbour.map(|(_, position)| seal.close(&call.act.ids, cursor(position.clone()).encode())).transpose()
        };
        Ok(Place::Between {
            previous: cursor(has_previous, true, found.first())?,
            next: cursor(is_backward || has_more, false, found.last())?,
        })
    }
}

fn limit(query: &ListQuery) -> i64 {
    query.count.unwrap_or(limits::PAGE_DEFAULT)
}

/// What a cursor is good for: the same resources in the same order, whatever is shown of them.
fn sealed_question(call: &Call, targets: &[Target], query: &ListQuery) -> String {
    let kinds: Vec<&str> = targets.iter().map(Target::kind).collect();
    let filter = query.filter.as_ref().map(ToString::to_string);
    let sort = query.sort.as_ref().map(|sort| (sort.by.to_string().to_ascii_lowercase(), sort.is_descending));
    json!([call.tenant.connection.id, kinds, filter, sort]).to_string()
}

fn read(
    tx: &mut Tx<'_>,
    call: &Call,
    targets: &[Target],
    questions: &[Question],
    query: &ListQuery,
    page: &Page,
) -> Result<String, Error> {
    let connection = call.tenant.key();
    let kinds = questions.iter().zip(targets).filter_map(|(question, target)| question.kind(target)).collect();
    let is_descending = query.sort.as_ref().is_some_and(|sort| sort.is_descending);
    let listing = Listing { kinds, is_descending };
    let total = resources::count(tx, connection, &listing)?;
    let is_beyond = matches!(page.start, Start::Offset(offset) if offset >= total);
    let mut found = if page.limit == 0 || is_beyond {
        Vec::new()
    } else {
        let limit = page.limit + i64::from(matches!(page.way, Way::Cursors(_)));
        resources::list(tx, connection, &listing, &page.start, limit)?
    };
    let place = page.place(call, &mut found)?;
    let found: Vec<Resource> = found.into_iter().map(|(resource, _)| resource).collect();
    let shown = render::many(tx, call, targets, &query.projection, &found)?;
    render::bounded(list_response(total, place, shown).to_string())
}
