//! Addresses: parsing as browsers do it, and unwrapping of proxies and link wrappers.

use crate::destination;
use crate::lookup::OnHost;
use crate::pattern::{Host, Piece, Segment};
use crate::place::site;
use crate::rules::{Candidates, Original, RuleSet};
use std::borrow::Cow;
use url::{Position, Url};

/// Longest address that is looked at, in bytes. Browsers take more; a picture with a longer address is held.
pub const LONGEST: usize = 32 * 1024;

/// How many wrappers may lie around one address. Five nested ones were seen in real mail.
pub const DEEPEST: usize = 6;

/// What relative addresses are tried against when a message has no base. RFC 2606 keeps the name free.
const NOWHERE: &str = "https://nowhere.invalid/";

/// What a reference in a message points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Something a browser would fetch over the network.
    Remote(Url),
    /// Inside the message or the page: `data:`, `cid:`, `blob:`, `mailto:`, a fragment, nothing at all.
    Local,
    /// A browser may fetch it, but we cannot tell what it is: too long, or no base to resolve it against.
    Unclear,
}

impl Reference {
    /// What a browser would fetch, if that is clear.
    #[must_use]
    pub fn remote(self) -> Option<Url> {
        match self {
            Reference::Remote(url) => Some(url),
            Reference::Local | Reference::Unclear => None,
        }
    }
}

/// Resolves a reference as a browser would.
#[must_use]
pub fn resolve(text: &str, base: Option<&Url>) -> Reference {
    resolve_beside(None, text, base)
}

/// The same, when an address was read before that may lie on the same host: then this one is read from its path on.
pub(crate) fn resolve_beside(other: Option<&Url>, text: &str, base: Option<&Url>) -> Reference {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
    if text.is_empty() || text.starts_with('#') {
        return Reference::Local;
    }
    if text.len() > LONGEST && !text.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("data:")) {
        return Reference::Unclear;
    }
    let path = other.and_then(|other| text.strip_prefix(&other[..Position::BeforePath]));
    // Behind a second slash another host would stand.
    let path = path.filter(|path| matches!(path.as_bytes(), [b'/', first, ..] if first.is_ascii_alphanumeric()));
    let (base, text) = path.map_or((base, text), |path| (other, path));
    let parsed = match Url::options().base_url(base).parse(text) {
        // `//host/path` in any spelling names a host of its own. Mail is read over https.
        Err(url::ParseError::RelativeUrlWithoutBase) => match Url::parse(NOWHERE).and_then(|nowhere| nowhere.join(text)) {
            Ok(url) if url.as_str().starts_with(NOWHERE) => return Reference::Local,
            other => other,
        },
        other => other,
    };
    match parsed {
        Ok(url) if matches!(url.scheme(), "http" | "https" | "ftp") && url.has_host() => Reference::Remote(url),
        Ok(_) => Reference::Local,
        Err(_) => Reference::Unclear,
    }
}

/// An address without its wrappers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwrapped {
    /// What is left.
    pub url: Url,
    /// The outermost mail gateway, which checks the link when it is opened.
    pub gateway: Option<&'static str>,
    /// It was inside another one.
    pub is_unwrapped: bool,
    /// What is left is a gateway's own address, and only the gateway knows where it leads.
    pub is_hidden: bool,
    /// Every wrapper stood on a host of its own, or wrapped its own site: no sender could have written it for somebody else's.
    pub is_sure: bool,
}

impl From<Url> for Unwrapped {
    fn from(url: Url) -> Unwrapped {
        Unwrapped { url, gateway: None, is_unwrapped: false, is_hidden: false, is_sure: true }
    }
}

/// Takes proxies (and, for links, wrappers) off an address until the original is left.
#[must_use]
pub fn unwrap(url: Url, is_link: bool, rules: &RuleSet) -> Unwrapped {
    let on_host = rules.on_host(&url);
    look_inside(url, &on_host, is_link, rules).0
}

/// The same, told what is filed under the host, with the rules that what is left could match.
pub(crate) fn look_inside(url: Url, on_host: &OnHost, is_link: bool, rules: &RuleSet) -> (Unwrapped, Candidates) {
    let mut seen = Unwrapped::from(url);
    let mut candidates = rules.look_up(&seen.url, on_host);
    for depth in 0..=DEEPEST {
        let url = &seen.url;
        let wrapping = candidates.wrapping(url);
        seen.is_hidden = wrapping.iter().any(|wrapper| wrapper.original == Original::Hidden);
        let Some(wrapper) = wrapping.into_iter().find(|wrapper| is_link || wrapper.is_image).filter(|_| depth < DEEPEST) else { break };
        if wrapper.is_gateway {
            seen.gateway = seen.gateway.or(Some(wrapper.name));
        }
        let text = original(url, wrapper.original);
        let Some(inner) = text.and_then(|text| if is_link { destination::accept_value(text.trim()) } else { picture(&text) }) else {
            // What a gateway wrote so that nobody else can read it. On any host, it may as well be a sender's own invention.
            seen.is_hidden |= is_link && wrapper.is_gateway && is_named(&wrapper.pattern.host);
            break;
        };
        seen.is_sure &= may_lead(&wrapper.pattern.host, url, &inner);
        seen.is_unwrapped = true;
        seen.url = inner;
        candidates = rules.look_up(&seen.url, &rules.on_host(&seen.url));
    }
    (seen, candidates)
}

/// Whether an address of this shape can be trusted to lead where it says. A shape that stands on any host proves little: a
/// sender may write it with a host that people trust and a destination of the sender's own. Within one site that harms nobody.
pub(crate) fn may_lead(host: &Host, from: &Url, to: &Url) -> bool {
    is_named(host) || from.host_str().map(site) == to.host_str().map(site)
}

/// Somebody's own host, and no shape that any host may have.
fn is_named(host: &Host) -> bool {
    let is_literal = |segment: &Segment| match segment {
        Segment::Many => false,
        Segment::One(pieces) => pieces.iter().all(|piece| matches!(piece, Piece::Text(_) | Piece::OneOf(_))),
    };
    match host {
        Host::Any => false,
        Host::Below(_) => true,
        Host::Labels(labels) => labels.len() >= 2 && labels.iter().rev().take(2).all(is_literal),
    }
}

/// A proxied picture. One with credentials is fetched all the same, and so must be judged.
fn picture(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host())
}

/// What a wrapper carries.
fn original(url: &Url, place: Original) -> Option<String> {
    let value = |key| carried(url.query().unwrap_or(""), key);
    match place {
        Original::Fragment => url.fragment().map(str::to_owned),
        Original::Query(key) => value(key),
        Original::QueryHtml(key) => value(key).map(|text| destination::html_escapes(&text)),
        Original::QueryBase64(key) => destination::base64_text(&value(key)?),
        Original::QueryBase64Json(key) => destination::json_text(&destination::base64_text(&value(key)?)?, "url"),
        Original::Path => destination::path_address(url).map(String::from),
        Original::Dashes(key) => carried_as_written(url.query().unwrap_or(""), key).map(destination::dashes),
        Original::Stars => destination::stars(url.as_str()),
        Original::Underscores => destination::between_underscores(url.as_str()),
        Original::Hidden => None,
    }
}

/// The value of a query key that holds an address. Some proxies write it without encoding it, so that it runs on to their
/// own next parameters, which are cut off by name.
fn carried(query: &str, key: &str) -> Option<String> {
    carried_as_written(query, key).map(percent_decode)
}

fn carried_as_written<'a>(query: &'a str, key: &str) -> Option<&'a str> {
    let start = query.match_indices(key).find_map(|(at, _)| {
        let before_ok = at == 0 || query.get(..at).is_some_and(|b| b.ends_with('&'));
        let value = query.get(at + key.len()..).and_then(|rest| rest.strip_prefix('='))?;
        before_ok.then_some(value)
    })?;
    let is_raw = start.get(..8).is_some_and(|s| s.to_ascii_lowercase().starts_with("http://") || s.eq_ignore_ascii_case("https://"));
    let end = if is_raw { start.find("&t=").filter(|_| start.contains("&ymreqid=")).or_else(|| start.find('&')) } else { start.find('&') };
    Some(end.and_then(|end| start.get(..end)).unwrap_or(start))
}

/// Decodes percent escapes once. `+` stays: inside an address it is no space.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    decoded(text).into_owned()
}

/// The same, of a text that mostly holds none.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten().filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let escaped = digits.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_spellings_are_read_as_browsers_read_them() {
        let remote = |text: &str| match resolve(text, None) {
            Reference::Remote(url) => url.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(remote(" ht\ttps:\\\\Example.COM/a b"), "https://example.com/a%20b");
        assert_eq!(remote("//example.com/a"), "https://example.com/a");
        assert_eq!(remote("http://0x7f.1/"), "http://127.0.0.1/");
        assert_eq!(remote("https://bücher.example/"), "https://xn--bcher-kva.example/");
        assert_eq!(remote("https:example.com/x"), "https://example.com/x");
        for spelling in [
            "//example.com/a",
            "/\\example.com/a",
            "\\/example.com/a",
            "\\\\example.com/a",
            "/\t/example.com/a",
            "/\n\\\rexample.com/a",
            "HTTPS://EXAMPLE.com/a",
            "h\nttps://example.com/a",
            "https:\\\\example.com\\a",
            "https:///example.com/a",
            "https:example.com/a",
            " \u{c}https://example.com/a\n",
            "https://ex%61mple.com/a",
            "https://%65%78ample%2Ecom/a",
            "https://EXAMPLE\u{3002}com/a",
            "https://ex\u{ad}ample.com/a",
            "https://\u{ff45}xample.com/a",
            "https://example.com:443/a",
            "https://example.com/./b/../a",
            "https://example.com/%2e/b/.%2E/a",
        ] {
            assert_eq!(remote(spelling), "https://example.com/a", "{spelling:?}");
        }
        for spelling in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.1/",
            "http://0x7F.0.0x1/",
            "http://%31%32%37.1/",
        ] {
            assert_eq!(remote(spelling), "http://127.0.0.1/", "{spelling}");
        }
        assert_eq!(remote("https://shop.example@evil.example/"), "https://shop.example@evil.example/");
        assert_eq!(remote("https://shop.example:x@evil.example\\@a/"), "https://shop.example:x@evil.example/@a/");
        for local in ["a.png", "/a.png", "?a=1", "./a", "../a", "/\t./a", "images//a.png"] {
            assert_eq!(resolve(local, None), Reference::Local, "{local}");
        }
        assert_eq!(resolve("//", None), Reference::Unclear);
        assert_eq!(resolve("cid:logo@1", None), Reference::Local);
        assert_eq!(resolve("data:image/gif;base64,AAAA", None), Reference::Local);
        assert_eq!(resolve("", None), Reference::Local);
        assert_eq!(resolve("https://[", None), Reference::Unclear);
        assert_eq!(resolve(&format!("https://example.com/{}", "a".repeat(LONGEST)), None), Reference::Unclear);
    }

    #[test]
    fn an_address_beside_another_is_read_as_by_itself() {
        let base = Url::parse("https://base.example/folder/").unwrap();
        for other in ["https://a.example/x?y#z", "https://ann:pw@a.example:8443/", "http://[::1]:8080/x", "ftp://a.example/x", "https://xn--bcher-kva.example/"]
        {
            let other = Url::parse(other).unwrap();
            let origin = &other[..Position::BeforePath];
            for rest in [
                "/b/../c d?\u{e9}=\u{e9}#\u{e9}",
                "/b \u{7f}",
                "//evil.example/b",
                "/\\evil.example",
                "/\t/evil.example",
                "/",
                "",
                "?b",
                "#b",
                ".evil/b",
                "@evil/b",
                ":1/b",
                "/a:b@c/d",
            ] {
                let text = format!("{origin}{rest}");
                assert_eq!(resolve_beside(Some(&other), &text, Some(&base)), resolve(&text, Some(&base)), "{text:?}");
            }
        }
    }

    #[test]
    fn wrappers_come_off_and_stop_at_a_depth() {
        let rules = RuleSet::built_in();
        let mut text = "https://example.com/x".to_owned();
        for _ in 0..50 {
            text = format!("https://www.google.com/url?q={}", text.replace('%', "%25").replace('&', "%26").replace('?', "%3F"));
        }
        let url = unwrap(Url::parse(&text).unwrap(), true, rules).url;
        assert_eq!(url.host_str(), Some("www.google.com"));
        let script = Url::parse("https://www.google.com/url?q=javascript:alert(1)").unwrap();
        assert_eq!(unwrap(script.clone(), true, rules).url, script);
    }

    #[test]
    fn broken_escapes_stay() {
        assert_eq!(percent_decode("a%2Fb%zz%%+1%"), "a/b%zz%%+1%");
    }
}
