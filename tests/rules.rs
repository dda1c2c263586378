//! Checks every rule of `rules/*.toml` against its own examples: the data is only as good as its proof.
//!
//! A failure names the file, the vendor and the pattern, and says what to do. All of them are listed at once.

// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../src/rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use briefgeheim::pattern::Pattern;
use briefgeheim::rules::{RuleKind, RuleSet};
use briefgeheim::{Fact, Kind, Message, Setting, Vector, Verdict, address, classify};
use rulefile::{RuleEntry, RuleFile, VendorEntry};
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

/// Named vendors with two independent sources or their own word: a change may add, not take away.
const PROVEN_VENDORS: usize = 400;

/// The domains that RFC 2606 keeps free for examples.
const EXAMPLE_DOMAINS: &[&str] = &["example.com", "example.net", "example.org", "example"];

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

fn matches(pattern: &str, url: &Url) -> bool {
    Pattern::parse(pattern).is_ok_and(|p| p.matches(url.host_str().unwrap_or(""), url.path(), url.query()))
}

#[test]
fn every_rule_has_proof() {
    check_rules(|_, rule| {
        let mut failures = Vec::new();
        if rule.hits.is_empty() || rule.misses.is_empty() {
            failures.push("give at least one hit and one miss".to_owned());
        }
        for text in rule.hits.iter().chain(&rule.misses) {
            if !Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
                failures.push(format!("{text:?} is no web address; write it in full"));
            }
        }
        failures
    });
}

#[test]
fn hits_match_and_misses_do_not() {
    check_rules(|_, rule| {
        let wrong = |text: &&String, expected: bool| Url::parse(text).is_ok_and(|url| matches(&rule.pattern, &url) != expected);
        let hits = rule.hits.iter().filter(|text| wrong(text, true)).map(|text| format!("does not match its hit {text}; correct one of them"));
        let misses = rule.misses.iter().filter(|text| wrong(text, false)).map(|text| format!("matches its miss {text}; make the pattern narrower"));
        hits.chain(misses).collect()
    });
}

fn judged(vector: Vector, url: &str) -> Verdict {
    let mut fact = Fact::new(1, vector, url);
    fact.width = Some("1".to_owned());
    fact.height = Some("1".to_owned());
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

#[test]
fn no_two_vendors_claim_one_address() {
    check_rules(|vendor, rule| {
        if vendor.name.is_empty() {
            return Vec::new();
        }
        let kind = match rule.kind.as_str() {
            "open" => RuleKind::Open,
            "click" => RuleKind::Click,
            "both" => RuleKind::Both,
            _ => return Vec::new(),
        };
        let is_rival = |other: &briefgeheim::rules::Rule| {
            let is_same_use = other.kind == kind || (kind == RuleKind::Both && other.kind != RuleKind::Asset) || other.kind == RuleKind::Both;
            is_same_use && other.vendor().is_some_and(|v| !v.name.is_empty() && v.name != vendor.name)
        };
        let urls = rule.hits.iter().filter_map(|text| Url::parse(text).ok());
        let claims = urls.flat_map(|url| {
            let host = url.host_str().unwrap_or("").to_owned();
            let rivals = RuleSet::built_in().matching(&host, url.path(), url.query()).filter(|r| is_rival(r));
            rivals
                .map(|r| format!("its hit {url} also matches {:?} of {}; make one of them narrower", r.text, r.vendor().map_or("", |v| v.name)))
                .collect::<Vec<_>>()
        });
        claims.collect()
    });
}

/// Who copies from whom: the sources of one line count once. A source is known by how its name begins.
const FAMILIES: &[&[&str]] = &[
    &["MailTrackerBlocker", "Simplify", "Ugly Email", "LMA", "EMTB", "KDE", "JSlist", "PixelCrush", "Mailspring tracker list"],
    &["EasyPrivacy", "AdGuard"],
    &["Disconnect"],
    &["Ghostery TrackerDB"],
    &["Trocker"],
    &["Brave", "ClearURLs", "URL Cleaner", "Tidy URL", "public link-unwrapping code"],
    &["rspamd", "SpamAssassin"],
    &["message corpus", "public sample message", "public links", "public DNS records", "detection by real sends", "mail client test suite"],
];

/// The vendor's own documentation or code: an address to look at.
fn is_own_word(source: &str) -> bool {
    Url::parse(source).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Two independent sources, or one that is the vendor's own word.
fn is_proven(sources: &[String]) -> bool {
    let families = FAMILIES.iter().filter(|names| sources.iter().any(|s| names.iter().any(|name| s.starts_with(name))));
    sources.iter().any(|s| is_own_word(s)) || families.count() >= 2
}

#[test]
fn sources_that_copy_each_other_count_once() {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert!(is_proven(&named(&["MailTrackerBlocker", "EasyPrivacy"])) && is_proven(&named(&["https://docs.mailer.example/tracking"])));
    for names in [&["MailTrackerBlocker", "Simplify"][..], &["EasyPrivacy", "AdGuard"], &["public sample message", "message corpus"], &["docs of the vendor"]] {
        assert!(!is_proven(&named(names)), "{names:?}");
    }
}

#[test]
fn every_source_is_known() {
    let mut failures = Vec::new();
    for (file, rules) in files() {
        for vendor in &rules.vendor {
            let is_known = |s: &String| is_own_word(s) || FAMILIES.iter().flat_map(|names| names.iter()).any(|name| s.starts_with(name));
            for source in vendor.sources.iter().filter(|s| !is_known(s)) {
                failures
                    .push(format!("{file}: {}: source {source:?} is neither an https address of the vendor nor in FAMILIES of tests/rules.rs", title(vendor)));
            }
        }
    }
    report(&failures);
}

#[test]
fn every_vendor_has_two_sources_or_its_own_word() {
    let mut failures = Vec::new();
    let mut proven = 0;
    for (file, rules) in files() {
        for vendor in &rules.vendor {
            match (is_proven(&vendor.sources), vendor.single.is_empty()) {
                (true, true) => proven += usize::from(!vendor.name.is_empty()),
                (false, false) => {}
                (true, false) => failures.push(format!("{file}: {}: `single` is not needed; its sources are enough", title(vendor))),
                (false, true) => failures.push(format!(
                    "{file}: {}: {:?} is one source, copied; name a second independent one, the vendor's documentation or code as an https \
                     address, or say in `single` why one is enough",
                    title(vendor),
                    vendor.sources
                )),
            }
        }
    }
    report(&failures);
    assert!(proven >= PROVEN_VENDORS, "{proven} vendors with two sources or their own word; {PROVEN_VENDORS} are promised");
}

#[test]
fn every_wrapper_has_sources() {
    let mut failures = Vec::new();
    for (file, rules) in files() {
        for wrapper in rules.wrapper.iter().filter(|w| w.sources.is_empty()) {
            failures.push(format!("{file}: {}: name where it is known from", wrapper.name));
        }
    }
    report(&failures);
}

#[test]
fn every_vendor_has_a_name_or_a_label() {
    let mut failures = Vec::new();
    let mut seen = std::collections::BTreeMap::new();
    for (file, rules) in files() {
        for vendor in &rules.vendor {
            if vendor.name.is_empty() && vendor.label.is_empty() {
                failures.push(format!("{file}: a vendor has neither name nor label"));
            }
            if !vendor.country.is_empty() && (vendor.country.len() != 2 || !vendor.country.bytes().all(|b| b.is_ascii_uppercase())) {
                failures.push(format!("{file}: {}: {:?} is no ISO 3166 code of two letters", title(vendor), vendor.country));
            }
            if let (false, Some(other)) = (vendor.name.is_empty(), seen.insert(vendor.name.to_lowercase(), file.clone())) {
                failures.push(format!("{file}: {} is also in {other}; put the rules in one entry", vendor.name));
            }
        }
    }
    report(&failures);
}

/// E-mail addresses in a text: as written, percent-encoded, or in base64.
fn addresses(text: &str) -> Vec<String> {
    let plain = address::percent_decode(text);
    let runs: Vec<&str> = plain.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_'))).collect();
    let decoded = runs.iter().filter(|run| run.len() >= 8).filter_map(|run| STANDARD_NO_PAD.decode(run).or_else(|_| URL_SAFE_NO_PAD.decode(run)).ok());
    let decoded = decoded.filter_map(|bytes| String::from_utf8(bytes).ok()).filter(|t| t.chars().all(|c| c.is_ascii_graphic()));
    let texts: Vec<String> = std::iter::once(plain.clone()).chain(decoded).collect();
    let in_text = |text: &String| {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
        let parts: Vec<&str> = text.split('@').collect();
        parts
            .windows(2)
            .filter_map(|pair| {
                let [before, after] = pair else { return None };
                let host: String = after.chars().take_while(|c| is_part(*c)).collect();
                let is_address = before.chars().next_back().is_some_and(char::is_alphanumeric) && host.contains('.');
                is_address.then(|| host.trim_end_matches('.').to_ascii_lowercase())
            })
            .collect::<Vec<_>>()
    };
    texts.iter().flat_map(in_text).collect()
}

#[test]
fn examples_name_nobody() {
    assert_eq!(addresses("https://a.example/?e=ann%40shop.test&x=Ym9iQHNob3AudGVzdA&v=@2x.png"), ["shop.test", "shop.test"]);
    let mut failures = Vec::new();
    for (file, rules) in files() {
        let of_vendors = rules.vendor.iter().flat_map(|v| v.rule.iter().flat_map(move |r| r.hits.iter().chain(&r.misses).map(move |text| (title(v), text))));
        let of_wrappers = rules.wrapper.iter().flat_map(|w| w.examples.iter().flat_map(move |(a, b)| [(w.name.as_str(), a), (w.name.as_str(), b)]));
        for (name, text) in of_vendors.chain(of_wrappers) {
            let is_free = |host: &String| EXAMPLE_DOMAINS.iter().any(|d| host.strip_suffix(d).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
            for host in addresses(text).iter().filter(|host| !is_free(host)) {
                failures.push(format!("{file}: {name}: {text} holds an address at {host}; use one at example.com, .net or .org"));
            }
        }
    }
    report(&failures);
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

#[test]
fn parameters_are_told_apart() {
    let mut failures = Vec::new();
    let mut seen = BTreeMap::new();
    for (file, rules) in files() {
        for param in &rules.param {
            if !matches!(param.identifies.as_str(), "campaign" | "recipient" | "session") {
                failures.push(format!("{file}: {:?}: identifies is campaign, recipient or session, not {:?}", param.names, param.identifies));
            }
            if param.names.is_empty() || param.sources.is_empty() {
                failures.push(format!("{file}: {:?}: an entry has names and says where we know them from", param.names));
            }
            for name in &param.names {
                let stem = name.strip_suffix('*').unwrap_or(name);
                // What one list alone removes everywhere must be a name that nobody else would think of.
                let shortest = if !param.scope.is_empty() { 1 } else { 4 - param.sources.len().min(2) };
                if stem.len() < shortest || stem.contains(['*', '=', '&', '?']) {
                    failures.push(format!("{file}: {name:?} is no name, or too short to count there; write a name, or a beginning followed by *, or a scope"));
                }
                for scope in if param.scope.is_empty() { vec!["everywhere".to_owned()] } else { param.scope.clone() } {
                    if let Some(other) = seen.insert((name.to_ascii_lowercase(), scope), file.clone()) {
                        failures.push(format!("{file}: {name:?} stands in {other} already; keep one"));
                    }
                }
            }
        }
    }
    report(&failures);
}
