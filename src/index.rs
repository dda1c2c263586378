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

/// A word is a number (FNV-1a), the same in any case. It is read from its end, so that a host tells its parts on the way.
pub(crate) fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
}

/// All words of an address, and more rarely something that is none.
#[derive(Debug)]
pub(crate) struct Words {
    list: Vec<u32>,
    /// The signs of all of them.
    signs: u64,
}

impl Words {
    /// `host` is lower case; `path` starts with `/`; all as `url::Url` gives them.
    pub(crate) fn of(host: &str, path: &str, query: Option<&str>) -> Words {
        let mut words = Words { list: Vec::with_capacity(24), signs: NO_SIGN };
        // `c`, `b.c` and `a.b.c` are hosts, `c`, `b` and `a` are labels.
        let (mut whole, mut label) = (Word::Host as u32, Word::Label as u32);
        for byte in host.bytes().rev() {
            if byte == b'.' {
                words.add(whole);
                words.add(std::mem::replace(&mut label, Word::Label as u32));
            } else {
                label = step(label, byte);
            }
            whole = step(whole, byte);
        }
        words.add(whole);
        words.add(label);
        let mut segment = Word::Segment as u32;
        for byte in path.bytes().rev() {
            if byte == b'/' { words.add(std::mem::replace(&mut segment, Word::Segment as u32)) } else { segment = step(segment, byte) }
        }
        let mut key = Word::Key as u32;
        for byte in query.unwrap_or("").bytes().rev() {
            match byte {
                b'&' => words.add(std::mem::replace(&mut key, Word::Key as u32)),
                // What was read so far is the value.
                b'=' => key = Word::Key as u32,
                byte => key = step(key, byte),
            }
        }
        words.add(key);
        words
    }

    fn add(&mut self, word: u32) {
        self.list.push(word);
        self.signs |= sign_of(word);
    }
}

/// A sign that every address has.
const NO_SIGN: u64 = 1;

/// One of a few signs, so that a set of words fits into a number.
fn sign_of(word: u32) -> u64 {
    1 << place_of_sign(word)
}

/// Where it stands among them: not at 0.
pub(crate) fn place_of_sign(word: u32) -> u32 {
    1 + (word >> 8) % 63
}

/// A table of the places of patterns in a list, by their words.
#[derive(Debug)]
pub(crate) struct Index {
    /// Where each bucket begins in `filed`, and the end of the last. Their number is a power of two, and one.
    pub(crate) starts: &'static [u16],
    /// What tells a word from others of its bucket and the sign of another word that the pattern needs, in one number; and the
    /// place of the pattern.
    pub(crate) filed: &'static [(u16, u16)],
    /// Those that need no word.
    pub(crate) loose: &'static [u16],
}

impl Index {
    /// The places of all patterns that an address with these words could match, in order. Rarely there is something else among
    /// them: only a match proves it.
    pub(crate) fn find(&self, words: &Words) -> Vec<usize> {
        let mut places: Vec<usize> = self.loose.iter().map(|place| usize::from(*place)).collect();
        for word in &words.list {
            let bucket = bucket(*word, self.starts.len());
            let (Some(start), Some(end)) = (self.starts.get(bucket), self.starts.get(bucket + 1)) else { continue };
            let mark = mark_of(*word, 0);
            for (filed, place) in self.filed.get(usize::from(*start)..usize::from(*end)).unwrap_or_default() {
                if filed ^ mark < 64 && words.signs & (1 << (filed & 63)) != 0 {
                    places.push(usize::from(*place));
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

pub(crate) fn bucket(word: u32, starts: usize) -> usize {
    usize::try_from(word).unwrap_or(0) & starts.saturating_sub(2)
}

/// Ten bits of a word, and the place of another one's sign.
pub(crate) fn mark_of(word: u32, sign: u32) -> u16 {
    u16::try_from((word >> 22 << 6) | (sign & 63)).unwrap_or(0)
}
