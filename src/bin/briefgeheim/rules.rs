//! `briefgeheim rules`: what rule authors and the extension's build need.

#[path = "rules/check.rs"]
mod check;
#[path = "rules/fmt.rs"]
mod fmt;
#[path = "rules/folder.rs"]
mod folder;
#[path = "../../rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use crate::Outcome;

use briefgeheim::lower::{self, CannotLower, Target};
use briefgeheim::pattern::Host;
use briefgeheim::rules::{Rule, RuleKind, RuleSet, Webmail};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What to do with the rules.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the network rules of one browser
    Lower {
        /// The browser
        #[arg(long, value_enum)]
        target: Browser,
        /// The folder to write to; made when it is not there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Count the rules that are built in
    Table,
    /// Say what is wrong with rule files: shape, proof, sources, vendors that claim one address
    Check {
        /// The folder with the rules
        #[arg(default_value = "rules")]
        folder: PathBuf,
    },
    /// Bring rule files into their one form; comments stay
    Fmt {
        /// Change nothing, and fail when something would change
        #[arg(long)]
        check: bool,
        /// The folder with the rules
        #[arg(default_value = "rules")]
        folder: PathBuf,
    },
}

/// The browsers.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Browser {
    /// Chrome, Chromium, Edge
    Chrome,
    /// Firefox
    Firefox,
}

/// Does it.
pub(crate) fn run(command: &Command) -> io::Result<Outcome> {
    let rules = RuleSet::built_in();
    match command {
        Command::Lower { target, out } => lower(rules, *target, out).map(|()| Outcome::Done),
        Command::Table => table(rules).map(|()| Outcome::Done),
        Command::Check { folder } => check(folder),
        Command::Fmt { check, folder } => {
            let told = fmt::fmt(folder, *check)?;
            let mut out = io::stdout().lock();
            told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
            Ok(if *check && !told.is_empty() { Outcome::Incomplete } else { Outcome::Done })
        }
    }
}

/// A line for each problem, as compilers print them, and a count.
fn check(folder: &Path) -> io::Result<Outcome> {
    let checked = check::check(folder)?;
    let mut out = io::stdout().lock();
    checked.problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))?;
    let check::Checked { problems, files, vendors, proven, rules } = &checked;
    writeln!(
        out,
        "{files} files, {vendors} vendors with a name, {proven} of them with two independent sources or their own word, {rules} rules, {} problems",
        problems.len()
    )?;
    out.flush()?;
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Incomplete })
}

fn lower(rules: &'static RuleSet, browser: Browser, out: &Path) -> io::Result<()> {
    let target = match browser {
        Browser::Chrome => Target::Chrome,
        Browser::Firefox => Target::Firefox,
    };
    let known = lower::known(rules, target).map_err(io::Error::other)?;
    let write = |name: &str, text: &str| {
        let path = out.join(name);
        fs::write(&path, text).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
    };
    fs::create_dir_all(out).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", out.display())))?;
    write("hold.json", &lines(&lower::hold(rules))?)?;
    write("known.json", &lines(&known)?)?;
    write("session.js", &session(rules)?)
}

/// A JSON array with one element a line, so that a change shows as one line.
fn lines<T: Serialize>(list: &[T]) -> io::Result<String> {
    let lines: Result<Vec<String>, serde_json::Error> = list.iter().map(serde_json::to_string).collect();
    Ok(format!("[\n{}\n]\n", lines?.join(",\n")))
}

#[derive(Serialize)]
struct ShownWebmail {
    name: &'static str,
    title: &'static str,
    pages: &'static [&'static str],
}

#[derive(Serialize)]
struct OptionalWebmail {
    #[serde(flatten)]
    shown: ShownWebmail,
    frames: &'static [&'static str],
    /// Its own servers fetch the pictures of a message.
    passes: bool,
    held: Vec<lower::Condition>,
    #[serde(rename = "heldInFrames")]
    held_in_frames: Vec<lower::Condition>,
}

/// What the background script needs to know of the rules, as an ES module.
fn session(rules: &RuleSet) -> io::Result<String> {
    let priorities = [
        ("TAB_HOLD", lower::TAB_HOLD),
        ("SPARE", lower::SPARE),
        ("ADDED_TAB_HOLD", lower::ADDED_TAB_HOLD),
        ("ADDED_SPARE", lower::ADDED_SPARE),
        ("HOLD", lower::HOLD),
        ("SHOW_TAB", lower::SHOW_TAB),
        ("RELEASE", lower::RELEASE),
        ("KNOWN", lower::KNOWN),
        ("ALLOW", lower::ALLOW),
    ];
    let priorities: Vec<String> = priorities.iter().map(|(name, value)| format!("    {name}: {value},\n")).collect();
    let shown = |w: &Webmail| ShownWebmail { name: w.name, title: w.title, pages: w.pages };
    let webmails: Vec<ShownWebmail> = rules.webmails().iter().filter(|w| !w.optional).map(shown).collect();
    let optional = rules.webmails().iter().filter(|w| w.optional).map(|w| {
        let [held, held_in_frames] = lower::optional_hold(w);
        OptionalWebmail { shown: shown(w), frames: w.frames, passes: !w.passes().is_empty(), held, held_in_frames }
    });
    let optional: Vec<OptionalWebmail> = optional.collect();
    Ok(format!(
        "// Made by `briefgeheim rules lower`. Do not edit.\n\n\
         /** The priorities of all network rules. */\nexport const PRIORITY = {{\n{}}};\n\n\
         /** Types of requests that are never held. */\nexport const NOT_HELD = {};\n\n\
         /** Conditions of the rules that hold a webmail's tab; `tabIds` and `excludedInitiatorDomains` are added at run time. */\nexport const TAB_HOLD = {};\n\n\
         /** Every initiator that has a name lies below one of these top-level domains. */\nexport const NAMED_INITIATORS = '{}'.split(' ');\n\n\
         /** The webmails that are protected without being added. */\nexport const WEBMAILS = {};\n\n\
         /**\n * The webmails of which we know what they need, for a reader who adds one. `{{page}}` in a frame's host stands for the one of\n\
         \x20* `pages` that the reader's own lies below.\n\
         \x20* @type {{{{name: string, title: string, pages: string[], frames: string[], passes: boolean, held: object[], heldInFrames: object[]}}[]}}\n */\nexport const OPTIONAL = {};\n",
        priorities.concat(),
        serde_json::to_string(lower::NOT_HELD)?.replace(',', ", ").replace('"', "'"),
        lines(&lower::tab_hold(rules))?.trim_end(),
        rules.top_level_domains().join(" "),
        lines(&webmails)?.trim_end(),
        lines(&optional)?.trim_end(),
    ))
}

fn table(rules: &'static RuleSet) -> io::Result<()> {
    let count = |wanted: &dyn Fn(&Rule) -> bool| rules.rules().iter().filter(|r| wanted(r)).count();
    let mut rows: Vec<(String, usize)> = vec![
        ("vendors with a name".to_owned(), rules.vendors().filter(|name| !name.is_empty()).count()),
        ("vendors without".to_owned(), rules.vendors().filter(|name| name.is_empty()).count()),
        ("rules".to_owned(), rules.rules().len()),
    ];
    for (name, kind) in [("open", RuleKind::Open), ("click", RuleKind::Click), ("both", RuleKind::Both), ("asset", RuleKind::Asset)] {
        rows.push((format!("  {name}"), count(&|r| r.kind == kind)));
    }
    rows.push(("  on a named host".to_owned(), count(&|r| r.pattern.host != Host::Any)));
    rows.push(("  on any host".to_owned(), count(&|r| r.pattern.host == Host::Any)));
    rows.push(("  functional links".to_owned(), count(&|r| r.keep)));
    rows.push(("  only for pictures that cannot be seen".to_owned(), count(&|r| r.tiny)));
    rows.push(("with a network form".to_owned(), count(&|r| lower::endpoint(r, rules).is_ok())));
    let reasons = [CannotLower::NothingToBlock, CannotLower::AnyHost, CannotLower::NeedsSize, CannotLower::NearAsset, CannotLower::WholeHost];
    for reason in reasons {
        rows.push((format!("  without: {reason}"), count(&|r| lower::endpoint(r, rules) == Err(reason))));
    }
    rows.push(("parameters".to_owned(), rules.params().len()));
    rows.push(("wrappers".to_owned(), rules.wrappers().len()));
    rows.push(("webmails".to_owned(), rules.webmails().len()));
    let mut out = io::stdout().lock();
    for (name, number) in rows {
        writeln!(out, "{number:>6}  {name}")?;
    }
    out.flush()
}
