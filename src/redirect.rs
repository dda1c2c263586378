//! Links through a redirector that no rule knows: what an address gives away by its form alone.

use crate::address::percent_decode;
use crate::personal;
use crate::place::site;
use crate::words::Words;
use std::sync::LazyLock;
use url::Url;

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
    "notifications",
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
    "update",
    "updates",
    "url",
];

/// Those of hosts that exist to send on. What has a title is a page about it all the same.
const CLICKING_LABELS: &[&str] = &["click", "clicks", "clk", "lnk", "lnks", "rdir", "redir", "redirect", "trc", "trck", "trk"];

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
    if !labels().any(|label| IS_MAILING.has(label)) {
        return false;
    }
    let query = url.query().unwrap_or("");
    let mut values = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
    let parts = || url.path().split('/');
    let says_anything = url.path().len() > 1 || !query.is_empty();
    parts().all(|part| is_code(part) || is_mark(part))
        && query.matches('&').count() < MOST_VALUES
        && (parts().any(is_code) || values.any(is_code) || (says_anything && labels().any(|label| CLICKING_LABELS.contains(&label))))
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
    pairs.any(|(name, value)| value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) && is_goal(name) && is_other(&percent_decode(value)))
        || in_path()
}

fn is_goal(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.len() <= 1
        || (GOAL_STEMS.iter().any(|stem| name.contains(stem)) && !OTHER_STEMS.iter().any(|stem| name.starts_with(stem)))
        || ["to", "go", "out", "rd", "ulp"].contains(&&*name)
}

/// The host of an address at the beginning of a text, that may have been encoded once too often or lost a slash.
fn host_of(text: &str) -> Option<String> {
    let text = if text.contains('/') { text.to_owned() } else { percent_decode(text) };
    let (scheme, rest) = text.split_once(':')?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.strip_prefix('/')?.trim_start_matches('/').split(['/', '?', '#', ':']).next()?;
    (is_web && host.contains('.')).then(|| host.to_owned())
}

/// Holds a code with letters in it: parcels have numbers.
fn is_code(text: &str) -> bool {
    personal::runs(text).any(|run| personal::is_token(run) && run.bytes().filter(u8::is_ascii_alphabetic).count() >= 3)
}

/// A part of a path that says nothing to people: short, or a number. A program may be the page on which to unsubscribe.
fn is_mark(part: &str) -> bool {
    let letters = part.bytes().filter(u8::is_ascii_alphabetic).count();
    let has_digits = part.bytes().any(|b| b.is_ascii_digit());
    !part.contains('.') && (letters <= LONGEST_MARK || (has_digits && !part.contains('-')))
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
        ] {
            assert!(carries_address(&url(text)), "{text}");
        }
        for text in [
            "https://www.example.com/sharer.php?u=https%3A%2F%2Fwww.example.org",
            "https://www.example.com/page?returnUrl=https%3A%2F%2Fwww.example.org",
            "https://www.example.com/x?url=https%3A%2F%2Fhelp.example.com%2F",
            "https://www.example.com/x?text=https%3A%2F%2Fwww.example.org",
            "https://web.archive.example.com/web/2020/https://www.example.org/page",
            "https://www.example.com/http-basics",
        ] {
            assert!(!carries_address(&url(text)), "{text}");
        }
    }
}
