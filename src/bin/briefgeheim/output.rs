//! How reports are printed. A new format is one more [`Write`].

use crate::page::Page;
use briefgeheim::audit::{Report, Resource};
use briefgeheim::{Evidence, Kind};
use clap::ValueEnum;
use std::collections::BTreeMap;
use std::io;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One array with an object for each message
    Json,
    /// One object a line for each message
    Jsonl,
    /// A table with a row for each address, for spreadsheets
    Csv,
    /// A page to look at, to print or to show somebody
    Html,
}

/// Takes reports, one after the other.
pub(crate) trait Write {
    /// Prints one report.
    fn write(&mut self, report: &Report) -> io::Result<()>;

    /// Prints what comes after the last one.
    fn finish(&mut self) -> io::Result<()>;
}

/// The printer for a format.
pub(crate) fn writer<W: io::Write + 'static>(format: Format, out: W) -> Box<dyn Write> {
    match format {
        Format::Text => Box::new(Text { out, messages: 0, tracked: 0 }),
        Format::Json => Box::new(Json { out, is_first: true }),
        Format::Jsonl => Box::new(Jsonl { out }),
        Format::Csv => Box::new(Csv { out, has_header: false }),
        Format::Html => Box::new(Page::new(out)),
    }
}

/// A row for each address, and one without an address for a message that names none.
struct Csv<W> {
    out: W,
    has_header: bool,
}

/// The first row.
const COLUMNS: [&str; 12] = ["path", "message_id", "date", "from", "subject", "kind", "vector", "vendor", "url", "destination", "personal", "evidence"];

impl<W: io::Write> Csv<W> {
    /// Lines end as RFC 4180 says.
    fn row(&mut self, cells: &[&str]) -> io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        write!(self.out, "{}\r\n", cells.join(","))
    }

    fn header(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_header, true) {
            self.row(&COLUMNS)?;
        }
        Ok(())
    }
}

impl<W: io::Write> Write for Csv<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        self.header()?;
        let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
        let (id, date, from, subject) = (text(&report.message_id), text(&report.date), text(&report.from), text(&report.subject));
        let message: [&str; 5] = [&report.path, &id, &date, &from, &subject];
        if report.resources.is_empty() {
            return self.row(&[message.as_slice(), &[""; 7]].concat());
        }
        for resource in &report.resources {
            let evidence: Vec<String> =
                resource.evidence.iter().map(|e| code(&serde_json::to_value(e).map(|v| v.get("code").cloned().unwrap_or_default()))).collect();
            let (kind, vector) = (code(&serde_json::to_value(resource.kind)), code(&serde_json::to_value(resource.vector)));
            let evidence = evidence.join(" ");
            let personal = if resource.personal { "yes" } else { "no" };
            let address: [&str; 7] =
                [&kind, &vector, resource.vendor.unwrap_or(""), &resource.url, resource.destination.as_deref().unwrap_or(""), personal, &evidence];
            self.row(&[message.as_slice(), &address].concat())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }
}

/// The name under which JSON knows a value.
fn code(value: &serde_json::Result<serde_json::Value>) -> String {
    value.as_ref().ok().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// Quoted where the format needs it. Strangers wrote this: a cell that a spreadsheet would take for a formula gets an apostrophe.
fn csv_cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let text = format!("{guard}{}", text.replace('\0', " "));
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

struct Jsonl<W> {
    out: W,
}

impl<W: io::Write> Write for Jsonl<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, report)?;
        writeln!(self.out)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

struct Json<W> {
    out: W,
    is_first: bool,
}

impl<W: io::Write> Write for Json<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"[\n" } else { b",\n" })?;
        self.is_first = false;
        Ok(serde_json::to_writer(&mut self.out, report)?)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"[]\n" } else { b"\n]\n" })?;
        self.out.flush()
    }
}

struct Text<W> {
    out: W,
    messages: usize,
    tracked: usize,
}

impl<W: io::Write> Text<W> {
    fn list(&mut self, title: &str, found: &[&Resource]) -> io::Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "  {title}")?;
        let mut groups: BTreeMap<(String, Vec<&str>), usize> = BTreeMap::new();
        for resource in found {
            let sentences = resource.evidence.iter().copied().map(Evidence::sentence).collect();
            *groups.entry((who(resource), sentences)).or_default() += 1;
        }
        for ((who, sentences), count) in groups {
            let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
            writeln!(self.out, "    {who}{times}: {}", sentences.join(" "))?;
        }
        Ok(())
    }
}

impl<W: io::Write> Write for Text<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        let of = |kind| report.of_kind(kind).collect::<Vec<_>>();
        let (open, click, param, receipt) = (of(Kind::Open), of(Kind::Click), of(Kind::Param), of(Kind::Receipt));
        self.messages += 1;
        self.tracked += usize::from(!open.is_empty() || !click.is_empty() || !receipt.is_empty());
        writeln!(self.out, "{}", plain(&report.path))?;
        let about = [("From: ", &report.from), ("Subject: ", &report.subject)];
        for (name, value) in about.iter().filter_map(|(name, value)| value.as_ref().map(|v| (name, v))) {
            writeln!(self.out, "  {name}{}", plain(value))?;
        }
        if open.is_empty() && click.is_empty() && param.is_empty() && receipt.is_empty() {
            writeln!(self.out, "  Nothing in it reports to anybody.")?;
        }
        self.list("Would have learned that you opened it:", &open)?;
        self.list("Asks to be told that you read it:", &receipt)?;
        self.list("Would learn what you click:", &click)?;
        self.list("Links that carry tracking parameters:", &param)?;
        writeln!(self.out)
    }

    fn finish(&mut self) -> io::Result<()> {
        let s = if self.messages == 1 { "" } else { "s" };
        writeln!(self.out, "{} message{s}, {} with tracking.", self.messages, self.tracked)?;
        self.out.flush()
    }
}

/// Who is behind an address, as far as it says.
pub(crate) fn who(resource: &Resource) -> String {
    let host = || url::Url::parse(&resource.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    match (resource.vendor, host()) {
        (Some(vendor), Some(host)) => format!("{vendor} ({host})"),
        (Some(vendor), None) => vendor.to_owned(),
        (None, Some(host)) => host,
        (None, None) => plain(&resource.url),
    }
}

/// Text of a stranger, without the characters that move a terminal's cursor.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
