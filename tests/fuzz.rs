//! One target for each parser, fed for a bounded time with what strangers could send: good input, mangled.
//!
//! Everything follows from the number of a case, so a failure can be run again: it prints its target and number. Longer:
//! `FUZZ_SECONDS=600 cargo test --release --test fuzz`; one case: `FUZZ_CASE=4711 cargo test --test fuzz TARGET`.
//! Why not libFuzzer: `docs/decisions/0006-fuzzing.md`.

#![cfg(feature = "audit")]
// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod hostile;
#[path = "../src/rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use briefgeheim::address::{self, Reference};
use briefgeheim::mail::{self, Mbox};
use briefgeheim::pattern::Pattern;
use briefgeheim::rules::RuleSet;
use briefgeheim::{Kind, Message, Setting, Strictness, Vector, audit, classify, destination, html, spot};
use hostile::{MESSAGES, PIECES};
use rulefile::RuleFile;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};
use url::Url;

/// For each target. All of them together stay below a minute on two cores.
const SECONDS: u64 = 5;

/// No input takes longer than this, however it is built. Debug builds are slow, and machines are shared.
const PATIENCE: Duration = Duration::from_secs(10);

/// Splitmix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

/// One case: a good input with some changes in it.
fn mangled(seeds: &[Vec<u8>], case: u64) -> Vec<u8> {
    let mut random = Random(case);
    let mut bytes = seeds.get(random.below(seeds.len())).unwrap().clone();
    for _ in 0..random.below(12) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(20)).min(bytes.len());
        match random.below(9) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, bytes.get(at..end).unwrap().repeat(1 + random.below(60)))),
            3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
            4 => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
            5 => {
                // Half of one and half of another.
                let other = seeds.get(random.below(seeds.len())).unwrap();
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(other.get(from..).unwrap());
            }
            _ => {
                let piece = PIECES.get(random.below(PIECES.len())).unwrap();
                drop(bytes.splice(at..at, piece.bytes()));
            }
        }
    }
    bytes.truncate(64 * 1024);
    bytes
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Runs a target until its time is up. What it asserts must hold for every input.
fn fuzz(seeds: &[Vec<u8>], target: impl Fn(&[u8])) {
    assert!(!seeds.is_empty());
    let only = number("FUZZ_CASE");
    let end = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS").unwrap_or(SECONDS));
    let mut case = only.unwrap_or(0);
    let run = |case| {
        let bytes = mangled(seeds, case);
        let start = Instant::now();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&bytes))) {
            println!("FUZZ_CASE={case}: {:?}", String::from_utf8_lossy(&bytes));
            resume_unwind(panic);
        }
        assert!(start.elapsed() < PATIENCE, "FUZZ_CASE={case} took {:?}: {:?}", start.elapsed(), String::from_utf8_lossy(&bytes));
    };
    run(case);
    while only.is_none() && Instant::now() < end {
        case += 1;
        run(case);
    }
    println!("{} cases", case + 1);
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn seeds(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Every example of every rule, and the patterns themselves.
fn of_rules(take: impl Fn(&rulefile::RuleEntry) -> Vec<String>) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/rules")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    // The cases must not depend on the order of a directory.
    paths.sort();
    let rules = paths.iter().map(|path| toml::from_str::<RuleFile>(&std::fs::read_to_string(path).unwrap()).unwrap());
    rules.flat_map(|file| file.vendor.iter().flat_map(|v| v.rule.iter()).flat_map(&take).map(String::into_bytes).collect::<Vec<_>>()).collect()
}

fn addresses() -> Vec<Vec<u8>> {
    let mut all = of_rules(|rule| rule.hits.clone());
    for fixture in ["redirectors.txt", "wrappers.tsv", "never-touch.txt"] {
        let text = std::fs::read_to_string(format!("{}/tests/fixtures/{fixture}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        all.extend(text.split_ascii_whitespace().filter(|word| word.starts_with("http")).map(|word| word.as_bytes().to_vec()));
    }
    all
}

#[test]
fn html() {
    fuzz(&seeds(&MESSAGES), |bytes| {
        let text = text(bytes);
        let walked = html::walk(&text);
        assert_eq!(walked, html::walk(&text));
        assert!((0..).zip(&walked.facts).all(|(id, fact)| fact.id == id));
    });
}

#[test]
fn mail() {
    fuzz(&seeds(&MESSAGES), |bytes| {
        assert_eq!(mail::read(bytes), mail::read(bytes));
        assert_eq!(audit::audit("x.eml", bytes), audit::audit("x.eml", bytes));
    });
}

/// The only reader of a stream: where its chunks end must not matter.
#[test]
fn mbox() {
    let whole = MESSAGES.map(|message| format!("From x\n{message}\n\n")).concat();
    fuzz(&seeds(&[&whole, "From a\nA: 1\n\n>From me\n\nFrom b\r\nB: 2\r\n\r\nFrom c\nC"]), |bytes| {
        let split = |capacity| Mbox::new(BufReader::with_capacity(capacity, bytes), 700).map(|m| m.map_err(|e| e.to_string())).collect::<Vec<_>>();
        let messages = split(8192);
        assert!(messages.iter().flatten().all(|message| message.len() <= 700));
        assert!(messages.iter().flatten().map(Vec::len).sum::<usize>() <= bytes.len());
        for capacity in [1, 2, 7, 64] {
            assert_eq!(split(capacity), messages);
        }
    });
}

#[test]
fn patterns() {
    let hosts = ["a.example", "click.b.example", "x"];
    fuzz(&of_rules(|rule| vec![rule.pattern.clone()]), |bytes| {
        let text = text(bytes);
        let Ok(pattern) = Pattern::parse(&text) else { return };
        assert_eq!(Pattern::parse(&pattern.to_string()).as_ref(), Ok(&pattern), "{pattern}");
        for host in hosts {
            let _ = pattern.matches(host, &text, Some(&text));
            let _ = pattern.matches(host, &format!("/{text}"), None);
        }
    });
}

#[test]
fn matching() {
    let patterns: Vec<Pattern> = of_rules(|rule| vec![rule.pattern.clone()]).iter().map(|p| Pattern::parse(std::str::from_utf8(p).unwrap()).unwrap()).collect();
    fuzz(&addresses(), |bytes| {
        let Ok(url) = Url::parse(&text(bytes)) else { return };
        // Nothing can be fetched from an address without a host; the tables do not look at one.
        let Some(host) = url.host_str() else { return };
        // What the tables find is what every pattern alone finds.
        let found: Vec<&str> = RuleSet::built_in().matching(&url).iter().map(|rule| rule.pattern.text()).collect();
        let expected = patterns.iter().filter(|p| p.matches(host, url.path(), url.query())).count();
        assert_eq!(found.len(), expected, "{url}: {found:?}");
    });
}

#[test]
fn rule_files() {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/receipts.toml")).unwrap();
    fuzz(&[file], |bytes| {
        let _ = toml::from_str::<RuleFile>(&text(bytes));
    });
}

#[test]
fn spots() {
    let texts = [
        "a.png, https://b.example/c.png 2x,d.png 100w",
        "0; URL='https://a.example/'",
        "@import 'i.css' screen; @font-face{src:url(f.woff)} @media print{a{background:url( \"p\\22.png\" )}} b{mask:image-set('m.svg' 1x, url(n) 2x)}",
        "background:\\75 rl(https\\3a //a.example/x);color:red/*url(c)*/",
    ];
    fuzz(&seeds(&texts), |bytes| {
        let text = text(bytes);
        for vector in [Vector::Srcset, Vector::CssAttr, Vector::StyleBlock, Vector::MetaRefresh, Vector::Img] {
            let spots = spot::find(vector, &text);
            let mut released = text.clone();
            for spot in spots.iter().rev() {
                assert!(released.is_char_boundary(spot.end));
                released.insert_str(spot.end, "#0123456789abcdef");
            }
            // An escape that the end cuts off: see `spot.rs`.
            if text.ends_with('\\') {
                continue;
            }
            // What is released reads as before, each address with the token at its end. That is what the content script does.
            if vector != Vector::MetaRefresh {
                let again: Vec<String> = spot::find(vector, &released).into_iter().map(|spot| spot.url.into_owned()).collect();
                let expected: Vec<String> = spots.iter().map(|spot| format!("{}#0123456789abcdef", spot.url)).collect();
                assert_eq!(again, expected, "{vector:?} {text:?}");
            }
        }
    });
}

#[test]
fn links() {
    let rules = RuleSet::built_in();
    fuzz(&addresses(), |bytes| {
        let text = text(bytes);
        let Reference::Remote(url) = address::resolve(&text, None) else { return };
        let _ = address::percent_decode(&text);
        for is_link in [false, true] {
            let unwrapped = address::unwrap(url.clone(), is_link, rules);
            assert_eq!(unwrapped, address::unwrap(url.clone(), is_link, rules));
            assert!(unwrapped.url.as_str().len() <= 3 * text.len() + 64);
        }
        let end = destination::end(&url, rules).map(|end| end.url);
        assert!(end.is_none_or(|url| matches!(url.scheme(), "http" | "https")));
    });
}

#[test]
fn judging() {
    fuzz(&seeds(&MESSAGES), |bytes| {
        let text = text(bytes);
        let walked = html::walk(&text);
        let count = walked.facts.len();
        let message =
            Message { sender: Some("a@example.com".to_owned()), recipient: Some("ann@example.net".to_owned()), base: walked.base, facts: walked.facts };
        for (page, strictness) in [(None, Strictness::Balanced), (Some("https://mail.google.com/mail/u/0/".to_owned()), Strictness::Sealed)] {
            let setting = Setting { strictness, page, ..Setting::default() };
            let verdicts = classify::judge(&message, &setting);
            assert!(verdicts.iter().all(|v| usize::try_from(v.fact).is_ok_and(|id| id < count)));
            assert_eq!(verdicts, classify::judge(&message, &setting));
        }
    });
}

/// A link without its tracking parameters leads to the same page.
#[test]
fn parameters() {
    let links = [
        "https://shop.example/a?utm_source=x&id=7&fbclid=AbC123#y",
        "https://a.example/?mc_eid=0123456789&mc_cid=1&_hsenc=p2ANqtz",
        "https://b.example/?gclid=1;utm_x#/route?utm_source=1",
    ];
    fuzz(&seeds(&links), |bytes| {
        let facts = vec![briefgeheim::Fact::new(0, Vector::LinkHref, text(bytes))];
        let verdict = classify::judge(&Message { facts, ..Message::default() }, &Setting::default()).pop();
        // Some are told of and stay.
        let Some((url, destination)) = verdict.filter(|v| v.kind == Kind::Param).and_then(|v| v.destination.map(|d| (v.url, d))) else { return };
        let (Ok(link), Ok(stripped)) = (Url::parse(&url), Url::parse(&destination)) else { panic!("{url} {destination}") };
        assert!(stripped.as_str().len() < link.as_str().len());
        assert_eq!((stripped.host(), stripped.path()), (link.host(), link.path()));
    });
}
