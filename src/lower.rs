//! Turns rules into the browsers' declarativeNetRequest (DNR) form.
//!
//! Three things come out: the static hold rules of every webmail, the static rules for exact tracker endpoints on every
//! site, and the conditions that the background script completes with tab numbers and tokens at run time. The priorities
//! below are one ordered table; nothing else may choose one.

mod known;

pub use known::{CannotLower, MOST_REGEXES, TooManyRegexes, endpoint, known};

use crate::pattern::{Host, Key, Pattern, Piece, Segment, Set};
use crate::rules::{RuleSet, Webmail, Written};
use serde::Serialize;
use std::collections::BTreeSet;

/// Holds everything in a webmail's tab, frames without an origin included.
pub const TAB_HOLD: u32 = 10;
/// Takes other sites, and the webmail's own frames, out of [`TAB_HOLD`].
pub const SPARE: u32 = 20;
/// Holds everything in the tab of a webmail that the reader added. [`SPARE`] takes every page out that we do not know by name.
pub const ADDED_TAB_HOLD: u32 = 22;
/// Takes the webmails that we know, other sites and released frames out of [`ADDED_TAB_HOLD`].
pub const ADDED_SPARE: u32 = 24;
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

/// Types that are never held: the page itself, and what only the page's own script can start.
pub const NOT_HELD: &[&str] = &["main_frame", "script", "websocket"];

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

/// The static hold rules: for each webmail what its pages start, and the two that take other pages out of [`TAB_HOLD`].
#[must_use]
pub fn hold(rules: &RuleSet) -> Vec<NetworkRule> {
    let mut conditions = Vec::new();
    for webmail in rules.webmails().iter().filter(|w| !w.optional) {
        for condition in held(webmail.own, webmail.services, webmail.proxies()) {
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

/// What an optional webmail holds, once the reader asked for it; pages or tabs are added at run time. Data passes where its own
/// pages ask for it, and not where a frame holds nothing but a message.
#[must_use]
pub fn optional_hold(webmail: &Webmail) -> [Vec<Condition>; 2] {
    [webmail.services, &[]].map(|services| held(webmail.own, services, webmail.proxies()))
}

/// The conditions of [`TAB_HOLD`], for every webmail together: a tab may go from one to another. `tabIds` is added at run time,
/// and so are all top-level domains as `excludedInitiatorDomains`: what is meant are requests whose initiator has no name.
/// [`SPARE`] alone would come too late for the first pictures of another site, since Chromium notes a moment after a page began
/// that the tab shows it.
#[must_use]
pub fn tab_hold(rules: &RuleSet) -> Vec<Condition> {
    let proxies = rules.webmails().iter().filter(|w| !w.optional).flat_map(Webmail::proxies);
    let own = all(rules, |w| w.own);
    let services = all(rules, |w| w.services).into_iter().filter(|s| s != "*").collect::<Vec<_>>();
    held(&refs(&own), &refs(&services), proxies)
}

fn held<'a>(own: &[&str], services: &[&str], proxies: impl IntoIterator<Item = &'a Written>) -> Vec<Condition> {
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
            regex_filter: Some(format!("^https?://{BEFORE_HOST}{}{}", host_regex(&proxy.host), path_regex(proxy))),
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
    let names: BTreeSet<&str> = rules.webmails().iter().filter(|w| !w.optional).flat_map(|w| list(w).iter().copied()).collect();
    names.into_iter().map(str::to_owned).collect()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// The host itself; [`BEFORE_HOST`] may stand before it.
fn host_regex(host: &Host) -> String {
    let labels = match host {
        Host::Any => return "[^/?#]+".to_owned(),
        Host::Below(name) => return format!("{}{AFTER_HOST}", escape(name)),
        Host::Labels(labels) => labels,
    };
    let parts: Vec<String> = labels
        .iter()
        .map(|l| match l {
            Segment::Many => "[^/?#]*".to_owned(),
            Segment::One(pieces) => pieces_regex(pieces, "[^./?#]*"),
        })
        .collect();
    format!("{}{AFTER_HOST}", parts.join("\\."))
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
        let table = [TAB_HOLD, SPARE, ADDED_TAB_HOLD, ADDED_SPARE, HOLD, SHOW_TAB, RELEASE, KNOWN, ALLOW];
        assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
    }

    #[test]
    fn hold_and_the_engine_mean_the_same_webmails() {
        let text = serde_json::to_string(&hold(RuleSet::built_in())).unwrap();
        for webmail in RuleSet::built_in().webmails() {
            for page in webmail.pages {
                assert_eq!(text.contains(&format!("\"{page}\"")), !webmail.optional, "{page}");
            }
        }
        assert!(!text.contains("null"));
    }

    #[test]
    fn keys_are_asked_for_in_every_order() {
        let pattern = Pattern::parse("x.example/o?u={hex4}&id").unwrap();
        assert_eq!(path_regex(&pattern), "/o/?\\?([^#]*&)?(u=[0-9a-fA-F]{4}&([^#]*&)?id(=[^&#]*)?|id(=[^&#]*)?&([^#]*&)?u=[0-9a-fA-F]{4})([&#]|$)");
    }
}
