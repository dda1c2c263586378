//! `briefgeheim audit`.

use crate::Outcome;
use crate::output::{self, Format};
use crate::progress::Progress;
use crate::sources;
use crate::window::{self, Window};
use clap::Args;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _};
use std::path::PathBuf;

/// What and how to audit.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How many threads judge; 0: one for each core
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    jobs: usize,
    /// Files and folders; - reads one message or an mbox from standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Audits every message, in parallel; reports come in the order of the messages. What cannot be read is named on standard
/// error, and the rest goes on.
pub(crate) fn run(options: &Options) -> io::Result<Outcome> {
    let target: Box<dyn io::Write> = match &options.out {
        Some(path) => Box::new(File::create(path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?),
        None => Box::new(io::stdout().lock()),
    };
    let progress = Progress::new(&options.paths, options.out.is_none() && io::stdout().is_terminal());
    let writer = output::writer(options.format, BufWriter::new(target));
    let mut printer = Printer { writer, progress, outcome: Outcome::Done };
    let mut window = Window::new(options.jobs)?;
    for source in options.paths.iter().flat_map(|path| sources::of(path)) {
        let size = source.as_ref().map_or(0, |(_, bytes)| bytes.len());
        while window.is_full(size) {
            printer.print(window.next())?;
        }
        match source {
            Ok((name, bytes)) => window.push(name, bytes),
            Err(unreadable) => window.push_unreadable(unreadable),
        }
    }
    while let Some(done) = window.next() {
        printer.print(Some(done))?;
    }
    printer.writer.finish()?;
    Ok(printer.outcome)
}

struct Printer {
    writer: Box<dyn output::Write>,
    progress: Progress,
    outcome: Outcome,
}

impl Printer {
    fn print(&mut self, done: Option<(usize, window::Outcome)>) -> io::Result<()> {
        let Some((size, outcome)) = done else { return Ok(()) };
        match outcome {
            Ok(report) => {
                for refusal in &report.refusals {
                    self.complain(&report.path, refusal);
                }
                self.writer.write(&report)?;
            }
            Err(unreadable) => self.complain(&unreadable.name, &unreadable.reason),
        }
        self.progress.advance(size);
        Ok(())
    }

    fn complain(&mut self, name: &str, reason: &dyn Display) {
        self.outcome = Outcome::Incomplete;
        self.progress.say(&format!("briefgeheim: {name}: {reason}"));
    }
}
