//! The shape of the files in `rules/`, for `build.rs` and for the tests that check every rule's examples.

use serde::Deserialize;

/// One file of `rules/`. A file may hold any of these tables.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Who tracks.
    #[serde(default)]
    pub vendor: Vec<VendorEntry>,
    /// Tracking parameters of direct links.
    #[serde(default)]
    pub param: Vec<ParamEntry>,
    /// The webmails we know.
    #[serde(default)]
    pub webmail: Vec<WebmailEntry>,
    /// Addresses that carry another one: image proxies and link wrappers.
    #[serde(default)]
    pub wrapper: Vec<WrapperEntry>,
}

/// A vendor with its rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorEntry {
    /// What people call it. Empty for shapes that name nobody.
    pub name: String,
    /// What to say when there is no name.
    #[serde(default)]
    pub label: String,
    /// What kind of company it is, in a layperson's words.
    #[serde(default)]
    pub category: String,
    /// ISO 3166 code of its seat.
    #[serde(default)]
    pub country: String,
    /// Where we know it from: two independent sources, or the vendor's own documentation or code.
    pub sources: Vec<String>,
    /// Why one source is enough, where there is only one: the shape names the vendor, or costs nothing when wrong.
    #[serde(default)]
    pub single: String,
    /// Its rules.
    pub rule: Vec<RuleEntry>,
}

/// A pattern with its proof.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// `open`, `click`, `both` or `asset`.
    pub kind: String,
    /// The pattern.
    #[serde(rename = "match")]
    pub pattern: String,
    /// Addresses it must match.
    pub hits: Vec<String>,
    /// Addresses it must not match.
    pub misses: Vec<String>,
    /// A functional link (unsubscribe and the like): never called a click, never altered.
    #[serde(default)]
    pub keep: bool,
    /// Counts only for a picture that cannot be seen.
    #[serde(default)]
    pub tiny: bool,
    /// How the destination is carried: see `src/destination.rs`.
    #[serde(default)]
    pub dest: String,
    /// Anything the next author should know.
    #[serde(default)]
    pub note: String,
}

/// Tracking parameters of one owner that are alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamEntry {
    /// Their names, each exact or ending in `*`. Case does not count.
    pub names: Vec<String>,
    /// Whose they are; nothing where that is not known, or where everybody uses them.
    #[serde(default)]
    pub owner: String,
    /// What they identify: `campaign`, `recipient` or `session`.
    pub identifies: String,
    /// The only hosts where they count, with everything below them; `name.*` is `name` with every ending. Nothing: everywhere.
    #[serde(default)]
    pub scope: Vec<String>,
    /// Hosts whose pages need them.
    #[serde(default)]
    pub except: Vec<String>,
    /// They count only beside this one.
    #[serde(default)]
    pub with: String,
    /// Known breakage or other remarks.
    #[serde(default)]
    pub note: String,
    /// Where we know it from.
    pub sources: Vec<String>,
}

/// A webmail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebmailEntry {
    /// Short name; the adapter in `extension/content/adapters` has the same.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Hosts of its pages: exact, or with everything below them where it is `optional`.
    pub pages: Vec<String>,
    /// Protected only where the reader asked for it: it is no part of what the extension may reach from the start.
    #[serde(default)]
    pub optional: bool,
    /// Hosts of frames that a page of an `optional` one needs besides itself. `{page}` stands for the one of `pages` that the
    /// reader's page lies below; `*.` before a host means everything below it.
    #[serde(default)]
    pub frames: Vec<String>,
    /// Hosts of the webmail's own pictures, styles and data, with everything below them: never held.
    pub own: Vec<String>,
    /// Hosts that the webmail's pages exchange data with. Pictures from them are mail content and held; data passes.
    #[serde(default)]
    pub services: Vec<String>,
    /// Patterns of addresses on own hosts that carry mail content after all: always held.
    #[serde(default)]
    pub proxies: Vec<String>,
    /// Patterns of addresses by which the webmail's own servers fetch what stands in a message: told, but never held.
    #[serde(default)]
    pub passes: Vec<String>,
}

/// An address that carries another one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrapperEntry {
    /// Whose it is, in plain words.
    pub name: String,
    /// `image` for a webmail's image proxy, `link` for a link wrapper, `gateway` for one that checks links for its customer.
    pub kind: String,
    /// The pattern.
    #[serde(rename = "match")]
    pub pattern: String,
    /// Where the original is: `fragment`, `query:KEY`, `query-html:KEY`, `query-b64:KEY`, `query-b64json:KEY`, `path-pct`,
    /// `dashes:KEY` (Proofpoint 2), `stars` (Proofpoint 3), `underscores` (Check Point), or `hidden` when only the gateway knows.
    pub original: String,
    /// Where we know it from.
    pub sources: Vec<String>,
    /// Pairs of a wrapped address and what it carries.
    pub examples: Vec<(String, String)>,
}
