//! The static rules for exact tracker endpoints.

use super::{BEFORE_HOST, Condition, KNOWN, NetworkRule, Target, escape, host_regex, number, path_regex};
use crate::pattern::{Host, Pattern, Piece, Segment};
use crate::rules::{Rule, RuleKind, RuleSet, Webmail};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Chrome's limit on rules with a regular expression in all static rule sets together.
pub const MOST_REGEXES: usize = 1000;

/// Most characters counted one by one in one expression: every one is a copy of its class, and Chrome gives a compiled
/// expression 2 KB. Measured: 18 of a small class fit, 20 do not. `testMatchOutcome` in `tests/browser` proves the rest.
const MOST_COUNTED: usize = 18;

/// Most characters of the choices in one expression for Chrome, where each host and path is one choice. Measured with
/// `isRegexSupported`: 72 do not always fit.
const MOST_CHOICES: usize = 56;

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

/// The static rules for exact tracker endpoints, images only, on every site.
///
/// Chrome indexes rules by host, and limits the size of an expression. Firefox tries the expression of every rule on every
/// request before it looks at hosts: there one expression names all of them.
///
/// # Errors
/// When there are more regular expressions than Chrome takes.
pub fn known(rules: &'static RuleSet, target: Target) -> Result<Vec<NetworkRule>, TooManyRegexes> {
    // Firefox has a type of its own for `srcset` and `picture`; Chrome refuses a name that it does not know.
    let (types, most_choices) = match target {
        Target::Chrome => (vec!["image"], MOST_CHOICES),
        Target::Firefox => (vec!["image", "imageset"], usize::MAX),
    };
    let mut conditions = Vec::new();
    let mut direct = Vec::new();
    let mut behind = Behind::default();
    for rule in rules.rules() {
        let Ok(condition) = endpoint(rule, rules) else { continue };
        // Behind a proxy, hosts are not left out so easily.
        let spares = condition.excluded_request_domains.is_some();
        if target == Target::Firefox && !spares {
            direct.push(format!("{}{}", host_regex(&rule.pattern.host), path_regex(&rule.pattern)));
        } else {
            conditions.push(condition);
        }
        if !spares {
            behind.add(&rule.pattern);
        }
    }
    if !direct.is_empty() {
        conditions.push(Condition { regex_filter: Some(format!("^https?://{BEFORE_HOST}({})", direct.join("|"))), ..Condition::default() });
    }
    let proxies = proxy_hosts(rules);
    conditions.extend(behind.regexes(most_choices).map(|regex| Condition {
        regex_filter: Some(regex),
        request_domains: Some(proxies.clone()),
        ..Condition::default()
    }));
    if conditions.len() > MOST_REGEXES {
        return Err(TooManyRegexes(conditions.len()));
    }
    Ok(number(conditions.into_iter().map(|c| (KNOWN, "block", Condition { resource_types: Some(types.clone()), ..c })).collect()))
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
    let before = if host.is_some() { "[^/?#]+".to_owned() } else { format!("{BEFORE_HOST}{}", host_regex(&rule.pattern.host)) };
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

/// The hosts of the webmails' image proxies.
fn proxy_hosts(rules: &RuleSet) -> Vec<String> {
    let name = |host: &Host| match host {
        Host::Any => None,
        Host::Below(name) => Some(name.to_string()),
        // What stands before the last wildcard varies.
        Host::Labels(labels) => Some(labels.rsplit(|l| literal_segment(l).is_none()).next()?.iter().filter_map(literal_segment).collect::<Vec<_>>().join(".")),
    };
    rules.webmails().iter().flat_map(Webmail::proxies).filter_map(|p| name(&p.host)).filter(|n| !n.is_empty()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Endpoints behind an image proxy: in Gmail's fragment, and percent-encoded in Yahoo's and Outlook's query. Only paths that
/// read the same in both: literal ones, perhaps with anything below them.
#[derive(Debug, Default)]
struct Behind {
    /// Host and path in a fragment, and in a query, of endpoints with anything below them.
    open: (Vec<String>, Vec<String>),
    /// The same of endpoints that end there.
    exact: (Vec<String>, Vec<String>),
}

impl Behind {
    fn add(&mut self, pattern: &Pattern) {
        let Host::Below(host) = &pattern.host else { return };
        let (literal, list) = match pattern.path.split_last() {
            Some((Segment::Many, before)) => (before, &mut self.open),
            _ => (&*pattern.path, &mut self.exact),
        };
        let names: Vec<&str> = literal.iter().filter_map(|s| literal_segment(s)).filter(|name| name.bytes().all(is_unreserved)).collect();
        if names.is_empty() || names.len() < literal.len() || !pattern.query.is_empty() {
            return;
        }
        let path = |slash: &str| names.iter().map(|name| format!("{slash}{}", escape(name))).collect::<String>();
        list.0.push(format!("{}{}", escape(host), path("/")));
        list.1.push(format!("{}{}", escape(host), path("%2F")));
    }

    /// The expressions, each with choices of this many characters at most.
    fn regexes(&self, most: usize) -> impl Iterator<Item = String> + use<'_> {
        [
            (&self.open.0, "#https?://([^/?#]*\\.)?(", ")([/?#]|$)"),
            (&self.exact.0, "#https?://([^/?#]*\\.)?(", ")/?([?#]|$)"),
            (&self.open.1, "^[^#]*=https?%3A%2F%2F([^%&#]*\\.)?(", ")(%2F|%3F|%23|[&#]|$)"),
            (&self.exact.1, "^[^#]*=https?%3A%2F%2F([^%&#]*\\.)?(", ")(%2F)?(%3F|%23|[&#]|$)"),
        ]
        .into_iter()
        .flat_map(move |(choices, before, after)| chunks(choices, most).into_iter().map(move |chosen| format!("{before}{chosen}{after}")))
    }
}

/// Joins choices, this many characters together at most; a longer one stands alone.
fn chunks(choices: &[String], most: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for choice in choices {
        match out.last_mut() {
            Some(last) if last.len().saturating_add(choice.len()) < most => {
                last.push('|');
                last.push_str(choice);
            }
            _ => out.push(choice.clone()),
        }
    }
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(text: &str) -> Vec<String> {
        let mut behind = Behind::default();
        behind.add(&Pattern::parse(text).unwrap());
        behind.regexes(MOST_CHOICES).collect()
    }

    #[test]
    fn proxied_forms_end_where_the_path_ends() {
        assert_eq!(
            behind("x.example/a/o.gif"),
            [
                "#https?://([^/?#]*\\.)?(x\\.example/a/o\\.gif)/?([?#]|$)",
                "^[^#]*=https?%3A%2F%2F([^%&#]*\\.)?(x\\.example%2Fa%2Fo\\.gif)(%2F)?(%3F|%23|[&#]|$)"
            ]
        );
        assert!(behind("x.example/o?u").is_empty() && behind("x.example/**").is_empty() && behind("x.example/{n}/o").is_empty());
    }

    #[test]
    fn choices_share_an_expression_up_to_its_limit() {
        let choices: Vec<String> = ["aaa", "bbb", "ccc", "dddddddddd"].map(str::to_owned).into();
        assert_eq!(chunks(&choices, 8), ["aaa|bbb", "ccc", "dddddddddd"]);
        assert_eq!(chunks(&choices, usize::MAX).len(), 1);
    }

    #[test]
    fn no_known_endpoint_is_a_whole_host() {
        let rules = known(RuleSet::built_in(), Target::Chrome).unwrap();
        for rule in &rules {
            let regex = rule.condition.regex_filter.as_deref().unwrap_or("").replace("://", "");
            let has_path = regex.contains("/[")
                || regex.contains("+/")
                || regex.contains(")?/")
                || regex.contains("%2F")
                || regex.contains("(/")
                || regex.starts_with('#');
            assert!(has_path && rule.condition.resource_types.as_deref() == Some(&["image"]), "{rule:?}");
        }
    }

    #[test]
    fn proxies_are_named_by_what_does_not_vary() {
        let hosts = proxy_hosts(RuleSet::built_in());
        assert!(hosts.iter().any(|h| h == "googleusercontent.com") && hosts.iter().all(|h| h.contains('.') && !h.contains('*')), "{hosts:?}");
    }
}
