//! Redirectors that only the links of one message together give away.

use super::{LONG_NUMBER, MOST_VALUES, is_code, is_day, is_mark, is_program, is_program_folder, values};
use std::collections::{HashMap, HashSet};
use url::Url;

/// So many links of one message to one place, that differ in nothing but numbers or codes, are no coincidence.
const SERIES: usize = 3;

/// Links of one message through one redirector that its form alone does not give away. Either each has a code of its own and no word
/// that says where it leads, or all that differs between them are numbers, and a long one is the same in all.
#[derive(Debug, Default)]
pub(crate) struct Series(HashSet<String>);

impl Series {
    pub(crate) fn of(links: &[&Url]) -> Series {
        let shapes: Vec<String> = links.iter().map(|url| if says_nothing(url) { shape(url) } else { String::new() }).collect();
        let (mut hosts, mut coded, mut alike) = (Groups::new(), Groups::new(), Groups::new());
        for (url, shape) in links.iter().zip(&shapes) {
            let (host, text) = (url.host_str().unwrap_or(""), url.as_str());
            hosts.entry(host).or_default().insert(text);
            if shape.is_empty() {
                continue;
            }
            alike.entry(shape).or_default().insert(text);
            if has_code(url) {
                coded.entry(host).or_default().insert(text);
            }
        }
        let mut found = HashSet::new();
        for (host, links) in &coded {
            if links.len() >= SERIES && hosts.get(host).is_some_and(|all| links.len() * 2 >= all.len()) {
                keep(&mut found, links);
            }
        }
        for links in alike.values() {
            if links.len() >= SERIES && share_number(links) {
                keep(&mut found, links);
            }
        }
        Series(found)
    }

    pub(crate) fn has(&self, url: &Url) -> bool {
        !self.0.is_empty() && self.0.contains(url.as_str())
    }
}

fn keep(found: &mut HashSet<String>, links: &HashSet<&str>) {
    for link in links {
        found.insert((*link).to_owned());
    }
}

/// Addresses by what they have in common.
type Groups<'a> = HashMap<&'a str, HashSet<&'a str>>;

/// No part of the path and no value is a word.
fn says_nothing(url: &Url) -> bool {
    let query = url.query().unwrap_or("");
    let mut parts = url.path().split('/');
    (url.path().len() > 1 || !query.is_empty())
        && url.fragment().is_none()
        && query.matches('&').count() < MOST_VALUES
        && parts.all(|part| is_code(part) || is_mark(part) || is_program(part) || is_program_folder(part))
        && values(query).all(|value| is_code(value) || value.split('.').all(is_mark))
}

fn has_code(url: &Url) -> bool {
    url.path().split('/').any(is_code) || values(url.query().unwrap_or("")).any(is_code)
}

/// The address with a sign in place of everything that holds a digit.
fn shape(url: &Url) -> String {
    let mut shape = String::new();
    for run in url.as_str().split(|c: char| !c.is_ascii_alphanumeric()) {
        shape.push_str(if run.bytes().any(|b| b.is_ascii_digit()) { "0" } else { run });
        shape.push('/');
    }
    shape
}

/// A long number that is no day stands in all of them.
fn share_number(links: &HashSet<&str>) -> bool {
    let first = links.iter().next().copied().unwrap_or("");
    numbers(first).any(|number| number.len() >= LONG_NUMBER && !is_day(number) && links.iter().all(|link| numbers(link).any(|other| other == number)))
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn series(links: &[&str]) -> Vec<bool> {
        let urls: Vec<Url> = links.iter().map(|text| url(text)).collect();
        let series = Series::of(&urls.iter().collect::<Vec<_>>());
        urls.iter().map(|url| series.has(url)).collect()
    }

    #[test]
    fn links_that_differ_in_codes_alone_are_a_series() {
        let coded = ["https://a.example/AbCd1EfGh2JkLm3NpQr4St", "https://a.example/BbCd1EfGh2JkLm3NpQr4St", "https://a.example/CbCd1EfGh2JkLm3NpQr4St"];
        assert_eq!(series(&coded), [true; 3]);
        // Two may be by chance, and the same link three times is one.
        assert_eq!(series(&coded[..2]), [false; 2]);
        assert_eq!(series(&[coded[0], coded[0], coded[1]]), [false; 3]);
        let numbered = ["https://a.example/ct/1:1234567:m", "https://a.example/ct/2:1234567:m", "https://a.example/ct/3:1234567:m"];
        assert_eq!(series(&numbered), [true; 3]);
        let dotted = [
            "https://a.example/w/r?1234567890.123.4.5AbCdEf",
            "https://a.example/w/r?1234567890.123.6.Abcd1efg",
            "https://a.example/w/r?1234567890.123.7.ab1cde",
        ];
        assert_eq!(series(&dotted), [true; 3]);
        let one_reader = [
            "https://a.example/?c1=AbCd1EfGh2JkLm3NpQr4&c4=ab12",
            "https://a.example/?c1=AbCd1EfGh2JkLm3NpQr4&c4=cd34",
            "https://a.example/?c1=AbCd1EfGh2JkLm3NpQr4&c4=ef56",
        ];
        assert_eq!(series(&one_reader), [true; 3]);
    }

    #[test]
    fn pages_of_a_kind_are_no_series() {
        for links in [
            // Each about something of its own.
            ["https://a.example/item?id=12345671", "https://a.example/item?id=12345672", "https://a.example/item?id=12345673"],
            ["https://a.example/20261128/1/1.html", "https://a.example/20261128/2/1.html", "https://a.example/20261128/3/1.html"],
            // A day is no reader.
            ["https://a.example/20261128/1", "https://a.example/20261128/2", "https://a.example/20261128/3"],
            ["https://a.example/021129/1", "https://a.example/021129/2", "https://a.example/021129/3"],
            // A word says where it leads.
            [
                "https://a.example/photos/AbCd1EfGh2JkLm3NpQr4St",
                "https://a.example/photos/BbCd1EfGh2JkLm3NpQr4St",
                "https://a.example/photos/CbCd1EfGh2JkLm3NpQr4St",
            ],
            ["https://a.example/?shop=1234567&q=shirts", "https://a.example/?shop=1234567&q=trousers", "https://a.example/?shop=1234567&q=jackets"],
        ] {
            assert_eq!(series(&links), [false; 3], "{links:?}");
        }
        // Most of what the host is linked for are pages.
        let mixed = [
            "https://a.example/AbCd1EfGh2JkLm3NpQr4St",
            "https://a.example/BbCd1EfGh2JkLm3NpQr4St",
            "https://a.example/CbCd1EfGh2JkLm3NpQr4St",
            "https://a.example/products",
            "https://a.example/contact",
            "https://a.example/stores/nearby",
            "https://a.example/opening-hours",
        ];
        assert_eq!(series(&mixed), [false; 7]);
    }
}
