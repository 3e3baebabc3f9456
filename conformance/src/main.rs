//! The command of the conformance suite.

use std::process::ExitCode;

use clap::Parser;
use scim_conformance::command::Options;

/// Tests a SCIM 2.0 server from outside: the RFCs, and what identity providers really send.
#[derive(Debug, Parser)]
#[command(name = "scim-conformance", version)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    Arguments::parse().options.run().await
}
