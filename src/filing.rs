//! Files patterns under the words that they need: the other half of `index.rs`, for `build.rs` alone.

use crate::index::{Word, bucket, hash, mark_of};
use crate::pattern::{Host, Pattern, Piece, Segment};

/// The words under which a pattern is filed: every address that it matches has one of them. None if it must always be tried.
pub(crate) fn words(pattern: &Pattern) -> Vec<u32> {
    let labels = match &pattern.host {
        Host::Below(name) => return vec![hash(Word::Host, name)],
        // Half of all addresses end in `com`.
        Host::Labels(labels) => labels.split_last().map_or(&[][..], |(_, labels)| labels),
        Host::Any => &[],
    };
    let whole = |part: Word, segments: &[Segment]| segments.iter().map(|segment| (part, literals(segment))).collect::<Vec<_>>();
    let keys = pattern.query.iter().map(|key| (Word::Key, vec![key.name.to_string()]));
    let all = whole(Word::Label, labels).into_iter().chain(whole(Word::Segment, &pattern.path)).chain(keys);
    // The longest is the rarest.
    let best = all.max_by_key(|(_, words)| words.iter().map(String::len).min().unwrap_or(0));
    let best = best.filter(|(_, words)| words.iter().all(|word| !word.is_empty()));
    best.map(|(part, words)| words.iter().map(|word| hash(part, word)).collect()).unwrap_or_default()
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

/// The table in code, from the words of each pattern in the list.
pub(crate) fn code(list: &[Vec<u32>]) -> String {
    let count = (list.iter().map(Vec::len).sum::<usize>() * 2).next_power_of_two();
    let mut buckets = vec![Vec::new(); count];
    for (place, word) in list.iter().enumerate().flat_map(|(place, words)| words.iter().map(move |word| (place, *word))) {
        if let Some(bucket) = buckets.get_mut(bucket(word, count + 1)) {
            bucket.push((mark_of(word), place));
        }
    }
    let ends = buckets.iter().scan(0, |end, bucket| {
        *end += bucket.len();
        Some(*end)
    });
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let loose: Vec<usize> = list.iter().enumerate().filter(|(_, words)| words.is_empty()).map(|(place, _)| place).collect();
    format!("Index {{ starts: &{starts:?}, filed: &{:?}, loose: &{loose:?} }}", buckets.concat())
}
