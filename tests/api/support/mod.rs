//! What the tests stand on.

mod app;
mod backend;
mod dns;
pub mod explain;
pub mod idp;
mod issuer;
pub mod postgres;
mod raw;
mod sql;

pub use app::{Answer, Directory, NOW, Setup, TestApp, user};
pub use backend::Database;
pub use dns::{Dns, Told};
pub use issuer::{Issuer, Signer};
pub use raw::{Raw, RawAnswer};
pub use sql::Sql;

/// Defines a test that runs once on each backend.
///
/// `api_test! { async fn name(app: TestApp) { .. } }`
macro_rules! api_test {
    ($(#[$doc:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        mod $name {
            use super::*;

            $(#[$doc])*
            async fn run($app: TestApp) $body

            #[actix_web::test]
            async fn sqlite() {
                run(TestApp::start(crate::support::Database::sqlite()).await).await;
            }

            #[actix_web::test]
            async fn postgres() {
                if let Some(database) = crate::support::Database::postgres() {
                    run(TestApp::start(database).await).await;
                }
            }
        }
    };
}

pub(crate) use api_test;
