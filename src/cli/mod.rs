//! The command line: one file a command.
//!
//! Commands work on the database directly, beside a running server; what they do is what the management API does, with
//! the actor `command`. Secrets are printed once, to standard output, and logged nowhere.
#![expect(clippy::doc_markdown, reason = "doc comments of arguments are help texts, shown as they are")]

mod client;
mod connection;
mod diagnose;
mod directory;
mod domain;
mod export;
mod identity;
mod import;
mod jobs;
mod keys;
mod logs;
mod organization;
mod output;
mod quickstart;
mod role;
mod schema;
mod scim_client;
mod serve;
mod session;
mod sign_in;
mod token;
mod undo;
mod user;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use logs::LogFormat;
pub use session::open_store;

use crate::config::ServeConfig;
use crate::store::DatabaseUrl;
use session::Session;

/// A self-hosted SCIM 2.0 directory-sync server
///
/// An identity provider pushes its people and groups; Anteroom keeps one directory a connection, ties every person to a
/// user, and answers at the first sign-in which user has arrived. Commands work on the database directly and may run
/// beside a server. A command that succeeds exits with 0, one that fails with 1, a wrong command line with 2.
#[derive(Debug, Parser)]
#[command(name = "anteroom", version, arg_required_else_help = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten, next_help_heading = "Options of every command")]
    pub global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Where the data lives: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    ///
    /// An SQLite file is made when it does not exist.
    #[arg(
        long,
        global = true,
        env = "ANTEROOM_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:anteroom.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,

    /// How log lines are written to standard error (what is logged: ANTEROOM_LOG, such as anteroom=debug)
    #[arg(long, global = true, env = "ANTEROOM_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,

    /// Print facts as JSON instead of text (commands that make something always print JSON)
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Directories: the SCIM side of a connection
    #[command(subcommand)]
    Directory(directory::Command),
    /// Bearer tokens that an identity provider authenticates with
    #[command(subcommand)]
    Token(token::Command),
    /// Organizations: business customers
    #[command(subcommand)]
    Organization(organization::Command),
    /// Connections: one IdP application each
    #[command(subcommand)]
    Connection(connection::Command),
    /// Clients of the management API
    #[command(subcommand)]
    Client(client::Command),
    /// OAuth clients of directories, for identity providers that ask for an access token
    #[command(subcommand)]
    ScimClient(scim_client::Command),
    /// Keys that sign access tokens
    #[command(subcommand)]
    Keys(keys::Command),
    /// Users: the profiles that applications key on
    #[command(subcommand)]
    User(user::Command),
    /// Identities: the ways a user signs in
    #[command(subcommand)]
    Identity(identity::Command),
    /// Domains that belong to an organization
    #[command(subcommand)]
    Domain(domain::Command),
    /// Roles: given by hand, or by the groups of a directory
    #[command(subcommand)]
    Role(role::Command),
    /// Schemas and resource types beyond those of the RFC
    #[command(subcommand)]
    Schema(schema::Command),
    /// Ask who has arrived, as the sign-in service does, and see the explained answer
    ///
    /// Without --dry-run the answer takes effect as at a real sign-in: a subject is bound, a user may be made.
    SignIn(sign_in::Args),
    /// Find what keeps the people of a connection out: settings and people with their remedies, duplicates, denials
    Diagnose(diagnose::Args),
    /// Undo a combination of two people by trusted email, or list what can be undone
    Undo(undo::Args),
    /// Make and complete people from a CSV or NDJSON file
    Import(import::Args),
    /// Write the people who are here as a file that import takes
    Export(export::Args),
    /// Periodic work
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// See what Anteroom does: a server, two identity providers, four people at the door
    Quickstart(quickstart::Quickstart),
    /// Test a SCIM server from outside, this one or another: the RFCs, and what identity providers really send
    ///
    /// Exits with 1 for findings, with 2 when the server cannot be tested.
    Conformance(Box<scim_conformance::command::Options>),
    /// Serve SCIM and the management API until SIGTERM
    Serve(ServeConfig),
}

impl Command {
    /// What is logged unless `ANTEROOM_LOG` says otherwise: a server tells of each request, a command of what is wrong,
    /// and a story for people has no lines between its own.
    fn log_level(&self) -> &'static str {
        match self {
            Self::Serve(_) => "info",
            Self::Quickstart(_) => "error",
            _ => "warn",
        }
    }
}

/// Parses the command line, runs the command, reports its failure.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    logs::init(cli.global.log_format, cli.command.log_level());
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Serve(config) => return serve::run(&cli.global, config).map(|()| ExitCode::SUCCESS),
        Command::Quickstart(args) => return quickstart::run(args).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        if let Command::Conformance(options) = cli.command {
            return Ok(options.run().await);
        }
        let session = Session::open(&cli.global)?;
        match cli.command {
            Command::Directory(command) => directory::run(&session, command).await,
            Command::Token(command) => token::run(&session, command).await,
            Command::Organization(command) => organization::run(&session, command).await,
            Command::Connection(command) => connection::run(&session, command).await,
            Command::Client(command) => client::run(&session, command).await,
            Command::ScimClient(command) => scim_client::run(&session, command).await,
            Command::Keys(command) => keys::run(&session, command).await,
            Command::User(command) => user::run(&session, command).await,
            Command::Identity(command) => identity::run(&session, command).await,
            Command::Domain(command) => domain::run(&session, command).await,
            Command::Role(command) => role::run(&session, command).await,
            Command::Schema(command) => schema::run(&session, command).await,
            Command::SignIn(args) => sign_in::run(&session, args).await,
            Command::Diagnose(args) => diagnose::run(&session, args).await,
            Command::Undo(args) => undo::run(&session, args).await,
            Command::Import(args) => import::run(&session, args).await,
            Command::Export(args) => export::run(&session, args).await,
            Command::Jobs(command) => jobs::run(&session, command).await,
            Command::Serve(_) | Command::Quickstart(_) | Command::Conformance(_) => Ok(()),
        }
        .map(|()| ExitCode::SUCCESS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn refusal(line: &str) -> String {
        Cli::try_parse_from(line.split(' ')).unwrap_err().to_string()
    }

    #[test]
    fn the_definition_is_sound_and_every_command_and_option_has_a_help_text() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            command.get_subcommands().for_each(check);
        }
        let command = Cli::command();
        command.clone().debug_assert();
        check(&command);
    }

    #[test]
    fn a_wrong_command_line_names_what_is_wrong() {
        assert!(refusal("anteroom directory create --name x --provider okta").contains("--organization"));
        let provider = refusal("anteroom directory create --organization Acme --name x --provider ibm");
        assert!(provider.contains("okta, entra, google"), "{provider}");
        assert!(refusal("anteroom --database-url mysql:x token list --directory d").contains("sqlite: or postgres://"));
        assert!(refusal("anteroom token create --directory d --name x --expires-in soon").contains("90d"));
        assert!(refusal("anteroom jobs run").contains("--once"));
        for flag in ["--workers", "--readers", "--writers"] {
            assert!(refusal(&format!("anteroom serve {flag} 0")).contains("1..=1024"), "{flag}");
        }
        assert!(refusal("anteroom identity add --user u --type pet --value rex").contains("enterprise"));
    }

    #[test]
    fn options_of_every_command_may_stand_behind_it() {
        let cli = Cli::try_parse_from("anteroom token list --directory d --json --database-url sqlite:x.db".split(' '))
            .unwrap();
        assert!(cli.global.json);
        assert_eq!(cli.global.database_url, DatabaseUrl::Sqlite("x.db".into()));
        assert_eq!(cli.global.log_format, LogFormat::Text);
    }
}
