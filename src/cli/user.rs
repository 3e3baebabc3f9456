//! `anteroom user create|suspend|restore|delete|merge`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::reach::Reach;
use crate::identity::users::{self, Details, IdentityRequest, ProfileRequest};
use crate::identity::{erase, merge, organizations};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a user, perhaps before any IdP speaks of them
    ///
    /// Prints JSON: the user's id. Tie the user to a connection with identity add --type enterprise.
    Create(Create),
    /// Suspend a user: they cannot sign in, whatever their IdP says
    Suspend {
        /// Id of the user
        #[arg(long)]
        id: String,
    },
    /// Erase a user, with what the directory and earlier events hold of them; it cannot be undone
    Delete {
        /// Id of the user
        #[arg(long)]
        id: String,

        /// Yes, erase them
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Make one user of two who are the same person; it can be undone for 30 days
    ///
    /// The one who is kept gets the other's enterprise identity, memberships and roles. --dry-run tells and changes nothing.
    Merge {
        /// Id of the user who stays
        #[arg(long, value_name = "ID")]
        keep: String,

        /// Id of the user who goes
        #[arg(long, value_name = "ID")]
        from: String,

        /// Check everything, but change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Restore a suspended user; whom their IdP deactivated stays so
    Restore {
        /// Id of the user
        #[arg(long)]
        id: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct Create {
    /// Email address: an identity, and the profile's email
    #[arg(long)]
    email: Option<String>,

    /// The email address was seen to be theirs
    #[arg(long, requires = "email")]
    email_verified: bool,

    /// User name: an identity
    #[arg(long)]
    username: Option<String>,

    /// Phone number with + and country code: an identity
    #[arg(long)]
    phone: Option<String>,

    /// Given name
    #[arg(long)]
    given_name: Option<String>,

    /// Family name
    #[arg(long)]
    family_name: Option<String>,

    /// The application's own id for the person
    #[arg(long, value_name = "ID")]
    provided_id: Option<String>,

    /// Code or name of the organization to become a member of
    #[arg(long, value_name = "CODE|NAME")]
    organization: Option<String>,
}

impl Create {
    fn request(&self, organization_code: Option<String>) -> users::Request {
        let email = self.email.clone().map(|email| Details { email: Some(email), ..Details::default() });
        let username = self.username.clone().map(|username| Details { username: Some(username), ..Details::default() });
        let phone = self.phone.clone().map(|phone| Details { phone: Some(phone), ..Details::default() });
        let identities =
            [("email", email), ("username", username), ("phone", phone)].into_iter().filter_map(|(kind, details)| {
                let is_verified = Some(kind == "email" && self.email_verified);
                Some(IdentityRequest { kind: kind.to_owned(), is_verified, details: Some(details?) })
            });
        users::Request {
            profile: Some(ProfileRequest {
                given_name: self.given_name.clone(),
                family_name: self.family_name.clone(),
                picture: None,
            }),
            organization_code,
            provided_id: self.provided_id.clone(),
            identities: Some(identities.collect()),
        }
    }
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(args) => create(session, args).await,
        Command::Suspend { id } => set_suspended(session, id, true).await,
        Command::Delete { id, .. } => delete(session, id).await,
        Command::Restore { id } => set_suspended(session, id, false).await,
        Command::Merge { keep, from, dry_run } => {
            let act = session.act();
            let merged = merge::carry_out(&session.store, &act, Reach::everything(), &keep, &from, dry_run).await?;
            output::json(&serde_json::to_value(merged)?)
        }
    }
}

async fn set_suspended(session: &Session, id: String, is_suspended: bool) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| users::set_suspended(tx, &act, &wanted, is_suspended)).await?;
    output::json(&json!({ "id": id, "is_suspended": is_suspended }))
}

async fn delete(session: &Session, id: String) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| erase::user(tx, &act, Reach::everything(), &wanted)).await?;
    output::json(&json!({ "id": id, "deleted": true }))
}

async fn create(session: &Session, args: Create) -> anyhow::Result<()> {
    let act = session.act();
    let made = session.store.write(move |tx| {
        let organization =
            args.organization.as_deref().map(|text| organizations::load_by_code_or_name(tx, text)).transpose()?;
        users::create(tx, &act, Reach::everything(), &args.request(organization.map(|organization| organization.code)))
    });
    output::json(&json!({ "id": made.await?.user.id }))
}
