//! Filters as SQL: whatever can be read runs, and finds what the same filter finds in memory.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use anteroom::scim::list::filter as parse;
use anteroom::scim::matches::{self, Plan};
use anteroom::scim::project::{MemberRef, View};
use anteroom::scim::quirks::Quirks;
use anteroom::scim::sort::SortBy;
use anteroom::scim::values::rows;
use anteroom::store::connections::{self, NewConnection};
use anteroom::store::resources::{self, Content, Kind, Listing, Start};
use anteroom::store::{ConnectionKey, DatabaseUrl, Error, Options, Store, Tx, members};

use super::fixture::{CATALOGUE, document, resource_types};

const AT: i64 = 1_795_608_000_000_400;

/// One resource of each type; the person is a member of the group.
struct Site {
    runtime: tokio::runtime::Runtime,
    store: Store,
    connection: ConnectionKey,
    /// Removed with the process's last use of it.
    _folder: tempfile::TempDir,
}

static SITE: LazyLock<Mutex<Site>> = LazyLock::new(|| Mutex::new(Site::make()));

/// A filter that is read finds in the database what it finds in memory.
pub fn filter(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(filter) = parse(text, &Quirks::for_provider("entra_id_azure_ad")) else { return false };
    let mut is_read = false;
    let site = SITE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for resource_type in resource_types() {
        let Ok(plan) = matches::check(&CATALOGUE, resource_type, &filter) else { continue };
        let document = document(resource_type);
        let id = id(&resource_type.name);
        let (groups, members) = match resource_type.name.as_str() {
            "User" => (vec![MemberRef { kind: "direct".to_owned(), ..reference("Group") }], Vec::new()),
            "Group" => (Vec::new(), vec![reference("User")]),
            _ => (Vec::new(), Vec::new()),
        };
        let (location, manager) = (String::new(), None);
        let view = View {
            id: &id,
            document: &document,
            created: AT,
            modified: AT,
            version: 1,
            location,
            groups,
            members,
            manager,
        };
        let expected = i64::from(matches::resource(&plan, &view, &rows(resource_type, &document)));
        assert_eq!(
            site.count(&resource_type.name, plan),
            (expected, expected),
            "{} where {filter}",
            resource_type.name
        );
        is_read = true;
    }
    is_read
}

fn id(kind: &str) -> String {
    format!("{}-1", kind.to_ascii_lowercase())
}

fn reference(kind: &str) -> MemberRef {
    let document = document(CATALOGUE.resource_type(kind).expect("a type"));
    let display = document.display_name().map(str::to_owned);
    MemberRef { value: id(kind), display, reference: String::new(), kind: kind.to_owned() }
}

impl Site {
    fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("fuzz.db"));
        let options = Options { readers: 1, writers: 1, wait: Duration::from_mins(1), paths: CATALOGUE.stored_paths() };
        let store = Store::open(&url, &options).expect("a store");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let connection = runtime.block_on(store.write(insert)).expect("resources");
        Self { runtime, store, connection, _folder: folder }
    }

    /// How many resources are counted and how many are listed.
    fn count(&self, kind: &str, plan: Plan) -> (i64, i64) {
        let (kind, connection) = (kind.to_owned(), self.connection);
        let ask = move |tx: &mut Tx<'_>| -> Result<(i64, i64), Error> {
            let kinds = vec![Kind { name: &kind, filter: Some(&plan), sort: SortBy::Nothing }];
            let listing = Listing { kinds, is_descending: false };
            let listed = resources::list(tx, connection, &listing, &Start::Offset(0), 10)?.len();
            Ok((resources::count(tx, connection, &listing)?, i64::try_from(listed).expect("a few")))
        };
        self.runtime.block_on(self.store.read(ask)).expect("any plan runs")
    }
}

fn insert(tx: &mut Tx<'_>) -> Result<ConnectionKey, Error> {
    let connection = connections::insert(
        tx,
        &NewConnection {
            id: "conn_fuzz".to_owned(),
            organization_key: None,
            name: String::new(),
            display_name: String::new(),
            strategy: "saml:custom".to_owned(),
            state: "active".to_owned(),
            options: "{}".to_owned(),
            settings_version: 1,
            has_schemas: false,
            created: AT,
        },
    )?;
    let mut keys = Vec::new();
    for resource_type in resource_types() {
        let content = Content::of(resource_type, document(resource_type));
        let made = resources::insert(tx, connection, &resource_type.name, &id(&resource_type.name), &content, AT)?;
        keys.push(made.key);
    }
    members::add(tx, connection, keys[1], &BTreeSet::from([keys[0]]), &BTreeSet::new())?;
    Ok(connection)
}
