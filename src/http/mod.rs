//! All that knows actix-web: the route table, and how requests become calls and failures become answers.

mod body;
mod caller;
mod error;
pub mod management;
pub mod observe;
mod scim;

use actix_web::web::{self, ServiceConfig};

use crate::clock::Clock;
use crate::id::Ids;
use crate::store::Store;

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
}

/// The route table, top to bottom.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/livez").get(observe::livez))
        .service(web::resource("/readyz").get(observe::readyz))
        .service(web::scope("/scim").configure(scim::routes))
        .configure(management::routes)
        .default_service(web::to(error::no_such_route));
}
