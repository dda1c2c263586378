//! Which elements are open while HTML streams by, and whether one of them hides what is inside.

use std::borrow::Cow;

/// The most elements that may be open at once. Browsers stop at 512.
const MOST: usize = 200_000;

/// The most elements that may be passed by end tags, all together: a hundred for each of a million. It is a fraction of a second.
const MOST_PASSED: usize = 100_000_000;

/// How far back an unclosed cell or paragraph is looked for, in open elements.
const NEAR: usize = 64;

/// Says whether an element ends an open paragraph. A table does, too, in pages with a doctype, and all webmails have one.
#[rustfmt::skip]
fn ends_paragraph(name: &str) -> bool {
    // A `match`, which asks for the length first: a list would be looked through for every tag.
    matches!(
        name,
        "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog" | "dir" | "div" | "dl" | "fieldset" | "figcaption"
            | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "hr" | "listing" | "main" | "menu"
            | "nav" | "ol" | "p" | "plaintext" | "pre" | "search" | "section" | "summary" | "table" | "ul" | "xmp"
    )
}

/// What the list of open elements must know of a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Paragraph,
    Item,
    List,
    Cell,
    Row,
    Table,
    Heading,
    Other,
}

impl Tag {
    pub(crate) fn of(name: &str) -> Tag {
        match name {
            "p" => Tag::Paragraph,
            "li" => Tag::Item,
            "ul" | "ol" | "menu" => Tag::List,
            "td" | "th" => Tag::Cell,
            "tr" => Tag::Row,
            "table" => Tag::Table,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Tag::Heading,
            _ => Tag::Other,
        }
    }
}

struct Open {
    serial: u64,
    tag: Tag,
    /// It or something around it hides its content.
    hidden: bool,
    /// It or something around it is a template, of which nothing is shown.
    inert: bool,
}

/// The open elements, for what is hidden. Old mail leaves cells, rows, paragraphs and list items unclosed: the next one
/// closes them, as in a browser.
pub(crate) struct OpenElements<'a> {
    outside: bool,
    list: Vec<Open>,
    serial: u64,
    /// Those whose end tag has not come: the open ones, and those that something else has closed.
    awaited: Vec<(Cow<'a, str>, u64)>,
    /// How many of those are a `style`, and how many a `noscript`.
    styles: usize,
    noscripts: usize,
    /// How many elements were passed on the way to the one that an end tag means.
    passed: usize,
}

impl<'a> OpenElements<'a> {
    pub(crate) fn new(outside: bool) -> OpenElements<'a> {
        OpenElements { outside, list: Vec::new(), serial: 0, awaited: Vec::new(), styles: 0, noscripts: 0, passed: 0 }
    }

    pub(crate) fn is_hidden(&self) -> bool {
        self.list.last().map_or(self.outside, |open| open.hidden)
    }

    pub(crate) fn is_inert(&self) -> bool {
        self.list.last().is_some_and(|open| open.inert)
    }

    pub(crate) fn is_in_style(&self) -> bool {
        self.styles > 0
    }

    pub(crate) fn is_in_noscript(&self) -> bool {
        self.noscripts > 0
    }

    /// More are open than in any mail, or there are more end tags without an element than anybody writes.
    pub(crate) fn are_too_many(&self) -> bool {
        self.awaited.len() > MOST || self.passed > MOST_PASSED
    }

    pub(crate) fn open(&mut self, name: Cow<'a, str>, hides: bool, is_inert: bool) {
        let (hidden, inert) = (hides || self.is_hidden(), is_inert || self.is_inert());
        self.list.push(Open { serial: self.serial, tag: Tag::of(&name), hidden, inert });
        self.styles += usize::from(name == "style");
        self.noscripts += usize::from(name == "noscript");
        self.awaited.push((name, self.serial));
        self.serial += 1;
    }

    /// Closes the innermost element of that name, and everything that was left open inside.
    pub(crate) fn close(&mut self, name: &str) {
        let back = self.awaited.iter().rev().position(|(other, _)| other == name);
        self.passed += back.unwrap_or(self.awaited.len());
        let Some(at) = back.and_then(|back| self.awaited.len().checked_sub(back + 1)) else { return };
        for (name, serial) in self.awaited.drain(at..).rev() {
            self.styles -= usize::from(name == "style");
            self.noscripts -= usize::from(name == "noscript");
            // Serials grow along the list. What an implied end has closed already is not there.
            while self.list.pop_if(|open| open.serial >= serial).is_some() {}
        }
    }

    pub(crate) fn imply_ends(&mut self, name: &str) {
        let list = &mut self.list;
        let (closed, stops): (&[Tag], &[Tag]) = match name {
            "td" | "th" => (&[Tag::Cell], &[Tag::Row, Tag::Table]),
            "tr" | "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => (&[Tag::Cell, Tag::Row], &[Tag::Table]),
            "li" => (&[Tag::Item], &[Tag::List, Tag::Cell, Tag::Table]),
            name if ends_paragraph(name) => (&[Tag::Paragraph], &[Tag::Cell, Tag::Table]),
            _ => return,
        };
        let near = list.len().saturating_sub(NEAR);
        let is_inside = list.iter().skip(near).rev().take_while(|open| !stops.contains(&open.tag)).enumerate();
        // The outermost: what is in it goes with it.
        if let Some(back) = is_inside.filter(|(_, open)| closed.contains(&open.tag)).map(|(back, _)| back).last() {
            let at = list.len() - 1 - back;
            list.truncate(at);
        }
        if Tag::of(name) == Tag::Heading {
            list.pop_if(|open| open.tag == Tag::Heading);
        }
    }
}
