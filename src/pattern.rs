//! The pattern language of the rules: `host/path?query`, without regular expressions.
//!
//! `build.rs` includes this file too, so it uses nothing but `std`. The notation is told in `CONTRIBUTING.md`.

use std::borrow::Cow;

/// The longest text that a pattern is tried on, in bytes. Longer addresses are cut: no rule looks that far.
pub const LONGEST: usize = 8192;

/// A parsed pattern. Borrowed when it comes from the tables that `build.rs` makes, owned when it is parsed at run time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Which hosts it speaks of.
    pub host: Host,
    /// Path segments.
    pub path: Cow<'static, [Segment]>,
    /// Query keys that must all be there, in any order.
    pub query: Cow<'static, [Key]>,
}

/// The host part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// `*`: any host, for mail systems on their customers' domains.
    Any,
    /// `example.com`: that host and everything below it.
    Below(Cow<'static, str>),
    /// Labels with wildcards, such as `mkt*.com` or `click.**`.
    Labels(Cow<'static, [Segment]>),
}

/// One segment of a path, or one label of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// `**`: any number of segments, none included.
    Many,
    /// One segment, made of pieces.
    One(Cow<'static, [Piece]>),
}

/// A part of a segment or of a query value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(Cow<'static, str>),
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
    OneOf(Cow<'static, [Cow<'static, str>]>),
}

/// A query key that must be present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key. Empty means the whole query string, for queries without keys.
    pub name: Cow<'static, str>,
    /// What its value must look like. `None` means any value.
    pub value: Option<Cow<'static, [Piece]>>,
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

impl Set {
    fn contains(self, b: u8) -> bool {
        match self {
            Set::Digit => b.is_ascii_digit(),
            Set::Hex => b.is_ascii_hexdigit(),
            Set::Alnum => b.is_ascii_alphanumeric(),
            Set::Lower => b.is_ascii_lowercase() || b.is_ascii_digit(),
            Set::Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Set::Letter => b.is_ascii_alphabetic(),
            Set::Token => b.is_ascii_alphanumeric() || b == b'_' || b == b'-',
            Set::TokenDot => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'),
            Set::Base64 => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'=' | b'%'),
            Set::Uuid => b.is_ascii_hexdigit() || b == b'-',
        }
    }
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
            keys.push(Key { name: name.to_owned().into(), value });
        }
        let literal = host != Host::Any || !keys.is_empty() || segments.iter().any(|s| matches!(s, Segment::One(p) if p.iter().any(is_literal)));
        if !literal {
            return Err(PatternError::MatchesAll);
        }
        Ok(Pattern { host, path: segments.into(), query: keys.into() })
    }

    /// Says whether an address matches. `host` is lower case; `path` starts with `/`; both as `url::Url` gives them.
    ///
    /// Time is linear in the length of the address, whatever the address is.
    #[must_use]
    pub fn matches(&self, host: &str, path: &str, query: Option<&str>) -> bool {
        if !self.host.matches(host) {
            return false;
        }
        // On a named host, case cannot confuse one sender with another; on any host it can.
        let fold = self.host != Host::Any;
        let keys_ok = self.query.iter().all(|key| {
            let Some(query) = query else { return false };
            let query = cut(query);
            if key.name.is_empty() {
                return key.value.as_deref().is_none_or(|pieces| pieces_match(pieces, query, fold));
            }
            query.split('&').any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                same(name, &key.name, fold) && key.value.as_deref().is_none_or(|pieces| pieces_match(pieces, value, fold))
            })
        });
        if !keys_ok {
            return false;
        }
        let path = cut(path);
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.is_empty() {
            return self.path.iter().all(|s| *s == Segment::Many);
        }
        let segments: Vec<&str> = path.split('/').take(128).collect();
        segments_match(&self.path, &segments, fold)
    }

    /// The first path segment when it is literal: what the rule tables are indexed by.
    #[must_use]
    pub fn first_literal(&self) -> Option<&str> {
        match self.path.first() {
            Some(Segment::One(pieces)) => match &**pieces {
                [Piece::Text(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The longest literal text that every matching address contains: a cheap test before the full one.
    #[must_use]
    pub fn longest_literal(&self) -> &str {
        let in_path = self.path.iter().flat_map(|s| match s {
            Segment::Many => &[][..],
            Segment::One(pieces) => &pieces[..],
        });
        let in_query = self.query.iter().flat_map(|k| k.value.as_deref().unwrap_or(&[]));
        let texts = in_path.chain(in_query).filter_map(|p| if let Piece::Text(t) = p { Some(&**t) } else { None });
        texts.chain(self.query.iter().map(|k| &*k.name)).max_by_key(|t| t.len()).unwrap_or("")
    }
}

impl Host {
    /// Says whether a lower-case host name is meant.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        match self {
            Host::Any => true,
            Host::Below(name) => host.strip_suffix(&**name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            Host::Labels(labels) => {
                let parts: Vec<&str> = host.split('.').take(32).collect();
                // Like a plain host, a pattern with wildcards also means everything below it.
                (0..parts.len()).any(|skip| parts.get(skip..).is_some_and(|p| (skip == 0 || !starts_open(labels)) && segments_match(labels, p, true)))
            }
        }
    }
}

fn starts_open(labels: &[Segment]) -> bool {
    // `click.**` speaks of the first label, so nothing may be skipped before it; `**.click.**` covers every place by itself.
    labels.last() == Some(&Segment::Many) || labels.first() == Some(&Segment::Many)
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
        return Ok(Host::Below(host.to_owned().into()));
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
                pieces.push(Piece::OneOf(inside.split('|').map(|s| s.to_owned().into()).collect::<Vec<_>>().into()));
                rest = after;
            }
            _ => {
                let (literal, after) = rest.split_at(rest.find(['*', '{', '(']).unwrap_or(rest.len()));
                pieces.push(Piece::Text(literal.to_owned().into()));
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

fn cut(text: &str) -> &str {
    text.get(..LONGEST).unwrap_or(text)
}

fn same(a: &str, b: &str, fold: bool) -> bool {
    if fold { a.eq_ignore_ascii_case(b) } else { a == b }
}

fn segments_match(pattern: &[Segment], segments: &[&str], fold: bool) -> bool {
    match pattern.split_first() {
        None => segments.is_empty(),
        Some((Segment::Many, rest)) => rest.is_empty() || (0..=segments.len()).any(|skip| segments.get(skip..).is_some_and(|s| segments_match(rest, s, fold))),
        Some((Segment::One(pieces), rest)) => match segments.split_first() {
            Some((segment, after)) => pieces_match(pieces, segment, fold) && segments_match(rest, after, fold),
            None => false,
        },
    }
}

/// Matches a whole text against pieces by keeping the set of places that are reachable after each piece.
fn pieces_match(pieces: &[Piece], text: &str, fold: bool) -> bool {
    match pieces {
        [] => return text.is_empty(),
        [Piece::Text(literal)] => return same(text, literal, fold),
        [Piece::Star] => return true,
        _ => {}
    }
    let bytes = text.as_bytes();
    let mut here = vec![false; bytes.len() + 1];
    if let Some(start) = here.first_mut() {
        *start = true;
    }
    for piece in pieces {
        let mut next = vec![false; bytes.len() + 1];
        match piece {
            Piece::Text(literal) => step_literal(bytes, literal, fold, &here, &mut next),
            Piece::OneOf(choices) => choices.iter().for_each(|choice| step_literal(bytes, choice, fold, &here, &mut next)),
            Piece::Star => step_run(bytes, |_| true, (0, usize::MAX), &here, &mut next),
            Piece::Class { set, min, max } => {
                let most = if *max == u16::MAX { usize::MAX } else { usize::from(*max) };
                step_run(bytes, |b| set.contains(b), (usize::from(*min), most), &here, &mut next);
            }
        }
        here = next;
    }
    here.last().copied().unwrap_or(false)
}

fn step_literal(bytes: &[u8], literal: &str, fold: bool, here: &[bool], next: &mut [bool]) {
    for (at, _) in here.iter().enumerate().filter(|(_, reachable)| **reachable) {
        let end = at + literal.len();
        let hit = bytes.get(at..end).is_some_and(|part| if fold { part.eq_ignore_ascii_case(literal.as_bytes()) } else { part == literal.as_bytes() });
        if let (true, Some(place)) = (hit, next.get_mut(end)) {
            *place = true;
        }
    }
}

/// Marks every place that a run of `min` to `max` allowed bytes reaches. One pass: a place is reachable when, looking back
/// over allowed bytes only, some earlier place lies between `min` and `max` bytes away.
fn step_run(bytes: &[u8], allowed: impl Fn(u8) -> bool, (min, max): (usize, usize), here: &[bool], next: &mut [bool]) {
    let mut run_start = 0;
    // Places in `here` within the current run, oldest first, that are still near enough.
    let mut starts = std::collections::VecDeque::new();
    for at in 0..=bytes.len() {
        if at > 0 && !bytes.get(at - 1).is_some_and(|b| allowed(*b)) {
            run_start = at;
            starts.clear();
        }
        if here.get(at).copied().unwrap_or(false) {
            starts.push_back(at);
        }
        while starts.front().is_some_and(|s| *s < run_start || at.saturating_sub(*s) > max) {
            starts.pop_front();
        }
        if let (true, Some(place)) = (starts.front().is_some_and(|s| at - s >= min), next.get_mut(at)) {
            *place = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(pattern: &str, host: &str, path: &str, query: Option<&str>) -> bool {
        Pattern::parse(pattern).unwrap().matches(host, path, query)
    }

    #[test]
    fn a_host_matches_on_label_boundaries() {
        assert!(hit("list-manage.com/track/open.php", "a.us1.list-manage.com", "/track/open.php", None));
        assert!(!hit("list-manage.com/track/open.php", "notlist-manage.com", "/track/open.php", None));
        assert!(hit("mkt*.com/open/**", "mkt123.com", "/open/log/x", None));
        assert!(hit("mkt*.com/open/**", "www.mkt123.com", "/open", None));
        assert!(!hit("mkt*.com/open/**", "mkt123.com.evil.example", "/open", None));
        assert!(hit("click.**/open.aspx", "click.mail.example.com", "/open.aspx", None));
        assert!(!hit("click.**/open.aspx", "a.click.example.com", "/open.aspx", None));
        assert!(hit("**.click.**/open.aspx", "a.click.example.com", "/open.aspx", None));
    }

    #[test]
    fn classes_have_lengths() {
        assert!(hit("*/o/{hex4}", "x.example", "/o/09af", None));
        assert!(!hit("*/o/{hex4}", "x.example", "/o/09afa", None));
        assert!(!hit("*/o/{hex4}", "x.example", "/o/09ag", None));
        assert!(hit("*/o/eJ{b645+}.gif", "x.example", "/o/eJabcde.gif", None));
        assert!(!hit("*/o/eJ{b645+}.gif", "x.example", "/o/eJabcd.gif", None));
        assert!(hit("*/t/{al3-6}/m", "x.example", "/t/abc/m", None) && !hit("*/t/{al3-6}/m", "x.example", "/t/abcdefg/m", None));
        assert!(hit("*/p/{uuid}", "x.example", "/p/01234567-89ab-cdef-0123-456789abcdef", None));
    }

    #[test]
    fn query_keys_come_in_any_order() {
        assert!(hit("*/open?u={n}&id", "x.example", "/open", Some("id=&z=1&u=12")));
        assert!(!hit("*/open?u={n}&id", "x.example", "/open", Some("u=12")));
        assert!(!hit("*/open?u={n}", "x.example", "/open", Some("u=x")));
        assert!(hit("*/d?={tok20+}", "x.example", "/d", Some("abcdefghijklmnopqrstuvwxyz")));
        assert!(!hit("*/d?={tok20+}", "x.example", "/d", Some("a=b")));
    }

    #[test]
    fn runs_of_segments() {
        assert!(hit("*/**/track/open", "x.example", "/a/b/track/open", None) && hit("*/**/track/open", "x.example", "/track/open/", None));
        assert!(!hit("*/**/track/open", "x.example", "/track/opening", None));
        assert!(hit("*/a/**", "x.example", "/a", None) && hit("*/a/**", "x.example", "/a/b/c", None));
        assert!(hit("x.example/?rid", "x.example", "/", Some("rid=1")));
    }

    #[test]
    fn case_counts_only_on_any_host() {
        assert!(!hit("*/Prod/x", "x.example", "/prod/x", None) && hit("x.example/Prod/x", "x.example", "/prod/X", None));
    }

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

    #[test]
    fn a_hostile_address_takes_no_time() {
        // With backtracking this would take hours.
        let path = format!("/{}", "a".repeat(100_000));
        assert!(!hit("*/{al}a{al}a{al}a{al}a{al}!", "x.example", &path, None));
    }
}
