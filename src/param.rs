//! Tracking parameters of direct links.

use crate::rules::{Limits, Param, RuleSet};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;
use url::Url;

/// The link without them. The rest stays as it was written.
pub(crate) fn strip<'a>(url: &'a Url, rules: &RuleSet) -> Cow<'a, Url> {
    stripped(url, rules).map_or(Cow::Borrowed(url), Cow::Owned)
}

/// The same, of a link that carries one.
pub(crate) fn stripped(url: &Url, rules: &RuleSet) -> Option<Url> {
    let host = url.host_str().unwrap_or("");
    let tracks = |pair: &str, text: &str| tracks(pair, host, text, rules);
    let (query, (before, pairs)) = (url.query().unwrap_or(""), fragment_pairs(url));
    let rest = |text: &str| {
        let left: SmallVec<[&str; 8]> = text.split('&').filter(|pair| !tracks(pair, text)).collect();
        (left.len() < text.split('&').count()).then(|| left.join("&"))
    };
    let (query_left, pairs_left) = (rest(query), rest(pairs));
    if query_left.is_none() && pairs_left.is_none() {
        return None;
    }
    let (query, fragment) = (query_left.as_deref().unwrap_or(query), format!("{before}{}", pairs_left.as_deref().unwrap_or(pairs)));
    let mut stripped = url.clone();
    stripped.set_query(Some(query).filter(|text| !text.is_empty()));
    stripped.set_fragment(Some(fragment.trim_end_matches('?')).filter(|text| !text.is_empty()));
    Some(stripped)
}

/// Some senders write their parameters behind the `#`, alone or behind the route of a page that runs in the browser.
fn fragment_pairs(url: &Url) -> (&str, &str) {
    let fragment = url.fragment().unwrap_or("");
    fragment.split_at(fragment.rfind('?').map_or(0, |at| at + 1))
}

/// One `name=value` of a query or fragment.
fn tracks(pair: &str, host: &str, all: &str, rules: &RuleSet) -> bool {
    let name = name_of(pair);
    let stands = |wanted: &str| wanted.is_empty() || all.split('&').any(|other| name_of(other).eq_ignore_ascii_case(wanted));
    let counts = |param: &&Param| {
        let Limits { scope, except, with } = param.limits;
        let is_in_scope = scope.is_empty() || scope.iter().any(|h| is_below(host, h));
        is_in_scope && !except.iter().any(|h| is_below(host, h)) && stands(with)
    };
    named(name, rules.params()).find(counts).is_some()
}

/// A sender that escapes an address twice leaves the end of `&amp;` before the name.
fn name_of(pair: &str) -> &str {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    name.strip_prefix("amp;").unwrap_or(name)
}

/// The parameters that end in `*`: few enough to try them all.
static STEMS: LazyLock<Vec<(&[u8], &Param)>> = LazyLock::new(|| {
    let params = RuleSet::built_in().params().iter();
    params.filter_map(|param| Some((param.name.strip_suffix('*')?.as_bytes(), param))).collect()
});

/// The entries for a name. The table is sorted.
fn named<'a>(name: &'a str, params: &'static [Param]) -> impl Iterator<Item = &'static Param> + 'a {
    let compare = |param: &Param| param.name.bytes().cmp(name.bytes().map(|b| b.to_ascii_lowercase()));
    let start = params.partition_point(|param| compare(param) == Ordering::Less);
    let exact = params.iter().skip(start).take_while(move |param| param.name.eq_ignore_ascii_case(name)).filter(|param| !param.name.ends_with('*'));
    let first = name.bytes().next().map(|first| first.to_ascii_lowercase());
    let begins = move |stem: &[u8]| stem.first().copied() == first && name.as_bytes().get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem));
    exact.chain(STEMS.iter().filter(move |(stem, _)| begins(stem)).map(|(_, param)| *param))
}

/// `host` is `wanted` or below it; `name.*` is a label with one or two more behind it.
fn is_below(host: &str, wanted: &str) -> bool {
    let Some(label) = wanted.strip_suffix(".*") else {
        return host.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    };
    host.rsplit('.').skip(1).take(2).any(|l| l == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_name_and_by_beginning() {
        let has = |name: &str| named(name, RuleSet::built_in().params()).next().is_some();
        for name in ["utm_source", "UTM_anything", "utm_", "fbclid", "MC_EID", "elqCampaignId", "WT.mc_id", "pf_rd_p"] {
            assert!(has(name), "{name}");
        }
        for name in ["", "u", "ut", "utm", "xutm_source", "fbclid2", "elq", "referrer", "*", "utm*x"] {
            assert!(!has(name), "{name}");
        }
        assert!(RuleSet::built_in().params().is_sorted_by(|a, b| a.name <= b.name), "the table is not sorted");
    }

    #[test]
    fn hosts_are_compared_by_label() {
        for (host, wanted) in [("a.example", "a.example"), ("x.a.example", "a.example"), ("www.ebay.co.uk", "ebay.*"), ("ebay.nl", "ebay.*")] {
            assert!(is_below(host, wanted), "{host} {wanted}");
        }
        for (host, wanted) in [("xa.example", "a.example"), ("notebay.nl", "ebay.*"), ("ebay.a.b.example", "ebay.*"), ("shop.ebay", "ebay.*")] {
            assert!(!is_below(host, wanted), "{host} {wanted}");
        }
    }
}
