//! Finds the few patterns that an address could match, by the words that each of them needs.
//!
//! Nearly every pattern needs some word that stands whole in the address: its host, a label of it, a path segment, a query
//! key. It is filed under the rarest-looking one, with signs of up to three others. An address is looked up by all of its words
//! in one pass, and only what was filed under one of them, and of which no sign is missing, is tried.
//!
//! This file is what both sides know; `build.rs` includes it too. The filing is in `filing.rs`, the look-up in `lookup.rs`.

/// Which part of an address a word is. The value keeps equal words of different parts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Word {
    /// The host or what follows any dot in it.
    Host = 0x811c_9dc5,
    /// One label of the host.
    Label = 0x9e37_79b1,
    /// One segment of the path.
    Segment = 0x85eb_ca6b,
    /// A key of the query.
    Key = 0xc2b2_ae35,
    /// The first letters of a label, for patterns that know no more of it.
    LabelStart = 0x27d4_eb2f,
    /// The same of a segment.
    SegmentStart = 0x1656_67b1,
}

/// How many letters the start of a word has.
pub(crate) const START: usize = 4;

/// A word as a number, the same in any case. Eight letters at a time: every letter of every address passes here.
pub(crate) fn hash(part: Word, text: &[u8]) -> u32 {
    // Turns capitals into small letters, and a few signs into others: only a match proves anything.
    const SMALL: u64 = 0x2020_2020_2020_2020;
    let mix = |hash: u64, letters: u64| (hash.rotate_left(23) ^ (letters | SMALL)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let start = u64::from(part as u32);
    let hash = if let Some(last) = text.last_chunk() {
        let eights = text.as_chunks().0.iter().fold(start, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
        // What is left over, with letters before it that count twice.
        mix(eights, u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        mix(start, (u64::from(u32::from_le_bytes(*first)) << 32) | u64::from(u32::from_le_bytes(*last)))
    } else {
        mix(start, text.iter().fold(0, |letters, letter| (letters << 8) | u64::from(*letter)))
    };
    (hash >> 32) as u32
}

/// Signs that are no word's. The first one every address has.
pub(crate) const NO_SIGN: u32 = 0;
/// A segment of the path is as long as [`LONG`].
pub(crate) const LONG_SIGN: u32 = 1;
/// [`SOME`] `_` are in the path.
pub(crate) const UNDERSCORES_SIGN: u32 = 2;
/// [`SOME`] `-` are in the path.
pub(crate) const HYPHENS_SIGN: u32 = 3;

/// The first of the signs of how many segments a path has.
const DEPTH_SIGN: u32 = 4;
/// As many segments as are told apart.
const DEEPEST: usize = 6;

/// The sign of a path of so many segments. There is none for deep ones.
pub(crate) fn depth_sign(segments: usize) -> u32 {
    if segments < DEEPEST { DEPTH_SIGN + segments as u32 } else { NO_SIGN }
}

/// The length of a segment that few addresses have.
pub(crate) const LONG: usize = 40;

/// This many of one sign in a path are more than most have.
pub(crate) const SOME: usize = 2;

/// The place of a word's sign among 64, so that a set of words fits into a number.
pub(crate) fn sign_of(word: u32) -> u32 {
    10 + (word >> 12) % 54
}

pub(crate) fn bucket(word: u32, starts: usize) -> usize {
    usize::try_from(word).unwrap_or(0) & starts.saturating_sub(2)
}

/// A table of the places of patterns in a list, by their words.
#[derive(Debug)]
pub(crate) struct Index {
    /// Where each bucket begins in `marks`, and the end of the last. Their number is a power of two, and one.
    pub(crate) starts: &'static [u16],
    /// Of what is filed: fourteen bits that tell a word from others of its bucket, and three signs that an address must have.
    pub(crate) marks: &'static [u32],
    /// The places of the same patterns in the list.
    pub(crate) places: &'static [u16],
    /// Marks and places of those that need no word.
    pub(crate) loose: &'static [(u32, u16)],
}
