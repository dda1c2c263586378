//! The rules: constant tables made by `build.rs` from `rules/*.toml`, and the look-up in them.

use crate::index::Index;
use crate::lookup::{OnHost, Places};
use crate::matcher::{self, Parts};
use crate::pattern::{Host, Pattern, Segment};
use smallvec::SmallVec;
use std::ops::Deref;
use std::sync::{LazyLock, OnceLock};
use url::Url;

/// A pattern as its author wrote it, by its place. It is read when it is first tried: of a thousand, a message needs a few dozen.
#[derive(Debug)]
pub struct Written(u16);

impl Written {
    /// As it stands in the rule file.
    #[must_use]
    pub fn text(&self) -> &'static str {
        tables::PATTERNS.get(self.0)
    }
}

impl Deref for Written {
    type Target = Pattern;

    fn deref(&self) -> &Pattern {
        // `build.rs` has read each of them, so there is none that cannot be read; a host without labels would match nothing.
        static NOTHING: LazyLock<Pattern> = LazyLock::new(|| Pattern { host: Host::Labels(Box::default()), path: Box::default(), query: Box::default() });
        let read = || Box::new(Pattern::parse(self.text()).unwrap_or_else(|_| NOTHING.clone()));
        tables::READ.get(usize::from(self.0)).map_or(&*NOTHING, |pattern| &**pattern.get_or_init(read))
    }
}

/// Texts without gaps: as a list of references they would take three times the room.
struct Texts {
    all: &'static str,
    starts: &'static [u16],
}

impl Texts {
    fn get(&self, place: u16) -> &'static str {
        let start_of = |place: usize| self.starts.get(place).map(|start| usize::from(*start));
        let start = start_of(usize::from(place)).unwrap_or(self.all.len());
        let end = start_of(usize::from(place) + 1).unwrap_or(self.all.len());
        self.all.get(start..end).unwrap_or_default()
    }
}

/// What a rule says of an address that it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Counts openings.
    Open,
    /// Records clicks and redirects.
    Click,
    /// One address shape for both: a picture counts openings, a link records clicks.
    Both,
    /// Known to be harmless, whatever else matches.
    Asset,
}

/// A pattern with what it means. There are more than a thousand: what repeats is told by its place.
#[derive(Debug)]
pub struct Rule {
    vendor: u16,
    /// What it says.
    pub kind: RuleKind,
    /// A functional link that is never called a click.
    pub keep: bool,
    /// Counts only for a picture that cannot be seen.
    pub tiny: bool,
    destination: u8,
    /// Which addresses.
    pub pattern: Written,
}

/// A tracking parameter of direct links.
#[derive(Debug)]
pub struct Param {
    /// Name in lower case, exact or ending in `*`.
    pub name: &'static str,
    /// When it counts.
    pub limits: &'static Limits,
}

/// When a parameter counts. Most share theirs with many.
#[derive(Debug)]
pub struct Limits {
    /// Where it counts; empty means everywhere.
    pub scope: &'static [&'static str],
    /// Where pages need it.
    pub except: &'static [&'static str],
    /// It counts only beside this one; empty means always.
    pub with: &'static str,
}

/// A webmail: see `rules/webmails.toml`.
#[derive(Debug)]
pub struct Webmail {
    /// Short name.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Hosts of its pages; of an optional one also everything below them.
    pub pages: &'static [&'static str],
    /// Protected only where the reader asked for it.
    pub optional: bool,
    /// Hosts of frames that its pages need.
    pub frames: &'static [&'static str],
    /// Its own hosts, never held.
    pub own: &'static [&'static str],
    /// Hosts it exchanges data with.
    pub services: &'static [&'static str],
    /// Where its proxies stand among those of all webmails.
    proxies: (usize, usize),
    /// Where its [`passes`](Self::passes) stand there.
    passes: (usize, usize),
}

/// Where a wrapper keeps the original address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Original {
    /// After the first `#`.
    Fragment,
    /// In this query key.
    Query(&'static str),
    /// In this query key, with HTML escapes left in it.
    QueryHtml(&'static str),
    /// In this query key, in base64.
    QueryBase64(&'static str),
    /// In this query key, as `url` of JSON in base64.
    QueryBase64Json(&'static str),
    /// In the path segment that is an encoded address.
    Path,
    /// In this query key, with `-` for `%` and `_` for `/`.
    Dashes(&'static str),
    /// Between `__` and `__;`, with stars for what a code after it holds.
    Stars,
    /// Between `___` and `___`.
    Underscores,
    /// Nowhere: only the gateway knows.
    Hidden,
}

/// An address that carries another one.
#[derive(Debug)]
pub struct Wrapper {
    /// Whose it is.
    pub name: &'static str,
    /// An image proxy; otherwise a link wrapper.
    pub is_image: bool,
    /// A mail gateway: it checks a link when it is opened.
    pub is_gateway: bool,
    /// Where the original is.
    pub original: Original,
    /// Which addresses.
    pub pattern: Written,
}

mod tables {
    #![allow(clippy::all, missing_docs)]
    use super::{Index, Limits, OnceLock, Original, Param, Pattern, Rule, RuleKind, Texts, Webmail, Wrapper, Written};
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

/// All rules. Built once when the program is built, and never edited.
#[derive(Debug)]
pub struct RuleSet(());

static BUILT_IN: RuleSet = RuleSet(());

impl RuleSet {
    /// The rules that came with this build.
    #[must_use]
    pub fn built_in() -> &'static RuleSet {
        &BUILT_IN
    }

    /// The name of every vendor; empty for shapes that name nobody.
    pub fn vendors(&self) -> impl Iterator<Item = &'static str> {
        (0..).take(tables::VENDORS.starts.len()).map(|place| tables::VENDORS.get(place))
    }

    /// Every rule.
    #[must_use]
    pub fn rules(&self) -> &'static [Rule] {
        &tables::RULES
    }

    /// Every tracking parameter, by name.
    #[must_use]
    pub fn params(&self) -> &'static [Param] {
        &tables::PARAMS
    }

    /// Every webmail.
    #[must_use]
    pub fn webmails(&self) -> &'static [Webmail] {
        &tables::WEBMAILS
    }

    /// Every proxy and link wrapper.
    #[must_use]
    pub fn wrappers(&self) -> &'static [Wrapper] {
        &tables::WRAPPERS
    }

    /// Every top-level domain.
    #[must_use]
    pub fn top_level_domains(&self) -> &'static [&'static str] {
        &tables::TLDS
    }

    /// What is filed under the host of an address: the same for all on that host.
    #[must_use]
    pub(crate) fn on_host(&self, url: &Url) -> OnHost {
        url.host_str().map(|host| tables::INDEX.on_host(host)).unwrap_or_default()
    }

    /// What an address could match, told what is filed under its host. This is the only look-up: ask the answer as often as needed.
    #[must_use]
    pub(crate) fn look_up(&self, url: &Url, on_host: &OnHost) -> Candidates {
        if !url.has_host() {
            return Candidates::default();
        }
        Candidates(tables::INDEX.find(on_host, matcher::cut(url.path()), url.query().map(matcher::cut)))
    }

    /// The rules that match an address.
    #[must_use]
    pub fn matching(&self, url: &Url) -> Matching {
        self.look_up(url, &self.on_host(url)).matching(url)
    }
}

/// The places of rules that one address could match, and behind them those of wrappers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates(Places);

impl Candidates {
    /// The rules among them that match. It must be the address that was looked up.
    pub(crate) fn matching(&self, url: &Url) -> Matching {
        let mut rules = fitting(url, self.0.iter().filter_map(|place| tables::RULES.get(usize::from(*place))), |rule| &rule.pattern);
        rules.sort_by_key(|rule| !matches!(rule.pattern.host, Host::Below(_)));
        Matching(rules)
    }

    /// The wrappers among them that match, in the order of their file.
    pub(crate) fn wrapping(&self, url: &Url) -> Fitting<Wrapper> {
        let wrapper = |place: &u16| tables::WRAPPERS.get(usize::from(*place).checked_sub(tables::RULES.len())?);
        fitting(url, self.0.iter().filter_map(wrapper), |wrapper| &wrapper.pattern)
    }
}

/// What fits one address: seldom more than one or two.
type Fitting<T> = SmallVec<[&'static T; 4]>;

fn fitting<T>(url: &Url, candidates: impl Iterator<Item = &'static T>, pattern: impl Fn(&T) -> &Pattern) -> Fitting<T> {
    let mut candidates = candidates.peekable();
    // Most addresses have none: they are not even taken apart.
    let Some(host) = url.host_str().filter(|_| candidates.peek().is_some()) else { return Fitting::new() };
    let parts = Parts::of(host, url.path(), url.query());
    candidates.filter(|entry| pattern(entry).fits(&parts)).collect()
}

/// What the rules say of one address.
#[derive(Debug, Clone, Default)]
pub struct Matching(Fitting<Rule>);

impl Matching {
    /// Every rule, those of named hosts first, else in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &'static Rule> {
        self.0.iter().copied()
    }

    /// The rule that says most: one on a named host before a shape, one that names its vendor before one that does not, and a
    /// functional link before everything, since a link that is broken is worse than one that is not marked.
    pub fn best(&self, wanted: impl Fn(&Rule) -> bool) -> Option<&'static Rule> {
        // `click.**` is a shape, not a name.
        let is_named_host = |host: &Host| match host {
            Host::Any => false,
            Host::Below(_) => true,
            Host::Labels(labels) => !labels.contains(&Segment::Many),
        };
        let weight = |rule: &Rule| (rule.keep, is_named_host(&rule.pattern.host), rule.vendor().is_some());
        self.iter().filter(|r| wanted(r)).max_by_key(|r| weight(r))
    }
}

impl Webmail {
    /// Addresses on own hosts that carry mail content.
    #[must_use]
    pub fn proxies(&self) -> &'static [Written] {
        tables::PROXIES.get(self.proxies.0..self.proxies.1).unwrap_or_default()
    }

    /// Addresses by which its own servers fetch what stands in a message: told, never held.
    #[must_use]
    pub fn passes(&self) -> &'static [Written] {
        tables::PROXIES.get(self.passes.0..self.passes.1).unwrap_or_default()
    }
}

impl Rule {
    /// Who it names: what people call it.
    #[must_use]
    pub fn vendor(&self) -> Option<&'static str> {
        Some(tables::VENDORS.get(self.vendor)).filter(|name| !name.is_empty())
    }

    /// How the destination is carried, or empty.
    #[must_use]
    pub fn destination(&self) -> &'static str {
        tables::DESTINATIONS.get(usize::from(self.destination)).copied().unwrap_or_default()
    }
}
