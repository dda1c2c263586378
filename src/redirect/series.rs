//! Redirectors that only the links of one message together give away, or a counter beside them.

use super::{HALF, LONG_NUMBER, MOST_VALUES, is_code, is_day, is_mark, is_program, is_program_folder, is_told, takes_off, values};
use crate::place::site;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use url::Url;

/// Short words that pages have: of a file, of a piece of music, of somebody's album, of an archive of mail.
const PAGE_WORDS: &[&str] = &[
    "album", "arch", "board", "clip", "d", "doc", "edit", "embed", "event", "file", "form", "game", "gist", "group", "item", "list", "msg", "note", "photo",
    "mirror", "online", "post", "proto", "reel", "share", "show", "song", "title", "user", "video", "view", "watch", "web",
];

/// A long name that a site gives to a thing: 16 bytes in letters and digits.
const THING: usize = 22;

/// So many links of one message to one place, that differ in nothing but numbers or codes, are no coincidence.
const SERIES: usize = 3;

/// The shortest part, with digits in it, that can stand for a reader or a mailing.
const SHORTEST: usize = 6;

/// Links of one message through one redirector that its form alone does not give away. Either each has a code of its own and no word
/// that says where it leads, or all that differs between them are numbers or codes, and a long one is the same in all. A counter on
/// the same host gives away a single one.
#[derive(Debug, Default)]
pub(crate) struct Series(HashSet<String>);

impl Series {
    pub(crate) fn of(links: &[&Url], counters: &[&Url]) -> Series {
        let shapes: Vec<String> = links.iter().map(|url| if says_little(url) { shape(url) } else { String::new() }).collect();
        let [mut hosts, mut coded, mut alike, mut strewn, mut asked] = [(); 5].map(|()| Groups::new());
        let mut found = HashSet::new();
        let counters = Counters::of(counters);
        for (url, shape) in links.iter().zip(&shapes) {
            let (host, text) = (url.host_str().unwrap_or(""), url.as_str());
            hosts.entry(host).or_default().insert(text);
            let beside = counters.on_hosts.get(host);
            if shape.is_empty() {
                // Told where to go on to, and by which reader: who only shows a page needs to know neither.
                let is_shared = |codes: Option<&HashSet<&str>>| codes.is_some_and(|codes| shares_code(url, codes)) && !takes_off(url);
                if is_shared(beside) && is_told(url) {
                    found.insert(text.to_owned());
                } else if asks_nothing(url) && folder(url).is_some_and(|folder| is_shared(counters.in_folders.get(&(host, folder)))) {
                    asked.entry(url.path()).or_default().insert(text);
                }
                continue;
            }
            alike.entry(shape).or_default().insert(text);
            if has_code(url) && says_nothing(url) {
                coded.entry(host).or_default().insert(text);
            }
            if is_strewn(url) {
                strewn.entry(site(host)).or_default().insert(text);
            }
            if beside.is_some_and(|codes| goes_with(url, codes)) {
                found.insert(text.to_owned());
            }
        }
        for (host, links) in &coded {
            if hosts.get(host).is_some_and(|all| links.len() * 2 >= all.len()) {
                keep(&mut found, links);
            }
        }
        for links in alike.values().filter(|links| share_id(links)) {
            keep(&mut found, links);
        }
        for links in strewn.values().filter(|links| !share_key(links)) {
            keep(&mut found, links);
        }
        // One alone may be there to unsubscribe, in whatever language.
        for links in asked.values().filter(|links| links.len() > 1) {
            found.extend(links.iter().map(|link| (*link).to_owned()));
        }
        Series(found)
    }

    pub(crate) fn has(&self, url: &Url) -> bool {
        !self.0.is_empty() && self.0.contains(url.as_str())
    }
}

fn keep(found: &mut HashSet<String>, links: &HashSet<&str>) {
    if links.len() >= SERIES {
        found.extend(links.iter().map(|link| (*link).to_owned()));
    }
}

/// Addresses by what they have in common.
type Groups<'a> = HashMap<&'a str, HashSet<&'a str>>;

/// No part of the path and no value is a word.
fn says_nothing(url: &Url) -> bool {
    let is_dumb = |part: &str| is_code(part) || is_mark(part) || is_program(part) || is_program_folder(part);
    url.path().split('/').all(is_dumb) && asks_nothing(url)
}

/// No value is a word.
fn asks_nothing(url: &Url) -> bool {
    values(url.query().unwrap_or("")).all(|value| is_code(value) || value.split('.').all(is_mark))
}

/// What stands before the last part of the path, if there is anything.
fn folder(url: &Url) -> Option<&str> {
    url.path().rsplit_once('/').map(|(folder, _)| folder).filter(|folder| !folder.is_empty())
}

/// At most one part of the path is a word, none a title, and none says that it is there to unsubscribe. Where there is a query, no value
/// is a word either.
fn says_little(url: &Url) -> bool {
    let query = url.query().unwrap_or("");
    (url.path().len() > 1 || !query.is_empty())
        && url.fragment().is_none()
        && query.matches('&').count() < MOST_VALUES
        && if query.is_empty() { words_in(url) <= 1 } else { says_nothing(url) }
        && !takes_off(url)
        && !url.path().split('/').any(|part| PAGE_WORDS.contains(&part.trim_end_matches('s')))
        && !is_track(url)
}

/// A piece of music, where the host says nothing of mail: `/track/AbCd…`. Redirectors that say `track` have more to carry.
fn is_track(url: &Url) -> bool {
    let id = url.path().strip_prefix("/track/");
    url.query().is_none() && id.is_some_and(|id| id.len() == THING && id.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Parts of the path that say something to people. A title says more than one thing.
fn words_in(url: &Url) -> usize {
    let words = |part: &str| {
        let stem = part.split_once('.').map_or(part, |(stem, _)| stem);
        if is_code(part) || is_mark(stem) || is_program(part) || is_program_folder(part) {
            return 0;
        }
        // Long letters and digits without a sign between them are a code as well.
        let is_plain = stem.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_code = if is_plain { is_id(stem) || stem == "index" } else { !has_run(stem, &|run| !has_digit(run)) };
        if is_code { 0 } else { 1 + usize::from(!is_plain) }
    };
    url.path().split('/').map(words).sum()
}

fn has_code(url: &Url) -> bool {
    url.path().split('/').any(is_code) || values(url.query().unwrap_or("")).any(is_code)
}

/// The address with a sign in place of everything that holds a digit.
fn shape(url: &Url) -> String {
    let mut shape = String::new();
    for run in runs(url.as_str()) {
        shape.push_str(if has_digit(run) { "0" } else { run });
        shape.push('/');
    }
    shape
}

/// A long number that is no day stands in all of them or, where there is nothing but a path, a code.
fn share_id(links: &HashSet<&str>) -> bool {
    let first = links.iter().next().copied().unwrap_or("");
    let is_wanted = |id: &str| is_id(id) && (!first.contains('?') || !id.bytes().any(|b| b.is_ascii_alphabetic()));
    has_run(after_host(first), &|id| is_wanted(id) && links.iter().all(|link| has_run(link, &|other| other == id)))
}

/// A front page that is asked for a code: `/?uahary=T985Pc31362K`.
fn is_strewn(url: &Url) -> bool {
    let query = url.query().unwrap_or("");
    url.path() == "/" && query.contains('=') && values(query).all(|value| value.len() >= SHORTEST + 2 && is_id(value))
}

/// Some name of a value stands in more than one of them. Who names each value anew hides what the links are for.
fn share_key(links: &HashSet<&str>) -> bool {
    let mut seen = HashSet::new();
    links.iter().any(|link| {
        let query = link.split_once('?').map_or("", |(_, query)| query);
        !query.split('&').all(|pair| seen.insert(pair.split('=').next()))
    })
}

/// The codes of what counts openings, by where it lies. Every link is looked at beside all of them at once.
struct Counters<'a> {
    on_hosts: Groups<'a>,
    /// By host and folder.
    in_folders: HashMap<(&'a str, &'a str), HashSet<&'a str>>,
}

impl<'a> Counters<'a> {
    fn of(counters: &[&'a Url]) -> Counters<'a> {
        let (mut on_hosts, mut in_folders) = (Groups::new(), HashMap::new());
        for counter in counters {
            let Some(host) = counter.host_str() else { continue };
            let codes = || runs(after_host(counter.as_str())).filter(|run| is_id(run));
            on_hosts.entry(host).or_default().extend(codes());
            if let Some(folder) = folder(counter) {
                in_folders.entry((host, folder)).or_insert_with(HashSet::new).extend(codes());
            }
        }
        Counters { on_hosts, in_folders }
    }
}

/// A link on the host of counters that says little, and carries what one of them does. A host of its own for such things has no
/// pages either: there, any code will do.
fn goes_with(url: &Url, codes: &HashSet<&str>) -> bool {
    let (host, own) = (url.host_str().unwrap_or(""), after_host(url.as_str()));
    let is_coded = |run: &str| run.len() >= HALF && is_id(run) && run.bytes().any(|b| b.is_ascii_alphabetic());
    shares_code(url, codes) || (host != site(host) && !host.starts_with("www.") && has_run(own, &is_coded))
}

/// One of some numbers and codes stands in the link as well.
fn shares_code(url: &Url, codes: &HashSet<&str>) -> bool {
    has_run(after_host(url.as_str()), &|run| codes.contains(run))
}

/// A number or a code that tells readers, mailings or links apart.
// Asked for in many places: once is smaller.
#[inline(never)]
fn is_id(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    run.len() >= SHORTEST && digits > 0 && (digits < run.len() || run.len() >= LONG_NUMBER) && !is_day(run)
}

fn has_digit(run: &str) -> bool {
    run.bytes().any(|b| b.is_ascii_digit())
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
}

// Asked for in many places: once is smaller.
#[inline(never)]
fn has_run(text: &str, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    runs(text).any(is_wanted)
}

fn after_host(text: &str) -> &str {
    text.splitn(4, '/').nth(3).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn series(links: &[&str]) -> Vec<bool> {
        beside(links, "https://other.example/o.gif?u=1234567")
    }

    fn beside(links: &[&str], counter: &str) -> Vec<bool> {
        let urls: Vec<Url> = links.iter().map(|text| url(text)).collect();
        let series = Series::of(&urls.iter().collect::<Vec<_>>(), &[&url(counter)]);
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
    fn paths_with_a_code_in_common_are_a_series() {
        for links in [
            [
                "https://a.example/t/c/7397/readers4/bz22313.html",
                "https://a.example/t/c/7404/readers4/bz22313.html",
                "https://a.example/t/c/7/readers4/bz22313.html",
            ],
            ["https://a.example/public/r/AbCd12345/Xy7zAb", "https://a.example/public/r/AbCd12345/Xy8zAb", "https://a.example/public/r/AbCd12345/Xy9zAb"],
        ] {
            assert_eq!(series(&links), [true; 3], "{links:?}");
        }
        for links in [
            ["https://a.example/groups/12345678/posts/1", "https://a.example/groups/12345678/posts/2", "https://a.example/groups/12345678/posts/3"],
            ["https://a.example/a-way-of-life/12345678/1", "https://a.example/a-way-of-life/12345678/2", "https://a.example/a-way-of-life/12345678/3"],
            ["https://a.example/watch?v=1a&list=Xy7zAb9", "https://a.example/watch?v=2b&list=Xy7zAb9", "https://a.example/watch?v=3c&list=Xy7zAb9"],
            [
                "https://a.example/file/d/AbCd1EfGh2JkLm3NpQr4St/view",
                "https://a.example/file/d/BbCd1EfGh2JkLm3NpQr4St/view",
                "https://a.example/file/d/CbCd1EfGh2JkLm3NpQr4St/view",
            ],
            [
                "https://a.example/arch/msg/abc/AbCd1EfGh2JkLm3NpQr4St/",
                "https://a.example/arch/msg/abc/BbCd1EfGh2JkLm3NpQr4St/",
                "https://a.example/arch/msg/abc/CbCd1EfGh2JkLm3NpQr4St/",
            ],
            [
                "https://open.a.example/track/AbCd1EfGh2JkLm3NpQr4St",
                "https://open.a.example/track/BbCd1EfGh2JkLm3NpQr4St",
                "https://open.a.example/track/CbCd1EfGh2JkLm3NpQr4St",
            ],
            [
                "https://a.example/u?n=T&id=AbCd1EfGh2JkLm3NpQr4St",
                "https://a.example/u?n=T&id=BbCd1EfGh2JkLm3NpQr4St",
                "https://a.example/u?n=T&id=CbCd1EfGh2JkLm3NpQr4St",
            ],
            ["https://a.example/un.php?1234567", "https://a.example/un.php?12345678", "https://a.example/un.php?123456789"],
        ] {
            assert_eq!(series(&links), [false; 3], "{links:?}");
        }
    }

    #[test]
    fn front_pages_with_a_name_for_each_value_are_a_series() {
        assert_eq!(
            series(&["https://1.a.example/?uahary=T985Pc31362K", "https://2.a.example/?uwosyp=UH0601356", "https://3.a.example/?iryjix=646670ffc8d8"]),
            [true; 3]
        );
        assert_eq!(series(&["https://1.a.example/?id=T985Pc31362K", "https://2.a.example/?id=UH0601356", "https://3.a.example/?id=646670ffc8d8"]), [false; 3]);
        assert_eq!(series(&["https://1.a.example/?tops=summer2026", "https://2.a.example/?page=13", "https://3.a.example/?shop=berlin"]), [false; 3]);
    }

    #[test]
    fn a_link_beside_a_counter_goes_with_it() {
        assert_eq!(beside(&["https://a.example/k/7-1234567-89"], "https://a.example/v/1234567-12"), [true]);
        assert_eq!(beside(&["https://m.a.example/k/Xy7zAbCd9EfG"], "https://m.a.example/v/1234567"), [true]);
        for link in
            ["https://a.example/k/Xy7zAbCd9EfG", "https://m.a.example/k/Xy7zAbCd9EfG", "https://a.example/sale-of-1234567/", "https://a.example/un.php?1234567"]
        {
            assert_eq!(beside(&[link], "https://a.example/v/1234567"), [false], "{link}");
        }
    }

    #[test]
    fn what_is_told_where_to_go_beside_a_counter_sends_on() {
        let counter = "https://www.bookstore.example/post/leido.php?envio=12&usuario=345678";
        let link = "https://www.bookstore.example/post/enlace.php?envio=12&usuario=345678&destino=https%3A%2F%2Fwww.bookstore.example%2Fnews";
        assert_eq!(beside(&[link], counter), [true]);
        assert_eq!(beside(&[link], "https://www.bookstore.example/post/leido.php?envio=12&usuario=345679"), [false]);
        assert_eq!(beside(&["https://www.bookstore.example/login?usuario=345678&return=https%3A%2F%2Fwww.bookstore.example%2Fnews"], counter), [false]);
        // In the folder of the counter a number will do, if more than one link has it.
        let counter = "https://www.bookstore.example/hirlevel/megnyitva.php?k=61&f=820254";
        let links = ["https://www.bookstore.example/hirlevel/at.php?k=61&f=820254&l=7", "https://www.bookstore.example/hirlevel/at.php?k=61&f=820254&l=8"];
        assert_eq!(beside(&links, counter), [true; 2]);
        assert_eq!(beside(&links[..1], counter), [false]);
        assert_eq!(beside(&links, "https://www.bookstore.example/megnyitva.php?k=61&f=820254"), [false; 2]);
        let links = ["https://www.bookstore.example/purchase.php?f=820254&l=7", "https://www.bookstore.example/purchase.php?f=820254&l=8"];
        assert_eq!(beside(&links, "https://www.bookstore.example/megnyitva.php?k=61&f=820254"), [false; 2]);
        let counter = "https://www.bookstore.example/post/leido.php?envio=12&usuario=345678";
        assert_eq!(beside(&["https://www.bookstore.example/unsub.php?usuario=345678&url=https%3A%2F%2Fwww.bookstore.example%2Fnews"], counter), [false]);
    }

    #[test]
    fn many_links_beside_many_counters_take_no_time() {
        let all = |path: &str| -> Vec<Url> { (0..20_000).map(|number| url(&format!("https://t.shop.example/{path}={number}x1234"))).collect() };
        // With each link beside each counter this would take minutes.
        let (links, counters) = (all("some-title/another-word.html?url=https%3A%2F%2Ft.shop.example&u"), all("open.gif?v"));
        let series = Series::of(&links.iter().collect::<Vec<_>>(), &counters.iter().collect::<Vec<_>>());
        assert!(links.iter().all(|link| series.has(link)));
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
