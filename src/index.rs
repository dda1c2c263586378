//! Finds the few patterns that an address could match, by a word that each of them needs.
//!
//! Nearly every pattern needs some word that stands whole in the address: its host, a label of it, a path segment, a query
//! key. It is filed under the rarest-looking one. An address is looked up by all of its words, and only what was filed under
//! one of them is tried. `build.rs` includes this file too; the filing is in
//! `filing.rs`, which is its alone.

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
}

/// A word as a number, in any case (FNV-1a). It is read from its end, so that a host tells its parts on the way.
pub(crate) fn hash(part: Word, text: &str) -> u32 {
    text.bytes().rev().fold(part as u32, step)
}

fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
}

/// `a.b.c`, `b.c` and `c` as numbers, shortest first.
pub(crate) fn hosts(host: &str) -> impl Iterator<Item = u32> {
    let bytes = host.as_bytes();
    let mut hash = Word::Host as u32;
    (0..bytes.len()).rev().filter_map(move |at| {
        hash = bytes.get(at).map_or(hash, |byte| step(hash, *byte));
        let is_start = at.checked_sub(1).is_none_or(|before| bytes.get(before) == Some(&b'.'));
        is_start.then_some(hash)
    })
}

/// A table of the places of patterns in a list, by their words.
#[derive(Debug)]
pub(crate) struct Index {
    /// Where each bucket begins in `filed`, and the end of the last. Their number is a power of two, and one.
    pub(crate) starts: &'static [u16],
    /// The upper half of a word and the place of its pattern.
    pub(crate) filed: &'static [(u16, u16)],
    /// Those that need no word.
    pub(crate) loose: &'static [u16],
}

impl Index {
    /// What is filed under a word, and rarely something else: only a match proves it.
    pub(crate) fn under(&self, word: u32) -> impl Iterator<Item = usize> {
        let bucket = bucket(word, self.starts.len());
        let start = |at: usize| self.starts.get(at).map_or(0, |start| usize::from(*start));
        let filed = self.filed.get(start(bucket)..start(bucket + 1)).unwrap_or_default();
        filed.iter().filter(move |(mark, _)| *mark == mark_of(word)).map(|(_, place)| usize::from(*place))
    }

    /// The places of all patterns that an address with these words could match, in order.
    pub(crate) fn find(&self, words: impl Iterator<Item = u32>) -> Vec<usize> {
        let mut places: Vec<usize> = words.flat_map(|word| self.under(word)).chain(self.loose.iter().map(|place| usize::from(*place))).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

pub(crate) fn bucket(word: u32, starts: usize) -> usize {
    usize::try_from(word).unwrap_or(0) & starts.saturating_sub(2)
}

pub(crate) fn mark_of(word: u32) -> u16 {
    u16::try_from(word >> 16).unwrap_or(0)
}
