//! How mail gateways write the address that they wrap.

use super::codec;
use crate::address::percent_decode;

/// Undoes the few HTML escapes that gateways leave in addresses.
pub(crate) fn html_escapes(text: &str) -> String {
    text.replace("&#38;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// Proofpoint, second version: `-` stands for `%` and `_` for `/`.
pub(crate) fn dashes(value: &str) -> String {
    html_escapes(&percent_decode(&value.replace('-', "%").replace('_', "/")))
}

/// Proofpoint, third version: `__ADDRESS__;CODE!!…`, with `*` for every character that stands in the code.
pub(crate) fn stars(whole: &str) -> Option<String> {
    let (_, rest) = whole.split_once("/v3/__")?;
    let (text, rest) = rest.split_once("__;")?;
    let (code, _) = rest.split_once('!')?;
    let code = codec::base64_text(code)?;
    let mut hidden = code.chars();
    let text = two_slashes(&percent_decode(text));
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '*' {
            out.push(letter);
        } else if letters.next_if_eq(&'*').is_some() {
            for _ in 0..run(letters.next()?)? {
                out.push(hidden.next()?);
            }
        } else {
            out.push(hidden.next()?);
        }
    }
    Some(out)
}

/// How long a run is that this letter announces: its place in the alphabet of base64, and two.
fn run(letter: char) -> Option<u32> {
    let (first, base) = match letter {
        'A'..='Z' => ('A', 2),
        'a'..='z' => ('a', 28),
        '0'..='9' => ('0', 54),
        '-' => return Some(64),
        '_' => return Some(65),
        _ => return None,
    };
    Some(u32::from(letter) - u32::from(first) + base)
}

/// Check Point: `___ADDRESS___.CODE`.
pub(crate) fn between_underscores(whole: &str) -> Option<String> {
    let (_, rest) = whole.split_once("/___")?;
    let (text, _) = rest.split_once("___.")?;
    let is_plain = text.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("http")) && text.contains(":/");
    Some(two_slashes(&if is_plain { text.to_owned() } else { percent_decode(text) }))
}

/// Mail programs make one slash of two.
fn two_slashes(text: &str) -> String {
    match text.split_once(":/") {
        Some((scheme @ ("http" | "https"), rest)) if !rest.starts_with('/') => format!("{scheme}://{rest}"),
        _ => text.to_owned(),
    }
}
