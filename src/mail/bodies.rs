//! The HTML parts of a message, decoded.

use super::DEEPEST;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use memchr::{memchr, memchr2};
use std::sync::LazyLock;

/// Reads a message, and decodes its HTML parts.
pub(super) fn parse(bytes: &[u8]) -> Option<(Message<'_>, Vec<String>)> {
    let mut bodies = Vec::new();
    if let Some(message) = AS_SENT.parse(bytes).filter(|message| decode_bodies(message, 0, &mut bodies).is_some()) {
        return Some((message, bodies));
    }
    bodies.clear();
    let message = MessageParser::default().parse(bytes)?;
    collect_bodies(&message, 0, &mut bodies);
    Some((message, bodies))
}

/// Takes a message apart and leaves its parts as they were sent: most of what mail holds is text that nobody audits and files,
/// and decoding those would take longer than everything else.
static AS_SENT: LazyLock<MessageParser> = LazyLock::new(|| {
    let parser = MessageParser::new().with_minimal_headers().header_id(HeaderName::MessageId);
    parser.ignore_header(HeaderName::ContentTransferEncoding)
});

/// Decodes the HTML parts of a message whose parts are as they were sent. Nothing, if any part is not quite as the standard says:
/// then the parser's own decoders know best.
fn decode_bodies(message: &Message<'_>, depth: usize, bodies: &mut Vec<String>) -> Option<()> {
    for part in &message.parts {
        let encoding = Encoding::of(part, message)?;
        let is_as_it_was = encoding == Encoding::None;
        match &part.body {
            PartType::Multipart(_) => {}
            _ if part.is_encoding_problem && !is_as_it_was => return None,
            PartType::Message(inner) if is_as_it_was && depth < DEEPEST => decode_bodies(inner, depth + 1, bodies)?,
            // What was taken for its headers is a code.
            PartType::Message(_) if !is_as_it_was => return None,
            PartType::Html(text) if is_as_it_was => bodies.push(text.to_string()),
            PartType::Text(text) if is_as_it_was && is_html(part) => bodies.push(text.to_string()),
            PartType::Html(_) => bodies.push(decoded(part, message, encoding)?),
            PartType::Text(_) if is_html(part) => bodies.push(decoded(part, message, encoding)?),
            _ => {}
        }
    }
    Some(())
}

/// How a part was made fit for sending.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    None,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    /// Nothing, if its name is itself in a code.
    fn of(part: &MessagePart<'_>, message: &Message<'_>) -> Option<Encoding> {
        let Some(header) = part.headers.iter().rev().find(|header| header.name == HeaderName::ContentTransferEncoding) else { return Some(Encoding::None) };
        let name = slice(&message.raw_message, header.offset_start, header.offset_end)?.trim_ascii();
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        match name {
            _ if is("base64") => Some(Encoding::Base64),
            _ if is("quoted-printable") => Some(Encoding::QuotedPrintable),
            name if name.windows(2).any(|two| two == b"=?") => None,
            _ => Some(Encoding::None),
        }
    }
}

fn slice(bytes: &[u8], start: u32, end: u32) -> Option<&[u8]> {
    bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The text of a part.
fn decoded(part: &MessagePart<'_>, message: &Message<'_>, encoding: Encoding) -> Option<String> {
    let bytes = slice(&message.raw_message, part.offset_body, part.offset_end)?;
    let bytes = match encoding {
        Encoding::None => bytes.to_owned(),
        Encoding::Base64 => STANDARD.decode(bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<u8>>()).ok()?,
        Encoding::QuotedPrintable => quoted_printable(bytes)?,
    };
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    // What is sound is only looked through.
    let is_utf8 = charset.is_none_or(|name| name.eq_ignore_ascii_case("utf-8"));
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if is_utf8 => return Some(text),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let decode = charset.and_then(|name| charset_decoder(name.as_bytes()));
    Some(decode.map_or_else(|| String::from_utf8_lossy(&bytes).into_owned(), |decode| decode(&bytes)))
}

/// Decodes quoted-printable, a line at a time. Nothing, if a sign stands where the standard has none: the parser, which looks at
/// every character by itself, knows what senders meant by it.
fn quoted_printable(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    // Once a line has ended in both, every line does.
    let mut line_end: &[u8] = b"\n";
    while !rest.is_empty() {
        let (mut line, is_whole) = match memchr(b'\n', rest) {
            Some(end) => (rest.get(..end)?, true),
            None => (rest, false),
        };
        rest = rest.get(line.len() + usize::from(is_whole)..)?;
        let mut is_soft = false;
        if is_whole {
            if let Some(before) = line.strip_suffix(b"\r") {
                (line, line_end) = (before, b"\r\n");
            }
            line = line.trim_ascii_end();
            if let Some(before) = line.strip_suffix(b"=") {
                (line, is_soft) = (before, true);
            }
        }
        while let Some(at) = memchr2(b'=', b'\r', line) {
            let (before, escape) = line.split_at_checked(at)?;
            let ([b'=', high, low], after) = escape.split_first_chunk()? else { return None };
            out.extend_from_slice(before);
            out.push((hex(*high)? << 4) | hex(*low)?);
            line = after;
        }
        out.extend_from_slice(line);
        if is_whole && !is_soft {
            out.extend_from_slice(line_end);
        }
    }
    Some(out)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn collect_bodies(message: &Message<'_>, depth: usize, bodies: &mut Vec<String>) {
    for part in &message.parts {
        match &part.body {
            PartType::Html(html) => bodies.push(html.to_string()),
            // AMP mail has its own HTML part, and a damaged part is kept as plain text with its type.
            PartType::Text(text) if is_html(part) => bodies.push(text.to_string()),
            PartType::Message(inner) if depth < DEEPEST => collect_bodies(inner, depth + 1, bodies),
            _ => {}
        }
    }
}

fn is_html(part: &MessagePart<'_>) -> bool {
    let subtype = part.content_type().and_then(|kind| kind.subtype());
    subtype.is_some_and(|s| ["html", "x-amp-html", "xhtml+xml"].iter().any(|known| s.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the parser makes of the bodies by itself.
    fn bodies_by_parser(bytes: &[u8]) -> Option<Vec<String>> {
        let mut bodies = Vec::new();
        collect_bodies(&MessageParser::default().parse(bytes)?, 0, &mut bodies);
        Some(bodies)
    }

    fn ours(bytes: &[u8]) -> Option<Vec<String>> {
        parse(bytes).map(|(_, bodies)| bodies)
    }

    #[test]
    fn bodies_are_what_the_parser_makes_of_them() {
        let html = "<p>caf=C3=A9 =\r\nx  \r\n=3Db  =\t\r\n<i>=e9=20\r\n.\r\n";
        let nested = "RnJvbTogYUBleGFtcGxlLmNvbQpDb250ZW50LVR5cGU6IHRleHQvaHRtbAoKPGI+eAo=";
        let part = |kind: &str, encoding: &str, text: &str| format!("--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{text}\r\n");
        let parts = [
            part("text/plain", "quoted-printable", "a=\r\nb"),
            part("text/html; charset=utf-8", "Quoted-Printable", html),
            part("text/html; charset=\"ISO-8859-1\"", "quoted-printable ", html),
            part("text/html", "quoted-printable", html),
            part("text/html; charset=utf-8", "BASE64", "PGI+eDwv\r\nYj7Dqcm="),
            part("text/html", "base64", "PGI+eDwvYj7DqQ=="),
            part("text/html", "8bit", "<b>\u{e9}"),
            part("text/x-amp-html", "quoted-printable", "<b=3D>"),
            // None of these is quite as it should be.
            part("text/html", "quoted-printable", "<b>100=% =zz =3"),
            part("text/html", "quoted-printable", "<b>=="),
            part("text/html", "base64", "PGI+e!Dwv"),
            part("text/html", "base64", "PGI-eD_v"),
            part("text/html", "=?utf-8?q?base64?=", "PGI+eDwv"),
            part("message/rfc822", "base64", nested),
            part("image/png", "base64", "iVBORw0KGgo="),
        ];
        let all = parts.concat();
        let mail = |text: &str| format!("From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{text}--b--\r\n");
        for text in parts.iter().map(|part| mail(part)).chain([mail(&all), mail(&all).replace("\r\n", "\n")]) {
            assert_eq!(ours(text.as_bytes()), bodies_by_parser(text.as_bytes()), "{text}");
        }
        // However it is cut off, and whichever byte of it is another.
        let whole = mail(&all);
        for at in 40..whole.len() {
            let (start, rest) = whole.as_bytes().split_at(at);
            for text in [start.to_vec(), [start, b"=", &rest[1..]].concat(), [start, b"\n", rest].concat()] {
                // With overflow checks the parser stops at an empty part that ends in `=`; without them it reads on.
                let both = std::panic::catch_unwind(|| (ours(&text), bodies_by_parser(&text)));
                let (ours, theirs) = both.unwrap_or_default();
                assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(&text));
            }
        }
    }
}
