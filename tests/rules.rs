//! Asks the engine about every example of `rules/*.toml`. What can be said of the files alone, `briefgeheim rules check` says: see
//! `authors.rs`.
//!
//! A failure names the file, the vendor and the pattern, and says what to do. All of them are listed at once.

// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../src/rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use briefgeheim::rules::RuleSet;
use briefgeheim::{Fact, Kind, Message, Setting, Vector, Verdict, address, classify};
use rulefile::{RuleEntry, RuleFile, VendorEntry};
use std::path::Path;
use url::Url;

fn files() -> Vec<(String, RuleFile)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|x| x == "toml")).collect();
    paths.sort();
    let read = |path: &Path| {
        let name = format!("rules/{}", path.file_name().unwrap().to_string_lossy());
        let text = std::fs::read_to_string(path).unwrap();
        let file = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        (name, file)
    };
    let files: Vec<_> = paths.iter().map(|p| read(p)).collect();
    assert!(!files.is_empty(), "there are no rules in {}", folder.display());
    files
}

/// Calls `check` for every rule; what it returns are the failures.
fn check_rules(check: impl Fn(&VendorEntry, &RuleEntry) -> Vec<String>) {
    let mut failures = Vec::new();
    for (file, rules) in files() {
        for vendor in &rules.vendor {
            for rule in &vendor.rule {
                failures.extend(check(vendor, rule).into_iter().map(|failure| format!("{file}: {}: {:?}: {failure}", title(vendor), rule.pattern)));
            }
        }
    }
    report(&failures);
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "{} mistakes in the rules:\n{}", failures.len(), failures.join("\n"));
}

fn title(vendor: &VendorEntry) -> &str {
    if vendor.name.is_empty() { &vendor.label } else { &vendor.name }
}

fn judged(vector: Vector, url: &str) -> Verdict {
    let mut fact = Fact::new(1, vector, url);
    fact.width = Some("1".into());
    fact.height = Some("1".into());
    classify::judge(&Message { facts: vec![fact], ..Message::default() }, &Setting::default()).pop().unwrap()
}

#[test]
fn hits_are_judged_as_their_rule_says() {
    check_rules(|vendor, rule| {
        let vendor = Some(vendor.name.as_str()).filter(|n| !n.is_empty());
        let expect = |text: &str, vector: Vector, kind: Kind| {
            let verdict = judged(vector, text);
            let is_right = verdict.kind == kind && (kind == Kind::Clean || verdict.vendor == vendor);
            let by = verdict.vendor.unwrap_or("nobody");
            (!is_right)
                .then(|| format!("{text} as {vector:?} gives {:?} by {by}, not {kind:?}; another rule matches it too: make one of them narrower", verdict.kind))
        };
        let keep = |text: &str| {
            let is_click = judged(Vector::LinkHref, text).kind == Kind::Click;
            is_click.then(|| format!("{text} is called a click, though the rule keeps it; another rule is stronger"))
        };
        let of_hit = |text: &String| match rule.kind.as_str() {
            "open" => vec![expect(text, Vector::Img, Kind::Open)],
            "both" => vec![expect(text, Vector::Img, Kind::Open), expect(text, Vector::LinkHref, Kind::Click)],
            "click" if rule.keep => vec![keep(text)],
            "click" => vec![expect(text, Vector::LinkHref, Kind::Click)],
            _ => vec![expect(text, Vector::Img, Kind::Clean)],
        };
        rule.hits.iter().flat_map(of_hit).flatten().collect()
    });
}

/// The look-up tries only what is filed under a word of the address: nothing that matches may be filed elsewhere.
#[test]
fn every_rule_is_found_by_its_hits() {
    check_rules(|_, rule| {
        let is_lost = |url: &Url| !RuleSet::built_in().matching(url).iter().any(|found| found.pattern.text() == rule.pattern);
        let urls = rule.hits.iter().filter_map(|text| Url::parse(text).ok());
        urls.filter(is_lost).map(|url| format!("the look-up does not find it for its hit {url}; see src/filing.rs")).collect()
    });
}

#[test]
fn wrappers_unwrap_to_what_they_say() {
    let mut failures = Vec::new();
    for (file, rules) in files() {
        for wrapper in &rules.wrapper {
            if wrapper.examples.is_empty() {
                failures.push(format!("{file}: {}: {:?} has no example", wrapper.name, wrapper.pattern));
            }
            for (wrapped, original) in &wrapper.examples {
                let (Ok(wrapped), Ok(original)) = (Url::parse(wrapped), Url::parse(original)) else {
                    failures.push(format!("{file}: {}: an example is no web address: {wrapped} or {original}", wrapper.name));
                    continue;
                };
                let found = address::unwrap(wrapped.clone(), wrapper.kind != "image", RuleSet::built_in()).url;
                if found != original {
                    failures
                        .push(format!("{file}: {}: {wrapped} carries {found}, not {original}; correct the pattern, the place or the example", wrapper.name));
                }
            }
        }
    }
    report(&failures);
}
