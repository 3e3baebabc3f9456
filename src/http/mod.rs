//! All that knows actix-web: the route table, and how requests become calls and failures become answers.

mod body;
mod caller;
mod catalogues;
mod error;
pub mod management;
pub mod observe;
mod openapi;
mod query;
mod rate_limit;
mod scim;
mod table;
mod turns;

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::{self, ServiceConfig};
use tokio::sync::RwLock;

pub use rate_limit::RateLimit;
use table::{Row, row};
use turns::Turns;

use crate::clock::Clock;
use crate::id::Ids;
use crate::identity::seal::SealKey;
use crate::identity::signing::{self, Keys};
use crate::outbound::Outside;
use crate::store::{self, Store};

/// Below which path SCIM is.
const SCIM: &str = "/scim";
/// Bulk bodies that are in memory at once, so that many of the largest cannot fill it.
const BULK_BODIES: usize = 16;
/// Bulk requests that are carried out at once: parsed, a body is many times as large.
const BULK_WORK: usize = 4;

/// Keys, with the time they were read.
type ReadKeys = (i64, Arc<Keys>);

/// What every handler shares.
#[derive(Clone, Debug)]
pub struct State {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The ids.
    pub ids: Ids,
    /// The URL under which clients reach this server, without a slash at the end; links are made from it alone.
    pub public_url: String,
    /// What calls the outside.
    pub outside: Outside,
    /// What each connection may still ask for.
    pub rate_limit: Arc<RateLimit>,
    /// What seals the cursors of lists; read once, too.
    cursors: Arc<SealKey>,
    /// What signs and verifies access tokens, and when it was read.
    keys: Arc<RwLock<Option<ReadKeys>>>,
    bulk_bodies: Turns,
    bulk_work: Turns,
    /// The schemas of the connections that have their own.
    catalogues: Arc<catalogues::Catalogues>,
}

impl State {
    /// What every handler shares; the signing keys are read when the first request needs them.
    pub fn new(
        store: Store,
        clock: Clock,
        ids: Ids,
        public_url: &str,
        outside: Outside,
        rate_limit: RateLimit,
    ) -> Self {
        Self {
            store,
            clock,
            ids,
            public_url: public_url.trim_end_matches('/').to_owned(),
            outside,
            rate_limit: Arc::new(rate_limit),
            cursors: Arc::default(),
            keys: Arc::default(),
            bulk_bodies: Turns::new(BULK_BODIES),
            bulk_work: Turns::new(BULK_WORK),
            catalogues: Arc::default(),
        }
    }

    /// The keys that sign tokens, read again when what was read is old: another server may have rotated them.
    async fn keys(&self) -> Result<Arc<Keys>, store::Error> {
        let now = self.clock.now();
        let fresh = |kept: &Option<ReadKeys>| match kept {
            Some((read, keys)) if now - read < signing::FRESH => Some(keys.clone()),
            _ => None,
        };
        if let Some(keys) = fresh(&*self.keys.read().await) {
            return Ok(keys);
        }
        let mut kept = self.keys.write().await;
        if let Some(keys) = fresh(&kept) {
            return Ok(keys);
        }
        let keys = Arc::new(signing::load_keys(&self.store, now).await?);
        *kept = Some((now, keys.clone()));
        Ok(keys)
    }
}

/// The routes every server has beside its two APIs.
const ROWS: &[Row] = &[
    row(Method::GET, "/livez", || web::to(observe::livez)),
    row(Method::GET, "/readyz", || web::to(observe::readyz)),
    row(Method::GET, "/openapi/scim.json", || web::to(openapi::scim)),
];

/// Builds the route table.
pub fn routes(config: &mut ServiceConfig) {
    for resource in table::resources(ROWS, error::method_not_allowed, table::open) {
        config.service(resource);
    }
    let scim = web::scope(SCIM).configure(scim::routes).default_service(web::to(error::no_such_route));
    config.service(scim).configure(management::routes).default_service(web::to(error::no_such_route));
}

/// Answers paths with a NUL: no id holds one, and PostgreSQL refuses even to look for it.
///
/// # Errors
/// 404.
pub async fn refuse_nul(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if request.path().contains("%00") {
        return Err(error::route_not_found(request.request()));
    }
    next.call(request).await
}

/// Method and whole path of every route, as [`routes`] builds them.
pub fn table() -> Vec<(Method, String)> {
    let scim = format!("{SCIM}{}", scim::DIRECTORY);
    [("", ROWS), (&scim, scim::ROWS), ("", management::OPEN_ROWS), (management::BASE, management::ROWS)]
        .into_iter()
        .flat_map(|(base, rows)| rows.iter().map(move |row| (row.method.clone(), format!("{base}{}", row.path))))
        .collect()
}
