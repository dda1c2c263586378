//! The look-up in an [`Index`]: every word of an address, in one pass.

use crate::index::{HYPHENS_SIGN, Index, LONG, LONG_SIGN, NO_SIGN, SOME, START, UNDERSCORES_SIGN, Word, bucket, depth_sign, hash, sign_of};
use smallvec::SmallVec;

/// Places of patterns. There are seldom more than a few.
pub(crate) type Places = SmallVec<[u16; 8]>;

/// What is filed under the words of one host. The links of a message mostly lead to the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct OnHost {
    /// Marks and places.
    filed: SmallVec<[(u32, u16); 8]>,
    signs: u64,
}

impl Index {
    /// What is filed under a host that is lower case, as `url::Url` gives it.
    pub(crate) fn on_host(&self, host: &str) -> OnHost {
        let mut words = Words { list: SmallVec::new(), signs: 1 << NO_SIGN };
        // `c`, `b.c` and `a.b.c` are hosts, `c`, `b` and `a` are labels.
        let mut rest = host.as_bytes();
        for label in host.as_bytes().split(|byte| *byte == b'.') {
            words.list.push(hash(Word::Host, rest));
            words.add(hash(Word::Label, label));
            words.add_start(Word::LabelStart, label);
            rest = rest.get(label.len() + 1..).unwrap_or_default();
        }
        OnHost { filed: self.filed(&words.list).collect(), signs: words.signs }
    }

    /// The places of all patterns that an address could match, in order. Rarely there is something else among them.
    /// `path` starts with `/`; all as `url::Url` gives them.
    pub(crate) fn find(&self, on_host: &OnHost, path: &str, query: Option<&str>) -> Places {
        let mut words = Words { list: SmallVec::new(), signs: on_host.signs };
        let path = path.as_bytes();
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
        self.likely(on_host, &words)
    }

    /// Marks and places of what is filed under some words.
    fn filed<'a>(&'a self, words: &'a [u32]) -> impl Iterator<Item = (u32, u16)> + 'a {
        words.iter().flat_map(|word| {
            let bucket = bucket(*word, self.starts.len());
            let range = self.starts.get(bucket).zip(self.starts.get(bucket + 1)).map_or(0..0, |(start, end)| usize::from(*start)..usize::from(*end));
            let marks = self.marks.get(range.clone()).unwrap_or_default();
            let places = self.places.get(range).unwrap_or_default();
            marks.iter().copied().zip(places.iter().copied()).filter(move |(mark, _)| (mark ^ word) >> 18 == 0)
        })
    }

    /// The places of what is filed under a host or one of some other words, and of which no sign is missing.
    fn likely(&self, on_host: &OnHost, words: &Words) -> Places {
        let has = |mark: u32, at: u32| words.signs & (1 << ((mark >> at) & 63)) != 0;
        let is_likely = |mark: u32| has(mark, 12) && has(mark, 6) && has(mark, 0);
        let all = on_host.filed.iter().copied().chain(self.filed(&words.list)).chain(self.loose.iter().copied());
        let mut places: Places = all.filter(|(mark, _)| is_likely(*mark)).map(|(_, place)| place).collect();
        if places.len() > 1 {
            places.sort_unstable();
            places.dedup();
        }
        places
    }
}

/// Words of an address.
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
