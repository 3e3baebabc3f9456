//! `anteroom directory create|pause|resume|delete`; create goes from nothing to a URL and a token for the IdP, in one transaction.

use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::directories::{self, Change, Described, scim_base_url};
use crate::identity::reach::Reach;
use crate::identity::{Act, Error, connections, organizations, providers};
use crate::store::organizations::Organization;
use crate::store::{self, Tx};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a directory, with the organization and the connection if they are missing
    ///
    /// Prints JSON: organization_code, connection_id, directory_id, scim_base_url and token. The token is shown once.
    /// Without --connection, the organization's one fitting connection that has no directory is used, else one is made.
    Create(Create),
    /// Refuse the IdP of a directory until it is resumed; people still sign in
    Pause {
        /// Id of the directory
        #[arg(long)]
        id: String,
    },
    /// Let the IdP of a paused directory call again
    Resume {
        /// Id of the directory
        #[arg(long)]
        id: String,
    },
    /// Delete a directory with its tokens; people and groups stay, and people still sign in
    ///
    /// A new directory on the connection serves the same SCIM ids.
    Delete {
        /// Id of the directory
        #[arg(long)]
        id: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct Create {
    /// Code or name of the organization; made when no organization has the name
    #[arg(long, value_name = "CODE|NAME")]
    organization: String,

    /// Id of an enabled enterprise connection that the organization owns
    #[arg(long, value_name = "ID", conflicts_with = "strategy")]
    connection: Option<String>,

    /// Name for administrators
    #[arg(long)]
    name: String,

    /// The IdP: okta, entra (azure), google, onelogin, ping, jumpcloud, rippling, cyberark, custom, or a provider code
    #[arg(long, value_parser = provider)]
    provider: &'static str,

    /// Strategy of the connection that is made, such as saml:okta or oauth2:azure_ad [default: the provider's]
    #[arg(long)]
    strategy: Option<String>,

    /// URL under which the IdP reaches the server; the base URL is made from it
    #[arg(long, env = "ANTEROOM_PUBLIC_URL", default_value = "http://127.0.0.1:8080", value_name = "URL", value_parser = url)]
    public_url: String,
}

fn provider(text: &str) -> Result<&'static str, String> {
    providers::find(text).ok_or_else(|| format!("known are {}", providers::short_names()))
}

fn url(text: &str) -> Result<String, String> {
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    if has_scheme { Ok(text.to_owned()) } else { Err("it must begin with http:// or https://".to_owned()) }
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let args = match command {
        Command::Create(args) => args,
        Command::Pause { id } => return set_paused(session, id, true).await,
        Command::Resume { id } => return set_paused(session, id, false).await,
        Command::Delete { id } => return delete(session, id).await,
    };
    let (act, asked) = (session.act(), args.clone());
    let (made, token) = session.store.write(move |tx| create(tx, &act, &asked)).await?;
    output::json(&json!({
        "organization_code": made.organization_code,
        "connection_id": made.connection.id,
        "directory_id": made.directory.id,
        "scim_base_url": scim_base_url(&args.public_url, &made.directory.endpoint_id),
        "token": token,
    }))
}

async fn set_paused(session: &Session, id: String, is_paused: bool) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    let change = Change { is_paused: Some(is_paused), ..Change::default() };
    session.store.write(move |tx| directories::update(tx, &act, Reach::everything(), &wanted, &change)).await?;
    output::json(&json!({ "id": id, "paused": is_paused }))
}

async fn delete(session: &Session, id: String) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| directories::delete(tx, &act, Reach::everything(), &wanted)).await?;
    output::json(&json!({ "id": id, "deleted": true }))
}

fn create(tx: &mut Tx<'_>, act: &Act, args: &Create) -> Result<(Described, String), Error> {
    let organization = find_or_make_organization(tx, act, &args.organization)?;
    let connection = match &args.connection {
        Some(id) => id.clone(),
        None => find_or_make_connection(tx, act, &organization, args)?,
    };
    let request = directories::Request {
        org_code: Some(organization.code),
        directory_name: Some(args.name.clone()),
        provider_code: Some(args.provider.to_owned()),
        enterprise_connection_id: Some(connection),
    };
    directories::create(tx, act, Reach::everything(), &request)
}

fn find_or_make_organization(tx: &mut Tx<'_>, act: &Act, text: &str) -> Result<Organization, Error> {
    if let Some(found) = organizations::find_by_code_or_name(tx, text)? {
        return Ok(found);
    }
    if text.starts_with("org_") {
        return Err(organizations::not_found(text));
    }
    organizations::create(tx, act, &organizations::Request { name: Some(text.to_owned()), ..Default::default() })
}

fn find_or_make_connection(
    tx: &mut Tx<'_>,
    act: &Act,
    organization: &Organization,
    args: &Create,
) -> Result<String, Error> {
    let strategy = args.strategy.as_deref().unwrap_or_else(|| providers::default_strategy(args.provider));
    let mut free = free_connections(tx, organization, args, strategy)?;
    if free.len() > 1 {
        let message = format!("Several connections fit, name one with --connection: {}", free.join(", "));
        return Err(Error::invalid("ENTERPRISE_CONNECTION_REQUIRED", message));
    }
    if let Some(id) = free.pop() {
        return Ok(id);
    }
    let request = connections::Request {
        name: Some(args.name.clone()),
        strategy: Some(strategy.to_owned()),
        organization_code: Some(organization.code.clone()),
        ..Default::default()
    };
    Ok(connections::create(tx, act, Reach::everything(), &request)?.id)
}

/// The organization's connections of this strategy, or of any that means this provider, that have no directory.
fn free_connections(
    tx: &mut Tx<'_>,
    organization: &Organization,
    args: &Create,
    strategy: &str,
) -> Result<Vec<String>, store::Error> {
    let mut free = Vec::new();
    for connection in connections::list_enabled(tx, organization.key)? {
        let means_provider = providers::of_strategy(&connection.strategy) == Some(args.provider);
        let fits = connection.strategy == strategy || (args.strategy.is_none() && means_provider);
        if fits && store::directories::find_of_connection(tx, connection.key)?.is_none() {
            free.push(connection.id);
        }
    }
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::open_store;
    use crate::id::Ids;
    use crate::store::DatabaseUrl;

    fn args(organization: &str) -> Create {
        Create {
            organization: organization.to_owned(),
            connection: None,
            name: "Okta".to_owned(),
            provider: "okta",
            strategy: None,
            public_url: "https://a.test".to_owned(),
        }
    }

    #[actix_web::test]
    async fn an_ambiguous_name_or_connection_is_an_error_that_lists_the_choices() {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(&DatabaseUrl::Sqlite(folder.path().join("test.db"))).unwrap();
        let act = Act { actor: "command".into(), request_id: "run".into(), now: 1, ids: Ids::counting() };
        let refused = store.write(move |tx| {
            let named = organizations::Request { name: Some("Acme".into()), ..Default::default() };
            let first = organizations::create(tx, &act, &named)?;
            let connection = connections::Request {
                name: Some("Okta".into()),
                strategy: Some("saml:okta".into()),
                organization_code: Some(first.code.clone()),
                ..Default::default()
            };
            let made = connections::create(tx, &act, Reach::everything(), &connection)?;
            let used = create(tx, &act, &args("Acme"))?.0.connection;
            assert_eq!(used.id, made.id);
            for _ in 0..2 {
                connections::create(tx, &act, Reach::everything(), &connection)?;
            }
            let several = create(tx, &act, &args("Acme")).unwrap_err().to_string();
            let second = organizations::create(tx, &act, &named)?;
            let ambiguous = create(tx, &act, &args("Acme")).unwrap_err().to_string();
            assert!(ambiguous.contains(&first.code) && ambiguous.contains(&second.code), "{ambiguous}");
            Ok::<_, Error>((several, ambiguous))
        });
        let (several, ambiguous) = refused.await.unwrap();
        assert!(several.contains("ENTERPRISE_CONNECTION_REQUIRED"), "{several}");
        assert!(ambiguous.contains("ORGANIZATION_AMBIGUOUS"), "{ambiguous}");
    }
}
