//! What stands in a message: every address in its facts. One that stands there again and again is resolved and unwrapped once.

use crate::address::{self, Reference, Unwrapped};
use crate::extent::Extent;
use crate::lookup::OnHost;
use crate::rules::{Candidates, RuleSet};
use crate::spot::{self, Spot};
use crate::{Fact, Message, Vector, webmail};
use foldhash::{HashMap, HashMapExt as _};
use std::borrow::Cow;
use url::{Position, Url};

/// A place in a fact where an address stands.
pub(crate) struct Seen<'a, T> {
    pub(crate) fact: &'a Fact<'a>,
    pub(crate) spot: &'a Spot<'a>,
    pub(crate) extent: Extent,
    pub(crate) address: &'a Address<T>,
}

impl<T> Seen<'_, T> {
    /// The address as people should be told it: without wrappers; who asks for a receipt as the header has it.
    pub(crate) fn told(&self) -> &str {
        if self.fact.vector.is_receipt() { &self.spot.url } else { self.address.url().as_str() }
    }
}

/// All places of a message, and the addresses that stand there, each once.
pub(crate) struct Standing<'a, T> {
    places: Vec<(&'a Fact<'a>, Spot<'a>, Extent, usize)>,
    addresses: Vec<Address<T>>,
}

impl<T> Standing<'_, T> {
    /// Every place with its address, in the order of the message.
    pub(crate) fn seen(&self) -> Vec<Seen<'_, T>> {
        let places = self.places.iter();
        places.filter_map(|(fact, spot, extent, at)| Some(Seen { fact, spot, extent: *extent, address: self.addresses.get(*at)? })).collect()
    }
}

/// An address without its wrappers, with whatever the reader of this list wants to keep beside it.
pub(crate) struct Address<T> {
    pub(crate) unwrapped: Unwrapped,
    /// What it could match.
    pub(crate) candidates: Candidates,
    /// What kind of link it is; nothing, where it is fetched.
    pub(crate) link: Option<Vector>,
    /// The webmail's own servers fetch it, and the network rules let it pass.
    pub(crate) passes: bool,
    pub(crate) kept: T,
}

impl<T> Address<T> {
    pub(crate) fn url(&self) -> &Url {
        &self.unwrapped.url
    }
}

/// Where the address that a text stands for is kept, as a link or as something fetched. Nothing, where it is local or not held.
type Known<'a> = HashMap<(Cow<'a, str>, Option<Vector>), Option<usize>>;

/// Lists the addresses of a message. On a webmail's page, what its network rules do not hold is left out, unless its
/// own servers fetch it.
pub(crate) fn collect<'a, T: Default>(message: &'a Message<'a>, page: Option<&Url>, rules: &RuleSet) -> Standing<'a, T> {
    let mailbox = page.and_then(|p| webmail::of_page(p, rules));
    let base = message.base.as_deref().and_then(|base| address::resolve(base, None).remote()).or_else(|| page.cloned());
    // Links mostly lead to one host, and pictures lie on one.
    let mut before = [None, None];
    let mut read = |text: &str, link: Option<Vector>| {
        let [of_links, of_others] = &mut before;
        let before: &mut Option<(Url, OnHost)> = if link.is_some() { of_links } else { of_others };
        let Reference::Remote(url) = address::resolve_beside(before.as_ref().map(|(url, _)| url), text, base.as_ref()) else { return None };
        let (_, on_host) = match before {
            Some(before) if before.0[..Position::BeforePath] == url[..Position::BeforePath] => before,
            other => other.insert((url.clone(), rules.on_host(&url))),
        };
        let passes = link.is_none() && mailbox.is_some_and(|m| webmail::passes(m, &url));
        let is_told = passes || link.is_some() || mailbox.is_none_or(|m| webmail::holds(m, &url));
        is_told.then(|| {
            let (unwrapped, candidates) = address::look_inside(url, on_host, link.is_some(), rules);
            Address { unwrapped, candidates, link, passes, kept: T::default() }
        })
    };
    let mut known = Known::with_capacity(message.facts.len());
    let mut places = Vec::with_capacity(message.facts.len());
    let mut addresses: Vec<Address<T>> = Vec::with_capacity(message.facts.len());
    for fact in &message.facts {
        if fact.vector.is_receipt() {
            if let Ok(url) = Url::parse(&format!("mailto:{}", fact.text.trim())) {
                let spot = Spot { url: (&*fact.text).into(), end: 0, vector: fact.vector };
                places.push((fact, spot, Extent::default(), addresses.len()));
                addresses.push(Address { unwrapped: Unwrapped::from(url), candidates: Candidates::default(), link: None, passes: false, kept: T::default() });
            }
            continue;
        }
        let extent = if fact.vector.is_picture() { Extent::of(fact) } else { Extent::default() };
        let link = Some(fact.vector).filter(|vector| vector.is_link());
        for spot in spot::find(fact.vector, &fact.text) {
            let at = *known.entry((spot.url.clone(), link)).or_insert_with(|| {
                let address = read(&spot.url, link)?;
                addresses.push(address);
                Some(addresses.len() - 1)
            });
            if let Some(at) = at {
                places.push((fact, spot, extent, at));
            }
        }
    }
    Standing { places, addresses }
}
