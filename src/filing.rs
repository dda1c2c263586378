//! Files patterns under the words that they need: the other half of `index.rs`, for `build.rs` alone.

use crate::index::{HYPHENS_SIGN, LONG, LONG_SIGN, NO_SIGN, SOME, START, UNDERSCORES_SIGN, Word, bucket, depth_sign, hash, sign_of};
use crate::pattern::{Host, Pattern, Piece, Segment};

/// How a pattern is filed.
pub(crate) struct Filing {
    /// Under these words: every address that it matches has one of them. None if it must always be tried.
    words: Vec<u32>,
    /// Signs that every such address has.
    signs: [u32; 3],
}

pub(crate) fn filing(pattern: &Pattern) -> Filing {
    let labels = match &pattern.host {
        // Half of all addresses end in `com`.
        Host::Labels(labels) => labels.split_last().map_or(&[][..], |(_, labels)| labels),
        Host::Any | Host::Below(_) => &[],
    };
    let whole = |part: Word, segments: &[Segment]| segments.iter().map(|segment| (part, literals(segment))).collect::<Vec<_>>();
    let keys = pattern.query.iter().map(|key| (Word::Key, vec![key.name.to_string()]));
    let all = whole(Word::Label, labels).into_iter().chain(whole(Word::Segment, &pattern.path)).chain(keys);
    let shortest = |words: &[String]| words.iter().map(String::len).min().unwrap_or(0);
    // The longest is the rarest.
    let mut all: Vec<(Word, Vec<String>)> = all.filter(|(_, words)| shortest(words) > 0).collect();
    all.sort_by_key(|(_, words)| shortest(words));
    let hashed = |(part, words): (Word, Vec<String>)| words.iter().map(|word| hash(part, word.as_bytes())).collect::<Vec<u32>>();
    let words = match &pattern.host {
        Host::Below(name) => vec![hash(Word::Host, name.as_bytes())],
        _ => all.pop().map(hashed).or_else(|| started(labels, &pattern.path)).unwrap_or_default(),
    };
    let others = all.into_iter().rev().map(hashed).filter(|other| *other != words);
    let mut signs = depth(&pattern.path)
        .into_iter()
        .chain(others.filter_map(|other| if let [word] = *other { Some(sign_of(word)) } else { None }))
        .chain(shape(&pattern.path));
    let signs = [signs.next(), signs.next(), signs.next()].map(|sign| sign.unwrap_or(NO_SIGN));
    Filing { words, signs }
}

/// What a segment may be, when it is made of nothing but literal text.
fn literals(segment: &Segment) -> Vec<String> {
    let Segment::One(pieces) = segment else { return Vec::new() };
    match &**pieces {
        [Piece::Text(text)] => vec![text.to_string()],
        [Piece::OneOf(choices)] => choices.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The starts of a label or segment that begins with literal text.
fn started(labels: &[Segment], path: &[Segment]) -> Option<Vec<u32>> {
    let parts = labels.iter().map(|label| (Word::LabelStart, label)).chain(path.iter().map(|segment| (Word::SegmentStart, segment)));
    let starts = |(part, segment): (Word, &Segment)| {
        let Segment::One(pieces) = segment else { return None };
        let texts = match pieces.first()? {
            Piece::Text(text) => vec![text],
            Piece::OneOf(choices) => choices.iter().collect(),
            Piece::Star | Piece::Class { .. } => return None,
        };
        texts.into_iter().map(|text| text.as_bytes().first_chunk::<START>().map(|start| hash(part, start))).collect()
    };
    parts.into_iter().find_map(starts)
}

/// The sign of how many segments a path has, where there is one number.
fn depth(path: &[Segment]) -> Option<u32> {
    (!path.contains(&Segment::Many)).then(|| depth_sign(path.len()))
}

/// What can be said of a path whatever its words are.
fn shape(path: &[Segment]) -> Vec<u32> {
    let pieces = || path.iter().filter_map(|segment| if let Segment::One(pieces) = segment { Some(pieces) } else { None });
    let least = |piece: &Piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Class { min, .. } => usize::from(*min),
        Piece::OneOf(choices) => choices.iter().map(|choice| choice.len()).min().unwrap_or(0),
        Piece::Star => 0,
    };
    let is_long = pieces().any(|pieces| pieces.iter().map(least).sum::<usize>() >= LONG);
    let has_some = |sign: char| pieces().flatten().any(|piece| matches!(piece, Piece::Text(text) if text.matches(sign).count() >= SOME));
    let said = [(is_long, LONG_SIGN), (has_some('_'), UNDERSCORES_SIGN), (has_some('-'), HYPHENS_SIGN)];
    said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, sign)| sign).collect()
}

/// See `Index::marks`.
fn mark_of(word: u32, signs: [u32; 3]) -> u32 {
    let [a, b, c] = signs;
    (word >> 18 << 18) | (a << 12) | (b << 6) | c
}

/// The table in code.
pub(crate) fn code<'a>(list: impl Iterator<Item = &'a Filing>) -> String {
    let list: Vec<&Filing> = list.collect();
    // Half of the buckets are empty. More of them would make the module larger.
    let count = list.iter().map(|filing| filing.words.len()).sum::<usize>().next_power_of_two();
    let mut buckets = vec![Vec::new(); count];
    for (place, filing) in list.iter().enumerate() {
        for word in &filing.words {
            if let Some(bucket) = buckets.get_mut(bucket(*word, count + 1)) {
                bucket.push((mark_of(*word, filing.signs), place));
            }
        }
    }
    let ends = buckets.iter().scan(0, |end, bucket| {
        *end += bucket.len();
        Some(*end)
    });
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let (marks, places): (Vec<u32>, Vec<usize>) = buckets.concat().into_iter().unzip();
    let loose = list.iter().enumerate().filter(|(_, filing)| filing.words.is_empty()).map(|(place, filing)| (mark_of(0, filing.signs), place));
    format!("Index {{ starts: &{starts:?}, marks: &{marks:?}, places: &{places:?}, loose: &{:?} }}", loose.collect::<Vec<_>>())
}
