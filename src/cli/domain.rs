//! `anteroom domain assert|list|remove`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::domains::{self, Owned};
use crate::identity::organizations;

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
    /// List the domains of an organization
    List {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
    },
    /// Take a domain from an organization: its emails are trusted no more
    Remove {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
        /// The domain
        #[arg(long)]
        domain: String,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Assert { organization, domain } => assert(session, organization, domain).await,
        Command::List { organization } => list(session, organization).await,
        Command::Remove { organization, domain } => remove(session, organization, domain).await,
    }
}

async fn assert(session: &Session, organization: String, domain: String) -> anyhow::Result<()> {
    let act = session.act();
    let asserted = session.store.write(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        let domain = domains::assert_domain(tx, &act, &organization, &domain)?;
        Ok::<_, crate::identity::Error>((organization.code, domain))
    });
    let (organization_code, domain) = asserted.await?;
    output::json(&json!({ "organization_code": organization_code, "domain": domain, "proof": "asserted" }))
}

async fn list(session: &Session, organization: String) -> anyhow::Result<()> {
    let listed = session.store.read(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        domains::list(tx, &organization)
    });
    let listed = listed.await?;
    if session.json {
        return output::json(&json!({ "domains": listed }));
    }
    let line = |owned: &Owned| {
        let proven = owned.proven_on.as_deref().unwrap_or("not proven");
        format!("{}  {}  {proven}", owned.domain, owned.proof)
    };
    output::lines(&listed.iter().map(line).collect::<Vec<_>>())
}

async fn remove(session: &Session, organization: String, domain: String) -> anyhow::Result<()> {
    let act = session.act();
    let removed = session.store.write(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        let domain = domains::remove(tx, &act, &organization, &domain)?;
        Ok::<_, crate::identity::Error>((organization.code, domain))
    });
    let (organization_code, domain) = removed.await?;
    output::json(&json!({ "organization_code": organization_code, "domain": domain, "removed": true }))
}
