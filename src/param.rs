//! Tracking parameters of direct links.

use crate::rules::{Param, RuleSet};
use url::Url;

/// Says whether a link carries one.
pub(crate) fn is_in(url: &Url, rules: &RuleSet) -> bool {
    url.query().unwrap_or("").split('&').any(|pair| tracks(pair, url, rules))
}

/// The link without them. The rest stays as it was written.
pub(crate) fn strip(url: &Url, rules: &RuleSet) -> Url {
    let mut url = url.clone();
    if !is_in(&url, rules) {
        return url;
    }
    let rest: Vec<&str> = url.query().unwrap_or("").split('&').filter(|pair| !tracks(pair, &url, rules)).collect();
    let rest = rest.join("&");
    url.set_query(Some(rest.as_str()).filter(|r| !r.is_empty()));
    url
}

fn tracks(pair: &str, url: &Url, rules: &RuleSet) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    let host = url.host_str().unwrap_or("");
    rules.params().iter().any(|param| is_named(param, name) && counts_on(param, host))
}

fn is_named(param: &Param, name: &str) -> bool {
    match param.name.strip_suffix('*') {
        Some(stem) => name.get(..stem.len()).is_some_and(|n| n.eq_ignore_ascii_case(stem)),
        None => name.eq_ignore_ascii_case(param.name),
    }
}

fn counts_on(param: &Param, host: &str) -> bool {
    param.hosts.is_empty() || param.hosts.iter().any(|h| host.strip_suffix(h).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tracks_goes() {
        let strip = |text: &str| strip(&Url::parse(text).unwrap(), RuleSet::built_in()).to_string();
        assert_eq!(strip("https://a.example/x?utm_source=mail&q=a+b%20c&UTM_Medium=x&id=7#top"), "https://a.example/x?q=a+b%20c&id=7#top");
        assert_eq!(strip("https://a.example/x?fbclid=1"), "https://a.example/x");
        assert_eq!(strip("https://a.example/x?&&a"), "https://a.example/x?&&a");
        assert_eq!(strip("https://a.example/x?trkid=1"), "https://a.example/x?trkid=1");
        assert_eq!(strip("https://www.netflix.com/x?trkid=1"), "https://www.netflix.com/x");
    }
}
