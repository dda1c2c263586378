//! Lists of words, made so that a text is searched for all of them at once.

use std::iter::zip;

/// Where a search for any of some texts, in any case, has to look: at three letters that one of them begins with. Shorter ones
/// have no place in such a list.
#[derive(Debug)]
struct Starts([u64; 64]);

impl Starts {
    fn of(places: impl Iterator<Item = usize>) -> Starts {
        let mut bits = [0; 64];
        for place in places {
            if let Some(row) = bits.get_mut(place >> 6) {
                *row |= 1 << (place & 63);
            }
        }
        Starts(bits)
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place >> 6).is_some_and(|row| row & (1 << (place & 63)) != 0)
    }

    /// Says whether `is_one` holds for the rest of the text from somewhere on where one could begin. It is also told the place of the
    /// three letters there.
    fn find(&self, text: &str, is_one: impl Fn(usize, &[u8]) -> bool) -> bool {
        let bytes = text.as_bytes();
        let mut last = 0;
        zip(1_usize.., bytes).any(|(end, byte)| {
            // What is older than three letters is shifted out.
            last = (last << 5) ^ usize::from(*byte | SMALL);
            let place = last & 0xfff;
            self.has(place) && end.checked_sub(3).and_then(|at| bytes.get(at..)).is_some_and(|rest| is_one(place, rest))
        })
    }
}

/// Turns a capital into a small letter, and a few signs into others.
const SMALL: u8 = 0x20;

/// Twelve bits of three letters: few texts share them.
fn place(letters: &[u8; 3]) -> usize {
    let [a, b, c] = letters.map(|letter| usize::from(letter | SMALL));
    ((a << 10) ^ (b << 5) ^ c) & 0xfff
}

/// Long texts that count wherever they stand, in any case.
#[derive(Debug)]
pub(crate) struct Forms {
    list: Vec<String>,
    /// The length of the shortest.
    least: usize,
    /// All threes of letters in as much of each, by their places: which of the list, and where in it.
    threes: Vec<(usize, usize, usize)>,
    starts: Starts,
}

impl Forms {
    /// None of them is shorter than three letters.
    pub(crate) fn of(list: Vec<String>) -> Forms {
        let least = list.iter().map(String::len).min().unwrap_or(0).max(3);
        let mut threes = Vec::new();
        for (number, form) in list.iter().enumerate() {
            let start = form.as_bytes().get(..least).unwrap_or_default();
            threes.extend((0..).zip(start.windows(3)).filter_map(|(at, three)| Some((place(three.first_chunk()?), number, at))));
        }
        Forms { least, starts: Starts::of(threes.iter().map(|(place, ..)| *place)), threes, list }
    }

    /// One of them stands in the text. Wherever it begins, it goes over one of a few places far from each other, so that only
    /// there three letters are compared.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let step = self.least - 2;
        let three_at = |at: usize| text.get(at..)?.first_chunk();
        // The three letters that stand at a place tell which of them it may be, and where that begins.
        let is_one = |at: usize, form: &str| text.get(at..at + form.len()).is_some_and(|text| text.eq_ignore_ascii_case(form.as_bytes()));
        let stands = |at: usize, place: usize| {
            let mut likely = self.threes.iter().filter(|(other, ..)| *other == place);
            likely.any(|(_, number, before)| at.checked_sub(*before).zip(self.list.get(*number)).is_some_and(|(start, form)| is_one(start, form)))
        };
        let mut hits = (step - 1..).step_by(step).map_while(|at| Some((at, place(three_at(at)?)))).filter(|(_, place)| self.starts.has(*place));
        hits.any(|(at, place)| stands(at, place))
    }
}

/// The pieces of a text that are made of such characters alone and are at least this long. All of those must be ASCII.
pub(crate) fn runs(text: &str, least: usize, is_one: impl Fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    // No run goes on over it.
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            // Looked at from the far end, most of a text need not be looked at: no run that is long enough goes over another sign.
            match bytes.get(start..start + least)?.iter().rposition(|byte| !is_one(*byte)) {
                Some(at) => start += at + 1,
                None => {
                    let rest = bytes.get(start + least..).unwrap_or_default();
                    let end = start + least + rest.iter().take_while(|byte| is_one(**byte)).count();
                    return text.get(std::mem::replace(&mut start, end)..end);
                }
            }
        }
    })
}

/// Texts of three letters or more that count wherever they stand, in any case.
#[derive(Debug)]
pub(crate) struct Stems {
    /// By the place of their first three letters.
    list: Vec<(usize, &'static str)>,
    starts: Starts,
}

impl Stems {
    pub(crate) fn of(list: &[&'static str]) -> Stems {
        let mut sorted: Vec<(usize, &str)> = Vec::with_capacity(list.len());
        // A sort of its own would be a hundredth of the module.
        for stem in list {
            if let Some(place) = stem.as_bytes().first_chunk().map(place) {
                sorted.insert(sorted.partition_point(|(other, _)| *other < place), (place, stem));
            }
        }
        Stems { starts: Starts::of(sorted.iter().map(|(place, _)| *place)), list: sorted }
    }

    /// One of them stands in the text.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.starts.find(text, |place, rest| {
            let begins = |stem: &str| rest.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem.as_bytes()));
            let first = self.list.partition_point(|(other, _)| *other < place);
            self.list.iter().skip(first).take_while(|(other, _)| *other == place).any(|(_, stem)| begins(stem))
        })
    }
}

/// Whole words, in any case.
#[derive(Debug)]
pub(crate) struct Words {
    list: &'static [&'static str],
    /// For each first letter, a bit for each length.
    lengths: Vec<u64>,
}

impl Words {
    pub(crate) fn of(list: &'static [&'static str]) -> Words {
        let mut lengths = vec![0; 32];
        for word in list {
            if let Some(bits) = word.bytes().next().and_then(|first| lengths.get_mut(usize::from(first & 31))) {
                *bits |= 1 << (word.len() & 63);
            }
        }
        Words { list, lengths }
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        let lengths = word.bytes().next().and_then(|first| self.lengths.get(usize::from(first & 31)));
        lengths.is_some_and(|bits| bits & (1 << (word.len() & 63)) != 0) && self.list.iter().any(|other| word.eq_ignore_ascii_case(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &[&str] = &["unsub", "pre-fs", "zin", "aan"];

    #[test]
    fn stems_are_found_wherever_they_stand() {
        let stems = Stems::of(LIST);
        for text in ["unsub", "xunsuby", "unsunsub", "zzin", "é-aan", "a pre-fs", "UNSUB", "Pre-Fs"] {
            assert!(stems.are_in(text), "{text}");
        }
        for text in ["", "un", "unsu", "pre\rfs", "prefs", "aen"] {
            assert!(!stems.are_in(text), "{text}");
        }
    }

    #[test]
    fn forms_are_found_wherever_they_stand() {
        let forms = Forms::of(["ann@example.net", "YW5uQG", "616e6e4065"].map(str::to_owned).to_vec());
        for before in 0..20 {
            for form in ["ann@example.net", "ANN@example.NET", "yw5uqg", "616E6e4065"] {
                assert!(forms.are_in(&format!("{}{form}", "é".repeat(before))) && forms.are_in(&format!("{}{form}x", "/".repeat(before))), "{before} {form}");
                assert!(!forms.are_in(&format!("{}{}", "x".repeat(before), form.get(1..).unwrap_or_default())), "{before} {form}");
            }
        }
        assert!(!forms.are_in("") && !forms.are_in("ann"));
    }

    #[test]
    fn runs_are_long_enough() {
        let found = |text| runs(text, 3, |byte| byte.is_ascii_alphanumeric()).collect::<Vec<_>>();
        assert_eq!(found("abc"), ["abc"]);
        assert_eq!(found("ab-abcd--abc-é-abcé12-123"), ["abcd", "abc", "abc", "123"]);
        assert!(found("").is_empty() && found("ab-ab").is_empty() && found("éé").is_empty());
    }

    #[test]
    fn words_are_whole_and_of_any_case() {
        let words = Words::of(LIST);
        assert!(LIST.iter().all(|word| words.has(word) && words.has(&word.to_ascii_uppercase())));
        for word in ["", "unsubs", "nsub", "zan", "zon"] {
            assert!(!words.has(word), "{word}");
        }
    }
}
