//! `anteroom domain assert|list|remove`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::clock::rfc3339;
use crate::identity::{domains, organizations};
use crate::store::organizations::Domain;

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
    let proven = |at: Option<i64>| at.map(rfc3339);
    if session.json {
        let shown = |domain: &Domain| json!({ "domain": domain.domain, "proof": domain.proof, "proven_on": proven(domain.proven) });
        return output::json(&json!({ "domains": listed.iter().map(shown).collect::<Vec<_>>() }));
    }
    let line = |domain: &Domain| {
        let proven = proven(domain.proven).unwrap_or_else(|| "not proven".to_owned());
        format!("{}  {}  {proven}", domain.domain, domain.proof)
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
