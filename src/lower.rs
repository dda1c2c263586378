//! Turns rules into the browsers' declarativeNetRequest (DNR) form.
//!
//! Three things come out: the static hold rules of every webmail, the static rules for exact tracker endpoints on every
//! site, and the conditions that the background script completes with tab numbers and tokens at run time. The priorities
//! below are one ordered table; nothing else may choose one.

use crate::pattern::{Host, Key, Pattern, Piece, Segment, Set};
use crate::rules::{Rule, RuleKind, RuleSet, Webmail};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Holds everything in a webmail's tab, frames without an origin included.
pub const TAB_HOLD: u32 = 10;
/// Takes other sites, and the webmail's own frames, out of [`TAB_HOLD`].
pub const SPARE: u32 = 20;
/// Holds what a webmail's page starts.
pub const HOLD: u32 = 30;
/// Shows everything in a tab that is not known to track: the way out when the engine cannot be reached.
pub const SHOW_TAB: u32 = 40;
/// Lets through what the engine found clean.
pub const RELEASE: u32 = 50;
/// Blocks exact tracker endpoints everywhere, so that a clean address cannot redirect to one.
pub const KNOWN: u32 = 60;
/// Lets through what the reader allowed.
pub const ALLOW: u32 = 70;

/// Chrome's limit on rules with a regular expression in all static rule sets together.
pub const MOST_REGEXES: usize = 1000;

/// Most characters counted one by one in one expression: every one is a copy of its class, and Chrome gives a compiled
/// expression 2 KB. Measured: 18 of a small class fit, 20 do not. `testMatchOutcome` in `tests/browser` proves the rest.
const MOST_COUNTED: usize = 18;

/// Types that are never held: the page itself, and what only the page's own script can start.
const NOT_HELD: &[&str] = &["main_frame", "script", "websocket"];

/// Which browser the rules are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Chrome, Chromium, Edge.
    Chrome,
    /// Firefox.
    Firefox,
}

/// One rule as the browsers read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkRule {
    /// Unique in its rule set.
    pub id: u32,
    /// One of this module's constants.
    pub priority: u32,
    /// What to do.
    pub action: Action,
    /// When.
    pub condition: Condition,
}

/// The action of a [`NetworkRule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Action {
    /// `block`, `allow` or `allowAllRequests`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// The condition of a [`NetworkRule`]. What is `None` is not written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// RE2 expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex_filter: Option<String>,
    /// Pages that start the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator_domains: Option<Vec<String>>,
    /// Hosts asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_domains: Option<Vec<String>>,
    /// Hosts not meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_request_domains: Option<Vec<String>>,
    /// Types meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_types: Option<Vec<&'static str>>,
    /// Types not meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_resource_types: Option<Vec<&'static str>>,
}

/// Why a rule has no network form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum CannotLower {
    /// It is about links or harmless pictures: there is nothing to block.
    NothingToBlock,
    /// It speaks of any host: on sites other than webmail that would hit what is no mail.
    AnyHost,
    /// It counts only for pictures that cannot be seen, and the network does not see sizes.
    NeedsSize,
    /// A harmless address lies on the same host, and a network rule could not tell them apart.
    NearAsset,
    /// It matches a host and nothing more.
    WholeHost,
    /// It counts more characters than fit into an expression.
    LongCode,
}

impl fmt::Display for CannotLower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CannotLower::NothingToBlock => "it is about links or harmless pictures",
            CannotLower::AnyHost => "it speaks of any host",
            CannotLower::NeedsSize => "it needs the size of the picture",
            CannotLower::NearAsset => "a harmless address lies on the same host",
            CannotLower::WholeHost => "it matches a whole host",
            CannotLower::LongCode => "it counts more characters than Chrome has memory for",
        })
    }
}

/// The static hold rules: for each webmail what its pages start, and the two that take other pages out of [`TAB_HOLD`].
#[must_use]
pub fn hold(rules: &RuleSet) -> Vec<NetworkRule> {
    let mut conditions = Vec::new();
    for webmail in rules.webmails() {
        for condition in held(webmail.own, webmail.services, webmail.proxies) {
            conditions.push((HOLD, "block", Condition { initiator_domains: Some(strings(webmail.pages)), ..condition }));
        }
    }
    let pages = all(rules, |w| w.pages);
    let own: Vec<String> = all(rules, |w| w.own);
    conditions.push((
        SPARE,
        "allowAllRequests",
        Condition { resource_types: Some(vec!["main_frame"]), excluded_request_domains: Some(pages.clone()), ..Condition::default() },
    ));
    conditions.push((
        SPARE,
        "allowAllRequests",
        Condition { resource_types: Some(vec!["sub_frame"]), request_domains: Some(own), excluded_request_domains: Some(pages), ..Condition::default() },
    ));
    number(conditions)
}

/// The conditions of [`TAB_HOLD`], for every webmail together: a tab may go from one to another. `tabIds` is added at run time,
/// and so are all top-level domains as `excludedInitiatorDomains`: what is meant are requests whose initiator has no name.
/// [`SPARE`] alone would come too late for the first pictures of another site, since Chromium notes a moment after a page began
/// that the tab shows it.
#[must_use]
pub fn tab_hold(rules: &RuleSet) -> Vec<Condition> {
    let proxies: Vec<Pattern> = rules.webmails().iter().flat_map(|w| w.proxies.iter().cloned()).collect();
    let own = all(rules, |w| w.own);
    let services = all(rules, |w| w.services).into_iter().filter(|s| s != "*").collect::<Vec<_>>();
    held(&refs(&own), &refs(&services), &proxies)
}

/// The static rules for exact tracker endpoints, images only, on every site.
///
/// # Errors
/// When there are more regular expressions than Chrome takes.
pub fn known(rules: &'static RuleSet, target: Target) -> Result<Vec<NetworkRule>, TooManyRegexes> {
    let mut conditions = Vec::new();
    for rule in rules.rules() {
        let Ok(condition) = endpoint(rule, rules) else { continue };
        // Behind a proxy, hosts are not left out so easily.
        let spares = condition.excluded_request_domains.is_some();
        // Firefox has a type of its own for `srcset` and `picture`; Chrome refuses a name that it does not know.
        let types = match target {
            Target::Chrome => vec!["image"],
            Target::Firefox => vec!["image", "imageset"],
        };
        conditions.push((KNOWN, "block", Condition { resource_types: Some(types.clone()), ..condition }));
        let behind_proxies = if spares { Vec::new() } else { proxied(&rule.pattern) };
        for regex in behind_proxies {
            let initiators = all(rules, |w| w.pages);
            conditions.push((
                KNOWN,
                "block",
                Condition { regex_filter: Some(regex), initiator_domains: Some(initiators), resource_types: Some(types.clone()), ..Condition::default() },
            ));
        }
    }
    let regexes = conditions.iter().filter(|(_, _, c)| c.regex_filter.is_some()).count();
    if regexes > MOST_REGEXES { Err(TooManyRegexes(regexes)) } else { Ok(number(conditions)) }
}

/// More regular expressions than [`MOST_REGEXES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} network rules need a regular expression; Chrome takes {MOST_REGEXES}")]
pub struct TooManyRegexes(pub usize);

/// The network form of one rule.
///
/// # Errors
/// Says why there is none.
pub fn endpoint(rule: &Rule, rules: &RuleSet) -> Result<Condition, CannotLower> {
    if rule.keep || !matches!(rule.kind, RuleKind::Open | RuleKind::Both) {
        return Err(CannotLower::NothingToBlock);
    }
    if rule.tiny {
        return Err(CannotLower::NeedsSize);
    }
    let host = match &rule.pattern.host {
        Host::Any => return Err(CannotLower::AnyHost),
        Host::Below(host) => Some(host.to_string()),
        Host::Labels(labels) if labels.contains(&Segment::Many) => return Err(CannotLower::AnyHost),
        Host::Labels(_) => None,
    };
    if rule.pattern.query.is_empty() && rule.pattern.path.iter().all(|s| *s == Segment::Many) {
        return Err(CannotLower::WholeHost);
    }
    if counted(&rule.pattern) > MOST_COUNTED {
        return Err(CannotLower::LongCode);
    }
    let assets = || rules.rules().iter().filter(|other| other.kind == RuleKind::Asset).map(|other| &other.pattern.host);
    if assets().any(|asset| *asset == rule.pattern.host || host.as_deref().is_some_and(|name| *asset != Host::Any && asset.matches(name))) {
        return Err(CannotLower::NearAsset);
    }
    // A host below ours that serves harmless pictures is left out.
    let spared: BTreeSet<String> =
        assets().filter_map(|asset| if let Host::Below(name) = asset { rule.pattern.host.matches(name).then(|| name.to_string()) } else { None }).collect();
    // Chrome's own filter notation is no help: its `^` also stands for a slash, and so for everything below a path.
    let before = if host.is_some() { "[^/?#]+".to_owned() } else { host_regex(&rule.pattern.host) };
    Ok(Condition {
        regex_filter: Some(format!("^https?://{before}{}", path_regex(&rule.pattern))),
        request_domains: host.map(|host| vec![host]),
        excluded_request_domains: (!spared.is_empty()).then(|| spared.into_iter().collect()),
        ..Condition::default()
    })
}

/// How many characters the expression of a pattern counts one by one.
fn counted(pattern: &Pattern) -> usize {
    let in_path = pattern.path.iter().flat_map(|s| if let Segment::One(pieces) = s { &**pieces } else { &[] });
    let in_query = pattern.query.iter().flat_map(|k| k.value.as_deref().unwrap_or(&[]));
    let length = |piece: &Piece| match piece {
        Piece::Class { min, max: u16::MAX, .. } => usize::from(*min),
        Piece::Class { max, .. } => usize::from(*max),
        _ => 0,
    };
    in_path.chain(in_query).map(length).sum()
}

/// The same endpoint behind an image proxy: in Gmail's fragment, and percent-encoded in Yahoo's and Outlook's query. Only for
/// paths that read the same in both: literal ones, perhaps with anything below them.
fn proxied(pattern: &Pattern) -> Vec<String> {
    let Host::Below(host) = &pattern.host else { return Vec::new() };
    let (literal, is_open) = match pattern.path.split_last() {
        Some((Segment::Many, before)) => (before, true),
        _ => (&*pattern.path, false),
    };
    let names: Vec<&str> = literal.iter().filter_map(|s| literal_segment(s)).filter(|name| name.bytes().all(is_unreserved)).collect();
    if names.is_empty() || names.len() < literal.len() || !pattern.query.is_empty() {
        return Vec::new();
    }
    let host = escape(host);
    let path = |slash: &str| names.iter().map(|name| format!("{slash}{}", escape(name))).collect::<String>();
    let (ends, ends_encoded) = if is_open { ("[/?#]|$", "%2F|%3F|%23|[&#]|$") } else { ("/?([?#]|$)", "(%2F)?(%3F|%23|[&#]|$)") };
    vec![
        format!("#https?://([^/?#]*\\.)?{host}(:\\d+)?{}({ends})", path("/")),
        format!("^[^#]*=https?%3A%2F%2F([^%&#]*\\.)?{host}(%3A\\d+)?{}({ends_encoded})", path("%2F")),
    ]
}

fn literal_segment(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::One(pieces) => match &**pieces {
            [Piece::Text(text)] => Some(text),
            _ => None,
        },
        Segment::Many => None,
    }
}

/// Characters that no encoder touches.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn held(own: &[&str], services: &[&str], proxies: &[Pattern]) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let data_passes_everywhere = services == ["*"];
    let with = |extra: &'static str| NOT_HELD.iter().copied().chain(std::iter::once(extra)).collect::<Vec<_>>();
    // Pictures and everything else that is no data.
    conditions.push(Condition { excluded_request_domains: Some(strings(own)), excluded_resource_types: Some(with("xmlhttprequest")), ..Condition::default() });
    if !data_passes_everywhere {
        let mut spared = strings(own);
        spared.extend(strings(services));
        conditions.push(Condition { excluded_request_domains: Some(spared), resource_types: Some(vec!["xmlhttprequest"]), ..Condition::default() });
    }
    for proxy in proxies {
        conditions.push(Condition {
            regex_filter: Some(format!("^https?://{}{}", host_regex(&proxy.host), path_regex(proxy))),
            excluded_resource_types: Some(NOT_HELD.to_vec()),
            ..Condition::default()
        });
    }
    conditions
}

fn number(conditions: Vec<(u32, &'static str, Condition)>) -> Vec<NetworkRule> {
    (1..).zip(conditions).map(|(id, (priority, kind, condition))| NetworkRule { id, priority, action: Action { kind }, condition }).collect()
}

fn all(rules: &RuleSet, list: impl Fn(&Webmail) -> &'static [&'static str]) -> Vec<String> {
    let names: BTreeSet<&str> = rules.webmails().iter().flat_map(|w| list(w).iter().copied()).collect();
    names.into_iter().map(str::to_owned).collect()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn host_regex(host: &Host) -> String {
    let labels = match host {
        Host::Any => return "[^/?#]+".to_owned(),
        Host::Below(name) => return format!("{BEFORE_HOST}{}{AFTER_HOST}", escape(name)),
        Host::Labels(labels) => labels,
    };
    let parts: Vec<String> = labels
        .iter()
        .map(|l| match l {
            Segment::Many => "[^/?#]*".to_owned(),
            Segment::One(pieces) => pieces_regex(pieces, "[^./?#]*"),
        })
        .collect();
    format!("{BEFORE_HOST}{}{AFTER_HOST}", parts.join("\\."))
}

/// Labels or a user name may stand before a host, and a dot or a port after it: none of them makes it another host.
const BEFORE_HOST: &str = "([^/?#]*[.@])?";
const AFTER_HOST: &str = "\\.?(:\\d+)?";

/// Path and query.
fn path_regex(pattern: &Pattern) -> String {
    let mut out = String::new();
    for segment in pattern.path.iter() {
        match segment {
            Segment::Many => out.push_str("(/[^?#]*)?"),
            Segment::One(pieces) => {
                out.push('/');
                out.push_str(&pieces_regex(pieces, "[^/?#]*"));
            }
        }
    }
    if pattern.path.last() != Some(&Segment::Many) {
        out.push_str("/?");
    }
    match &*pattern.query {
        [] => out.push_str("([?#]|$)"),
        [Key { name, value: Some(pieces) }] if name.is_empty() => out.push_str(&format!("\\?{}(#|$)", pieces_regex(pieces, "[^#]*"))),
        keys => {
            // RE2 cannot ask for keys in any order, so every order is written out. Rules ask for two at most.
            let orders: Vec<String> = orders(keys).iter().map(|order| order.iter().map(key_regex).collect::<Vec<_>>().join("&([^#]*&)?")).collect();
            out.push_str(&format!("\\?([^#]*&)?({})([&#]|$)", orders.join("|")));
        }
    }
    out
}

fn orders(keys: &[Key]) -> Vec<Vec<Key>> {
    match keys {
        [] => vec![Vec::new()],
        _ => (0..keys.len())
            .flat_map(|first| {
                let mut rest = keys.to_vec();
                let key = rest.remove(first);
                orders(&rest).into_iter().map(move |order| std::iter::once(key.clone()).chain(order).collect())
            })
            .collect(),
    }
}

fn key_regex(key: &Key) -> String {
    let name = escape(&key.name);
    match &key.value {
        None => format!("{name}(=[^&#]*)?"),
        Some(pieces) => format!("{name}={}", pieces_regex(pieces, "[^&#]*")),
    }
}

/// `star` says how far `*` reaches.
fn pieces_regex(pieces: &[Piece], star: &str) -> String {
    pieces.iter().map(|p| piece_regex(p, star)).collect()
}

fn piece_regex(piece: &Piece, star: &str) -> String {
    match piece {
        Piece::Text(text) => escape(text),
        Piece::Star => star.to_owned(),
        Piece::OneOf(choices) => format!("({})", choices.iter().map(|c| escape(c)).collect::<Vec<_>>().join("|")),
        Piece::Class { set, min, max } => {
            let class = match set {
                Set::Digit => "[0-9]",
                Set::Hex => "[0-9a-fA-F]",
                Set::Alnum => "[A-Za-z0-9]",
                Set::Lower => "[a-z0-9]",
                Set::Upper => "[A-Z0-9]",
                Set::Letter => "[A-Za-z]",
                Set::Token => "[A-Za-z0-9_-]",
                Set::TokenDot => "[A-Za-z0-9_.-]",
                Set::Base64 => "[A-Za-z0-9_+=%-]",
                Set::Uuid => "[0-9a-fA-F-]",
            };
            match (*min, *max) {
                (min, max) if min == max => format!("{class}{{{min}}}"),
                (1, u16::MAX) => format!("{class}+"),
                (min, u16::MAX) => format!("{class}{{{min},}}"),
                (min, max) => format!("{class}{{{min},{max}}}"),
            }
        }
    }
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && !matches!(c, '/' | '_' | '-' | '=' | '&' | '%' | '~' | '!' | '@' | ',' | ':' | ';' | '\'' | '"') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_one_ordered_table() {
        let table = [TAB_HOLD, SPARE, HOLD, SHOW_TAB, RELEASE, KNOWN, ALLOW];
        assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
    }

    #[test]
    fn hold_and_the_engine_mean_the_same_webmails() {
        let text = serde_json::to_string(&hold(RuleSet::built_in())).unwrap();
        for webmail in RuleSet::built_in().webmails() {
            for page in webmail.pages {
                assert!(text.contains(page), "{page}");
            }
        }
        assert!(!text.contains("null"));
    }

    #[test]
    fn keys_are_asked_for_in_every_order() {
        let pattern = Pattern::parse("x.example/o?u={hex4}&id").unwrap();
        assert_eq!(path_regex(&pattern), "/o/?\\?([^#]*&)?(u=[0-9a-fA-F]{4}&([^#]*&)?id(=[^&#]*)?|id(=[^&#]*)?&([^#]*&)?u=[0-9a-fA-F]{4})([&#]|$)");
    }

    #[test]
    fn proxied_forms_end_where_the_path_ends() {
        let proxied = |text: &str| proxied(&Pattern::parse(text).unwrap());
        assert_eq!(
            proxied("x.example/a/o.gif"),
            [
                "#https?://([^/?#]*\\.)?x\\.example(:\\d+)?/a/o\\.gif(/?([?#]|$))",
                "^[^#]*=https?%3A%2F%2F([^%&#]*\\.)?x\\.example(%3A\\d+)?%2Fa%2Fo\\.gif((%2F)?(%3F|%23|[&#]|$))"
            ]
        );
        assert!(proxied("x.example/o?u").is_empty() && proxied("x.example/**").is_empty() && proxied("x.example/{n}/o").is_empty());
    }

    #[test]
    fn no_known_endpoint_is_a_whole_host() {
        let rules = known(RuleSet::built_in(), Target::Chrome).unwrap();
        for rule in &rules {
            let regex = rule.condition.regex_filter.as_deref().unwrap_or("").replace("://", "");
            let has_path = regex.contains("/[") || regex.contains("+/") || regex.contains(")?/") || regex.contains("%2F");
            assert!(has_path && rule.condition.resource_types.as_deref() == Some(&["image"]), "{rule:?}");
        }
    }
}
