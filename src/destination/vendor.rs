//! The forms in which vendors carry an address. The names are those of our notes on each vendor; most forms have several
//! users. Some hold the reader's address beside the link: nothing but the link is ever read.

use super::codec::{base32, base64, base64_text, inflate, json_text};
use super::{accept, accept_value, path_address, query_value};
use crate::address::percent_decode;
use url::Url;

/// Every name that [`decode`] knows.
pub(super) const NAMES: &[&str] = &[
    "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15", "D16", "D17", "D18", "D19", "D20", "D21", "D22", "D23",
    "D26", "D27",
];

pub(super) fn decode(name: &str, url: &Url) -> Option<Url> {
    match name {
        "D02" => amazon_ses(url),
        "D03" => postmark(url),
        "D04" => base64_rest(url),
        "D05" => base64_segment(url),
        "D06" => mailgun(url),
        "D07" => accept(&json_text(&inflated(url)?, "redirectUrl")?),
        "D08" => json_segment(url, "href"),
        "D09" => json_segment(url, "e"),
        "D10" => json_web_token(url),
        "D11" => mandrill(url),
        "D12" => accept(&percent_decode(&base64_text(&query_value(url, "redirectUrl")?)?)),
        "D13" => sparkpost(url),
        "D14" => outreach(url),
        "D15" => click_dimensions(url),
        "D16" => newsletter_plugin(url),
        "D17" => yulsn(url),
        "D18" => emarsys(url),
        "D19" => dynamics(url),
        "D20" => accept_value(query_value(url, "data")?.rsplit("!-!").next().map(percent_decode)?.as_str()),
        "D21" => path_address(url),
        "D22" => cordial(url),
        "D23" => bloomreach(url),
        "D26" => unisender(url),
        "D27" => accept(&base64_text(&query_value(url, "drurl")?)?),
        _ => None,
    }
}

fn segments(url: &Url) -> impl Iterator<Item = &str> {
    url.path().split('/').filter(|s| !s.is_empty())
}

/// `/L0/ADDRESS/1/MESSAGE/SIGNATURE`: all but the last three segments, since the address may hold slashes.
fn amazon_ses(url: &Url) -> Option<Url> {
    let path = url.path();
    let rest = path.split_once("/CL0/").or_else(|| path.split_once("/L0/")).map(|(_, rest)| rest)?;
    let (end, _) = rest.rmatch_indices('/').nth(2)?;
    accept(&percent_decode(rest.get(..end)?))
}

/// `/3s/HOST%2FPATH/…`: the version says which scheme was left out.
fn postmark(url: &Url) -> Option<Url> {
    let mut parts = segments(url);
    let scheme = match parts.next()? {
        "2s" | "2sm" | "2t" | "2ts" | "3s" | "3t" | "3ts" => "https",
        "2" | "2m" | "3" => "http",
        _ => return None,
    };
    accept(&format!("{scheme}://{}", percent_decode(parts.next()?)))
}

/// `http` in base64.
const HTTP: &str = "aHR0c";

fn base64_segment(url: &Url) -> Option<Url> {
    segments(url).filter(|s| s.starts_with(HTTP)).find_map(|s| accept(&base64_text(&percent_decode(s))?))
}

/// As a segment, or to the end of the path where the code itself holds slashes.
fn base64_rest(url: &Url) -> Option<Url> {
    let (at, _) = url.path().match_indices('/').find(|(at, _)| url.path().get(at + 1..).is_some_and(|rest| rest.starts_with(HTTP)))?;
    let rest = percent_decode(url.path().get(at + 1..)?.trim_end_matches('/'));
    base64_text(&rest).and_then(|text| accept(&text)).or_else(|| base64_segment(url))
}

/// The text of a segment that is base64 of a zlib stream.
fn inflated(url: &Url) -> Option<String> {
    let token = segments(url).find(|s| s.starts_with("eJ"))?;
    String::from_utf8(inflate(&base64(&percent_decode(token))?)?).ok()
}

fn mailgun(url: &Url) -> Option<Url> {
    let text = inflated(url)?;
    let value = text.split('&').find_map(|pair| pair.strip_prefix("l="))?;
    accept_value(&percent_decode(value))
}

/// A segment that is base64 of JSON, up to a dot where a signature follows.
fn json_segment(url: &Url, key: &str) -> Option<Url> {
    let token = segments(url).find(|s| s.starts_with("ey"))?;
    let token = token.split_once('.').map_or(token, |(token, _)| token);
    accept(&json_text(&base64_text(&percent_decode(token))?, key)?)
}

fn json_web_token(url: &Url) -> Option<Url> {
    let token = segments(url).find(|s| s.starts_with("ey"))?;
    accept(&json_text(&base64_text(token.split('.').nth(1)?)?, "url")?)
}

/// JSON in JSON. The path names the host again, and both must say the same.
fn mandrill(url: &Url) -> Option<Url> {
    let inner = json_text(&base64_text(&query_value(url, "p")?)?, "p")?;
    let found = accept(&json_text(&inner, "url")?)?;
    let hint = segments(url).last()?;
    found.host_str().is_some_and(|host| host.eq_ignore_ascii_case(hint)).then_some(found)
}

/// Tags with a length, between tags without one. What does not begin with an expiry is encrypted.
fn sparkpost(url: &Url) -> Option<Url> {
    let token = percent_decode(segments(url).last()?);
    let bytes = base64(token.trim_end_matches('~'))?;
    let mut rest = bytes.as_slice();
    rest.starts_with(&[b'F', 4]).then_some(())?;
    loop {
        let (&tag, after) = rest.split_first()?;
        let (length, after) = match tag {
            b'=' | b'>' | b'?' => (0, after),
            0x84 => {
                let (head, after) = after.split_first_chunk::<2>()?;
                (usize::from(u16::from_le_bytes(*head)), after)
            }
            _ => {
                let (&length, after) = after.split_first()?;
                (usize::from(length), after)
            }
        };
        let (value, after) = after.split_at_checked(length)?;
        if matches!(tag, b'D' | 0x84) {
            return accept(std::str::from_utf8(value).ok()?);
        }
        rest = after;
    }
}

fn outreach(url: &Url) -> Option<Url> {
    let json = String::from_utf8(base32(&percent_decode(segments(url).last()?))?).ok()?;
    accept(&json_text(&json, "url")?)
}

fn click_dimensions(url: &Url) -> Option<Url> {
    let value = query_value(url, "T")?;
    let text = base64_text(&value).or_else(|| base64_text(&percent_decode(&value)))?;
    text.split(':').filter(|field| field.starts_with(HTTP)).find_map(|field| accept(&base64_text(field)?))
}

/// `MAIL;READER;ADDRESS;ANCHOR;CHECKSUM`, where the address may hold semicolons.
fn newsletter_plugin(url: &Url) -> Option<Url> {
    let value = query_value(url, "nltr").or_else(|| query_value(url, "r"))?;
    let text = base64_text(&value)?;
    let (start, _) = text.match_indices(';').nth(1)?;
    let (end, _) = text.rmatch_indices(';').nth(1)?;
    accept(text.get(start + 1..end)?)
}

/// What is to be added to the address is not documented: where there is something to add, nothing is said.
fn yulsn(url: &Url) -> Option<Url> {
    let token = segments(url).find(|s| s.starts_with("ey"))?;
    let json = base64_text(&percent_decode(token))?;
    (!json.contains("\"P\"") && !json.contains("\"F\"")).then_some(())?;
    accept(&json_text(&json, "H")?)
}

fn emarsys(url: &Url) -> Option<Url> {
    let text = base64_text(&query_value(url, "d")?)?;
    accept(&text).or_else(|| accept_value(&percent_decode(text.rsplit_once('|')?.1)))
}

fn dynamics(url: &Url) -> Option<Url> {
    accept_value(&percent_decode(&json_text(&query_value(url, "msdynmkt_target")?, "TargetUrl")?))
}

/// `?E…/C…/V…/q…`: the letter says what it is, the rest is base64. The address is `V`, followed by the query `q`.
fn cordial(url: &Url) -> Option<Url> {
    let field = |name: char| url.query()?.split('/').find_map(|part| base64_text(&percent_decode(part.strip_prefix(name)?)));
    let base = field('V')?;
    let query = field('q').filter(|q| q.starts_with('?')).unwrap_or_default();
    accept(&format!("{base}{query}"))
}

/// Fields with a length before them, as protocol buffers write them, mostly in a zlib stream.
fn bloomreach(url: &Url) -> Option<Url> {
    let mut parts = segments(url).skip_while(|s| *s != "e");
    let token = parts.nth(1)?;
    let (is_deflated, token) = token.strip_prefix('.').map_or((false, token), |rest| (true, rest));
    // A signature may follow.
    let bytes = base64(token.split_once('.').map_or(token, |(token, _)| token))?;
    let bytes = if is_deflated { inflate(&bytes)? } else { bytes };
    let starts = bytes.windows(4).enumerate().filter(|(_, word)| *word == b"http").map(|(at, _)| at);
    starts.into_iter().find_map(|at| {
        let last = usize::from(*bytes.get(at.checked_sub(1)?)?);
        let before = at.checked_sub(2).and_then(|at| bytes.get(at)).copied().filter(|b| *b >= 0x80);
        let long = before.map(|low| (last << 7) | usize::from(low & 0x7f));
        let field = |length: usize| accept(std::str::from_utf8(bytes.get(at..at.checked_add(length)?)?).ok()?);
        (last < 0x80).then_some(())?;
        long.and_then(field).or_else(|| field(last))
    })
}

fn unisender(url: &Url) -> Option<Url> {
    let value = query_value(url, "url")?;
    accept_value(&value).or_else(|| accept(&base64_text(&value)?))
}
