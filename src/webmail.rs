//! Which webmail a page belongs to, and which of its requests the network rules hold.

use crate::rules::{RuleSet, Webmail};
use url::Url;

/// Finds the webmail that shows a page.
#[must_use]
pub fn of_page(page: &str, rules: &RuleSet) -> Option<&'static Webmail> {
    let url = Url::parse(page).ok()?;
    let host = url.host_str()?;
    rules.webmails().iter().find(|w| w.pages.contains(&host))
}

/// Says whether the network rules hold a request from this webmail's pages. The same question in the browsers' notation is
/// answered by `lower::hold`; a test holds the two together.
#[must_use]
pub fn holds(webmail: &Webmail, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let is_own = webmail.own.iter().any(|own| host.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    !is_own || webmail.proxies.iter().any(|p| p.matches(host, url.path(), url.query()))
}
