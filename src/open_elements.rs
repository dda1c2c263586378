//! Which elements are open while HTML streams by, and whether one of them hides what is inside.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How far back an unclosed cell or paragraph is looked for, in open elements.
const NEAR: usize = 64;

/// What the list of open elements must know of a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Paragraph,
    Item,
    List,
    Cell,
    Row,
    Table,
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
            _ => Tag::Other,
        }
    }
}

struct Open {
    serial: u64,
    tag: Tag,
    /// It or something around it hides its content.
    hidden: bool,
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

    /// Opens an element. What comes back closes it, and everything that was left open inside.
    pub(crate) fn push(&self, tag: Tag, hides: bool) -> lol_html::EndTagHandler<'static> {
        let hidden = hides || self.is_hidden();
        let serial = self.serial.get();
        self.serial.set(serial + 1);
        self.list.borrow_mut().push(Open { serial, tag, hidden });
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
        let (closed, stops): (Tag, &[Tag]) = match name {
            "td" | "th" => (Tag::Cell, &[Tag::Row, Tag::Table]),
            "tr" => (Tag::Row, &[Tag::Table]),
            "li" => (Tag::Item, &[Tag::List, Tag::Table]),
            // Without a doctype, which is how mail is shown, a table does not end a paragraph.
            "p" | "div" | "ul" | "ol" | "center" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr" | "pre" | "blockquote" | "section" => {
                (Tag::Paragraph, &[Tag::Cell, Tag::Table])
            }
            _ => return,
        };
        let nearest = list.iter().rev().take(NEAR).position(|open| open.tag == closed || stops.contains(&open.tag));
        let at = nearest.map(|back| list.len() - 1 - back);
        if let Some(at) = at.filter(|at| list.get(*at).is_some_and(|open| open.tag == closed)) {
            list.truncate(at);
        }
    }
}
