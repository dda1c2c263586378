//! Finds the addresses in a fact's text: the one address of an attribute, the candidates of a `srcset`, the `url()`s of CSS.

use crate::Vector;
use cssparser::{ParseError, Parser, Token};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// How deep CSS blocks may nest before we stop looking. What lies deeper is never released.
const DEEPEST_CSS: usize = 64;

/// The most addresses taken from one text. What comes after is never released.
const MOST: usize = 10_000;

/// One address in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot<'a> {
    /// The address, with CSS escapes resolved.
    pub url: Cow<'a, str>,
    /// Byte offset in the text where the address ends and something may be appended to it.
    pub end: usize,
    /// Where exactly it stood.
    pub vector: Vector,
}

/// The addresses in one text: mostly one.
pub type Spots<'a> = SmallVec<[Spot<'a>; 1]>;

/// Finds every address in `text`, which stood in `vector`.
#[must_use]
pub fn find(vector: Vector, text: &str) -> Spots<'_> {
    match vector {
        Vector::Srcset => srcset(text).into(),
        Vector::CssAttr | Vector::StyleBlock => css(vector, text).into(),
        Vector::Ping => words(vector, text).into(),
        Vector::MetaRefresh => refresh(text).into_iter().collect(),
        _ => plain(vector, text).into_iter().collect(),
    }
}

fn plain(vector: Vector, text: &str) -> Option<Spot<'_>> {
    let trimmed = text.trim_end_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
    let url = trimmed.trim_start_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
    (!url.is_empty()).then(|| Spot { url: url.into(), end: trimmed.len(), vector })
}

/// Addresses with white space between them.
fn words(vector: Vector, text: &str) -> Vec<Spot<'_>> {
    let mut spots = Vec::new();
    let mut end = 0;
    for word in text.split(|c: char| c.is_ascii_whitespace()) {
        end += word.len();
        if !word.is_empty() && spots.len() < MOST {
            spots.push(Spot { url: word.into(), end, vector });
        }
        end += 1;
    }
    spots
}

/// Splits a candidate list as the HTML standard does: an address runs to white space, and trailing commas are not part of it.
fn srcset(text: &str) -> Vec<Spot<'_>> {
    let mut spots = Vec::new();
    let mut at = 0;
    let bytes = text.as_bytes();
    let space = |b: u8| b.is_ascii_whitespace();
    while spots.len() < MOST {
        at = (at..bytes.len()).find(|i| bytes.get(*i).is_some_and(|b| !space(*b) && *b != b',')).unwrap_or(bytes.len());
        if at >= bytes.len() {
            break;
        }
        let stop = (at..bytes.len()).find(|i| bytes.get(*i).is_some_and(|b| space(*b))).unwrap_or(bytes.len());
        let written = text.get(at..stop).unwrap_or("");
        let url = written.trim_end_matches(',');
        if !url.is_empty() {
            spots.push(Spot { url: url.into(), end: at + url.len(), vector: Vector::Srcset });
        }
        at = stop;
        if written.len() == url.len() {
            // A descriptor follows, up to a comma outside parentheses.
            let mut depth = 0_u32;
            while let Some(&b) = bytes.get(at) {
                match b {
                    b'(' => depth += 1,
                    b')' => depth = depth.saturating_sub(1),
                    b',' if depth == 0 => break,
                    _ => {}
                }
                at += 1;
            }
        }
    }
    spots
}

/// `5; url=https://…`, read as the HTML standard does: sign, `url=` and quotes may be missing.
fn refresh(text: &str) -> Option<Spot<'_>> {
    let after = text.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let value = after.trim_start().trim_start_matches([';', ',']).trim_start();
    if value.len() == after.len() {
        return None;
    }
    let named =
        value.get(..3).filter(|word| word.eq_ignore_ascii_case("url")).and_then(|_| value.get(3..)).and_then(|rest| rest.trim_start().strip_prefix('='));
    let value = named.unwrap_or(value).trim_start();
    let url = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => value.get(1..).and_then(|rest| rest.split(quote).next()).unwrap_or(value),
        None => value,
    };
    plain(Vector::MetaRefresh, url).map(|spot| Spot { end: text.len(), ..spot })
}

/// Says whether a style could name an address: by one of four functions. An escape could hide them.
pub(crate) fn may_be_in(style: &str) -> bool {
    // What stands before each `(`: in most styles there is none.
    let begins = |before: &[u8]| ["url", "src", "image", "image-set"].iter().any(|name| ends_with(before, name.as_bytes()));
    let mut bytes = (0..).zip(style.bytes());
    bytes.any(|(at, byte)| byte == b'\\' || (byte == b'(' && style.as_bytes().get(..at).is_some_and(begins)))
}

/// In any case.
fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len().checked_sub(end.len()).and_then(|at| text.get(at..)).is_some_and(|text| text.eq_ignore_ascii_case(end))
}

fn css(vector: Vector, text: &str) -> Vec<Spot<'_>> {
    let may_import = || text.contains('@') && text.to_ascii_lowercase().contains("@import");
    if !may_be_in(text) && !may_import() {
        return Vec::new();
    }
    let mut parser = Parser::new(text);
    let mut found = Css { vector, at_rule: None, spots: Vec::new() };
    let _ = found.walk(&mut parser, 0, false);
    found.spots
}

struct Css {
    vector: Vector,
    /// `import` or `font-face` while inside that rule.
    at_rule: Option<Vector>,
    spots: Vec<Spot<'static>>,
}

impl Css {
    /// Walks tokens. `strings_are_addresses` holds inside `image-set()` and after `@import`.
    fn walk(&mut self, parser: &mut Parser<'_>, depth: usize, strings_are_addresses: bool) -> ControlFlow<()> {
        if depth > DEEPEST_CSS {
            return ControlFlow::Continue(());
        }
        loop {
            if self.spots.len() >= MOST {
                return ControlFlow::Break(());
            }
            let start = parser.position();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return ControlFlow::Continue(()) };
            let token = token.clone();
            let raw = parser.slice_from(start);
            let end = start.byte_index() + raw.len();
            let in_import = self.at_rule == Some(Vector::CssImport);
            match &token {
                Token::UnquotedUrl(url) => {
                    let inner = raw.strip_suffix(')').unwrap_or(raw).trim_end_matches([' ', '\t', '\n', '\r', '\u{c}']);
                    let is_escaped = ends_in_escape(inner);
                    let next = raw.get(inner.len()..).and_then(|rest| rest.chars().next());
                    let length = match next.filter(|_| is_escaped) {
                        // The space or the bracket is part of the address.
                        Some(next) => inner.len() + next.len_utf8(),
                        // An escape that the end of the text cut off is a character by itself, and would take in what is appended:
                        // so nothing is, and the address stays held.
                        None => inner.len() - usize::from(is_escaped),
                    };
                    self.push(url, start.byte_index() + length);
                }
                Token::QuotedString(text) if strings_are_addresses || in_import => {
                    let quote = raw.get(..1).unwrap_or("\"");
                    // A quote behind an escape closes nothing: the text ended before the string did.
                    let closed = raw.len() > 1 && raw.strip_suffix(quote).is_some_and(|before| !ends_in_escape(before));
                    self.push(text, if closed { end - 1 } else { end });
                }
                Token::AtKeyword(name) => {
                    self.at_rule = match &*name.to_ascii_lowercase() {
                        "import" => Some(Vector::CssImport),
                        "font-face" => Some(Vector::FontFace),
                        _ => None,
                    };
                }
                Token::Semicolon if depth == 0 => self.at_rule = None,
                Token::Function(name) => {
                    let strings = matches!(&*name.to_ascii_lowercase(), "url" | "src" | "image" | "image-set" | "-webkit-image-set");
                    self.nest(parser, depth, strings)?;
                }
                Token::CurlyBracketBlock => {
                    self.nest(parser, depth, false)?;
                    if depth == 0 {
                        self.at_rule = None;
                    }
                }
                Token::ParenthesisBlock | Token::SquareBracketBlock => self.nest(parser, depth, false)?,
                _ => {}
            }
        }
    }

    fn nest(&mut self, parser: &mut Parser<'_>, depth: usize, strings: bool) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        let _ = parser.parse_nested_block(|inner| -> Result<(), ParseError<()>> {
            flow = self.walk(inner, depth + 1, strings);
            Ok(())
        });
        flow
    }

    fn push(&mut self, url: &str, end: usize) {
        if !url.trim().is_empty() {
            self.spots.push(Spot { url: url.to_owned().into(), end, vector: self.at_rule.unwrap_or(self.vector) });
        }
    }
}

/// The last character is a backslash that stands for no character by itself.
fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(vector: Vector, text: &str) -> String {
        let mut out = text.to_owned();
        for spot in find(vector, text).iter().rev() {
            out.insert_str(spot.end, "#T");
        }
        out
    }

    #[test]
    fn the_end_of_an_address_is_where_a_token_goes() {
        assert_eq!(marked(Vector::Img, " https://a/x.png \n"), " https://a/x.png#T \n");
        assert_eq!(marked(Vector::Srcset, "a.png, b.png 2x,c.png 100w"), "a.png#T, b.png#T 2x,c.png#T 100w");
        assert_eq!(marked(Vector::Srcset, "data:image/png;base64,AA== 1x, b.png"), "data:image/png;base64,AA==#T 1x, b.png#T");
        assert_eq!(marked(Vector::CssAttr, "background:url( a.png ) red"), "background:url( a.png#T ) red");
        assert_eq!(marked(Vector::CssAttr, "background:url(a.png"), "background:url(a.png#T");
        assert_eq!(marked(Vector::CssAttr, "background:URL('a.png'), url(\"b\\22.png\")"), "background:URL('a.png#T'), url(\"b\\22.png#T\")");
        assert_eq!(marked(Vector::CssAttr, "background:image-set('a.png' 1x, url(b.png) 2x)"), "background:image-set('a.png#T' 1x, url(b.png#T) 2x)");
        assert_eq!(marked(Vector::CssAttr, "content:'https://a/x.png'"), "content:'https://a/x.png'");
        assert_eq!(marked(Vector::CssAttr, "é:url(\"é.png\")"), "é:url(\"é.png#T\")");
        assert_eq!(marked(Vector::CssAttr, "background:url(\"a.png"), "background:url(\"a.png#T");
        assert_eq!(marked(Vector::CssAttr, r"background:url(a\  ) url(a\\ )"), r"background:url(a\ #T ) url(a\\#T )");
        assert_eq!(marked(Vector::CssAttr, r"background:url(a\)"), r"background:url(a\)#T");
        assert_eq!(marked(Vector::CssAttr, r"background:url('a\'"), r"background:url('a\'#T");
        assert_eq!(marked(Vector::CssAttr, "background:url(a\u{a0} )"), "background:url(a\u{a0}#T )");
    }

    /// Released, it would be another address than the one that was judged.
    #[test]
    fn an_escape_that_is_cut_off_gets_no_token_at_its_end() {
        assert_eq!(marked(Vector::CssAttr, "background:url(a.png\\"), "background:url(a.png#T\\");
        assert_eq!(marked(Vector::CssAttr, "background:url(a.png\\\\"), "background:url(a.png\\\\#T");
    }

    #[test]
    fn style_sheets_know_imports_and_fonts() {
        let text = "@import 'i.css' screen; @import url(j.css); @font-face{src:url(f.woff)} @media print{a{background:url(p.png)}} b{mask:url(m.svg)}";
        let seen: Vec<(String, Vector)> = find(Vector::StyleBlock, text).into_iter().map(|s| (s.url.into_owned(), s.vector)).collect();
        let expected = [
            ("i.css", Vector::CssImport),
            ("j.css", Vector::CssImport),
            ("f.woff", Vector::FontFace),
            ("p.png", Vector::StyleBlock),
            ("m.svg", Vector::StyleBlock),
        ];
        assert_eq!(seen, expected.map(|(u, v)| (u.to_owned(), v)));
    }

    #[test]
    fn escapes_are_resolved() {
        let spots = find(Vector::CssAttr, r"background:\75 rl(https\3a //a.example/x)");
        assert_eq!(spots.first().map(|s| &*s.url), Some("https://a.example/x"));
    }

    #[test]
    fn a_refresh_names_its_address() {
        for text in [
            "0; URL='https://a.example/'",
            "0;url=https://a.example/",
            " 5.5 , url = \"https://a.example/\" rest",
            "0 url=https://a.example/",
            "0;https://a.example/",
            "0 https://a.example/",
            "; url=https://a.example/",
        ] {
            assert_eq!(find(Vector::MetaRefresh, text).first().map(|s| &*s.url), Some("https://a.example/"), "{text}");
        }
        assert!(find(Vector::MetaRefresh, "5").is_empty());
    }

    #[test]
    fn absurd_css_ends() {
        let deep = "a(".repeat(100_000);
        assert!(find(Vector::CssAttr, &deep).is_empty());
        assert!(find(Vector::StyleBlock, &"{".repeat(100_000)).is_empty());
    }
}
