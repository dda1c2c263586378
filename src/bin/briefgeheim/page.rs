//! The report as one HTML page: no script, nothing fetched, every stranger's word escaped, no address that can be clicked.

use crate::output::Write;
use crate::tally::{Finding, Listed, MOST_MESSAGES, REPORTING, Sender, Tally, Tracker};
use briefgeheim::Kind;
use briefgeheim::audit::Report;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

/// The most bars of a chart.
const MOST_BARS: usize = 12;

/// The most rows of a table.
const MOST_ROWS: usize = 100;

/// Counts reports and prints the page after the last one.
pub(crate) struct Page<W> {
    out: W,
    tally: Tally,
}

impl<W> Page<W> {
    pub(crate) fn new(out: W) -> Page<W> {
        Page { out, tally: Tally::default() }
    }
}

impl<W: io::Write> Write for Page<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        self.tally.add(report);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let Page { out, tally } = self;
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>Who learns that you read your mail</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
            include_str!("page.css")
        )?;
        out.write_all(summary(tally).as_bytes())?;
        if tally.tracked > 0 || tally.kinds.param > 0 {
            out.write_all(told(tally).as_bytes())?;
            out.write_all(through(tally).as_bytes())?;
            out.write_all(how(tally).as_bytes())?;
        }
        out.write_all(senders(tally).as_bytes())?;
        out.write_all(messages(tally).as_bytes())?;
        writeln!(
            out,
            "<footer><p>Made on this computer by Briefgeheim {}. Nothing was fetched and nobody was told. A company is named where a \
             published rule knows its addresses; else the host is shown. Links with labels alone do not count as reporting.</p></footer>\n</main>\n</body>\n</html>",
            env!("CARGO_PKG_VERSION")
        )?;
        out.flush()
    }
}

fn summary(tally: &Tally) -> String {
    let title = match (tally.messages, tally.tracked) {
        (0, _) => "There was no message to look at".to_owned(),
        (1, 0) => "This message reports to nobody".to_owned(),
        (1, _) => "This message reports on its reader".to_owned(),
        (all, 0) => format!("None of {} messages reports to anybody", number(all)),
        (all, tracked) => format!("{} of {} messages report on their reader", number(tracked), number(all)),
    };
    let span = match &tally.days {
        Some((first, last)) if first == last => format!("<p class=\"soft\">Sent on {}.</p>\n", escape(first)),
        Some((first, last)) => format!("<p class=\"soft\">Sent between {} and {}.</p>\n", escape(first), escape(last)),
        None => String::new(),
    };
    let named = tally.trackers.values().filter(|t| t.is_named).count();
    let figures = [
        (tally.kinds.open, "tell when they are opened"),
        (tally.kinds.click, "record what is clicked"),
        (tally.kinds.receipt, "ask for a read receipt"),
        (tally.personal, "carry something made for one reader"),
        (tally.trackers.len(), "companies and hosts would learn it"),
        (named, "of these known by name"),
    ];
    let figures: String = figures.iter().map(|(count, label)| format!("<li><b>{}</b>{label}</li>\n", number(*count))).collect();
    format!("<h1>{title}</h1>\n{span}<ul class=\"figures\">\n{figures}</ul>\n")
}

/// What each kind of tracking says, in plain words.
fn meaning(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Open => (
            "That you opened it",
            "Showing the message fetches something from the sender's side. That tells when you read it, how often, with which program and \
             device, and, by your internet address, roughly where you are.",
        ),
        Kind::Receipt => ("That you read it", "A line in the message asks your mail program to send a note back when you have read it."),
        Kind::Click => (
            "What you click",
            "Links first go to somebody who writes down which one you followed and when, and only then sends you on to where you wanted to go.",
        ),
        Kind::Param => ("Where you came from", "Links carry labels, so that the site you reach knows which mailing sent you, and sometimes who you are."),
        Kind::Clean => ("Nothing", ""),
    }
}

fn told(tally: &Tally) -> String {
    let counts = |kind| match kind {
        Kind::Open => tally.kinds.open,
        Kind::Receipt => tally.kinds.receipt,
        Kind::Click => tally.kinds.click,
        Kind::Param => tally.kinds.param,
        Kind::Clean => 0,
    };
    let told: String = REPORTING
        .into_iter()
        .filter(|kind| counts(*kind) > 0)
        .map(|kind| {
            let (title, text) = meaning(kind);
            format!("<li><strong>{title}</strong> <span class=\"soft\">({})</span><br>{text}</li>\n", messages_word(counts(kind)))
        })
        .collect();
    let personal = if tally.personal == 0 {
        String::new()
    } else {
        format!(
            "<li><strong>That it was you</strong> <span class=\"soft\">({})</span><br>Addresses hold a code, or your e-mail address itself, that \
             tells you apart from every other reader.</li>\n",
            messages_word(tally.personal)
        )
    };
    format!("<h2>What they learn</h2>\n<ul class=\"told\">\n{told}{personal}</ul>\n")
}

fn through(tally: &Tally) -> String {
    if tally.trackers.is_empty() {
        return String::new();
    }
    let ranked = ranked(&tally.trackers, |t| t.messages);
    let bars: Vec<(&str, usize)> = ranked.iter().map(|(name, t)| (name.as_str(), t.messages)).collect();
    let row = |(name, tracker): &(&String, &Tracker)| {
        let Tracker { messages, kinds, senders, .. } = tracker;
        let cells: String = [*messages, senders.len(), kinds.open, kinds.click].iter().map(|n| format!("<td class=\"n\">{}</td>", number(*n))).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
    };
    let rows: String = ranked.iter().take(MOST_ROWS).map(row).collect();
    format!(
        "<h2>Through whom</h2>\n{}{}",
        chart("Messages that report through each company or host", &bars),
        table(&["Company or host", "Messages", "Senders", "Opening", "Clicks"], &rows, ranked.len())
    )
}

fn how(tally: &Tally) -> String {
    let mut bars: Vec<(&str, usize)> = tally.evidence.iter().map(|(sentence, count)| (*sentence, *count)).collect();
    bars.sort_by_key(|(_, count)| Reverse(*count));
    format!("<h2>How it shows</h2>\n{}", chart("Messages by what gave the tracking away", &bars))
}

fn senders(tally: &Tally) -> String {
    if tally.messages < 2 {
        return String::new();
    }
    let ranked = ranked(&tally.senders, |s| s.tracked);
    let bars: Vec<(&str, usize)> = ranked.iter().filter(|(_, s)| s.tracked > 0).map(|(name, s)| (name.as_str(), s.tracked)).collect();
    let row = |(name, sender): &(&String, &Sender)| {
        let Sender { messages, tracked, kinds, through } = sender;
        let cells: String =
            [*messages, *tracked, kinds.open, kinds.click, kinds.param, kinds.receipt].iter().map(|n| format!("<td class=\"n\">{}</td>", number(*n))).collect();
        let mut names: String = through.iter().take(6).map(|name| escape(name).into_owned()).collect::<Vec<_>>().join(", ");
        if through.len() > 6 {
            names.push_str(" and others");
        }
        format!("<tr><th scope=\"row\">{}</th>{cells}<td>{names}</td></tr>\n", escape(name))
    };
    let rows: String = ranked.iter().take(MOST_ROWS).map(row).collect();
    let chart = if bars.is_empty() { String::new() } else { chart("Messages that report, by sender", &bars) };
    let head = ["Sender", "Messages", "Report", "Opening", "Clicks", "Labels", "Receipts", "Through"];
    format!("<h2>Who tracks</h2>\n{chart}{}", table(&head, &rows, ranked.len()))
}

fn messages(tally: &Tally) -> String {
    if tally.listed.is_empty() {
        return String::new();
    }
    let note = if tally.tracked > tally.listed.len() {
        format!("<p class=\"soft\">The first {MOST_MESSAGES} of {} messages that report.</p>\n", number(tally.tracked))
    } else {
        String::new()
    };
    let is_open = if tally.listed.len() == 1 { " open" } else { "" };
    let told: String = tally.listed.iter().map(|message| format!("<details{is_open}>{}</details>\n", message_text(message))).collect();
    format!("<h2>Message by message</h2>\n{note}{told}")
}

fn message_text(message: &Listed) -> String {
    let Listed { from, subject, day, path, findings, left_out } = message;
    let mut text = format!(
        "<summary><strong><bdi>{}</bdi></strong> <span class=\"soft\"><bdi>{}</bdi> {}</span></summary>\n<p class=\"soft\">{}</p>\n",
        escape(subject),
        escape(from),
        escape(day),
        escape(path)
    );
    for kind in REPORTING {
        let lines: String = findings.iter().filter(|finding| finding.kind() == kind).map(finding_text).collect();
        if !lines.is_empty() {
            text.push_str(&format!("<h3>{}</h3>\n<ul>\n{lines}</ul>\n", meaning(kind).0));
        }
    }
    if *left_out > 0 {
        text.push_str(&format!("<p class=\"soft\">And {} more.</p>\n", number(*left_out)));
    }
    text
}

fn finding_text(finding: &Finding) -> String {
    let times = if finding.times > 1 { format!(" ({} times)", number(finding.times)) } else { String::new() };
    let leads_to = finding.leads_to.as_ref().map_or_else(String::new, |to| format!(" It leads to {}.", escape(to)));
    format!("<li><strong>{}</strong>{times}: {}{leads_to}</li>\n", escape(&finding.who), escape(&finding.sentences.join(" ")))
}

/// The most frequent first; those alike in the order of their names.
fn ranked<T>(map: &BTreeMap<String, T>, count: impl Fn(&T) -> usize) -> Vec<(&String, &T)> {
    let mut ranked: Vec<_> = map.iter().collect();
    ranked.sort_by_key(|(_, value)| Reverse(count(value)));
    ranked
}

fn table(head: &[&str], rows: &str, all: usize) -> String {
    let is_text = |name: &str| ["Company or host", "Sender", "Through"].contains(&name);
    let head: String = head.iter().map(|name| format!("<th scope=\"col\"{}>{name}</th>", if is_text(name) { "" } else { " class=\"n\"" })).collect();
    let note = if all > MOST_ROWS { format!("<p class=\"soft\">The first {MOST_ROWS} of {}.</p>\n", number(all)) } else { String::new() };
    format!("<div class=\"wide\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n{note}")
}

/// Horizontal bars, each with its name above it: names may be long.
fn chart(title: &str, bars: &[(&str, usize)]) -> String {
    let shown = bars.get(..MOST_BARS).unwrap_or(bars);
    let most = shown.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let mut drawn = String::new();
    for (index, (name, count)) in shown.iter().enumerate() {
        let y = index * 40;
        // Whole numbers, and never so thin that it cannot be seen.
        let width = (count * 560 / most).max(2);
        drawn.push_str(&format!(
            "<text x=\"0\" y=\"{}\">{}</text><rect class=\"rail\" x=\"0\" y=\"{}\" width=\"560\" height=\"12\" rx=\"2\"/>\
             <rect class=\"bar\" x=\"0\" y=\"{}\" width=\"{width}\" height=\"12\" rx=\"2\"/><text x=\"572\" y=\"{}\">{}</text>\n",
            y + 14,
            escape(&cut(name)),
            y + 20,
            y + 20,
            y + 31,
            number(*count)
        ));
    }
    format!("<svg role=\"img\" aria-label=\"{title}\" viewBox=\"0 0 640 {}\">\n<title>{title}</title>\n{drawn}</svg>\n", shown.len() * 40 + 4)
}

/// Short enough for one line of a chart.
fn cut(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(78) {
        Some((end, _)) => Cow::Owned(format!("{}…", name.get(..end).unwrap_or(name))),
        None => Cow::Borrowed(name),
    }
}

fn messages_word(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{} messages", number(count)) }
}

/// With thousands set apart.
fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// For text and for attributes. Characters that turn the direction of writing or mean nothing in HTML are replaced.
fn escape(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if !text.contains(|c: char| matches!(c, '&' | '<' | '>' | '"' | '\'') || is_odd(c)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if is_odd(c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}
