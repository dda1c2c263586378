//! The files of a rules folder, with the lines of what stands in them.

use crate::rules::rulefile::RuleFile;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use toml_edit::{Document, Table};

/// What is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    file: String,
    line: usize,
    who: String,
    what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, line, who, what } = self;
        if who.is_empty() { write!(f, "{file}:{line}: {what}") } else { write!(f, "{file}:{line}: {who}: {what}") }
    }
}

/// One file, read.
pub(crate) struct RulesFile {
    /// As it is called in messages.
    pub(crate) name: String,
    /// What stands in it.
    pub(crate) text: String,
    /// The same, parsed.
    pub(crate) rules: RuleFile,
    document: Document<String>,
}

/// Where in a file something stands: a table of an array, a table of an array in that, a key, a place in its list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place<'a> {
    pub(crate) table: Option<(&'a str, usize)>,
    pub(crate) inner: Option<(&'a str, usize)>,
    pub(crate) key: Option<&'a str>,
    pub(crate) at: Option<usize>,
}

/// The TOML files of a folder, in the order of their names.
pub(crate) fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", folder.display()));
    let mut paths = fs::read_dir(folder).map_err(named)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>().map_err(named)?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    if paths.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("{}: there are no rules: no file ends in .toml", folder.display())));
    }
    Ok(paths)
}

impl RulesFile {
    /// Reads one file. What has another shape is a problem, with its line.
    pub(crate) fn read(path: &Path) -> io::Result<Result<RulesFile, Problem>> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|e| io::Error::new(e.kind(), format!("{name}: {e}")))?;
        let problem = |message: &str, span: Option<std::ops::Range<usize>>| Problem {
            file: name.clone(),
            line: span.map_or(1, |span| line(&text, span.start)),
            who: String::new(),
            what: message.trim().replace('\n', ": "),
        };
        let document = match Document::parse(text.clone()) {
            Ok(document) => document,
            Err(error) => return Ok(Err(problem(error.message(), error.span()))),
        };
        match toml_edit::de::from_str(&text) {
            Ok(rules) => Ok(Ok(RulesFile { name, text, rules, document })),
            Err(error) => Ok(Err(problem(error.message(), error.span()))),
        }
    }

    /// A problem of this file.
    pub(crate) fn problem(&self, place: Place<'_>, who: &str, what: String) -> Problem {
        Problem { file: self.name.clone(), line: self.line(place), who: who.to_owned(), what }
    }

    /// The line of the nearest thing that is there: a missing key is a matter of its table.
    pub(crate) fn line(&self, place: Place<'_>) -> usize {
        let nth = |table: &'_ Table, name: &str, at: usize| table.get(name).and_then(|i| i.as_array_of_tables()).and_then(|list| list.get(at)).cloned();
        let Some(mut table) = place.table.and_then(|(name, at)| nth(self.document.as_table(), name, at)) else { return 1 };
        if let Some(inner) = place.inner.and_then(|(name, at)| nth(&table, name, at)) {
            table = inner;
        }
        let item = place.key.and_then(|key| table.get(key));
        let value = item.and_then(|item| item.as_array()).zip(place.at).and_then(|(list, at)| list.get(at)).and_then(|value| value.span());
        let key = place.key.and_then(|key| table.key(key)).and_then(|key| key.span());
        line(&self.text, value.or(key).or(table.span()).map_or(0, |span| span.start))
    }
}

fn line(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|b| *b == b'\n').count()
}
