//! `anteroom serve`: the server.

use super::Global;
use crate::clock::Clock;
use crate::config::ServeConfig;
use crate::id::Ids;
use crate::server::Server;

/// Serves until SIGTERM or SIGINT; requests in flight finish first.
pub(super) fn run(global: &Global, config: &ServeConfig) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let server = Server::build(config, &global.database_url, Clock::system(), Ids::random())?;
        tracing::info!(url = server.public_url(), port = server.port(), "serving");
        server.run().await?;
        tracing::info!("stopped");
        Ok(())
    })
}
