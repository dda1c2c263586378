//! Which elements are open while HTML streams by, and whether one of them hides what is inside.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How far back an unclosed cell or paragraph is looked for, in open elements.
const NEAR: usize = 64;

/// Elements that end an open paragraph. A table does, too, in pages with a doctype, and all webmails have one.
#[rustfmt::skip]
const ENDS_PARAGRAPH: &[&str] = &[
    "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "listing", "main", "menu",
    "nav", "ol", "p", "plaintext", "pre", "search", "section", "summary", "table", "ul", "xmp",
];

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
#[derive(Clone)]
pub(crate) struct OpenElements {
    outside: bool,
    list: Rc<RefCell<Vec<Open>>>,
    serial: Rc<Cell<u64>>,
}

impl OpenElements {
    pub(crate) fn new(outside: bool) -> OpenElements {
        OpenElements { outside, list: Rc::default(), serial: Rc::default() }
    }

    pub(crate) fn is_hidden(&self) -> bool {
        self.list.borrow().last().map_or(self.outside, |open| open.hidden)
    }

    pub(crate) fn is_inert(&self) -> bool {
        self.list.borrow().last().is_some_and(|open| open.inert)
    }

    /// Opens an element. What comes back closes it, and everything that was left open inside.
    pub(crate) fn push(&self, tag: Tag, hides: bool, is_inert: bool) -> lol_html::EndTagHandler<'static> {
        let (hidden, inert) = (hides || self.is_hidden(), is_inert || self.is_inert());
        let serial = self.serial.get();
        self.serial.set(serial + 1);
        self.list.borrow_mut().push(Open { serial, tag, hidden, inert });
        let list = Rc::clone(&self.list);
        Box::new(move |_| {
            let mut list = list.borrow_mut();
            // Serials grow along the list, so that a search is cheap. What an implied end has closed already is not there.
            if let Ok(at) = list.binary_search_by_key(&serial, |open| open.serial) {
                list.truncate(at);
            }
            Ok(())
        })
    }

    pub(crate) fn imply_ends(&self, name: &str) {
        let mut list = self.list.borrow_mut();
        let (closed, stops): (&[Tag], &[Tag]) = match name {
            "td" | "th" => (&[Tag::Cell], &[Tag::Row, Tag::Table]),
            "tr" | "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => (&[Tag::Cell, Tag::Row], &[Tag::Table]),
            "li" => (&[Tag::Item], &[Tag::List, Tag::Cell, Tag::Table]),
            name if ENDS_PARAGRAPH.contains(&name) => (&[Tag::Paragraph], &[Tag::Cell, Tag::Table]),
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
