//! `anteroom export`.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use indicatif::ProgressBar;

use super::import::FormatName;
use super::session::Session;
use crate::identity::import::{Export, Format, Page};
use crate::identity::organizations;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the people are written [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How they are written [default: as the name of the file ends, else csv]
    #[arg(long)]
    format: Option<FormatName>,
    /// Code or name of an organization: its members only
    #[arg(long, value_name = "CODE|NAME")]
    organization: Option<String>,
}

pub(super) async fn run(session: &Session, args: Args) -> anyhow::Result<()> {
    let of_name = || args.output.as_ref().and_then(|path| Format::of_name(&path.to_string_lossy()));
    let format = args.format.map(Format::from).or_else(of_name).unwrap_or(Format::Csv);
    let organization = match args.organization {
        Some(text) => Some(session.store.read(move |tx| organizations::load_by_code_or_name(tx, &text)).await?.key),
        None => None,
    };
    let mut output: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(File::create(path).with_context(|| format!("{} cannot be written", path.display()))?),
        None => Box::new(io::stdout().lock()),
    };
    let mut export = Export::new(session.store.clone(), organization);
    let (mut written, mut left_out, mut cut) = (0, 0, 0);
    let progress = ProgressBar::new_spinner();
    output.write_all(Page::header(format).as_bytes())?;
    while let Some(page) = export.next().await? {
        output.write_all(&page.write(format)?)?;
        (written, left_out, cut) = (written + page.len(), left_out + page.left_out, cut + page.cut);
        progress.set_message(format!("{written} people"));
        progress.tick();
    }
    output.flush()?;
    progress.finish_and_clear();
    tell(&format!("{written} people were written"));
    if left_out > 0 {
        tell(&format!(
            "{left_out} who cannot sign in, for want of an identity or because their IdP says so, were left out"
        ));
    }
    if cut > 0 && format == Format::Csv {
        tell(&format!(
            "{cut} have a second email, phone number or user name, properties, or roles in several organizations: --format ndjson writes all"
        ));
    }
    Ok(())
}

/// A line on standard error; nothing is left to be told if that is closed.
fn tell(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}
