//! Takes HTML apart as browsers do: tags with their attributes, text, comments. No tree is built, nothing is copied, and what
//! nobody asks for is stepped over.
//!
//! Two things a tree would know are followed along: which elements hold nothing but text, and what lies inside of SVG or
//! MathML, where other rules hold. `tests/tokens.rs` holds it beside `lol_html`.

pub use crate::namespace::Namespace;
use crate::namespace::Namespaces;
use memchr::memchr;

/// The most attributes of one tag. More are no mail, and would fill the memory.
const MOST_ATTRIBUTES: usize = 100_000;

/// One piece of HTML. What it says is as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A start tag. Its attributes are in [`Tokens::attributes`].
    Start {
        /// Its name.
        name: &'a str,
        /// Where the element is, as far as can be told.
        namespace: Namespace,
        /// It ends in `/>`.
        closes_itself: bool,
    },
    /// An end tag.
    End(&'a str),
    /// Text between two tags or comments.
    Text {
        /// The text.
        text: &'a str,
        /// Its character references count.
        has_references: bool,
    },
    /// The inside of `<!--…-->`.
    Comment(&'a str),
    /// A tag with so many attributes that it was not read.
    TooLarge,
}

/// The pieces of a text, one after the other.
#[derive(Debug)]
pub struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// Of the start tag that came last, as written: of two with one name the first counts.
    pub attributes: Vec<(&'a str, &'a str)>,
    namespaces: Namespaces,
    /// The element that holds nothing but text, until its own end tag.
    raw: Option<&'a str>,
}

impl<'a> Tokens<'a> {
    /// Begins at the start of a text.
    #[must_use]
    pub fn of(html: &'a str) -> Tokens<'a> {
        Tokens { html, at: 0, attributes: Vec::new(), namespaces: Namespaces::default(), raw: None }
    }

    fn byte(&self, at: usize) -> u8 {
        self.html.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn rest(&self, at: usize) -> &'a str {
        self.html.get(at..).unwrap_or("")
    }

    fn place_of(&self, sign: u8, from: usize) -> Option<usize> {
        Some(from + memchr(sign, self.html.as_bytes().get(from..)?)?)
    }

    /// The place of the next byte that does not, or the end.
    fn pass(&self, from: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
        let bytes = self.html.as_bytes().get(from..).unwrap_or_default();
        from + bytes.iter().position(|byte| !is_skipped(*byte)).unwrap_or(bytes.len())
    }

    /// Text up to a place, if there is any.
    fn text(&mut self, end: usize, has_references: bool) -> Option<Token<'a>> {
        let text = self.html.get(self.at..end).filter(|text| !text.is_empty())?;
        self.at = end;
        Some(Token::Text { text, has_references })
    }

    fn raw_text(&mut self, name: &'a str) -> Option<Token<'a>> {
        self.raw = None;
        let text = self.rest(self.at);
        let length = if name.eq_ignore_ascii_case("script") { script_end(text) } else { raw_end(text, name) };
        let has_references = name.eq_ignore_ascii_case("title") || name.eq_ignore_ascii_case("textarea");
        self.text(self.at + length, has_references)
    }

    /// What begins with the `<` at a place: where it ends, and what it is. Nothing, when it is text.
    fn markup(&mut self, open: usize) -> Option<(usize, Option<Token<'a>>)> {
        let end_of = |found: Option<usize>| found.map_or(self.html.len(), |at| at + 1);
        match self.byte(open + 1) {
            b'a'..=b'z' | b'A'..=b'Z' => Some(self.start_tag(open + 1)),
            b'/' if self.byte(open + 2).is_ascii_alphabetic() => Some(self.end_tag(open + 2)),
            b'!' if self.rest(open).starts_with("<!--") => {
                let (length, text) = comment(self.rest(open + 4));
                Some((open + 4 + length, Some(Token::Comment(text))))
            }
            b'!' if self.namespaces.current() != Namespace::Html && self.rest(open).starts_with("<![CDATA[") => {
                let start = open + 9;
                let text = self.rest(start).split("]]>").next().unwrap_or("");
                Some((start + text.len() + 3, Some(Token::Text { text, has_references: false })))
            }
            // A declaration, or a comment of the wrong form: nothing in it is looked at.
            b'!' | b'?' => Some((end_of(self.place_of(b'>', open)), None)),
            b'/' if open + 2 < self.html.len() => Some((end_of(self.place_of(b'>', open)), None)),
            _ => None,
        }
    }

    fn start_tag(&mut self, start: usize) -> (usize, Option<Token<'a>>) {
        self.attributes.clear();
        let Some((name, end, closes_itself)) = self.tag(start, true) else { return (self.html.len(), None) };
        if self.attributes.len() > MOST_ATTRIBUTES {
            return (self.html.len(), Some(Token::TooLarge));
        }
        let namespace = self.namespaces.open(name, &self.attributes, closes_itself);
        // In SVG and MathML every element may hold others.
        self.raw = Some(name).filter(|name| self.namespaces.was_html() && holds_text(name));
        (end, Some(Token::Start { name, namespace, closes_itself }))
    }

    fn end_tag(&mut self, start: usize) -> (usize, Option<Token<'a>>) {
        let Some((name, end, _)) = self.tag(start, false) else { return (self.html.len(), None) };
        self.namespaces.close(name);
        (end, Some(Token::End(name)))
    }

    /// Reads a tag from its name on: the name, where it ends, and whether it closes itself. Nothing, when the text ends in it.
    fn tag(&mut self, start: usize, has_attributes: bool) -> Option<(&'a str, usize, bool)> {
        let mut at = self.pass(start, |byte| !is_space(byte) && byte != b'/' && byte != b'>');
        let name = self.html.get(start..at)?;
        loop {
            at = self.pass(at, is_space);
            match self.html.as_bytes().get(at)? {
                b'>' => return Some((name, at + 1, false)),
                b'/' if self.byte(at + 1) == b'>' => return Some((name, at + 2, true)),
                b'/' => at += 1,
                _ => {
                    let (attribute, end) = self.attribute(at)?;
                    if has_attributes && self.attributes.len() <= MOST_ATTRIBUTES {
                        self.attributes.push(attribute);
                    }
                    at = end;
                }
            }
        }
    }

    /// An attribute and where it ends.
    fn attribute(&self, start: usize) -> Option<((&'a str, &'a str), usize)> {
        // Whatever its first character is, it belongs to the name.
        let end = self.pass(start + 1, |byte| !is_space(byte) && !matches!(byte, b'=' | b'/' | b'>'));
        let name = self.html.get(start..end)?;
        let sign = self.pass(end, is_space);
        if self.byte(sign) != b'=' {
            return Some(((name, ""), end));
        }
        let start = self.pass(sign + 1, is_space);
        match self.byte(start) {
            quote @ (b'"' | b'\'') => {
                let end = self.place_of(quote, start + 1)?;
                Some(((name, self.html.get(start + 1..end)?), end + 1))
            }
            _ => {
                let end = self.pass(start, |byte| !is_space(byte) && byte != b'>');
                Some(((name, self.html.get(start..end)?), end))
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw
            && let Some(text) = self.raw_text(name)
        {
            return Some(text);
        }
        let mut from = self.at;
        loop {
            let Some(open) = self.place_of(b'<', from) else { return self.text(self.html.len(), true) };
            // A sign that begins nothing is text.
            let begins = match self.byte(open + 1) {
                b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?' => true,
                b'/' => open + 2 < self.html.len(),
                _ => false,
            };
            if !begins {
                from = open + 1;
                continue;
            }
            if let Some(text) = self.text(open, true) {
                return Some(text);
            }
            let (end, token) = self.markup(open)?;
            (self.at, from) = (end, end);
            if token.is_some() {
                return token;
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b'\x0c')
}

/// Elements in which there are no tags.
fn holds_text(name: &str) -> bool {
    let mut all = ["style", "title", "script", "textarea", "noscript", "iframe", "xmp", "noembed", "noframes", "plaintext"].iter();
    all.any(|other| name.eq_ignore_ascii_case(other))
}

/// How long a comment is from behind its `<!--` on, and what is in it.
fn comment(text: &str) -> (usize, &str) {
    for abrupt in [">", "->"] {
        if text.starts_with(abrupt) {
            return (abrupt.len(), "");
        }
    }
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("--")).map(|at| from + at) {
        let inside = text.get(..at).unwrap_or("");
        match text.get(at + 2..).unwrap_or("") {
            rest if rest.starts_with('>') => return (at + 3, inside),
            rest if rest.starts_with("!>") => return (at + 4, inside),
            // Of more than two dashes the last two count.
            _ => from = at + 1,
        }
    }
    (text.len(), text)
}

/// The text after a sign that could begin an end tag, when it is one of this name.
fn is_end_tag(rest: &str, name: &str) -> bool {
    let rest = rest.as_bytes();
    let names = rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
    names && rest.get(name.len()).is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
}

/// How long the text of an element is: up to its end tag.
fn raw_end(text: &str, name: &str) -> usize {
    if name.eq_ignore_ascii_case("plaintext") {
        return text.len();
    }
    let mut signs = text.match_indices("</");
    signs.find(|(at, _)| is_end_tag(text.get(at + 2..).unwrap_or(""), name)).map_or(text.len(), |(at, _)| at)
}

/// The same of a script. Inside of a comment in it, one that it begins there must end there, too.
fn script_end(text: &str) -> usize {
    let (mut in_comment, mut in_script) = (false, false);
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(['<', '-'])).map(|at| from + at) {
        let rest = text.get(at..).unwrap_or("");
        let after = |start: &str| rest.strip_prefix(start);
        from = at + 1;
        if in_comment && rest.starts_with("-->") {
            (in_comment, in_script) = (false, false);
        } else if after("</").is_some_and(|rest| is_end_tag(rest, "script")) {
            if !in_script {
                return at;
            }
            in_script = false;
        } else if in_comment && after("<").is_some_and(|rest| is_end_tag(rest, "script")) {
            in_script = true;
        } else if !in_comment && rest.starts_with("<!--") {
            in_comment = true;
            // Its dashes may be those of its end.
            from = at + 2;
        }
    }
    text.len()
}
