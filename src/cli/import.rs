//! `anteroom import FILE`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use super::session::Session;
use crate::identity::Reach;
use crate::identity::import::{Format, Import, Outcome, Summary, Told, guarded};

/// Bytes read at a time.
const PIECE: usize = 64 * 1024;

/// How a file is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatName {
    /// With a header line: id, email, phone, username, first_name, last_name, connection_id and more
    Csv,
    /// A JSON object a line
    Ndjson,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Csv => Self::Csv,
            FormatName::Ndjson => Self::Ndjson,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file; - reads standard input
    file: PathBuf,
    /// How the file is written [default: as its name ends: .csv, .ndjson or .jsonl]
    #[arg(long)]
    format: Option<FormatName>,
    /// Tell row by row what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Where the rows that failed are written, as CSV [default: beside the file, with .errors.csv after its name]
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

impl Args {
    fn is_standard_input(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    fn format(&self) -> anyhow::Result<Format> {
        let of_name = || Format::of_name(&self.file.to_string_lossy());
        self.format.map(Format::from).or_else(of_name).context("say how the file is written: --format csv or ndjson")
    }

    fn errors(&self) -> PathBuf {
        let beside = if self.is_standard_input() { "import".into() } else { self.file.clone().into_os_string() };
        let mut name = beside;
        name.push(".errors.csv");
        self.errors.clone().unwrap_or_else(|| name.into())
    }
}

pub(super) async fn run(session: &Session, args: Args) -> anyhow::Result<()> {
    let (mut input, size) = open(&args)?;
    let progress = progress(size);
    let (store, act) = (session.store.clone(), session.act());
    let mut import = Import::new(store, act, Reach::everything(), args.format()?, args.dry_run);
    let mut rows = Rows { is_told: args.dry_run && !session.json, errors: args.errors(), file: None };
    let mut piece = vec![0; PIECE];
    loop {
        let length = input.read(&mut piece).context("the file cannot be read")?;
        let Some(read) = piece.get(..length).filter(|read| !read.is_empty()) else { break };
        let told = import.feed(read).await?;
        progress.suspend(|| rows.take(&told))?;
        progress.inc(u64::try_from(length)?);
    }
    let (told, summary) = import.finish().await?;
    progress.finish_and_clear();
    rows.take(&told)?;
    report(session, &summary, &rows)
}

fn open(args: &Args) -> anyhow::Result<(Box<dyn Read>, Option<u64>)> {
    if args.is_standard_input() {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = File::open(&args.file).with_context(|| format!("{} cannot be opened", args.file.display()))?;
    let size = file.metadata().context("the size of the file is unknown")?.len();
    Ok((Box::new(file), Some(size)))
}

/// Drawn on standard error, and only where that is a terminal.
fn progress(size: Option<u64>) -> ProgressBar {
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let style = ProgressStyle::with_template("{wide_bar} {percent}% of {total_bytes}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// Where rows are told of.
struct Rows {
    is_told: bool,
    errors: PathBuf,
    file: Option<File>,
}

impl Rows {
    fn take(&mut self, told: &[Told]) -> anyhow::Result<()> {
        if self.is_told {
            output::lines(&told.iter().map(line).collect::<Vec<_>>())?;
        }
        for row in told.iter().filter(|row| row.outcome == Outcome::Failed) {
            self.write(row)?;
        }
        Ok(())
    }

    fn write(&mut self, row: &Told) -> anyhow::Result<()> {
        let failure = || format!("{} cannot be written", self.errors.display());
        let mut writer = csv::Writer::from_writer(Vec::new());
        if self.file.is_none() {
            writer.write_record(["line", "id", "email", "code", "message"])?;
        }
        let cell = |text: &Option<String>| guarded(text.as_deref().unwrap_or_default());
        let cells = [
            row.line.to_string(),
            cell(&row.id),
            cell(&row.email),
            row.code.unwrap_or_default().to_owned(),
            cell(&row.message),
        ];
        writer.write_record(cells)?;
        let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        let mut file = match self.file.take() {
            Some(file) => file,
            None => File::create(&self.errors).with_context(failure)?,
        };
        file.write_all(&bytes).with_context(failure)?;
        self.file = Some(file);
        Ok(())
    }
}

fn line(row: &Told) -> String {
    let who = row.id.as_deref().or(row.email.as_deref()).unwrap_or("-");
    let why = row.message.as_deref().map(|message| format!("  {message}")).unwrap_or_default();
    format!("line {}  {}  {who}{why}", row.line, row.outcome.as_str())
}

fn report(session: &Session, summary: &Summary, rows: &Rows) -> anyhow::Result<()> {
    if session.json {
        output::json(&serde_json::to_value(summary)?)?;
    } else {
        let Summary { rows, created, completed, unchanged, failed, .. } = summary;
        let done = if summary.dry_run { "would be" } else { "were" };
        let mut lines = vec![format!(
            "{rows} rows: {created} {done} created, {completed} completed, {unchanged} left as they are, {failed} failed"
        )];
        if !summary.not_kept.is_empty() {
            lines.push(format!("not kept, because Anteroom has no place for it: {}", summary.not_kept.join(", ")));
        }
        output::lines(&lines)?;
    }
    if summary.failed > 0 {
        bail!("{} rows failed; {} says why", summary.failed, rows.errors.display());
    }
    Ok(())
}
