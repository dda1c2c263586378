//! Which webmail a page belongs to, and which of its requests the network rules hold.

use crate::rules::{RuleSet, Webmail};
use url::Url;

/// Where mail is shown: a webmail we know by name, or one that the reader added.
#[derive(Debug, Clone, Copy)]
pub enum Mailbox<'a> {
    /// One of `rules/webmails.toml`.
    Named(&'static Webmail),
    /// Any other page: its host is its own, and everything else may be mail content.
    Added(&'a str),
}

/// Finds the webmail of a page by its address.
#[must_use]
pub fn of_page<'a>(page: &'a Url, rules: &RuleSet) -> Option<Mailbox<'a>> {
    let host = page.host_str()?;
    let named = rules.webmails().iter().find(|w| w.pages.contains(&host) || (w.optional && is_of(host, w)));
    Some(named.map_or(Mailbox::Added(host), Mailbox::Named))
}

/// Says whether the network rules hold a request from this webmail's pages. The same question in the browsers' notation is
/// answered by `lower::hold`, and for added webmails by `extension/background/network.js`.
#[must_use]
pub fn holds(mailbox: Mailbox<'_>, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    match mailbox {
        Mailbox::Added(own) => host != own,
        Mailbox::Named(webmail) => {
            let is_own = webmail.own.iter().any(|own| is_below(host, own));
            !is_own || webmail.proxies().iter().any(|p| p.matches(host, url.path(), url.query()))
        }
    }
}

/// Says whether the webmail's own servers fetch this address for the reader: it is not held, and what it carries is told.
#[must_use]
pub fn passes(mailbox: Mailbox<'_>, url: &Url) -> bool {
    let (Mailbox::Named(webmail), Some(host)) = (mailbox, url.host_str()) else { return false };
    webmail.passes().iter().any(|p| p.matches(host, url.path(), url.query()))
}

/// A page of an optional webmail, or a frame of one: such a frame may be all that can be seen of it.
fn is_of(host: &str, webmail: &Webmail) -> bool {
    webmail.pages.iter().chain(webmail.frames).any(|name| is_below(host, name.strip_prefix("*.").unwrap_or(name)))
}

fn is_below(host: &str, own: &str) -> bool {
    host.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
