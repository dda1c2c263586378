//! The look-up in an [`Index`]: every word of an address, in one pass.

use crate::index::{HYPHENS_SIGN, Index, LONG, LONG_SIGN, NO_SIGN, SOME, START, UNDERSCORES_SIGN, Word, bucket, depth_sign, hash, sign_of};
use smallvec::SmallVec;

/// Places of patterns. There are seldom more than a few.
pub(crate) type Places = SmallVec<[u16; 8]>;

impl Index {
    /// The places of all patterns that an address could match, in order. Rarely there is something else among them.
    /// `host` is lower case; `path` starts with `/`; all as `url::Url` gives them.
    pub(crate) fn find(&self, host: &str, path: &str, query: Option<&str>) -> Places {
        let (host, path) = (host.as_bytes(), path.as_bytes());
        let mut words = Words { list: SmallVec::new(), signs: 1 << NO_SIGN };
        // `c`, `b.c` and `a.b.c` are hosts, `c`, `b` and `a` are labels.
        let mut rest = host;
        for label in host.split(|byte| *byte == b'.') {
            words.list.push(hash(Word::Host, rest));
            words.add(hash(Word::Label, label));
            words.add_start(Word::LabelStart, label);
            rest = rest.get(label.len() + 1..).unwrap_or_default();
        }
        let path = path.strip_prefix(b"/").unwrap_or(path);
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let (mut depth, mut underscores, mut hyphens) = (0, 0, 0);
        if !path.is_empty() {
            let mut start = 0;
            for (at, byte) in (0..).zip(path.iter().chain(b"/")) {
                match byte {
                    b'/' => {
                        words.add_segment(path.get(start..at).unwrap_or_default());
                        (start, depth) = (at + 1, depth + 1);
                    }
                    b'_' => underscores += 1,
                    b'-' => hyphens += 1,
                    _ => {}
                }
            }
        }
        for pair in query.unwrap_or("").as_bytes().split(|byte| *byte == b'&') {
            let key = pair.iter().position(|byte| *byte == b'=').and_then(|end| pair.get(..end)).unwrap_or(pair);
            words.add(hash(Word::Key, key));
        }
        words.signs |= 1 << depth_sign(depth) | u64::from(underscores >= SOME) << UNDERSCORES_SIGN | u64::from(hyphens >= SOME) << HYPHENS_SIGN;
        self.likely(&words)
    }

    /// The places of what is filed under one of some words, and of which no sign is missing.
    fn likely(&self, words: &Words) -> Places {
        let has = |mark: u32, at: u32| words.signs & (1 << ((mark >> at) & 63)) != 0;
        let is_likely = |mark: u32| has(mark, 12) && has(mark, 6) && has(mark, 0);
        let mut places = Places::new();
        for word in &words.list {
            let bucket = bucket(*word, self.starts.len());
            let (Some(start), Some(end)) = (self.starts.get(bucket), self.starts.get(bucket + 1)) else { continue };
            for at in usize::from(*start)..usize::from(*end) {
                let (Some(mark), Some(place)) = (self.marks.get(at), self.places.get(at)) else { continue };
                if (mark ^ word) >> 18 == 0 && is_likely(*mark) {
                    places.push(*place);
                }
            }
        }
        places.extend(self.loose.iter().filter(|(mark, _)| is_likely(*mark)).map(|(_, place)| *place));
        if places.len() > 1 {
            places.sort_unstable();
            places.dedup();
        }
        places
    }
}

/// The words of an address.
struct Words {
    list: SmallVec<[u32; 32]>,
    /// Of all of them, and of the rest of the address.
    signs: u64,
}

impl Words {
    fn add(&mut self, word: u32) {
        self.signs |= 1 << sign_of(word);
        self.list.push(word);
    }

    fn add_start(&mut self, part: Word, word: &[u8]) {
        if let Some(start) = word.first_chunk::<START>() {
            self.list.push(hash(part, start));
        }
    }

    fn add_segment(&mut self, segment: &[u8]) {
        self.add(hash(Word::Segment, segment));
        self.add_start(Word::SegmentStart, segment);
        self.signs |= u64::from(segment.len() >= LONG) << LONG_SIGN;
    }
}
