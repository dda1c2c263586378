//! Audits the labelled corpus of real mail, when it is there, and holds the floors below which a change may not fall.
//!
//! The corpus is other people's mail and no part of this repository: it lies beside it, in `../shared/corpus`. Its own
//! `score.py` says more; this counts the same way, as far as the floors need it.

// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

use briefgeheim::address::percent_decode;
use briefgeheim::{Kind, audit};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Open trackers: the harmonic mean of precision and recall, strict.
const OPEN_F1: f64 = 0.98;
/// Links through redirectors.
const CLICK_F1: f64 = 0.95;
/// Direct links with parameters that identify the campaign or the reader.
const PARAM_F1: f64 = 0.90;
/// Pictures that are the same for every reader and were called trackers.
const STATIC_IMAGES: usize = 2;

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if folder.join("labels.tsv").is_file() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must have the corpus at {}", folder.display());
    println!("skipped: there is no corpus at {}", folder.display());
    None
}

/// One spelling for one address, as in `score.py`.
fn normal(url: &str) -> String {
    let url = url.replace("&amp;", "&").replace(['\t', '\r', '\n'], "");
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once(':') else { return url.to_owned() };
    let rest = rest.trim_start_matches('/');
    let (host, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let tail = percent_decode(tail).replace(' ', "");
    let scheme = if scheme.eq_ignore_ascii_case("http") { "https".to_owned() } else { scheme.to_ascii_lowercase() };
    let slash = if tail.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{}{slash}{tail}", host.to_ascii_lowercase().trim_end_matches('.'))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Resource,
    Link,
    Header,
}

fn place(vector: &str) -> Place {
    match vector {
        "link-href" | "mso-link" | "form-action" => Place::Link,
        _ if vector.starts_with("header") => Place::Header,
        _ => Place::Resource,
    }
}

/// What is known of an address. One with several labels has its worst.
struct Label {
    rank: u8,
    kind: Kind,
    /// The same for every reader.
    is_static: bool,
    /// A link that does something for the reader, and passes no redirector.
    is_functional: bool,
}

/// Labels by message, address and place.
type Truth = BTreeMap<(String, String, Place), Label>;

fn truth(folder: &Path) -> Truth {
    let text = std::fs::read_to_string(folder.join("labels.tsv")).unwrap();
    let mut truth = Truth::new();
    for line in text.lines().skip(1) {
        let [id, vector, url, label, personal, _vendor, why, ..] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a label has too few columns: {line}")
        };
        let (rank, kind) = match label {
            "open-tracker" => (0, Kind::Open),
            "read-receipt" => (0, Kind::Receipt),
            "click-tracker" => (1, Kind::Click),
            "param-tracked" => (2, Kind::Param),
            "clean" => (3, Kind::Clean),
            _ => continue,
        };
        let key = (id.to_owned(), normal(url), place(vector));
        if truth.get(&key).is_none_or(|other| other.rank > rank) {
            truth.insert(key, Label { rank, kind, is_static: personal == "no", is_functional: why.starts_with("functional") });
        }
    }
    truth
}

fn findings(folder: &Path) -> BTreeMap<(String, String), BTreeSet<&'static str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("messages")).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_string_lossy().into_owned();
        let report = audit::audit(&path.to_string_lossy(), &std::fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for resource in report.resources {
            found.entry((id.clone(), normal(&resource.url))).or_default().insert(name(resource.kind));
        }
    }
    found
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Open => "open",
        Kind::Click => "click",
        Kind::Param => "param",
        Kind::Receipt => "receipt",
        Kind::Clean => "clean",
    }
}

#[test]
fn real_mail_is_judged_no_worse_than_before() {
    let Some(folder) = corpus() else { return };
    let (truth, found) = (truth(&folder), findings(&folder));
    let said = |id: &str, url: &str, kind: Kind| found.get(&(id.to_owned(), url.to_owned())).is_some_and(|kinds| kinds.contains(name(kind)));
    let f1 = |kind: Kind, places: &[Place]| {
        let (mut hits, mut wrong, mut missed) = (0_u32, 0_u32, 0_u32);
        for ((id, url, _), label) in truth.iter().filter(|((_, _, place), _)| places.contains(place)) {
            let elsewhere =
                || [Place::Resource, Place::Link, Place::Header].iter().any(|p| truth.get(&(id.clone(), url.clone(), *p)).is_some_and(|t| t.kind == kind));
            match (label.kind == kind, said(id, url, kind)) {
                (true, true) => hits += 1,
                (true, false) => missed += 1,
                (false, true) if !elsewhere() => wrong += 1,
                _ => {}
            }
        }
        println!("{kind:?}: {hits} found, {wrong} wrong, {missed} missed");
        2.0 * f64::from(hits) / f64::from(2 * hits + wrong + missed)
    };
    let open = f1(Kind::Open, &[Place::Resource]);
    let click = f1(Kind::Click, &[Place::Link, Place::Resource]);
    let receipt = f1(Kind::Receipt, &[Place::Header]);
    let param = f1(Kind::Param, &[Place::Link]);
    let clean = |place: Place| truth.iter().filter(move |((_, _, at), label)| *at == place && label.kind == Kind::Clean);
    let broken = clean(Place::Resource).filter(|(key, label)| label.is_static && said(&key.0, &key.1, Kind::Open)).count();
    let functional = clean(Place::Link).filter(|(_, label)| label.is_functional);
    let (functional, clicks): (Vec<_>, Vec<_>) = functional.partition(|(key, _)| !said(&key.0, &key.1, Kind::Click));
    println!("F1 open {open:.4}, click {click:.4}, param {param:.4}, receipt {receipt:.4}; static images called trackers: {broken}");
    println!("functional links: {}, of which {} were called clicks", functional.len() + clicks.len(), clicks.len());
    assert!(open >= OPEN_F1, "open F1 {open:.4} is below {OPEN_F1}");
    assert!(click >= CLICK_F1, "click F1 {click:.4} is below {CLICK_F1}");
    assert!(param >= PARAM_F1, "param F1 {param:.4} is below {PARAM_F1}");
    assert!(functional.len() > 50 && clicks.is_empty(), "functional links were called clicks: {:?}", clicks.iter().map(|(key, _)| *key).collect::<Vec<_>>());
    assert!((receipt - 1.0).abs() < f64::EPSILON, "a read receipt was missed or invented");
    assert!(broken <= STATIC_IMAGES, "{broken} static images were called trackers; {STATIC_IMAGES} are allowed");
}
