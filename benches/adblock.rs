//! One address against all our rules, beside the `adblock` crate with the same rules in its notation: anchored to their host, with
//! `^` at the end of a path and each choice a filter of its own. It has no character classes, so that a few of them match a
//! little more than ours; those that would match nearly everything are regular expressions. It names no vendor.
//!
//! Compared are the addresses on which both agree, those that match apart from those that do not: a search that finds
//! something may end early. `adblock` has to try its regular expressions on many addresses, so it is timed once more without
//! them: then it has fewer rules than ours, and the comparison is kind to it.

// A benchmark that cannot run says why and stops.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../src/rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use adblock::Engine;
use adblock::request::Request;
use adblock::url_parser::{ResolvesDomain, set_domain_resolver};
use briefgeheim::pattern::{Host, Pattern, Piece, Segment, Set};
use briefgeheim::rules::RuleSet;
use rulefile::RuleFile;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};
use url::Url;

const RUNS: usize = 41;

/// Says where the registered name begins: the last two labels, which is right for example hosts.
struct LastTwo;

impl ResolvesDomain for LastTwo {
    fn get_host_domain(&self, host: &str) -> (usize, usize) {
        (host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1), host.len())
    }
}

/// Every text that one of `starts` and one of `ends` make.
fn joined(starts: &[String], ends: &[String]) -> Vec<String> {
    starts.iter().flat_map(|start| ends.iter().map(move |end| format!("{start}{end}"))).collect()
}

/// All ways to write pieces, with `*` for what has no fixed text.
fn pieces(pieces: &[Piece]) -> Vec<String> {
    pieces.iter().fold(vec![String::new()], |texts, piece| {
        let ends = match piece {
            Piece::Text(text) => vec![text.to_string()],
            Piece::OneOf(choices) => choices.iter().map(ToString::to_string).collect(),
            Piece::Star | Piece::Class { .. } => vec!["*".to_owned()],
        };
        joined(&texts, &ends)
    })
}

fn segment(segment: &Segment) -> Vec<String> {
    if let Segment::One(parts) = segment { pieces(parts) } else { vec!["*".to_owned()] }
}

/// Filters without regular expressions.
fn plain(pattern: &Pattern) -> Vec<String> {
    let mut filters = match &pattern.host {
        Host::Any => vec![String::new()],
        Host::Below(name) => vec![format!("||{name}")],
        Host::Labels(labels) => {
            let first = vec!["||".to_owned()];
            labels.iter().enumerate().fold(first, |texts, (at, label)| {
                joined(&texts, &segment(label).iter().map(|label| format!("{}{label}", if at == 0 { "" } else { "." })).collect::<Vec<_>>())
            })
        }
    };
    let mut path = pattern.path.iter().peekable();
    while let Some(part) = path.next() {
        // At the end `**` is any rest, and there may be none.
        let ends =
            if *part == Segment::Many && path.peek().is_none() { vec!["^".to_owned()] } else { segment(part).iter().map(|part| format!("/{part}")).collect() };
        filters = joined(&filters, &ends);
    }
    let end = if pattern.path.is_empty() { "/" } else { "" };
    let keys: String = pattern.query.iter().map(|key| if key.name.is_empty() { "*".to_owned() } else { format!("*{}=", key.name) }).collect();
    let query = if pattern.query.is_empty() { "^".to_owned() } else { format!("{end}?{keys}") };
    filters.iter().map(|filter| if filter.ends_with('^') && query == "^" { filter.clone() } else { format!("{filter}{query}") }).collect()
}

fn expression(pieces: &[Piece]) -> String {
    let escape = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\{c}") }).collect::<String>();
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => escape(text),
        Piece::Star => "[^/?&]*".to_owned(),
        Piece::OneOf(choices) => format!("({})", choices.iter().map(|choice| escape(choice)).collect::<Vec<_>>().join("|")),
        Piece::Class { set, min, max } => {
            let set = match set {
                Set::Digit => "0-9",
                Set::Hex => "0-9a-f",
                Set::Alnum | Set::Lower | Set::Upper => "a-z0-9",
                Set::Letter => "a-z",
                Set::Token => "a-z0-9_-",
                Set::TokenDot => "a-z0-9_.-",
                Set::Base64 => "a-z0-9_+=%-",
                Set::Uuid => "0-9a-f-",
            };
            // Its regular expressions may not be large.
            let max = if *max == u16::MAX { String::new() } else { max.to_string() };
            format!("[{set}]{{{min},{max}}}")
        }
    };
    pieces.iter().map(piece).collect()
}

/// A pattern of any host as a regular expression.
fn regular(pattern: &Pattern) -> String {
    let path = pattern.path.iter().map(|part| match part {
        Segment::Many => "(/[^/?]*)*".to_owned(),
        Segment::One(parts) => format!("/{}", expression(parts)),
    });
    let keys = pattern.query.iter().map(|key| format!("\\?(.*&)?{}={}", key.name, key.value.as_deref().map(expression).unwrap_or_default()));
    let end = if pattern.query.is_empty() { "/?(\\?|#|\\z)".to_owned() } else { keys.collect() };
    format!("/^https?://[^/]+{}{end}/", path.collect::<String>())
}

/// Without a host and without a word that stands whole in it, a plain filter would match nearly every address, and be searched
/// for in all of them.
fn filters(pattern: &Pattern) -> Vec<String> {
    let plain = plain(pattern);
    let has_word = |filter: &String| filter.split(['/', '*', '^', '?', '=']).any(|word| word.len() >= 4);
    if pattern.host != Host::Any || plain.iter().all(has_word) { plain } else { vec![regular(pattern)] }
}

/// Every example in the rules, those that match and those that do not.
fn addresses() -> Vec<String> {
    let files = fs::read_dir("rules").expect("run in the package").map(|entry| entry.expect("rules can be listed").path());
    let texts = files.filter(|path| path.extension().is_some_and(|x| x == "toml")).map(|path| fs::read_to_string(path).expect("rules can be read"));
    let rules = texts.flat_map(|text| toml::from_str::<RuleFile>(&text).expect("rules are sound").vendor).flat_map(|vendor| vendor.rule);
    rules.flat_map(|rule| [rule.hits, rule.misses].concat()).collect()
}

fn fastest(mut run: impl FnMut()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..RUNS).map(timed).min().unwrap_or_default()
}

/// Times both on the addresses on which they agree.
fn compare(what: &str, rules: &RuleSet, filters: &[&str], all: &[String]) {
    let engine = Engine::new_with_list_text(filters.join("\n"));
    let known = |text: &str| Url::parse(text).is_ok_and(|url| rules.matching(&url).iter().next().is_some());
    let theirs =
        |text: &str| Request::new(text, "https://mail.example/", "image", "get").is_ok_and(|request| engine.check_network_request(&request).filter.is_some());
    let answers: Vec<(&String, bool, bool)> = all.iter().map(|text| (text, known(text), theirs(text))).collect();
    let count = |is_one: &dyn Fn(bool, bool) -> bool| answers.iter().filter(|(_, ours, theirs)| is_one(*ours, *theirs)).count();
    println!(
        "{what}: {} filters of adblock for {} rules; of {} addresses ours match {}, adblock's {}; both agree on {}",
        filters.len(),
        rules.rules().len(),
        all.len(),
        count(&|ours, _| ours),
        count(&|_, theirs| theirs),
        count(&|ours, theirs| ours == theirs)
    );
    for (what, wanted) in [("match", true), ("do not match", false)] {
        let same: Vec<&String> = answers.iter().filter(|(_, ours, theirs)| *ours == wanted && *theirs == wanted).map(|(text, ..)| *text).collect();
        let run = |is_hit: &dyn Fn(&str) -> bool| {
            fastest(|| {
                black_box(same.iter().filter(|text| is_hit(text)).count());
            })
        };
        let (our_time, their_time) = (run(&known), run(&theirs));
        let each = |time: Duration| time.as_secs_f64() * 1e6 / u32::try_from(same.len()).map_or(1.0, f64::from);
        println!(
            "  one address, parsed and looked up, of {} that {what}: ours {:.2} µs, adblock {:.2} µs: {:.2} times its time (fastest of {RUNS})",
            same.len(),
            each(our_time),
            each(their_time),
            our_time.as_secs_f64() / their_time.as_secs_f64()
        );
    }
}

fn main() {
    assert!(set_domain_resolver(Box::new(LastTwo)).is_ok(), "the resolver is set once");
    let rules = RuleSet::built_in();
    let filters: Vec<String> = rules.rules().iter().flat_map(|rule| filters(&rule.pattern)).collect();
    let (all, plain): (Vec<&str>, Vec<&str>) =
        (filters.iter().map(String::as_str).collect(), filters.iter().map(String::as_str).filter(|f| !f.starts_with("/^")).collect());
    let addresses = addresses();
    compare(&format!("all rules, {} as regular expressions", all.len() - plain.len()), rules, &all, &addresses);
    compare("adblock without regular expressions, ours with all rules", rules, &plain, &addresses);
}
