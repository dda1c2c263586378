//! Says whether an address matches a pattern. An address is taken apart once, however many patterns are tried on it.

use crate::pattern::{Host, Key, LONGEST, Pattern, Piece, Segment, Set};
use smallvec::SmallVec;

/// The most labels of a host and the most segments of a path that are looked at.
const MOST_LABELS: usize = 32;
const MOST_SEGMENTS: usize = 128;

/// The parts of an address.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    host: &'a str,
    labels: SmallVec<[&'a str; 6]>,
    segments: SmallVec<[&'a str; 12]>,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// `host` is lower case; `path` starts with `/`; all as `url::Url` gives them.
    #[must_use]
    pub(crate) fn of(host: &'a str, path: &'a str, query: Option<&'a str>) -> Parts<'a> {
        Parts { host, labels: labels(host).collect(), segments: segments(path).collect(), query: query.map(cut) }
    }
}

/// As much of a path or query as is looked at.
pub(crate) fn cut(text: &str) -> &str {
    text.get(..LONGEST).unwrap_or(text)
}

fn labels(host: &str) -> impl Iterator<Item = &str> {
    host.split('.').take(MOST_LABELS)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = cut(path);
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    // An empty path has no segment; the pieces of an empty text would be one.
    path.split('/').take(if path.is_empty() { 0 } else { MOST_SEGMENTS })
}

fn pairs(query: &str) -> impl Iterator<Item = (&[u8], &[u8])> {
    let sign_in = |pair: &'_ [u8]| pair.iter().position(|byte| *byte == b'=');
    query.as_bytes().split(|byte| *byte == b'&').map(move |pair| match sign_in(pair) {
        Some(sign) => (pair.get(..sign).unwrap_or_default(), pair.get(sign + 1..).unwrap_or_default()),
        None => (pair, &[][..]),
    })
}

impl Pattern {
    /// Says whether an address matches: see `Parts::of`. Time is linear in its length, whatever it is.
    #[must_use]
    pub fn matches(&self, host: &str, path: &str, query: Option<&str>) -> bool {
        self.fits(&Parts::of(host, path, query))
    }

    /// The same of an address that was taken apart before.
    #[must_use]
    pub(crate) fn fits(&self, parts: &Parts<'_>) -> bool {
        // On a named host, case cannot confuse one sender with another; on any host it can.
        let fold = self.host != Host::Any;
        segments_match(&self.path, &parts.segments, fold) && self.host.fits(parts.host, &parts.labels) && self.query.iter().all(|key| has_key(key, parts, fold))
    }
}

impl Host {
    /// Says whether a lower-case host name is meant.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        self.fits(host, &labels(host).collect::<Vec<_>>())
    }

    fn fits(&self, host: &str, labels: &[&str]) -> bool {
        match self {
            Host::Any => true,
            Host::Below(name) => host.strip_suffix(&**name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            // `click.**` speaks of the first label, so nothing may be skipped before it; `**.click.**` covers every place by itself.
            Host::Labels(pattern) if matches!(**pattern, [Segment::Many, ..] | [.., Segment::Many]) => segments_match(pattern, labels, true),
            // Like a plain host, a pattern with wildcards also means everything below it.
            Host::Labels(pattern) => end_matches(pattern, labels, true),
        }
    }
}

fn has_key(key: &Key, parts: &Parts<'_>, fold: bool) -> bool {
    let fits = |value: &[u8]| key.value.as_deref().is_none_or(|pieces| pieces_match(pieces, value, fold));
    let Some(query) = parts.query else { return false };
    if key.name.is_empty() {
        return fits(query.as_bytes());
    }
    pairs(query).any(|(name, value)| same(name, key.name.as_bytes(), fold) && fits(value))
}

fn segments_match(pattern: &[Segment], segments: &[&str], fold: bool) -> bool {
    match pattern.split_first() {
        None => segments.is_empty(),
        Some((Segment::Many, rest)) => end_matches(rest, segments, fold),
        Some((Segment::One(pieces), rest)) => match segments.split_first() {
            Some((segment, after)) => pieces_match(pieces, segment.as_bytes(), fold) && segments_match(rest, after, fold),
            None => false,
        },
    }
}

/// Says whether the segments end in what a pattern means. Without a `**` in it, there is one place where it could begin.
fn end_matches(pattern: &[Segment], segments: &[&str], fold: bool) -> bool {
    let matches_from = |skip: usize| segments.get(skip..).is_some_and(|rest| segments_match(pattern, rest, fold));
    if pattern.is_empty() {
        return true;
    }
    if pattern.iter().any(|segment| matches!(segment, Segment::Many)) {
        (0..=segments.len()).any(matches_from)
    } else {
        segments.len().checked_sub(pattern.len()).is_some_and(matches_from)
    }
}

fn same(a: &[u8], b: &[u8], fold: bool) -> bool {
    if fold { a.eq_ignore_ascii_case(b) } else { a == b }
}

fn after<'a>(text: &'a [u8], literal: &str, fold: bool) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(literal.len())?;
    same(start, literal.as_bytes(), fold).then_some(rest)
}

fn before<'a>(text: &'a [u8], literal: &str, fold: bool) -> Option<&'a [u8]> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(literal.len())?)?;
    same(end, literal.as_bytes(), fold).then_some(rest)
}

fn is_within(literal: &str, text: &[u8], fold: bool) -> bool {
    let Some(first) = literal.bytes().next() else { return true };
    let starts = (0..).zip(text).filter(|(_, byte)| byte.eq_ignore_ascii_case(&first));
    starts.map_while(|(at, _): (usize, _)| text.get(at..)).any(|rest| after(rest, literal, fold).is_some())
}

fn are_in(set: Set, text: &[u8]) -> bool {
    text.iter().all(|byte| set.contains(*byte))
}

impl Set {
    fn contains(self, byte: u8) -> bool {
        SETS.get(usize::from(byte)).is_some_and(|sets| sets & (1 << self as u16) != 0)
    }

    const fn has(self, b: u8) -> bool {
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

/// For each character a bit for each set that it is in: codes are long, and every character of them is asked about.
#[allow(clippy::indexing_slicing)] // `get_mut` is not for constants. An index out of bounds would stop the build.
static SETS: [u16; 256] = {
    let all = [Set::Digit, Set::Hex, Set::Alnum, Set::Lower, Set::Upper, Set::Letter, Set::Token, Set::TokenDot, Set::Base64, Set::Uuid];
    let mut sets = [0; 256];
    let mut at = 0;
    while at < all.len() * 256 {
        let (set, byte) = (all[at / 256], at % 256);
        sets[byte] |= (set.has(byte as u8) as u16) << set as u16;
        at += 1;
    }
    sets
};

/// Matches a whole text against pieces: from the front and from the back as far as there is one way only, and what is left
/// between by trying all ways at once.
fn pieces_match(pieces: &[Piece], text: &[u8], fold: bool) -> bool {
    let (mut pieces, mut text) = (pieces, text);
    loop {
        let (rest, left) = match pieces {
            [] => return text.is_empty(),
            [Piece::Star] => return true,
            [Piece::Class { set, min, max }] => return usize::from(*min) <= text.len() && text.len() <= most(*max) && are_in(*set, text),
            [Piece::Star, Piece::Text(literal), Piece::Star] => return is_within(literal, text, fold),
            [Piece::Class { set, min, .. }, Piece::Star] => return text.get(..usize::from(*min)).is_some_and(|start| are_in(*set, start)),
            [Piece::Text(literal), rest @ ..] => (rest, after(text, literal, fold)),
            [rest @ .., Piece::Text(literal)] => (rest, before(text, literal, fold)),
            [Piece::OneOf(choices), rest @ ..] => {
                return choices.iter().any(|choice| after(text, choice, fold).is_some_and(|text| pieces_match(rest, text, fold)));
            }
            [Piece::Class { set, min, max }, rest @ ..] if min == max => {
                (rest, text.split_at_checked(usize::from(*min)).filter(|(start, _)| are_in(*set, start)).map(|(_, rest)| rest))
            }
            [Piece::Class { set, min, max }, rest @ ..] if ends(*set, rest) => {
                let run = text.iter().take_while(|byte| set.contains(**byte)).count();
                (rest, text.get(run..).filter(|_| usize::from(*min) <= run && run <= most(*max)))
            }
            _ => return any_way(pieces, text, fold),
        };
        match left {
            Some(left) => (pieces, text) = (rest, left),
            None => return false,
        }
    }
}

/// A class without an upper bound has the largest number for one.
fn most(max: u16) -> usize {
    if max == u16::MAX { usize::MAX } else { usize::from(max) }
}

/// What follows a run of a set cannot be part of it: it begins with another character, in whichever case.
fn ends(set: Set, rest: &[Piece]) -> bool {
    let next = if let Some(Piece::Text(literal)) = rest.first() { literal.bytes().next() } else { None };
    next.is_some_and(|byte| !set.contains(byte.to_ascii_lowercase()) && !set.contains(byte.to_ascii_uppercase()))
}

/// Keeps the set of places that are reachable after each piece.
fn any_way(pieces: &[Piece], bytes: &[u8], fold: bool) -> bool {
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
            Piece::Class { set, min, max } => step_run(bytes, |b| set.contains(b), (usize::from(*min), most(*max)), &here, &mut next),
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
    use crate::pattern::Pattern;

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
    fn a_hostile_address_takes_no_time() {
        // With backtracking this would take hours.
        let path = format!("/{}", "a".repeat(100_000));
        assert!(!hit("*/{al}a{al}a{al}a{al}a{al}-{al}", "x.example", &path, None));
    }
}
