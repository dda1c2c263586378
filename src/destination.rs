//! Where a link really leads, read out of the address itself. Nothing is asked of anybody.
//!
//! Rules name the way in `dest`: `query:KEY`, `query-b64:KEY`, `query-b64pct:KEY`, `query-b64json:KEY:NAME`, `path-pct`, or one
//! of the named forms in `vendor.rs`. Only an absolute http or https address with a host, without credentials and control characters counts.

mod codec;
mod gateway;
mod vendor;

pub(crate) use codec::{base64_text, json_text};
pub(crate) use gateway::{between_underscores, dashes, html_escapes, stars};

use crate::address::{self, percent_decode};
use crate::rules::{Matching, RuleKind, RuleSet};
use crate::{functional, param};
use url::Url;

/// The longest address that is decoded, and the longest that may come out, in bytes.
pub const LONGEST: usize = 8 * 1024;

/// How many redirectors may lie one in another. What lies deeper is not shown at all.
pub const DEEPEST: usize = 4;

/// Where a link ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The place, without tracking parameters.
    pub url: Url,
    /// Every step on the way is one that no sender could have written for somebody else's host.
    pub is_sure: bool,
    /// The reader may be sent there without the redirector. Not so for places that do something for them.
    pub may_open: bool,
}

/// Follows a link through every redirector that carries its destination, and takes the tracking parameters off the end.
/// `None` where the address does not tell, and where it is too deep.
#[must_use]
pub fn end(url: &Url, rules: &RuleSet) -> Option<End> {
    end_of(url, &rules.matching(url), rules)
}

/// The same, when the rules that match the link are known already.
pub(crate) fn end_of(url: &Url, matching: &Matching, rules: &RuleSet) -> Option<End> {
    let next_of = |url: &Url| next(url, &rules.matching(url), rules);
    let mut at = next(url, matching, rules)?;
    let mut inner = next_of(&at.url);
    for _ in 1..DEEPEST {
        let Some(deeper) = inner else { break };
        at = End { is_sure: at.is_sure && deeper.is_sure, ..deeper };
        inner = next_of(&at.url);
    }
    inner.is_none().then(|| {
        let bare = param::stripped(&at.url, rules);
        let may_open = functional::allows_all_of(&at.url, bare.as_ref().unwrap_or(&at.url));
        End { url: bare.unwrap_or(at.url), may_open, ..at }
    })
}

/// One redirector less, with the wrappers around what it carries taken off.
fn next(url: &Url, matching: &Matching, rules: &RuleSet) -> Option<End> {
    if matching.iter().any(|rule| rule.keep) {
        return None;
    }
    let carriers = matching.iter().filter(|rule| matches!(rule.kind, RuleKind::Click | RuleKind::Both) && !rule.destination().is_empty());
    let (rule, inner) = carriers.filter_map(|rule| Some((rule, decode(rule.destination(), url)?))).next()?;
    let is_sure = address::may_lead(&rule.pattern.host, url, &inner);
    let unwrapped = address::unwrap(inner, true, rules);
    Some(End { is_sure: is_sure && unwrapped.is_sure, url: unwrapped.url, may_open: true })
}

/// Decodes an address in the way that a rule names.
#[must_use]
pub fn decode(how: &str, url: &Url) -> Option<Url> {
    if url.as_str().len() > LONGEST {
        return None;
    }
    match how.split_once(':') {
        Some(("query", key)) => accept_value(&query_value(url, key)?),
        Some(("query-b64", key)) => accept(&codec::base64_text(&query_value(url, key)?)?),
        Some(("query-b64json", keys)) => {
            let (key, name) = keys.split_once(':')?;
            accept(&codec::json_text(&codec::base64_text(&query_value(url, key)?)?, name)?)
        }
        Some(("query-b64pct", key)) => accept(&percent_decode(&codec::base64_text(&query_value(url, key)?)?)),
        Some(_) => None,
        None if how == "path-pct" => path_address(url),
        None => vendor::decode(how, url),
    }
}

/// Says whether a rule may name this way.
#[must_use]
pub fn is_known(how: &str) -> bool {
    match how.split_once(':') {
        Some(("query-b64json", keys)) => keys.split_once(':').is_some_and(|(key, name)| !key.is_empty() && !name.is_empty()),
        Some((form, key)) => matches!(form, "query" | "query-b64" | "query-b64pct") && !key.is_empty(),
        None => how == "path-pct" || vendor::NAMES.contains(&how),
    }
}

/// Reads a text as an address, and takes it only if a person could be sent there.
pub(crate) fn accept(text: &str) -> Option<Url> {
    let start: String = text.chars().take(8).collect::<String>().to_ascii_lowercase();
    let is_web = start.starts_with("http://") || start == "https://";
    if !is_web || text.len() > LONGEST || text.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|h| !h.is_empty()) && is_bare && url.as_str().len() <= LONGEST).then_some(url)
}

/// The same for a value that senders also write without a scheme (`//host`), or encoded once too often.
pub(crate) fn accept_value(text: &str) -> Option<Url> {
    let start: String = text.chars().take(8).collect::<String>().to_ascii_lowercase();
    if text.starts_with("//") {
        accept(&format!("https:{text}"))
    } else if start.starts_with("http%3a") || start == "https%3a" {
        accept(&percent_decode(text))
    } else {
        accept(text)
    }
}

/// The value of a query key, percent-decoded once. A key in other letters counts when there is no exact one.
pub(crate) fn query_value(url: &Url, key: &str) -> Option<String> {
    let pairs = || url.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
    let exact = pairs().find(|(name, _)| *name == key);
    exact.or_else(|| pairs().find(|(name, _)| name.eq_ignore_ascii_case(key))).map(|(_, value)| percent_decode(value))
}

/// The path segment that is an encoded address.
pub(crate) fn path_address(url: &Url) -> Option<Url> {
    url.path().split('/').find_map(|segment| accept_value(&percent_decode(segment)))
}

#[cfg(test)]
mod tests;
