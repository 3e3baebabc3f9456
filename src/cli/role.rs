//! `anteroom role create|list|delete|grant|revoke|show|map|unmap|rules`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::Reach;
use crate::identity::roles::held::{self, Held};
use crate::identity::roles::rules::{self, Shown};
use crate::identity::roles::{self, Request};
use crate::identity::{Error, organizations, users};
use crate::scim::error::excerpt;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a role
    Create {
        /// What applications check for, such as admin
        #[arg(long)]
        key: String,
        /// Name for people [default: the key]
        #[arg(long)]
        name: Option<String>,
    },
    /// List the roles
    List,
    /// Delete a role that nobody has and no rule gives
    Delete {
        /// Id or key of the role
        #[arg(long, value_name = "ID|KEY")]
        role: String,
    },
    /// Give a member of an organization a role by hand
    Grant {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
        /// Id of the user
        #[arg(long, value_name = "ID")]
        user: String,
        /// Id or key of the role
        #[arg(long, value_name = "ID|KEY")]
        role: String,
    },
    /// Take a role that was given by hand
    Revoke {
        /// Code or name of the organization
        #[arg(long, value_name = "CODE|NAME")]
        organization: String,
        /// Id of the user
        #[arg(long, value_name = "ID")]
        user: String,
        /// Id or key of the role
        #[arg(long, value_name = "ID|KEY")]
        role: String,
    },
    /// Show the roles of a user, and why they have them
    Show {
        /// Id of the user
        #[arg(long, value_name = "ID")]
        user: String,
    },
    /// Let a group of a connection give a role to its direct members
    Map {
        /// Id of the connection
        #[arg(long, value_name = "ID")]
        connection: String,
        /// The group's displayName; without it the role is for whom no group gives any
        #[arg(long, value_name = "NAME")]
        group: Option<String>,
        /// Id or key of the role
        #[arg(long, value_name = "ID|KEY")]
        role: String,
        /// With the option group_roles=highest the lowest number wins
        #[arg(long, default_value_t = 100)]
        priority: i64,
    },
    /// Remove a rule
    Unmap {
        /// Id of the connection
        #[arg(long, value_name = "ID")]
        connection: String,
        /// Id of the rule
        #[arg(long, value_name = "ID")]
        rule: String,
    },
    /// List which groups of a connection give which role
    Rules {
        /// Id of the connection
        #[arg(long, value_name = "ID")]
        connection: String,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let act = session.act();
    match command {
        Command::Create { key, name } => {
            let request = Request { key: Some(key), name, description: None };
            let made = session.store.write(move |tx| roles::create(tx, &act, Reach::everything(), &request));
            output::json(&json!({ "id": made.await? }))
        }
        Command::List => list(session).await,
        Command::Delete { role } => {
            let gone = session.store.write(move |tx| roles::delete(tx, &act, Reach::everything(), &role)).await?;
            output::json(&json!({ "id": gone.id, "deleted": true }))
        }
        Command::Grant { organization, user, role } => grant(session, [organization, user, role], true).await,
        Command::Revoke { organization, user, role } => grant(session, [organization, user, role], false).await,
        Command::Show { user } => show(session, user).await,
        Command::Map { connection, group, role, priority } => {
            let request = rules::Request { group, role: Some(role), priority: Some(priority) };
            let added = session.store.write(move |tx| rules::add(tx, &act, Reach::everything(), &connection, &request));
            output::json(&serde_json::to_value(added.await?)?)
        }
        Command::Unmap { connection, rule } => {
            let gone = session.store.write(move |tx| rules::remove(tx, &act, Reach::everything(), &connection, &rule));
            output::json(&json!({ "id": gone.await?.id, "removed": true }))
        }
        Command::Rules { connection } => list_rules(session, connection).await,
    }
}

async fn list(session: &Session) -> anyhow::Result<()> {
    let listed = session.store.read(crate::store::roles::list).await?;
    if session.json {
        let shown = listed.iter().map(|role| json!({ "id": role.id, "key": role.code, "name": role.name }));
        return output::json(&shown.collect());
    }
    output::lines(&listed.iter().map(|role| format!("{}  {}  {}", role.id, role.code, role.name)).collect::<Vec<_>>())
}

async fn grant(session: &Session, [organization, user, role]: [String; 3], is_given: bool) -> anyhow::Result<()> {
    let (act, told) = (session.act(), json!({ "user_id": user, "role": role, "granted": is_given }));
    let change = if is_given { roles::grant } else { roles::revoke };
    let changed = session.store.write(move |tx| {
        let code = organizations::load_by_code_or_name(tx, &organization)?.code;
        change(tx, &act, Reach::everything(), &code, &user, &role)
    });
    changed.await?;
    output::json(&told)
}

async fn show(session: &Session, user: String) -> anyhow::Result<()> {
    let held = session.store.read(move |tx| {
        let found = users::find(tx, Reach::everything(), &user)?.ok_or_else(|| users::not_found(&user))?;
        Ok::<_, Error>(held::of_user(tx, Reach::everything(), &found.user)?)
    });
    let held = held.await?;
    if session.json {
        return output::json(&json!({ "roles": held }));
    }
    output::lines(&held.iter().map(line).collect::<Vec<_>>())
}

fn line(held: &Held) -> String {
    let why = held.group.as_deref().map_or_else(|| held.source.clone(), |group| format!("group {}", excerpt(group)));
    format!("{}  {}  {why}", held.organization, held.key)
}

async fn list_rules(session: &Session, connection: String) -> anyhow::Result<()> {
    let listed = session.store.read(move |tx| rules::list(tx, Reach::everything(), &connection)).await?;
    if session.json {
        return output::json(&json!({ "role_rules": listed }));
    }
    let line = |rule: &Shown| {
        let group = rule.group.as_deref().map_or_else(|| "(nobody else's)".to_owned(), excerpt);
        format!("{}  {}  {group}  {}", rule.id, rule.priority, rule.role)
    };
    output::lines(&listed.iter().map(line).collect::<Vec<_>>())
}
