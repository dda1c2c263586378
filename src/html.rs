//! The string walker: finds every address in an HTML text that a mail program could fetch or follow.
//!
//! It is the twin of the content script's walker over the DOM and says the same of the same message. It does not judge, and
//! it does not build a tree: one pass, bounded memory, whatever the sender wrote.
//!
//! ```
//! let walked = briefgeheim::html::walk("<p>Hello<img src=https://a.example/o.gif width=1 height=1>");
//! assert_eq!(walked.facts.len(), 1);
//! assert_eq!(walked.stopped, None);
//! ```

use crate::namespace::Namespace;
use crate::open_elements::OpenElements;
use crate::tokens::{Token, Tokens};
use crate::{Fact, Vector};
use crate::{data_url, extent, spot};
use foldhash::{HashMap, HashMapExt as _};
use memchr::memchr2;
use serde::Serialize;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

/// How deep documents may lie in each other: conditional comments, `srcdoc`, `noscript`.
const DEEPEST: u8 = 5;

/// The most facts taken from one text. The largest real message we know has 900.
const MOST_FACTS: usize = 100_000;

/// The most text kept in facts, in bytes: a style attribute is kept once for each address on its element.
const MOST_TEXT: usize = 64 * 1024 * 1024;

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked<'a> {
    /// Every address, in the order in which the text names them, numbered from 0.
    pub facts: Vec<Fact<'a>>,
    /// The first `base href`.
    pub base: Option<String>,
    /// Why the walk ended before the text did. What was found until then is in `facts`.
    pub stopped: Option<Refusal>,
}

/// Why a text was not walked to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// More elements are open at once than in any mail, or documents lie too deep in each other.
    #[error("the HTML is nested too deeply; what comes after was not looked at")]
    TooDeep,
    /// More addresses than any real message has.
    #[error("the HTML names more addresses than any real message; the rest was not looked at")]
    TooManyAddresses,
    /// A tag has more attributes than any mail.
    #[error("the HTML could not be read to its end; the rest was not looked at")]
    Unreadable,
}

/// Walks an HTML text, broken or not.
#[must_use]
pub fn walk(html: &str) -> Walked<'_> {
    let found = Found::default();
    walk_into(&found, html, Place::default());
    let Found { facts, base, stopped, .. } = found;
    Walked { facts: facts.into_inner(), base: base.into_inner(), stopped: stopped.get() }
}

/// Where a piece of HTML lies.
#[derive(Clone, Copy, Default)]
struct Place {
    /// In a conditional comment for Outlook.
    mso: bool,
    /// Inside something hidden.
    hidden: bool,
    /// Documents around it.
    depth: u8,
    /// Not of the message itself: what it says of its base counts for nothing else.
    apart: bool,
}

#[derive(Default)]
struct Found<'a> {
    facts: RefCell<Vec<Fact<'a>>>,
    base: RefCell<Option<String>>,
    stopped: Cell<Option<Refusal>>,
    text: Cell<usize>,
    /// The facts of a `picture`'s sources, while its `img` is awaited.
    sources: RefCell<Vec<usize>>,
}

impl<'a> Found<'a> {
    fn push(&self, fact: Fact<'a>) {
        let mut facts = self.facts.borrow_mut();
        let text = self.text.get() + fact.text.len() + fact.style.as_ref().map_or(0, |style| style.len());
        if facts.len() >= MOST_FACTS || text > MOST_TEXT {
            self.stopped.set(Some(Refusal::TooManyAddresses));
            return;
        }
        self.text.set(text);
        let id = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        facts.push(Fact { id, ..fact });
    }

    /// The `img` of a `picture` decides how its sources are drawn, unless they state a size themselves.
    fn draw_sources(&self, attributes: Attributes<'a, '_>, hidden: bool) {
        let mut facts = self.facts.borrow_mut();
        for index in self.sources.take() {
            let Some(fact) = facts.get_mut(index) else { continue };
            if fact.width.is_none() && fact.height.is_none() {
                fact.width = attributes.get("width");
                fact.height = attributes.get("height");
            }
            fact.style = attributes.get("style");
            fact.hidden |= hidden;
        }
    }

    /// Adds what was found in a document that does not live as long as this one.
    fn take(&self, inner: Found<'_>) {
        inner.facts.into_inner().into_iter().for_each(|fact| self.push(fact.into_owned()));
        self.stopped.set(self.stopped.get().or(inner.stopped.get()));
    }
}

fn walk_into<'a>(found: &Found<'a>, html: &'a str, place: Place) {
    if place.depth > DEEPEST {
        found.stopped.set(Some(Refusal::TooDeep));
        return;
    }
    let mut walk = Walk { found, place, open: OpenElements::new(place.hidden), styles: HashMap::new() };
    let mut tokens = Tokens::of(html);
    while let (None, Some(token)) = (found.stopped.get(), tokens.next()) {
        match token {
            Token::Start { name, namespace, closes_itself } => walk.start(lower(name), namespace, closes_itself, Attributes(&tokens.attributes)),
            Token::End(name) => walk.end(name),
            Token::Text { text, has_references } => walk.text(text, has_references),
            Token::Comment(text) => walk.comment(text),
            Token::TooLarge => found.stopped.set(Some(Refusal::Unreadable)),
        }
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

/// A walk through one document.
struct Walk<'a, 'f> {
    found: &'f Found<'a>,
    place: Place,
    open: OpenElements<'a>,
    /// What a style says, as written. Mail repeats a few of them on every cell.
    styles: HashMap<&'a str, Style>,
}

/// What a style attribute says.
#[derive(Clone, Copy, Default)]
struct Style {
    /// It hides what is in its element.
    hides: bool,
    /// It may name an address. Most name none.
    may_name_address: bool,
}

impl<'a> Walk<'a, '_> {
    fn start(&mut self, tag: Cow<'a, str>, namespace: Namespace, closes_itself: bool, attributes: Attributes<'a, '_>) {
        let style = self.style_of(attributes);
        let hides = style.hides || attributes.has("hidden");
        let is_svg = namespace == Namespace::Svg;
        self.open.imply_ends(&tag);
        if !self.open.is_inert() {
            Seen { found: self.found, tag: &tag, attributes, place: self.place, is_svg, style, hidden: hides || self.open.is_hidden() }.look();
            let apart = Place { hidden: false, apart: true, ..self.place };
            if tag == "iframe"
                && let Some(srcdoc) = attributes.get("srcdoc")
            {
                self.nested(srcdoc, apart);
            }
            if let Some(document) = framed(&tag).and_then(|name| attributes.get(name)).and_then(|text| data_url::document(&text)) {
                self.nested(document.into(), apart);
            }
            if tag == "link"
                && attributes.is_fetching_link()
                && let Some(css) = attributes.get("href").and_then(|text| data_url::style_sheet(&text))
            {
                self.style(css.into());
            }
        }
        // Outside SVG `image` is read as `img`, which has no end.
        let has_end = if namespace == Namespace::Html { !is_void(&tag) && tag != "image" } else { !closes_itself && (is_svg || tag != "image") };
        if has_end {
            // Nothing in a template is shown, unless the browser makes a shadow of it.
            let is_inert = tag == "template" && !attributes.has("shadowrootmode");
            self.open.open(tag, hides, is_inert);
            self.stop_if_too_deep();
        }
    }

    fn end(&mut self, name: &str) {
        self.open.close(&lower(name));
        self.stop_if_too_deep();
    }

    fn stop_if_too_deep(&self) {
        if self.open.are_too_many() {
            self.found.stopped.set(Some(Refusal::TooDeep));
        }
    }

    fn style_of(&mut self, attributes: Attributes<'a, '_>) -> Style {
        let Some(written) = attributes.raw("style") else { return Style::default() };
        *self.styles.entry(written).or_insert_with(|| {
            let style = value(written);
            Style { hides: extent::hides_content(&style), may_name_address: spot::may_be_in(&style) }
        })
    }

    fn text(&self, text: &'a str, has_references: bool) {
        if self.open.is_inert() {
            return;
        }
        if self.open.is_in_style() {
            // In SVG it is text like any other.
            self.style(if has_references { htmlize::unescape(text) } else { text.into() });
        }
        // Mail programs run no scripts, so they show what is in there.
        if self.open.is_in_noscript() {
            self.nested(text.into(), Place { hidden: self.open.is_hidden(), ..self.place });
        }
    }

    fn comment(&self, text: &'a str) {
        if let (false, Some(html)) = (self.open.is_inert(), conditional(text)) {
            self.nested(html.into(), Place { mso: true, hidden: self.open.is_hidden(), apart: true, ..self.place });
        }
    }

    fn style(&self, text: Cow<'a, str>) {
        if !text.trim().is_empty() {
            self.found.push(Fact::new(0, Vector::StyleBlock, text));
        }
    }

    fn nested(&self, html: Cow<'a, str>, inner: Place) {
        let place = Place { depth: self.place.depth + 1, ..inner };
        match html {
            Cow::Borrowed(html) => walk_into(self.found, html, place),
            Cow::Owned(html) => {
                let found = Found::default();
                walk_into(&found, &html, place);
                self.found.take(found);
            }
        }
    }
}

/// Says whether an element has no end tag.
fn is_void(tag: &str) -> bool {
    matches!(
        tag,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// The content of a comment that Outlook on the desktop reads: `[if mso]>…<![endif]`.
fn conditional(comment: &str) -> Option<&str> {
    let rest = comment.trim_start();
    let is_conditional = rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("[if"));
    let (_, content) = rest.split_once("]>").filter(|_| is_conditional)?;
    let content = content.rsplit_once("<![endif]").map_or(content, |(content, _)| content);
    content.contains('<').then_some(content)
}

/// The attributes of one element, as written. Of two with one name the first counts.
#[derive(Clone, Copy)]
struct Attributes<'a, 't>(&'t [(&'a str, &'a str)]);

/// An attribute's value with its character references resolved.
fn value(written: &str) -> Cow<'_, str> {
    // Most values are what was written.
    if memchr2(b'&', 0, written.as_bytes()).is_none() {
        return written.into();
    }
    let value = htmlize::unescape_attribute(written);
    // No document has a NUL in it: browsers replace it.
    if value.contains('\0') { value.replace('\0', "\u{fffd}").into() } else { value }
}

impl<'a> Attributes<'a, '_> {
    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(n, _)| n.len() == name.len() && n.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.raw(name).map(value)
    }

    /// The value is one of these, in any case.
    fn is(&self, name: &str, values: &[&str]) -> bool {
        self.get(name).is_some_and(|value| values.iter().any(|v| value.eq_ignore_ascii_case(v)))
    }

    /// Of a `link`: a browser fetches it, or connects to its host.
    fn is_fetching_link(&self) -> bool {
        let rel = self.get("rel").unwrap_or_default();
        rel.split_ascii_whitespace().any(|kind| FETCHING_LINKS.iter().any(|k| kind.eq_ignore_ascii_case(k)))
    }
}

/// The attribute that names a document within the document.
fn framed(tag: &str) -> Option<&'static str> {
    match tag {
        "iframe" | "frame" | "embed" => Some("src"),
        "object" => Some("data"),
        _ => None,
    }
}

/// Kinds of `link` that make a browser fetch something or connect.
const FETCHING_LINKS: &[&str] = &[
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "mask-icon",
    "fluid-icon",
    "preload",
    "prefetch",
    "modulepreload",
    "prerender",
    "dns-prefetch",
    "preconnect",
    "manifest",
];

/// SVG attributes that may hold a `url()`, as a style would.
const PAINT_ATTRIBUTES: &[&str] = &["fill", "stroke", "filter", "mask", "clip-path", "marker", "marker-start", "marker-mid", "marker-end", "cursor"];

/// Names of an object's parameters that hold what it plays.
const OBJECT_PARAMETERS: &[&str] = &["movie", "src", "data", "url", "filename"];

/// One element with what surrounds it.
struct Seen<'a, 't> {
    found: &'t Found<'a>,
    tag: &'t str,
    attributes: Attributes<'a, 't>,
    place: Place,
    is_svg: bool,
    style: Style,
    hidden: bool,
}

impl<'a> Seen<'a, '_> {
    fn look(&self) {
        match self.tag {
            // `image` outside SVG is an old spelling of `img`, and browsers still read it so.
            "image" if self.is_svg => self.take_reference(Vector::SvgImage),
            "picture" => self.found.sources.borrow_mut().clear(),
            "img" | "image" | "amp-img" | "amp-anim" | "amp-pixel" => {
                self.found.draw_sources(self.attributes, self.hidden);
                self.take("src", Vector::Img);
                self.take("srcset", Vector::Srcset);
                self.take("lowsrc", Vector::Legacy);
                self.take("dynsrc", Vector::Legacy);
            }
            "feimage" => self.take_reference(Vector::SvgImage),
            "use" => self.take_reference(Vector::SvgUse),
            "input" => {
                if self.attributes.is("type", &["image"]) {
                    self.take("src", Vector::InputImage);
                }
                self.take("formaction", Vector::FormAction);
            }
            "button" => self.take("formaction", Vector::FormAction),
            "form" => {
                self.take("action", Vector::FormAction);
                self.take("action-xhr", Vector::FormAction);
            }
            "video" => {
                self.take("src", Vector::Media);
                self.take("poster", Vector::Poster);
            }
            "audio" => self.take("src", Vector::Media),
            "source" => {
                self.take("src", Vector::Media);
                let before = self.found.facts.borrow().len();
                self.take("srcset", Vector::Srcset);
                self.found.sources.borrow_mut().extend(before..self.found.facts.borrow().len());
            }
            "track" => self.take("src", Vector::Track),
            "object" => self.take("data", Vector::Object),
            "param" if self.attributes.is("name", OBJECT_PARAMETERS) => self.take("value", Vector::Object),
            "embed" => self.take("src", Vector::Embed),
            "iframe" | "frame" => self.take("src", Vector::Iframe),
            "bgsound" | "layer" | "ilayer" | "xml" => self.take("src", Vector::Legacy),
            // What AMP mail loads besides pictures.
            "amp-list" | "amp-state" => self.take("src", Vector::Object),
            // An animation may give a picture another address.
            "set" | "animate" if self.is_svg && self.attributes.is("attributename", &["href", "xlink:href"]) => {
                self.take("to", Vector::SvgImage);
                self.take("from", Vector::SvgImage);
            }
            "link" if self.attributes.is_fetching_link() => {
                self.take("href", Vector::LinkRel);
                self.take("imagesrcset", Vector::Srcset);
            }
            "meta" if self.attributes.is("http-equiv", &["refresh"]) => self.take("content", Vector::MetaRefresh),
            "a" | "area" => {
                self.take_reference(Vector::LinkHref);
                self.take("ping", Vector::Ping);
            }
            "base" if !self.place.apart && !self.is_svg => {
                let mut base = self.found.base.borrow_mut();
                if base.is_none() {
                    *base = self.attributes.get("href").map(Cow::into_owned);
                }
            }
            tag if tag.starts_with("v:") => {
                self.take("src", Vector::MsoImg);
                self.take("o:href", Vector::MsoImg);
                self.take("href", Vector::MsoLink);
            }
            _ => {}
        }
        self.take("background", Vector::BackgroundAttr);
        if self.style.may_name_address {
            self.take("style", Vector::CssAttr);
        }
        for name in PAINT_ATTRIBUTES.iter().filter(|_| self.is_svg) {
            self.take(name, Vector::CssAttr);
        }
    }

    /// A reference: SVG alone knows the old spelling, and the new one wins.
    fn take_reference(&self, vector: Vector) {
        self.take(if self.attributes.has("href") || !self.is_svg { "href" } else { "xlink:href" }, vector);
    }

    fn take(&self, name: &str, vector: Vector) {
        let Some(text) = self.attributes.get(name).filter(|text| !text.trim().is_empty()) else { return };
        // Most styles name no address.
        if vector == Vector::CssAttr && !spot::may_be_in(&text) {
            return;
        }
        let vector = match vector {
            Vector::Img if self.place.mso => Vector::MsoImg,
            Vector::LinkHref if self.place.mso => Vector::MsoLink,
            other => other,
        };
        let mut fact = Fact::new(0, vector, text);
        if vector.is_picture() {
            fact.width = self.attributes.get("width");
            fact.height = self.attributes.get("height");
            fact.style = self.attributes.get("style");
            fact.hidden = self.hidden;
        }
        self.found.push(fact);
    }
}

#[cfg(test)]
mod tests;
