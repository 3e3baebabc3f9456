//! `anteroom domain assert|claim|check|list|remove`.

use clap::Subcommand;
use serde::Serialize;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::config::Dns;
use crate::identity::domains::proof::{self, Seen};
use crate::identity::domains::{self, Owned};
use crate::identity::{Error, Reach, organizations};
use crate::outbound::dns::Resolver;

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
    /// Claim a domain that its owner proves by a TXT record, and see which record to publish
    ///
    /// The server looks for the record once a day for 30 days, and `domain check` at once. While it is there, the domain
    /// is proven; seven days after it went missing, it is not.
    Claim {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
        /// The domain, such as acme.com
        #[arg(long)]
        domain: String,
    },
    /// Look now whether the TXT record of a claimed domain is there
    Check {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
        /// The domain
        #[arg(long)]
        domain: String,
        #[command(flatten)]
        dns: Dns,
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
        Command::Claim { organization, domain } => claim(session, organization, domain).await,
        Command::Check { organization, domain, dns } => check(session, organization, &domain, &dns).await,
        Command::List { organization } => list(session, organization).await,
        Command::Remove { organization, domain } => remove(session, organization, domain).await,
    }
}

async fn assert(session: &Session, organization: String, domain: String) -> anyhow::Result<()> {
    let act = session.act();
    let asserted = session.store.write(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        let domain = domains::assert_domain(tx, &act, &organization, &domain)?;
        Ok::<_, Error>((organization.code.clone(), domains::find(tx, &organization, &domain)?))
    });
    made(asserted.await?)
}

async fn claim(session: &Session, organization: String, domain: String) -> anyhow::Result<()> {
    let act = session.act();
    let claimed = session.store.write(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        let domain = proof::claim(tx, &act, &organization, &domain)?;
        Ok::<_, Error>((organization.code.clone(), domains::find(tx, &organization, &domain)?))
    });
    made(claimed.await?)
}

/// A domain of an organization as it was just recorded.
#[derive(Serialize)]
struct Made {
    organization_code: String,
    #[serde(flatten)]
    owned: Owned,
}

fn made((organization_code, owned): (String, Owned)) -> anyhow::Result<()> {
    output::json(&serde_json::to_value(Made { organization_code, owned })?)
}

async fn check(session: &Session, organization: String, domain: &str, dns: &Dns) -> anyhow::Result<()> {
    let code = session.store.read(move |tx| organizations::load_by_code_or_name(tx, &organization));
    let (code, resolver) = (code.await?.code, Resolver::new(dns));
    let checked = proof::check(&session.store, &resolver, session.act(), Reach::everything(), code, domain);
    let (owned, seen) = checked.await?;
    if session.json {
        return output::json(&json!({ "record": seen.as_str(), "domain": owned }));
    }
    let mut lines = vec![format!("{}: the record is {}; the domain is {}", owned.domain, told(seen), owned.state)];
    let wanted = owned.record.filter(|_| seen != Seen::Found);
    lines.extend(wanted.map(|record| format!("publish: {} {} \"{}\"", record.name, record.r#type, record.value)));
    output::lines(&lines)
}

fn told(seen: Seen) -> &'static str {
    match seen {
        Seen::Found => "there",
        Seen::Missing => "not there",
        Seen::Unknown => "unknown: the DNS gives no answer",
    }
}

async fn list(session: &Session, organization: String) -> anyhow::Result<()> {
    let listed = session.store.read(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        Ok::<_, Error>(domains::list(tx, &organization)?)
    });
    let listed = listed.await?;
    if session.json {
        return output::json(&json!({ "domains": listed }));
    }
    let line = |owned: &Owned| {
        let since = owned.proven_on.as_deref().or(owned.lapsed_on.as_deref()).unwrap_or("not yet");
        let missing = owned.missing_since.as_ref().map(|since| format!("  record missing since {since}"));
        format!("{}  {}  {}  {since}{}", owned.domain, owned.state, owned.proof, missing.unwrap_or_default())
    };
    output::lines(&listed.iter().map(line).collect::<Vec<_>>())
}

async fn remove(session: &Session, organization: String, domain: String) -> anyhow::Result<()> {
    let act = session.act();
    let removed = session.store.write(move |tx| {
        let organization = organizations::load_by_code_or_name(tx, &organization)?;
        let domain = domains::remove(tx, &act, &organization, &domain)?;
        Ok::<_, Error>((organization.code, domain))
    });
    let (organization_code, domain) = removed.await?;
    output::json(&json!({ "organization_code": organization_code, "domain": domain, "removed": true }))
}
