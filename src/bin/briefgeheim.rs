//! The command: audits saved mail, and writes what the extension's build needs of the rules.

#[path = "briefgeheim/audit.rs"]
mod audit;
#[path = "briefgeheim/output.rs"]
mod output;
#[path = "briefgeheim/page.rs"]
mod page;
#[path = "briefgeheim/progress.rs"]
mod progress;
#[path = "briefgeheim/rules.rs"]
mod rules;
#[path = "briefgeheim/sources.rs"]
mod sources;
#[path = "briefgeheim/tally.rs"]
mod tally;
#[path = "briefgeheim/window.rs"]
mod window;

use clap::{Parser, Subcommand};
use std::io;
use std::process::ExitCode;

/// Shows what in an e-mail reports to its sender.
#[derive(Debug, Parser)]
#[command(name = "briefgeheim", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Audit saved mail: .eml, .html and .mbox files, Maildir and other folders, or - for standard input
    Audit(audit::Options),
    /// Check, form and count the rules, and write what the extension's build needs of them
    #[command(subcommand)]
    Rules(rules::Command),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything was done.
    Done,
    /// Something is wrong with what was read, and was named; the rest was done.
    Incomplete,
}

fn main() -> ExitCode {
    // A wrong call ends in here, with exit code 2.
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Audit(options) => audit::run(&options),
        Command::Rules(command) => rules::run(&command),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(1),
        // Whoever reads our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("briefgeheim: {error}");
            ExitCode::from(1)
        }
    }
}
