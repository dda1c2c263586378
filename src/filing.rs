//! Files patterns under the words that they need: the other half of `index.rs`, for `build.rs` alone.

use crate::index::{Word, bucket, mark_of, place_of_sign, step};
use crate::pattern::{Host, Pattern, Piece, Segment};

/// How a pattern is filed.
pub(crate) struct Filing {
    /// Under these words: every address that it matches has one of them. None if it must always be tried.
    words: Vec<u32>,
    /// The place of the sign of another word that every such address has; 0 if there is none.
    sign: u32,
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
    let hashed = |(part, words): (Word, Vec<String>)| words.iter().map(|word| hash(part, word)).collect::<Vec<u32>>();
    let words = if let Host::Below(name) = &pattern.host { vec![hash(Word::Host, name)] } else { all.pop().map(hashed).unwrap_or_default() };
    let others = all.into_iter().rev().map(hashed);
    let other = others.filter(|other| *other != words).find_map(|other| if let [word] = *other { Some(word) } else { None });
    Filing { words, sign: other.map_or(0, place_of_sign) }
}

fn hash(part: Word, text: &str) -> u32 {
    text.bytes().rev().fold(part as u32, step)
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

/// The table in code.
pub(crate) fn code(list: &[Filing]) -> String {
    let count = (list.iter().map(|filing| filing.words.len()).sum::<usize>() * 2).next_power_of_two();
    let mut buckets = vec![Vec::new(); count];
    for (place, filing) in list.iter().enumerate() {
        for word in &filing.words {
            if let Some(bucket) = buckets.get_mut(bucket(*word, count + 1)) {
                bucket.push((mark_of(*word, filing.sign), place));
            }
        }
    }
    let ends = buckets.iter().scan(0, |end, bucket| {
        *end += bucket.len();
        Some(*end)
    });
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let loose: Vec<usize> = list.iter().enumerate().filter(|(_, filing)| filing.words.is_empty()).map(|(place, _)| place).collect();
    format!("Index {{ starts: &{starts:?}, filed: &{:?}, loose: &{loose:?} }}", buckets.concat())
}
