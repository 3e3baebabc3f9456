//! The answers to one question: of a database and of memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use anteroom::scim::canonical::canonical;
use anteroom::scim::matches;
use anteroom::scim::project::View;
use anteroom::scim::sort::{Sort, SortBy};
use anteroom::scim::values::{ValueRow, rows};
use anteroom::store::resources::{self, Kind, Listing, Start};
use anteroom::store::{ConnectionKey, Error, Store, Tx};
use scim_filter_parser::Filter;

use crate::world::{Resident, World};

/// Which resources of a type satisfy a filter, in which order.
#[derive(Clone, Debug)]
pub struct Case {
    pub kind: &'static str,
    pub filter: Filter,
    pub sort: Option<Sort>,
    /// Resources on each page of the walk.
    pub page: i64,
}

/// Ids in order, or why the question is refused.
pub type Answer = Result<Vec<String>, String>;

/// What memory says to each question.
pub fn of_memory(world: &World, cases: &[Case]) -> Vec<Answer> {
    let known: Vec<Known<'_>> = world.residents.iter().map(|resident| Known::of(world, resident)).collect();
    cases.iter().map(|case| in_memory(world, &known, case)).collect()
}

/// A resource with what is derived from it.
struct Known<'a> {
    resident: &'a Resident,
    view: View<'a>,
    rows: BTreeSet<ValueRow>,
}

impl<'a> Known<'a> {
    fn of(world: &World, resident: &'a Resident) -> Self {
        let rows = rows(world.resource_type(resident.kind), &resident.document);
        Self { resident, view: resident.view(), rows }
    }
}

fn in_memory(world: &World, known: &[Known<'_>], case: &Case) -> Answer {
    let resource_type = world.resource_type(case.kind);
    let plan = matches::check(&world.catalogue, resource_type, &case.filter).map_err(|refusal| refusal.detail)?;
    let of_kind = known.iter().filter(|one| one.resident.kind == case.kind);
    let mut found: Vec<_> = of_kind.filter(|one| matches::resource(&plan, &one.view, &one.rows)).collect();
    if let Some(sort) = &case.sort {
        let by = sort.check(&world.catalogue, resource_type).map_err(|refusal| refusal.detail)?;
        // Equal ones stay in the order in which they were made, those without a value are last.
        found.sort_by_cached_key(|one| {
            let value = sort_value(one, &by);
            (value.is_none(), value)
        });
        if sort.is_descending {
            found.reverse();
        }
    }
    Ok(found.into_iter().map(|one| one.resident.id.clone()).collect())
}

fn sort_value(one: &Known<'_>, by: &SortBy) -> Option<String> {
    let number = |number: i64| Some(format!("{number:020}"));
    let resident = one.resident;
    match by {
        SortBy::Nothing => None,
        SortBy::Id => Some(resident.id.clone()),
        SortBy::UserName => resident.document.user_name().map(canonical),
        SortBy::Created => number(resident.created),
        SortBy::LastModified => number(resident.modified),
        SortBy::Version => number(resident.version),
        SortBy::Constant(text) => Some(text.clone()),
        SortBy::Stored(path) => {
            let sorting = one.rows.iter().find(|row| row.is_sort && row.path == *path);
            sorting.map(|row| row.rest.as_ref().unwrap_or(&row.key).clone())
        }
    }
}

/// What a database says to each question.
pub async fn of_store(
    store: &Store,
    connection: ConnectionKey,
    world: &Arc<World>,
    cases: &Arc<Vec<Case>>,
) -> Vec<Answer> {
    let (world, cases) = (Arc::clone(world), Arc::clone(cases));
    let all = move |tx: &mut Tx<'_>| -> Result<Vec<Answer>, Error> {
        Ok(cases.iter().map(|case| of_database(tx, connection, &world, case)).collect())
    };
    store.read(all).await.unwrap()
}

fn of_database(tx: &mut Tx<'_>, connection: ConnectionKey, world: &World, case: &Case) -> Answer {
    let (catalogue, resource_type) = (&world.catalogue, world.resource_type(case.kind));
    let plan = matches::check(catalogue, resource_type, &case.filter).map_err(|refusal| refusal.detail)?;
    let by = case.sort.as_ref().map(|sort| sort.check(catalogue, resource_type));
    let by = by.transpose().map_err(|refusal| refusal.detail)?.unwrap_or(SortBy::Nothing);
    let is_descending = case.sort.as_ref().is_some_and(|sort| sort.is_descending);
    let listing = Listing { kinds: vec![Kind { name: case.kind, filter: Some(&plan), sort: by }], is_descending };
    let failed = |cause: Error| format!("failed: {cause:?}");
    if case.sort.is_none() {
        let found = resources::list(tx, connection, &listing, &Start::Offset(0), 1_000).map_err(failed)?;
        return Ok(found.into_iter().map(|(resource, _)| resource.id).collect());
    }
    let ids = walk(tx, connection, &listing, case.page).map_err(failed)?;
    let counted = resources::count(tx, connection, &listing).map_err(failed)?;
    if usize::try_from(counted) != Ok(ids.len()) {
        return Err(format!("failed: {counted} were counted, listed were {ids:?}"));
    }
    Ok(ids)
}

/// What all pages hold together, each begun where the one before it ended.
fn walk(tx: &mut Tx<'_>, connection: ConnectionKey, listing: &Listing<'_>, page: i64) -> Result<Vec<String>, Error> {
    let (mut ids, mut start) = (Vec::new(), Start::Offset(0));
    loop {
        let found = resources::list(tx, connection, listing, &start, page)?;
        let Some((_, last)) = found.last() else { return Ok(ids) };
        start = Start::After(last.clone());
        ids.extend(found.into_iter().map(|(resource, _)| resource.id));
        assert!(ids.len() <= 1_000, "the walk does not end");
    }
}
