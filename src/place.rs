//! Where a link leads, for people: the host in both its forms, the part that somebody registered, and whether it imitates
//! another by letters that look alike.

use serde::Serialize;
use std::collections::BTreeSet;
use url::{Host, Url};

/// A host as people should see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// As browsers write it: an internationalised name in its `xn--` form.
    pub host: String,
    /// In the letters of its language, where that is something else.
    pub unicode: Option<String>,
    /// The last part of `host`, which somebody registered: who answers there.
    pub site: String,
    /// Mixes alphabets, or is written wholly in letters that pass for those of another.
    pub lookalike: bool,
}

impl Place {
    /// The place that an address leads to.
    #[must_use]
    pub fn of(url: &Url) -> Place {
        let host = url.host_str().unwrap_or_default();
        let site = if matches!(url.host(), Some(Host::Domain(_))) { site(host) } else { host };
        let unicode = unicode_form(host);
        Place { host: host.to_owned(), site: site.to_owned(), lookalike: unicode.as_deref().is_some_and(imitates), unicode }
    }
}

/// The same as [`Place::lookalike`] of the place that an address leads to.
pub(crate) fn is_lookalike(url: &Url) -> bool {
    unicode_form(url.host_str().unwrap_or_default()).as_deref().is_some_and(imitates)
}

/// A host in the letters of its language, where that is something else.
fn unicode_form(host: &str) -> Option<String> {
    host.as_bytes().windows(4).any(|four| four == b"xn--").then(|| unicode(host)).filter(|u| u != host)
}

/// Second-level names under which countries register, as in `example.co.uk`.
const SECOND_LEVEL: &[&str] = &[
    "ac", "asso", "co", "com", "edu", "gen", "go", "gob", "gouv", "gov", "govt", "gv", "ltd", "me", "mil", "ne", "net", "nhs", "nom", "or", "org", "plc",
    "police", "sch", "school",
];

/// The registered part of a host, guessed by its shape: `a.b.example.co.uk` gives `example.co.uk`. The public suffix list
/// would be larger than the whole engine. A wrong guess names too short a part rather than too long a one.
#[must_use]
pub(crate) fn site(host: &str) -> &str {
    let dot_before = |end: usize| host.get(..end)?.bytes().rposition(|byte| byte == b'.');
    let Some(last) = dot_before(host.len()) else { return host };
    let Some(second) = dot_before(last) else { return host };
    let is_second_level = host.len() - last == 3 && host.get(second + 1..last).is_some_and(|name| SECOND_LEVEL.contains(&name));
    let start = if is_second_level { dot_before(second) } else { Some(second) };
    start.and_then(|dot| host.get(dot + 1..)).unwrap_or(host)
}

/// Punycode back to letters. `Url` has checked the names already.
fn unicode(host: &str) -> String {
    let labels = host.split('.').map(|label| label.strip_prefix("xn--").and_then(idna::punycode::decode_to_string).unwrap_or_else(|| label.to_owned()));
    labels.collect::<Vec<_>>().join(".")
}

/// Alphabets, as far as they can be told from one another by eye. What is in none of them counts as one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    /// Chinese, Japanese and Korean: written together, and with Latin.
    EastAsian,
    Other(u32),
}

/// The script of a letter; nothing for digits, hyphens and marks, which belong to every script.
fn script(letter: char) -> Option<Script> {
    use Script::*;
    Some(match u32::from(letter) {
        0x00..=0x40 | 0x5b..=0x60 | 0x7b..=0xbf | 0xd7 | 0xf7 | 0x300..=0x36f => return None,
        0x41..=0x2af | 0x1d00..=0x1dbf | 0x1e00..=0x1eff | 0x2c60..=0x2c7f | 0xa720..=0xa7ff => Latin,
        0x370..=0x3ff | 0x1f00..=0x1fff => Greek,
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Cyrillic,
        0x530..=0x58f => Armenian,
        0x1100..=0x11ff | 0x3000..=0x30ff | 0x3100..=0x318f | 0x31a0..=0x4dbf | 0x4e00..=0xa4cf | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0x20000..=0x3ffff => {
            EastAsian
        }
        // Blocks of 128: coarse, but letters of two of them stand together in no language that needs none of the above.
        code => Other(code >> 7),
    })
}

/// Letters that pass for Latin ones at a glance, each of another alphabet.
const PASSING: &str = "асԁеһіјӏорԛѕԝхуҽпгѵѡԍαικνορτυωγեոսօհցզյ";

/// Latin letters that pass for plain ones: dotless and script forms, small capitals, turned letters.
fn passes_for_plain(letter: char) -> bool {
    matches!(letter, 'ı' | 'ȷ' | 'ꞌ' | 'ʼ') || matches!(u32::from(letter), 0x250..=0x2af | 0x1d00..=0x1dbf | 0x180..=0x1bf)
}

fn imitates(host: &str) -> bool {
    let ending = host.rsplit('.').next().unwrap_or("");
    // Where the ending itself is of another alphabet, or of a country that writes in one, whole words in it are what they seem.
    let is_at_home = !ending.is_ascii() || matches!(ending, "bg" | "by" | "kz" | "mk" | "mn" | "rs" | "ru" | "su" | "ua" | "uz" | "gr" | "cy" | "am");
    host.split('.').any(|label| mixes(label) || (!is_at_home && passes(label)) || (!matches!(ending, "tr" | "az") && label.chars().any(passes_for_plain)))
}

/// Written in several alphabets that no language writes together.
fn mixes(label: &str) -> bool {
    let mut scripts: BTreeSet<Script> = label.chars().filter_map(script).collect();
    if scripts.contains(&Script::EastAsian) {
        scripts.remove(&Script::Latin);
    }
    scripts.len() > 1
}

/// Written in another alphabet, but wholly in letters that pass for Latin ones.
fn passes(label: &str) -> bool {
    let mut letters = label.chars().filter(|c| script(*c).is_some()).peekable();
    letters.peek().is_some() && letters.all(|letter| PASSING.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str) -> Place {
        Place::of(&Url::parse(&format!("https://{host}/")).unwrap())
    }

    #[test]
    fn sites_are_guessed_by_shape() {
        for (host, expected) in [
            ("a.b.example.com", "example.com"),
            ("a.example.co.uk", "example.co.uk"),
            ("example.nl", "example.nl"),
            // A short name under a country is a name like any other.
            ("example.com.abc.nl", "abc.nl"),
            ("co.uk", "co.uk"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(site(host), expected);
        }
        assert_eq!(place("192.0.2.1").site, "192.0.2.1");
        assert_eq!(place("[2001:db8::1]").site, "[2001:db8::1]");
    }

    #[test]
    fn both_forms_are_told() {
        let books = place("www.bücher.example");
        assert_eq!((books.host.as_str(), books.unicode.as_deref(), books.lookalike), ("www.xn--bcher-kva.example", Some("www.bücher.example"), false));
        assert_eq!(place("www.example.org").unicode, None);
    }

    #[test]
    fn imitations_are_found() {
        for host in [
            // Cyrillic а and р among Latin letters.
            "pаypal.example",
            "www.аpple.example",
            // Wholly Cyrillic, wholly Greek.
            "аррӏе.example",
            "ѕсоре.example.com",
            "νικν.example",
            // Greek omicron in Latin.
            "gοοgle.example",
            // Dotless i, script g, Armenian o.
            "lınk.example",
            "ɡoogle.example",
            "gօօgle.example",
            // Two alphabets that are both far from Latin.
            "аβγд.example",
        ] {
            assert!(place(host).lookalike, "{host}: {:?}", place(host));
        }
    }

    #[test]
    fn ordinary_names_of_other_languages_are_none() {
        for host in [
            "bücher.example",
            "straße.example",
            "łódź.example",
            "éléphant.example",
            "пример.example",
            "ο-κόσμος.example",
            "оса.рф",
            "сор.ru",
            "例え.example",
            "日本語abc.example",
            "한국어.example",
            "مثال.example",
            "उदाहरण.example",
            "ısı.com.tr",
            "xn--.example",
            "example.com",
        ] {
            let Ok(url) = Url::parse(&format!("https://{host}/")) else { continue };
            assert!(!Place::of(&url).lookalike, "{host}: {:?}", Place::of(&url));
        }
    }
}
