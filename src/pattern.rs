//! The pattern language of the rules: `host/path?query`, without regular expressions.
//!
//! `build.rs` includes this file too, so it uses nothing but `std`. The notation is told in `CONTRIBUTING.md`.

/// The longest text that a pattern is tried on, in bytes. Longer addresses are cut: no rule looks that far.
pub const LONGEST: usize = 8192;

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Which hosts it speaks of.
    pub host: Host,
    /// Path segments.
    pub path: Box<[Segment]>,
    /// Query keys that must all be there, in any order.
    pub query: Box<[Key]>,
}

/// The host part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// `*`: any host, for mail systems on their customers' domains.
    Any,
    /// `example.com`: that host and everything below it.
    Below(Box<str>),
    /// Labels with wildcards, such as `mkt*.com` or `click.**`.
    Labels(Box<[Segment]>),
}

/// One segment of a path, or one label of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// `**`: any number of segments, none included.
    Many,
    /// One segment, made of pieces.
    One(Box<[Piece]>),
}

/// A part of a segment or of a query value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(Box<str>),
    /// `*`: any run of characters, none included.
    Star,
    /// `{hex25}`: a run of characters of one set, of `min` to `max` bytes.
    Class {
        /// Which characters.
        set: Set,
        /// Fewest, in bytes.
        min: u16,
        /// Most, in bytes.
        max: u16,
    },
    /// `(a|b)`: one of several literals.
    OneOf(Box<[Box<str>]>),
}

/// A query key that must be present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key. Empty means the whole query string, for queries without keys.
    pub name: Box<str>,
    /// What its value must look like. `None` means any value.
    pub value: Option<Box<[Piece]>>,
}

/// A set of characters that a class stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// `0-9`.
    Digit,
    /// `0-9a-fA-F`.
    Hex,
    /// `A-Za-z0-9`.
    Alnum,
    /// `a-z0-9`.
    Lower,
    /// `A-Z0-9`.
    Upper,
    /// `A-Za-z`.
    Letter,
    /// `A-Za-z0-9_-`.
    Token,
    /// `A-Za-z0-9_.-`.
    TokenDot,
    /// Base64 of either alphabet with its padding, raw or percent-encoded.
    Base64,
    /// `0-9a-fA-F-`, for UUIDs.
    Uuid,
}

/// Why a pattern could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternError {
    /// No `/` separates host and path.
    NoPath,
    /// The host is empty or has upper-case letters; browsers compare lower-case hosts.
    BadHost,
    /// A `{` without `}`, or a class name that does not exist.
    BadClass,
    /// A `(` without `)`.
    BadChoice,
    /// More than two `**`: matching would no longer be fast.
    TooManyRuns,
    /// Nothing in it is literal: it would match everything.
    MatchesAll,
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PatternError::NoPath => "a pattern is HOST/PATH: there is no / after the host",
            PatternError::BadHost => "the host is empty or has capitals",
            PatternError::BadClass => "a {class} is not closed, or no class has that name",
            PatternError::BadChoice => "a (choice) is not closed",
            PatternError::TooManyRuns => "more than two ** in one pattern",
            PatternError::MatchesAll => "nothing in it is literal: it would match every address",
        })
    }
}

impl std::error::Error for PatternError {}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Says what is wrong with it, for the person who wrote the rule.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let (host, rest) = text.split_once('/').ok_or(PatternError::NoPath)?;
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        let host = parse_host(host)?;
        let mut segments = Vec::new();
        for segment in path.split('/').filter(|s| !s.is_empty()) {
            segments.push(if segment == "**" { Segment::Many } else { Segment::One(parse_pieces(segment)?.into()) });
        }
        if segments.iter().filter(|s| **s == Segment::Many).count() > 2 {
            return Err(PatternError::TooManyRuns);
        }
        let mut keys = Vec::new();
        for key in query.into_iter().flat_map(|q| q.split('&')) {
            let (name, value) = match key.split_once('=') {
                Some((name, value)) => (name, Some(parse_pieces(value)?.into())),
                None => (key, None),
            };
            keys.push(Key { name: name.into(), value });
        }
        let literal = host != Host::Any || !keys.is_empty() || segments.iter().any(|s| matches!(s, Segment::One(p) if p.iter().any(is_literal)));
        if !literal {
            return Err(PatternError::MatchesAll);
        }
        Ok(Pattern { host, path: segments.into(), query: keys.into() })
    }
}

fn is_literal(piece: &Piece) -> bool {
    match piece {
        Piece::Text(_) | Piece::OneOf(_) => true,
        Piece::Class { min, .. } => *min >= 20,
        Piece::Star => false,
    }
}

fn parse_host(host: &str) -> Result<Host, PatternError> {
    if host.is_empty() || host.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(PatternError::BadHost);
    }
    if host == "*" {
        return Ok(Host::Any);
    }
    if !host.contains(['*', '(', '{']) {
        return Ok(Host::Below(host.into()));
    }
    let mut labels = Vec::new();
    for label in host.split('.') {
        labels.push(if label == "**" { Segment::Many } else { Segment::One(parse_pieces(label)?.into()) });
    }
    Ok(Host::Labels(labels.into()))
}

fn parse_pieces(text: &str) -> Result<Vec<Piece>, PatternError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match first {
            '*' => {
                pieces.push(Piece::Star);
                rest = rest.strip_prefix('*').unwrap_or("");
            }
            '{' => {
                let (class, after) = rest.strip_prefix('{').and_then(|r| r.split_once('}')).ok_or(PatternError::BadClass)?;
                pieces.push(parse_class(class)?);
                rest = after;
            }
            '(' => {
                let (inside, after) = rest.strip_prefix('(').and_then(|r| r.split_once(')')).ok_or(PatternError::BadChoice)?;
                pieces.push(Piece::OneOf(inside.split('|').map(Into::into).collect()));
                rest = after;
            }
            _ => {
                let (literal, after) = rest.split_at(rest.find(['*', '{', '(']).unwrap_or(rest.len()));
                pieces.push(Piece::Text(literal.into()));
                rest = after;
            }
        }
    }
    Ok(pieces)
}

fn parse_class(class: &str) -> Result<Piece, PatternError> {
    // `b64` ends in digits that are part of its name.
    let (name, length) = match class.strip_prefix("b64") {
        Some(length) => ("b64", length),
        None => class.split_at(class.find(|c: char| c.is_ascii_digit()).unwrap_or(class.len())),
    };
    let set = match name {
        "n" => Set::Digit,
        "hex" => Set::Hex,
        "al" => Set::Alnum,
        "low" => Set::Lower,
        "cap" => Set::Upper,
        "letters" => Set::Letter,
        "tok" => Set::Token,
        "tokdot" => Set::TokenDot,
        "b64" => Set::Base64,
        "uuid" if length.is_empty() => return Ok(Piece::Class { set: Set::Uuid, min: 36, max: 36 }),
        _ => return Err(PatternError::BadClass),
    };
    let number = |s: &str| s.parse::<u16>().map_err(|_| PatternError::BadClass);
    let (min, max) = match length {
        "" => (1, u16::MAX),
        _ => match (length.strip_suffix('+'), length.split_once('-')) {
            (Some(min), _) => (number(min)?, u16::MAX),
            (None, Some((min, max))) => (number(min)?, number(max)?),
            (None, None) => (number(length)?, number(length)?),
        },
    };
    Ok(Piece::Class { set, min, max })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        for (text, error) in [
            ("example.com", PatternError::NoPath),
            ("Example.com/a", PatternError::BadHost),
            ("example.com/{huh}", PatternError::BadClass),
            ("example.com/{hex", PatternError::BadClass),
            ("example.com/(a|b", PatternError::BadChoice),
            ("*/**/a/**/b/**", PatternError::TooManyRuns),
            ("*/{n}", PatternError::MatchesAll),
        ] {
            assert_eq!(Pattern::parse(text), Err(error), "{text}");
        }
    }
}
