//! How large a picture is drawn, as far as its attributes and style say, and whether it is hidden.

use crate::words::Stems;
use crate::{Fact, Vector};
use cssparser::{Delimiter, ParseError, Parser, Token};
use std::sync::LazyLock;

/// A picture of at most this many CSS pixels each way cannot be seen. Emarsys draws its counter 2 by 2.
const TINY_SIDE: f32 = 2.0;

/// A picture of at most this area, with no side above [`LONGEST_TINY_SIDE`], cannot be seen either: AOL draws 3 by 2, a mailer in China 5 by 2.
const TINY_AREA: f32 = 10.0;

/// Above this a picture is a line or a spacer for layout, not a dot.
const LONGEST_TINY_SIDE: f32 = 5.0;

/// What is known of how a picture is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Extent {
    /// CSS pixels, when stated.
    pub(crate) width: Option<f32>,
    /// CSS pixels, when stated.
    pub(crate) height: Option<f32>,
    /// Hidden by its own style, or inside something hidden.
    pub(crate) hidden: bool,
}

impl Extent {
    /// Reads attributes and inline style; the style wins, as in a browser.
    pub(crate) fn of(fact: &Fact<'_>) -> Extent {
        let mut extent =
            Extent { width: fact.width.as_deref().and_then(attribute_length), height: fact.height.as_deref().and_then(attribute_length), hidden: fact.hidden };
        // A style attribute says itself how large its element is.
        let own = (fact.vector == Vector::CssAttr).then_some(&*fact.text);
        if let Some(style) = fact.style.as_deref().or(own) {
            extent.read_style(style);
        }
        extent
    }

    /// Too small to be seen.
    pub(crate) fn is_tiny(self) -> bool {
        match (self.width, self.height) {
            (Some(w), Some(h)) => (w <= TINY_SIDE && h <= TINY_SIDE) || w == 0.0 || h == 0.0 || (w * h <= TINY_AREA && w.max(h) <= LONGEST_TINY_SIDE),
            (Some(side), None) | (None, Some(side)) => side <= 1.0,
            (None, None) => false,
        }
    }

    /// Drawn, but hardly to be seen.
    pub(crate) fn is_line(self) -> bool {
        self.width.into_iter().chain(self.height).any(|side| side <= 1.0)
    }

    /// States a size in which it could be seen.
    pub(crate) fn is_sized(self) -> bool {
        !self.is_tiny() && self.width.into_iter().chain(self.height).any(|side| side > LONGEST_TINY_SIDE)
    }

    fn read_style(&mut self, style: &str) {
        if !may_say(&TELLING_IN, style) {
            return;
        }
        declarations(style, |name, value| self.declare(name, value));
    }

    fn declare(&mut self, name: &str, value: &Token<'_>) {
        let length = length(value);
        match name {
            "width" => self.width = length.or(self.width),
            "height" => self.height = length.or(self.height),
            "min-width" => self.width = larger(self.width, length),
            "min-height" => self.height = larger(self.height, length),
            "max-width" => self.width = smaller(self.width, length),
            "max-height" => self.height = smaller(self.height, length),
            _ if hides(name, value) => self.hidden = true,
            _ => {}
        }
    }
}

/// Properties that say how large an element is or that it is hidden.
const TELLING: &[&str] = &["width", "height", "display", "visibility", "opacity", "mso-hide"];

static TELLING_IN: LazyLock<Stems> = LazyLock::new(|| Stems::of(TELLING));

/// Most styles say nothing of what is asked. An escape could hide the word.
fn may_say(properties: &Stems, style: &str) -> bool {
    properties.are_in(style) || style.contains('\\')
}

/// Properties that can hide what is inside: without `overflow` a size does not.
#[cfg(feature = "audit")]
const HIDING: &[&str] = &["display", "visibility", "opacity", "mso-hide", "overflow"];

#[cfg(feature = "audit")]
static HIDING_IN: LazyLock<Stems> = LazyLock::new(|| Stems::of(HIDING));

/// Says whether an element with this inline style hides everything in it. A font size of 0 does not hide pictures.
#[cfg(feature = "audit")]
pub(crate) fn hides_content(style: &str) -> bool {
    if !may_say(&HIDING_IN, style) {
        return false;
    }
    // Of several declarations of one property the last counts.
    let mut said: Vec<(String, bool)> = Vec::new();
    declarations(style, |name, value| {
        let says = match name {
            "overflow" | "overflow-x" | "overflow-y" => matches!(value, Token::Ident(ident) if is_any(ident, &["hidden", "clip"])),
            "width" | "height" | "max-width" | "max-height" => length(value) == Some(0.0),
            "display" | "visibility" | "opacity" | "mso-hide" => hides(name, value),
            _ => return,
        };
        said.retain(|(other, _)| other != name);
        said.push((name.to_owned(), says));
    });
    let any = |names: &[&str]| said.iter().any(|(name, says)| *says && names.contains(&name.as_str()));
    let clips = any(&["overflow", "overflow-x", "overflow-y"]);
    any(&["display", "visibility", "opacity", "mso-hide"]) || (clips && any(&["width", "height", "max-width", "max-height"]))
}

/// The declarations of an inline style, each with the first token of its value; those marked important come last, as they win.
fn declarations(style: &str, mut take: impl FnMut(&str, &Token<'_>)) {
    let mut important = Vec::new();
    let mut parser = Parser::new(style);
    while !parser.is_exhausted() {
        let declaration = parser.parse_until_after(Delimiter::Semicolon, |p| -> Result<_, ParseError<()>> {
            let name = p.expect_ident().map(|n| n.as_ref().to_ascii_lowercase())?;
            p.expect_colon()?;
            let value = p.next().cloned()?;
            let (mut is_important, mut has_more) = (false, false);
            while let Ok(token) = p.next() {
                match token {
                    Token::Ident(word) if word.eq_ignore_ascii_case("important") => is_important = true,
                    // Of all that is asked for, only this takes two values: a browser drops what has more.
                    Token::Ident(_) if name == "overflow" => {}
                    Token::Delim('!') => {}
                    _ => has_more = true,
                }
            }
            Ok((!has_more).then_some((name, value, is_important)))
        });
        match declaration {
            Ok(Some((name, value, true))) => important.push((name, value)),
            Ok(Some((name, value, false))) => take(&name, &value),
            Ok(None) | Err(_) => {}
        }
    }
    for (name, value) in &important {
        take(name, value);
    }
}

/// Says whether a declaration hides an element by itself.
fn hides(name: &str, value: &Token<'_>) -> bool {
    let word = if let Token::Ident(word) = value { word } else { "" };
    match name {
        "display" => is_any(word, &["none"]),
        "visibility" => is_any(word, &["hidden", "collapse"]),
        "opacity" => length(value) == Some(0.0) || matches!(value, Token::Percentage { unit_value, .. } if *unit_value == 0.0),
        "mso-hide" => is_any(word, &["all"]),
        _ => false,
    }
}

fn is_any(word: &str, words: &[&str]) -> bool {
    words.iter().any(|w| word.eq_ignore_ascii_case(w))
}

fn length(value: &Token<'_>) -> Option<f32> {
    match value {
        Token::Dimension { value, unit, .. } => pixels(*value, unit),
        Token::Number { value, .. } => Some(*value),
        _ => None,
    }
}

/// A minimum counts also when no size is stated: `height="1"` with `min-width:540px` is a line.
fn larger(a: Option<f32>, b: Option<f32>) -> Option<f32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b.filter(|b| *b > 0.0)),
    }
}

fn smaller(a: Option<f32>, b: Option<f32>) -> Option<f32> {
    match (a, b) {
        // A maximum bounds a size that is not stated only when it hides the picture: `max-width:600px` says nothing.
        (None, Some(b)) => (b <= 1.0).then_some(b),
        (a, None) => a,
        (Some(a), Some(b)) => Some(a.min(b)),
    }
}

fn pixels(value: f32, unit: &str) -> Option<f32> {
    let factor = match &*unit.to_ascii_lowercase() {
        "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "em" | "rem" => 16.0,
        _ => return (value == 0.0).then_some(0.0),
    };
    Some(value * factor)
}

/// A `width` or `height` attribute: digits, then anything; a percentage states no size.
fn attribute_length(text: &str) -> Option<f32> {
    let text = text.trim();
    let (digits, rest) = text.split_at(text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count());
    let is_percentage = rest.starts_with('%');
    // Nearly all are whole and short.
    let is_whole = rest.is_empty() && (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_whole {
        return Some(f32::from(digits.bytes().fold(0, |number: u16, digit| number * 10 + u16::from(digit - b'0'))));
    }
    // Not Rust's own reader of numbers: its tables are a sixtieth of the module.
    Parser::new(digits).expect_number().ok().filter(|value| !is_percentage || *value == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vector;
    use std::borrow::Cow;

    fn extent(width: &str, height: &str, style: &str) -> Extent {
        fn some(text: &str) -> Option<Cow<'_, str>> {
            (!text.is_empty()).then(|| text.into())
        }
        Extent::of(&Fact { width: some(width), height: some(height), style: some(style), ..Fact::new(1, Vector::Img, "x") })
    }

    #[test]
    fn what_cannot_be_seen_is_tiny_or_hidden() {
        for (w, h, style) in [
            ("1", "1", ""),
            ("1px", " 1 ", ""),
            ("2", "2", ""),
            ("3", "2", ""),
            ("", "", "width:1px!important;height:1px"),
            ("0", "", ""),
            ("100%", "", "max-height:0;height:0"),
            ("", "1", ""),
            ("0%", "20", ""),
        ] {
            assert!(extent(w, h, style).is_tiny(), "{w} {h} {style}");
        }
        for style in ["display:none!important", "color:red; VISIBILITY : hidden", "opacity:0", "mso-hide:all"] {
            assert!(extent("", "", style).hidden, "{style}");
        }
    }

    #[test]
    fn what_can_be_seen_is_not() {
        for (w, h, style) in [
            ("600", "1", ""),
            ("1", "600", ""),
            ("100%", "", ""),
            ("", "", ""),
            ("1", "10", ""),
            ("", "", "max-width:600px"),
            ("20", "20", "border-width:0"),
            ("1", "1", "width:20px;height:20px"),
            ("", "1", "min-width:540px"),
        ] {
            assert!(!extent(w, h, style).is_tiny(), "{w} {h} {style}");
        }
        assert!(!extent("", "", "display:block;opacity:1;}{;:;url(").hidden);
    }
}
