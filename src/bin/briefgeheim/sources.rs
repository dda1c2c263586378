//! Where messages come from: files, mailboxes, folders, standard input.

use briefgeheim::mail::{LARGEST, Mbox};
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// A message with a name to call it by.
pub(crate) type Source = (String, Vec<u8>);

/// A message, file or folder that could not be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// Its path, with the number of the message in a mailbox.
    pub(crate) name: String,
    /// Why.
    pub(crate) reason: String,
}

impl Unreadable {
    fn new(path: &Path, reason: &dyn Display) -> Unreadable {
        Unreadable { name: path.display().to_string(), reason: reason.to_string() }
    }
}

type Sources = Box<dyn Iterator<Item = Result<Source, Unreadable>>>;

/// The messages that a path names, in the order of their names. Nothing is read before its turn.
pub(crate) fn of(path: &Path) -> Sources {
    if path == Path::new("-") {
        return stream("-".to_owned(), io::stdin().lock());
    }
    if path.is_dir() {
        return Box::new(files(path).into_iter().flat_map(|file| match file {
            Ok(file) => of_file(&file),
            Err(error) => one(Err(error)),
        }));
    }
    of_file(path)
}

fn one(result: Result<Source, Unreadable>) -> Sources {
    Box::new(std::iter::once(result))
}

/// As much of a file as is read at once, in bytes.
const READ: usize = 64 * 1024;

fn of_file(path: &Path) -> Sources {
    match File::open(path) {
        Ok(file) => stream(path.display().to_string(), BufReader::with_capacity(READ, file)),
        Err(error) => one(Err(Unreadable::new(path, &error))),
    }
}

/// A stream is a mailbox when it starts as one; a message that was taken out of one may start so, too, but is called `.eml`.
fn stream(name: String, mut reader: impl BufRead + 'static) -> Sources {
    let is_mbox = match reader.fill_buf() {
        Ok(start) => {
            let is_called = |extension| has_extension(Path::new(&name), &[extension]);
            !start.is_empty() && !is_called("eml") && (is_called("mbox") || start.trim_ascii_start().starts_with(b"From "))
        }
        Err(error) => return one(Err(Unreadable { name, reason: error.to_string() })),
    };
    if is_mbox {
        return Box::new((1_u64..).zip(Mbox::new(reader, LARGEST)).map(move |(number, message)| {
            let name = format!("{name}#{number}");
            message.map(|bytes| (name.clone(), bytes)).map_err(|error| Unreadable { name, reason: error.to_string() })
        }));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    one(match reader.take(most + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() > LARGEST => Err(Unreadable { name, reason: format!("the message is larger than {LARGEST} bytes") }),
        Ok(_) => Ok((name, bytes)),
        Err(error) => Err(Unreadable { name, reason: error.to_string() }),
    })
}

/// The mail files in a folder and below it, sorted. In a Maildir every file is a message; elsewhere the ending tells.
fn files(folder: &Path) -> Vec<Result<PathBuf, Unreadable>> {
    let mut found = Vec::new();
    collect(folder, &mut found);
    found
}

fn collect(folder: &Path, found: &mut Vec<Result<PathBuf, Unreadable>>) {
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return found.push(Err(Unreadable::new(folder, &error))),
    };
    let is_maildir_part = folder.file_name().is_some_and(|n| n == "cur" || n == "new") && folder.parent().is_some_and(|p| p.join("cur").is_dir());
    let mut paths: Vec<(PathBuf, bool)> = entries
        .iter()
        // A link to a folder is not followed: it could lead back up.
        .filter_map(|entry| entry.file_type().ok().map(|kind| (entry.path(), kind.is_dir())))
        .collect();
    paths.sort();
    for (path, is_folder) in paths {
        let is_draft_folder = is_folder && path.file_name().is_some_and(|n| n == "tmp") && folder.join("cur").is_dir();
        if is_folder && !is_draft_folder {
            collect(&path, found);
        } else if !is_folder && path.is_file() && (is_maildir_part || has_extension(&path, &["eml", "html", "htm", "mbox"])) {
            found.push(Ok(path));
        }
    }
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| known.iter().any(|k| e.eq_ignore_ascii_case(k)))
}
