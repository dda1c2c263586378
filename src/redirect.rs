//! Links through a redirector that no rule knows: what an address gives away by its form alone.

mod series;

pub(crate) use series::Series;

use crate::address::percent_decode;
use crate::personal;
use crate::place::site;
use crate::words::Words;
use std::sync::LazyLock;
use url::{Host, Url};

/// Labels of hosts that senders keep for their mailings, or parts of them: `email-link`. Figures behind them do not count: `url1234`.
const MAILING_LABELS: &[&str] = &[
    "ablink",
    "alert",
    "alerts",
    "boletin",
    "boletines",
    "c",
    "campaign",
    "campaigns",
    "campagne",
    "click",
    "clicks",
    "clk",
    "comms",
    "communication",
    "communications",
    "correo",
    "crm",
    "ct",
    "deals",
    "e",
    "edm",
    "el",
    "elink",
    "elinks",
    "em",
    "email",
    "emailing",
    "emails",
    "eml",
    "enews",
    "engage",
    "envios",
    "go",
    "info",
    "infolettre",
    "l",
    "link",
    "links",
    "lnk",
    "lnks",
    "lt",
    "mail",
    "mailer",
    "mailing",
    "mailings",
    "marketing",
    "mg",
    "mkt",
    "news",
    "newsletter",
    "newsletters",
    "nieuwsbrief",
    "nl",
    "notification",
    "notifications",
    "notify",
    "offers",
    "promo",
    "promos",
    "r",
    "rdir",
    "redir",
    "redirect",
    "reply",
    "response",
    "sg",
    "t",
    "tr",
    "track",
    "tracker",
    "tracking",
    "trc",
    "trck",
    "trk",
    "u",
    "update",
    "updates",
    "url",
];

/// Those of hosts that exist to send on. What has a title is a page about it all the same.
const CLICKING_LABELS: &[&str] = &["click", "clicks", "clk", "lnk", "lnks", "rdir", "redir", "redirect", "trc", "trck", "trk"];

/// Beginnings and ends of labels that have more to say: `clickserv`, `trackercl`, `mailtrack`.
const MAILING_STEMS: &[&str] = &["click", "track", "emailmark"];

/// Endings of programs. Their name says little where it is short: `l.php`, `ct.php`.
const PROGRAMS: &[&str] = &["php", "asp", "aspx", "cfm", "cgi", "pl", "jsp", "fcgi", "ashx", "dll", "do"];

/// Short names of programs that send on.
const SENDING_NAMES: &[&str] =
    &["c", "ck", "cl", "ct", "go", "goto", "hit", "l", "lc", "link", "links", "lk", "ln", "lnk", "lt", "m", "r", "rd", "re", "rl", "t", "tk", "tr", "url"];

/// Whole paths that do.
const SENDING_PATHS: &[&str] = &["c", "cl", "ct", "go", "l", "link", "lnk", "lt", "r", "rd", "re"];

/// Short names of programs that mean something else: to unsubscribe, to remove, to confirm.
const OTHER_NAMES: &[&str] = &["un", "uns", "unsub", "us", "ub", "out", "quit", "ss", "rm", "so", "oo"];

/// Folders that send on, on whatever host. What is in them must be a code.
const SENDING_FOLDERS: &[&str] = &["c", "cl", "clk", "ct", "go", "l", "lnk", "lt", "r", "rd", "redir", "trk"];

/// Folders of programs.
const PROGRAM_FOLDERS: &[&str] = &["cgi-bin", "cgi", "fcgi-bin", "servlet", "scripts", "bin"];

/// The fewest characters of half a code.
const HALF: usize = 12;

/// The fewest digits of a number that stands for a reader or a mailing.
const LONG_NUMBER: usize = 6;

/// Parts of names of parameters that hold where a link goes on to.
const GOAL_STEMS: &[&str] = &["url", "uri", "redir", "dest", "target", "goto", "link", "href", "landing", "forward", "location"];

/// The beginnings of such names that speak of something else: where the reader comes from or goes back to, what is shared, a picture.
const OTHER_STEMS: &[&str] = &["return", "back", "next", "cont", "ref", "cancel", "callback", "source", "canon", "share", "image", "img", "media", "pic"];

/// What pages do with an address that they are given, other than sending on to it.
const HANDLING_WORDS: &[&str] = &[
    "add",
    "add_to",
    "archive",
    "bookmark",
    "bookmarklet",
    "compose",
    "create",
    "dialog",
    "edit",
    "feed",
    "intent",
    "msg",
    "new",
    "pin",
    "post",
    "proxy",
    "render",
    "save",
    "send",
    "share",
    "sharearticle",
    "sharer",
    "shares",
    "sharing",
    "submit",
    "translate",
    "tweet",
    "view",
    "viewer",
    "web",
];

/// The longest part of a path, in letters, that is no word to people.
const LONGEST_MARK: usize = 5;

/// A redirector asks for one code, and seldom for more than a few values beside it. Pages ask for many.
const MOST_VALUES: usize = 5;

/// The same of one that is told where to go on to.
const MOST_VALUES_BESIDE: usize = 9;

static IS_MAILING: LazyLock<Words> = LazyLock::new(|| Words::of(MAILING_LABELS));
static HANDLES: LazyLock<Words> = LazyLock::new(|| Words::of(HANDLING_WORDS));

/// A host for mailings, and nothing after it but a code: no word of a page. Where the host exists to send on, anything will do.
/// On 190 real mails: 1,500 links, all of them clicks.
pub(crate) fn is_opaque(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("");
    let own = host.strip_suffix(site(host)).unwrap_or("").split(['.', '-']);
    let labels = || own.clone().map(|label| label.trim_end_matches(|c: char| c.is_ascii_digit()));
    let parts = || url.path().split('/');
    let has_coded_path = || parts().any(is_code);
    // A site has a name; a number for one was good enough only to send on.
    let is_mailing = || labels().any(|label| IS_MAILING.has(label) || has_stem(label)) || matches!(url.host(), Some(Host::Ipv4(_)));
    let is_sending = || parts().nth(1).is_some_and(|folder| is_any(folder, SENDING_FOLDERS)) && has_coded_path();
    if !is_mailing() && !is_sending() {
        return false;
    }
    let query = url.query().unwrap_or("");
    let is_clicking = labels().any(|label| CLICKING_LABELS.contains(&label));
    let says_anything = url.path().len() > 1 || !query.is_empty();
    // With one value alone, half a code is enough; to a program, a long number.
    let is_asked = || query.bytes().filter(u8::is_ascii_digit).count() >= LONG_NUMBER && parts().any(is_program_folder);
    let has_value = || values(query).any(is_code) || (!query.contains('&') && (values(query).any(is_half_code) || is_asked()));
    let is_coded = has_coded_path() || has_value();
    // Where it exists to send on, and there is a code, a word may stand beside it.
    let is_page = |part: &str| part.strip_suffix(".html").is_some_and(|stem| stem == "email" || is_any(stem, SENDING_NAMES)) && values(query).any(is_code);
    let is_tolerated = |part: &str| is_clicking && (is_program(part) || (is_coded && part.bytes().all(|b| b.is_ascii_alphabetic())));
    parts().all(|part| is_code(part) || is_mark(part) || is_tolerated(part) || is_program_folder(part) || is_page(part))
        && query.matches('&').count() < if is_clicking { MOST_VALUES_BESIDE } else { MOST_VALUES }
        && (is_coded || (says_anything && is_clicking))
        && !takes_off(url)
}

fn has_stem(label: &str) -> bool {
    MAILING_STEMS.iter().any(|stem| label.starts_with(stem)) || label.ends_with("track")
}

fn values(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value))
}

/// A program with one of those names that is asked for a long number or a code: `l.php?123&12345678`. With an address, it unsubscribes.
/// A page of a shop is asked for its `id` alone.
pub(crate) fn is_numbered(url: &Url) -> bool {
    let (query, name) = (url.query().unwrap_or(""), url.path().rsplit('/').next().unwrap_or(""));
    let is_long = |value: &str| value.len() >= LONG_NUMBER && value.bytes().all(|b| b.is_ascii_digit());
    let is_number = |value: &str| is_long(value) && (query.contains('&') || !query.starts_with("id="));
    let is_key = |value: &str| value.len() >= HALF && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_program = || name.split_once('.').is_some_and(|(stem, end)| is_any(stem, SENDING_NAMES) && is_any(end, PROGRAMS));
    let sends_on = is_any(url.path().trim_matches('/'), SENDING_PATHS) || is_program();
    let is_half = || !query.contains(['=', '&']) && is_half_code(query) && is_program();
    // Below folders it takes more: a code, or `r?1234567.890.12` without the name of a value.
    let is_dotted = || !query.contains('=') && query.split_once('.').is_some_and(|(first, _)| is_long(first));
    let sends_below = || is_any(name, SENDING_PATHS) && (is_dotted() || values(query).any(is_code));
    !query.contains('@') && ((sends_on && values(query).any(|value| is_number(value) || is_key(value) || is_code(value))) || is_half() || sends_below())
}

/// A program with a short name for it that is told an address takes that off a list: `un.php?1234&ann@example.org`.
pub(crate) fn unsubscribes(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or("");
    let is_program = name.split_once('.').is_some_and(|(stem, end)| is_any(stem, OTHER_NAMES) && is_any(end, PROGRAMS));
    is_program && url.query().is_some_and(|query| query.contains('@') || query.contains("%40"))
}

/// Part of the path is a short word for it: `/mk/un/…`, `un.aspx`, `unsub2`, or the whole of it, asked for something: `/u?p=…`, `/u/…`.
fn takes_off(url: &Url) -> bool {
    let is_short = |part: &str| part.split_once('.').map_or(part == "un" || part == "uns", |(stem, end)| is_any(stem, OTHER_NAMES) && is_any(end, PROGRAMS));
    let is_bare = || is_any(url.path(), &["/u", "/us", "/ub"]) && url.query().is_some();
    // `/c/…` clicks, `/o/…` opens, and `/u/…` with nothing else takes off.
    let is_coded = || url.query().is_none() && url.path().strip_prefix("/u/").is_some_and(|code| !code.contains('/'));
    url.path().split('/').any(|part| is_short(part) || part.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("unsub"))) || is_bare() || is_coded()
}

/// A query that names the click.
pub(crate) fn asks_for_click(url: &Url) -> bool {
    url.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('=')).any(|(_, value)| is_any(value, &["click", "clickthrough", "clickthru"]))
}

/// `20261128` or `261128`.
pub(crate) fn is_day(number: &str) -> bool {
    let short = number.strip_prefix("19").or_else(|| number.strip_prefix("20")).filter(|rest| rest.len() == 6).unwrap_or(number);
    let part = |at: usize| short.get(at..at + 2).and_then(|part| part.parse::<u8>().ok()).unwrap_or(0);
    short.len() == 6 && (1..=12).contains(&part(2)) && (1..=31).contains(&part(4))
}

// Asked for in many places: once is smaller.
#[inline(never)]
fn is_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_program_folder(part: &str) -> bool {
    is_any(part.trim_end_matches(|c: char| c.is_ascii_digit()), PROGRAM_FOLDERS)
}

/// Too short to be sure of, but neither a word nor a number: `12-345678-AbCd9E`.
fn is_half_code(text: &str) -> bool {
    let count = |wanted: fn(&u8) -> bool| text.bytes().filter(wanted).count();
    let (upper, lower, digits) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase), count(u8::is_ascii_digit));
    text.len() >= HALF && upper > 0 && lower > 0 && digits >= 2 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A program that is not there to unsubscribe.
fn is_program(part: &str) -> bool {
    part.split_once('.').is_some_and(|(stem, end)| stem.len() <= LONGEST_MARK && is_any(end, PROGRAMS) && !is_any(stem, OTHER_NAMES))
}

/// The address holds that of another site, where a redirector has it. On 190 real mails: 48 links, none of them clean.
pub(crate) fn carries_address(url: &Url) -> bool {
    let (path, own) = (url.path(), url.host_str().map(site));
    let stems = || path.split('/').map(|part| part.split_once('.').map_or(part, |(stem, _)| stem));
    let labels = || url.host_str().unwrap_or("").rsplit('.').skip(1);
    let query = url.query().unwrap_or("");
    if query.matches('&').count() > MOST_VALUES_BESIDE || stems().chain(labels()).any(|word| HANDLES.has(word)) {
        return false;
    }
    let is_other = |text: &str| host_of(text).is_some_and(|host| Some(site(&host.to_ascii_lowercase())) != own);
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let in_path = || path.match_indices("/http").any(|(at, _)| path.get(at + 1..).is_some_and(|rest| is_other(&percent_decode(rest))));
    // What begins like this is an address in base64 or hexadecimal.
    let is_hidden = |name: &str, value: &str| (value.starts_with("aHR0c") || value.starts_with("68747470")) && !begins_otherwise(name);
    pairs.any(|(name, value)| {
        is_hidden(name, value) || value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) && is_goal(name) && is_other(&percent_decode(value))
    }) || in_path()
        || url.path().contains("/*http")
        || (query.starts_with("http") && is_other(&percent_decode(query)))
}

/// A value holds where to go on to, be it a page of the same site.
fn is_told(url: &Url) -> bool {
    let mut pairs = url.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
    pairs.any(|(name, value)| is_goal(name) && host_of(&percent_decode(value)).is_some())
}

fn is_goal(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.len() <= 1 || (GOAL_STEMS.iter().any(|stem| name.contains(stem)) && !begins_otherwise(&name)) || ["to", "go", "out", "rd", "ulp"].contains(&&*name)
}

fn begins_otherwise(name: &str) -> bool {
    OTHER_STEMS.iter().any(|stem| name.starts_with(stem))
}

/// The host of an address at the beginning of a text, that may have been encoded once too often or lost a slash.
fn host_of(text: &str) -> Option<String> {
    let text = if text.contains('/') { text.to_owned() } else { percent_decode(text) };
    let (scheme, rest) = text.split_once(':')?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.strip_prefix('/')?.trim_start_matches('/').split(['/', '?', '#', ':']).next()?;
    (is_web && host.contains('.')).then(|| host.to_owned())
}

/// Holds a code with letters in it: parcels have numbers. A title may end in one.
// Asked for in many places: once is smaller.
#[inline(never)]
fn is_code(text: &str) -> bool {
    personal::runs(text).any(|run| personal::is_token(run) && run.bytes().filter(u8::is_ascii_alphabetic).count() >= 3 && !has_words(run))
}

fn has_words(run: &str) -> bool {
    run.split(['-', '_']).filter(|part| part.len() >= 3 && part.bytes().all(|b| b.is_ascii_lowercase())).count() >= 3
}

/// A part of a path that says nothing to people: short, or a number. A program may be the page on which to unsubscribe.
// Asked for in many places: once is smaller.
#[inline(never)]
fn is_mark(part: &str) -> bool {
    let letters = part.bytes().filter(u8::is_ascii_alphabetic).count();
    let has_digits = part.bytes().any(|b| b.is_ascii_digit());
    !part.contains('.') && (letters <= LONGEST_MARK || (has_digits && !part.contains('-')) || is_scrambled(part))
}

/// Letters of both cases as no word has them: `AqYYLwph`.
fn is_scrambled(part: &str) -> bool {
    let is_shift = |three: &[u8]| matches!(three, [a, b, c] if a.is_ascii_lowercase() && b.is_ascii_uppercase() && c.is_ascii_uppercase());
    part.len() <= HALF && part.bytes().all(|b| b.is_ascii_alphabetic()) && part.as_bytes().windows(3).any(is_shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_code_on_a_host_for_mailings_is_a_redirector() {
        for text in [
            "https://click.example.com/?qs=0a1b2c3d4e5f60718293a4b5",
            "https://em12.shop.example.com/els/v2/AbCd1EfGh2JkLm3NpQr4St/YmFzZTY0YmFzZTY0",
            "https://click.example.com/1/8193/8/_/134812/_/966089206/",
            "https://trk.example.com/click?campaign_id=166&pub_id=945",
            "https://email.example.com/c/4432?id=508817.908.1.92ae5a125ea611fb8d9b6d93e693aac0",
            "https://click4.example.com/sp/t.pl?id=12345:12345678",
            "https://notification.example.com/c?q=AbCd1EfGh2JkLm3NpQr4St",
            "https://mailtrack.example.com/AbCd1EfGh2JkLm3NpQr4St",
            "https://ct2.example.com/cgi-bin14/flo?y=aB12CDeFGH3J",
            "https://u.example.com/?z=12-345678-AbCd9E",
            "http://192.0.2.7/I?X=0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "https://www.example.com/go/1/AB1C2D-34EFGH-5J67KL8M-N9P1QR2.html",
            "https://track.example.com/cgi-bin/a?e=1234567.13",
            "https://tracker1.example.com/AqYYLwph/AbCd1EfGh2JkLm3NpQr4St",
            "https://click1.example.com/ViewTracker/AbCd1EfGh2JkLm3NpQr4St",
            "https://www.example.com/l/lc1CD3615/12A34B56C78D90E12F34G",
            "https://email-link.example.com/email.html?m=ab12cd&l=AbCd1EfGh2JkLm3NpQr4St",
        ] {
            assert!(is_opaque(&url(text)), "{text}");
        }
        for text in [
            "https://news.example.com/2026/11/summer-sale?k=AbCd1EfGh2JkLm3NpQr4St",
            "https://www.example.com/?k=AbCd1EfGh2JkLm3NpQr4St",
            "https://click.example.com/",
            "https://click.example.com/en/8.1.x/quickstart/",
            "https://l.example.com/un.aspx?tp=AbCd1EfGh2JkLm3NpQr4St",
            "https://t.example.com/rt?a=AbCd1EfGh2JkLm3NpQr4St&b=1&c=2&d=3&e=4&f=5",
            "https://news.com/?k=AbCd1EfGh2JkLm3NpQr4St",
            "https://tracking.example.com/?code=00340434161094042557",
            "https://link.example.com/article/10.1007/s00134-020-05991-x",
            "https://tracker.example.com/news/1234567/accepted-tool-snapshot-123456789012345678901234ab5678-into-unstable/",
            "https://click.example.com/sp/un.pl?id=12345:12345678",
            "https://u.example.com/?z=summer-2026-sale",
            "https://www.example.com/p/AbCd1EfGh2JkLm3NpQr4St",
            "https://www.example.com/r/AbCd1EfGh2JkLm3NpQr4St/comments-of-readers",
            "https://www.example.com/go/?z=AbCd1EfGh2JkLm3NpQr4St",
            "https://www.example.com/go/1/1029384756.html",
            "https://u.example.com/?z=12-345678-AbCd9E&page=2",
            "http://192.0.2.7/manual/0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "https://scripts.example.com/?z=AbCd1EfGh2JkLm3NpQr4St",
            "https://r.mail.example.com/mk/un/AbCd1EfGh2JkLm3NpQr4St",
            "https://e.example.com/u?n=0&p=AbCd1EfGh2JkLm3NpQr4St",
            "https://email.example.com/u/eJxAbCd1EfGh2JkLm3NpQr4St",
            "https://mail.example.com/archives/1234567",
            "https://news.example.com/news.html?l=AbCd1EfGh2JkLm3NpQr4St",
        ] {
            assert!(!is_opaque(&url(text)), "{text}");
        }
    }

    #[test]
    fn a_link_that_holds_another_address_goes_there() {
        for text in [
            "https://a.example.com/l.php?id=12&url=https%3A%2F%2Fshop.example.org%2Fsale",
            "https://a.example.com/x?u=http://www.example.org",
            "https://a.example.com/x?finalurl=https%253A%252F%252Fwww.example.org%252F",
            "https://a.example.com/1AB2C/http://www.example.org/page",
            "https://a.example.com/t/12/realurl=x/https:/www.example.org/page",
            "http://rd.example.com/news/front/*http://www.example.com/page",
            "http://ad.example.com/clk;1234567;7654321;u?http://www.example.org/page",
            "https://a.example.com/promo?go=aHR0cHM6Ly93d3cuZXhhbXBsZS5vcmcv",
            "https://a.example.com/promo?x=1&to=68747470733a2f2f7777772e6578616d706c652e6f7267",
        ] {
            assert!(carries_address(&url(text)), "{text}");
        }
        for text in [
            "https://www.example.com/sharer.php?u=https%3A%2F%2Fwww.example.org",
            "https://www.example.com/page?returnUrl=https%3A%2F%2Fwww.example.org",
            "https://www.example.com/page?next=aHR0cHM6Ly93d3cuZXhhbXBsZS5vcmcv",
            "https://www.example.com/x?url=https%3A%2F%2Fhelp.example.com%2F",
            "https://www.example.com/x?text=https%3A%2F%2Fwww.example.org",
            "https://web.archive.example.com/web/2020/https://www.example.org/page",
            "https://www.example.com/http-basics",
            "https://www.example.com/search?http",
            "https://www.example.com/go;u?http://help.example.com/page",
        ] {
            assert!(!carries_address(&url(text)), "{text}");
        }
    }

    #[test]
    fn a_program_that_is_asked_for_a_number_sends_on() {
        for text in [
            "https://www.example.com/m.asp?i=123456",
            "https://www.example.com/mail/l.php?123&12345678",
            "https://www.example.com/c.asp?LK=12&EM=12345678",
            "https://www.example.com/mail/link.php?id=12&reader=123456",
            "https://www.example.com/mail/r?1234567890.12.3.AbCd",
            "https://www.example.com/mail/link?h=AbCd1EfGh2JkLm3NpQr4St",
            "https://www.example.com/goto.php?LL=AbCd1EfGh2JkLm3NpQr4St",
        ] {
            assert!(is_numbered(&url(text)), "{text}");
        }
        for text in [
            "https://www.example.com/g.php?d=123456789",
            "https://www.example.com/m.asp?i=69",
            "https://www.example.com/l.php?123&12345678&ann@example.org",
            "https://www.example.com/m/123456",
            "https://www.example.com/item.php?i=123456",
            "https://www.example.com/m.asp",
            "https://www.example.com/go/pages?Src=1234567",
            "https://www.example.com/c.asp?category=Photography",
            "https://www.example.com/c.asp?id=123456",
            "https://www.example.com/mail/r?page=1234567",
        ] {
            assert!(!is_numbered(&url(text)), "{text}");
        }
        assert!(unsubscribes(&url("https://www.example.com/mail/un.php?1234&ann@example.org")));
        assert!(!unsubscribes(&url("https://www.example.com/mail/un.php?1234")));
        assert!(!unsubscribes(&url("https://www.example.com/mail/l.php?1234&ann@example.org")));
        assert!(asks_for_click(&url("https://www.example.com/opmt.cgi?action=click&linkid=1234")));
        assert!(!asks_for_click(&url("https://www.example.com/?q=one-click&page=click2")));
    }
}
