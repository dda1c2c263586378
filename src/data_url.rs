//! Documents that a `data:` address carries: what is in them is fetched as from any other.

use crate::address::percent_decode;
use crate::destination;

/// Types that a browser shows as a document, in a frame or an object.
const DOCUMENTS: &[&str] = &["text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"];

/// The document of a `data:` address, if it is one.
pub(crate) fn document(text: &str) -> Option<String> {
    content(text, DOCUMENTS)
}

/// The style sheet of a `data:` address, if it is one.
pub(crate) fn style_sheet(text: &str) -> Option<String> {
    content(text, &["text/css"])
}

fn content(text: &str, types: &[&str]) -> Option<String> {
    // Browsers pass over tabs and line breaks in addresses.
    let text: String = text.trim().chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let rest = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).and_then(|_| text.get(5..))?;
    let (head, body) = rest.split_once(',')?;
    let mut parameters = head.split(';').map(str::trim);
    let kind = parameters.next().unwrap_or("");
    let is_base64 = parameters.next_back().is_some_and(|last| last.eq_ignore_ascii_case("base64"));
    if !types.iter().any(|t| kind.eq_ignore_ascii_case(t)) {
        return None;
    }
    let body = percent_decode(body);
    if is_base64 { destination::base64_text(&body) } else { Some(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_style_sheets_are_read() {
        assert_eq!(document("data:text/html,<p>%41").as_deref(), Some("<p>A"));
        assert_eq!(document(" DATA:Text/HTML;charset=utf-8;base64,PHA+").as_deref(), Some("<p>"));
        assert_eq!(document("da\nta:image/svg+xml,<svg/>").as_deref(), Some("<svg/>"));
        assert_eq!(style_sheet("data:text/css,a{}").as_deref(), Some("a{}"));
        for text in ["data:text/html", "data:image/png;base64,AAAA", "data:,x", "https://a.example/", "", "data:text/html;base64,%"] {
            assert_eq!(document(text), None, "{text}");
        }
        assert_eq!(style_sheet("data:text/html,a{}"), None);
    }
}
