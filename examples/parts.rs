//! Prints the HTML parts of the messages in a folder, one JSON object a line: what the parity suite gives to browsers.

use briefgeheim::mail;
use std::io::{self, Write as _};
use std::path::Path;
use std::{env, fs};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).ok_or_else(|| io::Error::other("usage: parts FOLDER"))?;
    let mut paths = fs::read_dir(Path::new(&folder))?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut out = io::stdout().lock();
    for path in paths {
        let bytes = fs::read(&path)?;
        let is_html = path.extension().is_some_and(|extension| extension == "html");
        let parts = if is_html { vec![String::from_utf8_lossy(&bytes).into_owned()] } else { mail::read(&bytes).map_err(io::Error::other)?.bodies };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        for (number, html) in parts.iter().enumerate() {
            writeln!(out, "{}", serde_json::json!({ "name": format!("corpus {stem} part {number}"), "html": html }))?;
        }
    }
    Ok(())
}
