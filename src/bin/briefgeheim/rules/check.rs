//! `briefgeheim rules check`: whether every rule proves itself. It reads the files and not the tables that are built from them, so
//! that it tells of a mistake before anything is built. What the engine says of the examples is for `./build.sh test`.

use crate::rules::folder::{Place, Problem, RulesFile, paths};
use crate::rules::rulefile::{ParamEntry, RuleEntry, VendorEntry, WrapperEntry};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use briefgeheim::address::percent_decode;
use briefgeheim::pattern::Pattern;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use url::Url;

/// The domains that RFC 2606 keeps free for examples.
const EXAMPLE_DOMAINS: &[&str] = &["example.com", "example.net", "example.org", "example"];

/// Who copies from whom: the sources of one line count once. A source is known by how its name begins.
const FAMILIES: &[&[&str]] = &[
    &["MailTrackerBlocker", "Simplify", "Ugly Email", "LMA", "EMTB", "KDE", "JSlist", "PixelCrush", "Mailspring tracker list"],
    &["EasyPrivacy", "AdGuard"],
    &["Disconnect"],
    &["Ghostery TrackerDB"],
    &["Trocker"],
    &["Brave", "ClearURLs", "URL Cleaner", "Tidy URL", "urlpurify", "public link-unwrapping code"],
    &["rspamd", "SpamAssassin"],
    &["message corpus", "public sample message", "public links", "public DNS records", "detection by real sends", "mail client test suite"],
];

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) problems: Vec<Problem>,
    pub(crate) files: usize,
    /// Vendors with a name.
    pub(crate) vendors: usize,
    /// Of those, how many have two independent sources or their own word.
    pub(crate) proven: usize,
    pub(crate) rules: usize,
}

/// Checks every file of a folder.
pub(crate) fn check(folder: &Path) -> io::Result<Checked> {
    let mut checked = Checked::default();
    let mut files = Vec::new();
    for path in paths(folder)? {
        checked.files += 1;
        match RulesFile::read(&path)? {
            Ok(file) => files.push(file),
            Err(problem) => checked.problems.push(problem),
        }
    }
    let mut names = BTreeMap::new();
    let mut params = BTreeMap::new();
    for file in &files {
        for (at, entry) in file.rules.vendor.iter().enumerate() {
            let place = Place { table: Some(("vendor", at)), ..Place::default() };
            vendor(file, entry, place, &mut names, &mut checked);
            for (number, rule) in entry.rule.iter().enumerate() {
                checked.rules += 1;
                let place = Place { inner: Some(("rule", number)), ..place };
                proof(file, entry, rule, place, &mut checked.problems);
            }
        }
        for (at, entry) in file.rules.wrapper.iter().enumerate() {
            wrapper(file, entry, Place { table: Some(("wrapper", at)), ..Place::default() }, &mut checked.problems);
        }
        for (at, entry) in file.rules.param.iter().enumerate() {
            param(file, entry, Place { table: Some(("param", at)), ..Place::default() }, &mut params, &mut checked.problems);
        }
    }
    claims(&files, &mut checked.problems);
    checked.problems.sort();
    Ok(checked)
}

fn title(vendor: &VendorEntry) -> &str {
    if vendor.name.is_empty() { &vendor.label } else { &vendor.name }
}

/// The vendor's own documentation or code: an address to look at.
fn is_own_word(source: &str) -> bool {
    Url::parse(source).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Two independent sources, or one that is the vendor's own word.
fn is_proven(sources: &[String]) -> bool {
    let families = FAMILIES.iter().filter(|names| sources.iter().any(|s| names.iter().any(|name| s.starts_with(name))));
    sources.iter().any(|s| is_own_word(s)) || families.count() >= 2
}

fn vendor(file: &RulesFile, vendor: &VendorEntry, place: Place<'_>, names: &mut BTreeMap<String, String>, checked: &mut Checked) {
    let mut say = |key, what| checked.problems.push(file.problem(Place { key, ..place }, title(vendor), what));
    if vendor.name.is_empty() && vendor.label.is_empty() {
        say(None, "a vendor has neither name nor label; say what people call it, or in `label` what the shape is".to_owned());
    }
    if !vendor.country.is_empty() && (vendor.country.len() != 2 || !vendor.country.bytes().all(|b| b.is_ascii_uppercase())) {
        say(Some("country"), format!("{:?} is no ISO 3166 code of two letters", vendor.country));
    }
    for source in &vendor.sources {
        if !is_own_word(source) && !FAMILIES.iter().flat_map(|names| names.iter()).any(|name| source.starts_with(name)) {
            say(Some("sources"), format!("source {source:?} is neither an https address of the vendor nor a list we know; see FAMILIES in rules/check.rs"));
        }
    }
    match (is_proven(&vendor.sources), vendor.single.is_empty()) {
        (true, true) => checked.proven += usize::from(!vendor.name.is_empty()),
        (false, false) => {}
        (true, false) => say(Some("single"), "`single` is not needed; its sources are enough".to_owned()),
        (false, true) => say(
            Some("sources"),
            format!(
                "{:?} is not enough; name two independent sources, or the vendor's own documentation or code as an https address, or say in \
                 `single` why one is enough",
                vendor.sources
            ),
        ),
    }
    if !vendor.name.is_empty() {
        checked.vendors += 1;
        let here = format!("{}:{}", file.name, file.line(place));
        if let Some(other) = names.insert(vendor.name.to_lowercase(), here) {
            say(Some("name"), format!("it is also in {other}; put the rules in one entry"));
        }
    }
}

/// Calls `report` for every example with its place.
fn examples<'a>(rule: &'a RuleEntry, place: Place<'a>) -> impl Iterator<Item = (Place<'a>, &'a String, bool)> {
    let of =
        move |key, list: &'a [String], is_hit| list.iter().enumerate().map(move |(at, text)| (Place { key: Some(key), at: Some(at), ..place }, text, is_hit));
    of("hits", &rule.hits, true).chain(of("misses", &rule.misses, false))
}

fn proof(file: &RulesFile, vendor: &VendorEntry, rule: &RuleEntry, place: Place<'_>, problems: &mut Vec<Problem>) {
    let mut say = |place, what| problems.push(file.problem(place, title(vendor), what));
    let RuleEntry { kind, pattern: text, .. } = rule;
    if !matches!(kind.as_str(), "open" | "click" | "both" | "asset") {
        say(Place { key: Some("kind"), ..place }, format!("kind {kind:?} is none of open, click, both, asset"));
    }
    if rule.hits.is_empty() || rule.misses.is_empty() {
        say(Place { key: Some("match"), ..place }, format!("{text:?} has no proof; give at least one hit and one miss"));
    }
    let pattern = match Pattern::parse(text) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            say(Place { key: Some("match"), ..place }, format!("{text:?} is no pattern: {error}"));
            None
        }
    };
    for (place, example, is_hit) in examples(rule, place) {
        for host in addresses(example).iter().filter(|host| !is_free(host)) {
            say(place, format!("{example} holds an e-mail address at {host}; use one at example.com, .net or .org"));
        }
        let Some(url) = web_address(example) else {
            say(place, format!("{example:?} is no web address; write it in full"));
            continue;
        };
        match (&pattern, is_hit) {
            (Some(pattern), true) if !matches(pattern, &url) => say(place, format!("{text:?} does not match its hit {example}; correct one of them")),
            (Some(pattern), false) if matches(pattern, &url) => say(place, format!("{text:?} matches its miss {example}; make the pattern narrower")),
            _ => {}
        }
    }
}

fn web_address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn matches(pattern: &Pattern, url: &Url) -> bool {
    pattern.matches(url.host_str().unwrap_or(""), url.path(), url.query())
}

/// No address may belong to two vendors: the reader is told one name.
fn claims(files: &[RulesFile], problems: &mut Vec<Problem>) {
    struct Claim<'a> {
        file: &'a RulesFile,
        place: (usize, usize),
        vendor: &'a str,
        rule: &'a RuleEntry,
        pattern: Pattern,
    }
    let mut all = Vec::new();
    for file in files {
        for (at, vendor) in file.rules.vendor.iter().enumerate().filter(|(_, v)| !v.name.is_empty()) {
            for (number, rule) in vendor.rule.iter().enumerate() {
                if let Ok(pattern) = Pattern::parse(&rule.pattern) {
                    all.push(Claim { file, place: (at, number), vendor: &vendor.name, rule, pattern });
                }
            }
        }
    }
    let is_same_use = |a: &str, b: &str| a != "asset" && b != "asset" && (a == b || a == "both" || b == "both");
    for claim in &all {
        let place = Place { table: Some(("vendor", claim.place.0)), inner: Some(("rule", claim.place.1)), ..Place::default() };
        for (at, hit) in claim.rule.hits.iter().enumerate() {
            let Some(url) = web_address(hit) else { continue };
            for rival in all.iter().filter(|r| r.vendor != claim.vendor && is_same_use(&r.rule.kind, &claim.rule.kind) && matches(&r.pattern, &url)) {
                let other = Place { table: Some(("vendor", rival.place.0)), inner: Some(("rule", rival.place.1)), ..Place::default() };
                let at = Place { key: Some("hits"), at: Some(at), ..place };
                problems.push(claim.file.problem(
                    at,
                    claim.vendor,
                    format!(
                        "{hit} is also claimed by {:?} of {} ({}:{}); make one of them narrower",
                        rival.rule.pattern,
                        rival.vendor,
                        rival.file.name,
                        rival.file.line(other)
                    ),
                ));
            }
        }
    }
}

fn wrapper(file: &RulesFile, wrapper: &WrapperEntry, place: Place<'_>, problems: &mut Vec<Problem>) {
    let mut say = |key, what| problems.push(file.problem(Place { key, ..place }, &wrapper.name, what));
    if let Err(error) = Pattern::parse(&wrapper.pattern) {
        say(Some("match"), format!("{:?} is no pattern: {error}", wrapper.pattern));
    }
    if wrapper.sources.is_empty() {
        say(None, "name where it is known from".to_owned());
    }
    if wrapper.examples.is_empty() {
        say(None, format!("{:?} has no example", wrapper.pattern));
    }
    for text in wrapper.examples.iter().flat_map(|(wrapped, original)| [wrapped, original]) {
        if web_address(text).is_none() {
            say(Some("examples"), format!("{text:?} is no web address; write it in full"));
        }
        for host in addresses(text).iter().filter(|host| !is_free(host)) {
            say(Some("examples"), format!("{text} holds an e-mail address at {host}; use one at example.com, .net or .org"));
        }
    }
}

fn param(file: &RulesFile, param: &ParamEntry, place: Place<'_>, seen: &mut BTreeMap<(String, String), String>, problems: &mut Vec<Problem>) {
    let who = if param.owner.is_empty() { "parameters" } else { &param.owner };
    let mut say = |key, what| problems.push(file.problem(Place { key: Some(key), ..place }, who, what));
    if !matches!(param.identifies.as_str(), "campaign" | "recipient" | "session") {
        say("identifies", format!("identifies is campaign, recipient or session, not {:?}", param.identifies));
    }
    if param.names.is_empty() || param.sources.is_empty() {
        say("names", format!("{:?}: an entry has names and says where we know them from", param.names));
    }
    for name in &param.names {
        let stem = name.strip_suffix('*').unwrap_or(name);
        // What one list alone removes everywhere must be a name that nobody else would think of.
        let shortest = if param.scope.is_empty() { 4 - param.sources.len().min(2) } else { 1 };
        if stem.len() < shortest || stem.contains(['*', '=', '&', '?']) {
            say("names", format!("{name:?} is no name, or too short to count there; write a name, or a beginning followed by *, or a scope"));
        }
        for scope in if param.scope.is_empty() { vec!["everywhere".to_owned()] } else { param.scope.clone() } {
            let here = format!("{}:{}", file.name, file.line(place));
            if let Some(other) = seen.insert((name.to_ascii_lowercase(), scope), here) {
                say("names", format!("{name:?} stands in {other} already; keep one"));
            }
        }
    }
}

fn is_free(host: &str) -> bool {
    EXAMPLE_DOMAINS.iter().any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// The hosts of e-mail addresses in a text: as written, percent-encoded, or in base64.
fn addresses(text: &str) -> Vec<String> {
    let plain = percent_decode(text);
    let runs: Vec<&str> = plain.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_'))).collect();
    let decoded = runs.iter().filter(|run| run.len() >= 8).filter_map(|run| STANDARD_NO_PAD.decode(run).or_else(|_| URL_SAFE_NO_PAD.decode(run)).ok());
    let decoded = decoded.filter_map(|bytes| String::from_utf8(bytes).ok()).filter(|t| t.chars().all(|c| c.is_ascii_graphic()));
    let texts: Vec<String> = std::iter::once(plain.clone()).chain(decoded).collect();
    let in_text = |text: &String| {
        let parts: Vec<&str> = text.split('@').collect();
        let hosts = parts.windows(2).filter_map(|pair| {
            let [before, after] = pair else { return None };
            let host: String = after.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).collect();
            let is_address = before.chars().next_back().is_some_and(char::is_alphanumeric) && host.contains('.');
            is_address.then(|| host.trim_end_matches('.').to_ascii_lowercase())
        });
        hosts.collect::<Vec<_>>()
    };
    texts.iter().flat_map(in_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_every_dress() {
        assert_eq!(addresses("https://a.example/?e=ann%40shop.test&x=Ym9iQHNob3AudGVzdA&v=@2x.png"), ["shop.test", "shop.test"]);
    }

    #[test]
    fn sources_that_copy_each_other_count_once() {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_proven(&named(&["MailTrackerBlocker", "EasyPrivacy"])) && is_proven(&named(&["https://docs.mailer.example/tracking"])));
        for names in
            [&["MailTrackerBlocker", "Simplify"][..], &["EasyPrivacy", "AdGuard"], &["public sample message", "message corpus"], &["docs of the vendor"]]
        {
            assert!(!is_proven(&named(names)), "{names:?}");
        }
    }
}
