//! `anteroom domain assert`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::{domains, organizations};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Record that a domain is an organization's own, on your word
    ///
    /// A trusted connection's emails link to existing users for such domains only. Public mail domains are refused; a
    /// domain belongs to one organization.
    Assert {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
        /// The domain, such as acme.com
        #[arg(long)]
        domain: String,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let Command::Assert { organization, domain } = command;
    let act = session.act();
    let asserted = session.store.write(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        let domain = domains::assert_domain(tx, &act, &organization, &domain)?;
        Ok::<_, crate::identity::Error>((organization.code, domain))
    });
    let (organization_code, domain) = asserted.await?;
    output::json(&json!({ "organization_code": organization_code, "domain": domain, "proof": "asserted" }))
}
