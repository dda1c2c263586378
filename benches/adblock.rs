//! One address against all our rules, beside the `adblock` crate with as many network rules: ours, in its notation. It has
//! neither character classes nor queries in any order, so its rules are a little wider, and it names no vendor.

// A benchmark that cannot run says why and stops.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../src/rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use adblock::Engine;
use adblock::request::Request;
use adblock::url_parser::{ResolvesDomain, set_domain_resolver};
use briefgeheim::pattern::{Host, Pattern, Piece, Segment};
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

fn pieces(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.to_string() } else { "*".to_owned() }).collect()
}

fn segment(segment: &Segment) -> String {
    if let Segment::One(parts) = segment { pieces(parts) } else { "*".to_owned() }
}

fn filter(pattern: &Pattern) -> String {
    let host = match &pattern.host {
        Host::Any => String::new(),
        Host::Below(name) => format!("||{name}"),
        Host::Labels(labels) => format!("||{}", labels.iter().map(segment).collect::<Vec<_>>().join(".")),
    };
    let path: String = pattern.path.iter().map(|part| format!("/{}", segment(part))).collect();
    let query: String = pattern.query.iter().map(|key| format!("*{}={}", key.name, key.value.as_deref().map(pieces).unwrap_or_default())).collect();
    format!("{host}{}{query}", if path.is_empty() { "/" } else { &path })
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

fn main() {
    assert!(set_domain_resolver(Box::new(LastTwo)).is_ok(), "the resolver is set once");
    let rules = RuleSet::built_in();
    let filters: Vec<String> = rules.rules().iter().map(|rule| filter(&rule.pattern)).collect();
    let engine = Engine::new_with_list_text(filters.join("\n"));
    let addresses = addresses();
    let known = |text: &str| Url::parse(text).is_ok_and(|url| rules.matching(&url).iter().next().is_some());
    let theirs =
        |text: &str| Request::new(text, "https://mail.example/", "image", "get").is_ok_and(|request| engine.check_network_request(&request).filter.is_some());
    let count = |is_hit: &dyn Fn(&str) -> bool| addresses.iter().filter(|text| is_hit(text)).count();
    println!("rules: {} for {} addresses; ours match {}, adblock's {}", filters.len(), addresses.len(), count(&known), count(&theirs));
    let our_time = fastest(|| {
        black_box(count(&known));
    });
    let their_time = fastest(|| {
        black_box(count(&theirs));
    });
    let each = |time: Duration| time.as_secs_f64() * 1e6 / u32::try_from(addresses.len()).map_or(1.0, f64::from);
    println!(
        "one address, parsed and looked up: ours {:.2} µs, adblock {:.2} µs: {:.2} times its time (fastest of {RUNS})",
        each(our_time),
        each(their_time),
        our_time.as_secs_f64() / their_time.as_secs_f64()
    );
}
