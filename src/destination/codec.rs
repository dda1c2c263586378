//! The codes in which addresses are carried: base64, base32, zlib, JSON. All of them take what strangers wrote.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The most that is inflated, in bytes.
const INFLATED: usize = 64 * 1024;

/// Either alphabet, with or without padding: senders mix them.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// Decodes base64 of either alphabet.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text.trim_end_matches('=').bytes().map(standard).collect::<Vec<u8>>()).ok()
}

fn standard(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        // A `+` that passed through a form.
        b' ' => b'+',
        other => other,
    }
}

/// Base64 that holds a text.
pub(crate) fn base64_text(text: &str) -> Option<String> {
    // Most codes hold none, and that shows in their first letters.
    begins_as_text(text).then(|| String::from_utf8(base64(text)?).ok())?
}

fn begins_as_text(code: &str) -> bool {
    let Some(start) = code.as_bytes().first_chunk::<16>() else { return true };
    let mut decoded = [0; 12];
    // A character may begin in what was looked at and end behind it.
    let is_text = |start: &[u8]| std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    // What is padding there is looked at as a whole.
    start.contains(&b'=') || LENIENT.decode_slice(start.map(standard), &mut decoded).is_ok_and(|_| is_text(&decoded))
}

/// Decodes base32 as RFC 4648 writes it.
pub(super) fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(out)
}

/// Inflates a zlib stream, up to a size.
pub(super) fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, INFLATED).ok()
}

/// The text under a key of a JSON object. Values of other kinds are stepped over, not read.
pub(crate) fn json_text(json: &str, key: &str) -> Option<String> {
    let mut at = Cursor { bytes: json.as_bytes(), at: 0 };
    at.eat(b'{')?;
    loop {
        let name = at.string()?;
        at.eat(b':')?;
        if name == key {
            return at.string();
        }
        at.skip()?;
        at.eat(b',')?;
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn eat(&mut self, wanted: u8) -> Option<()> {
        self.space();
        (self.take()? == wanted).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.eat(b'"')?;
        let mut out = Vec::new();
        loop {
            match self.take()? {
                b'"' => return String::from_utf8(out).ok(),
                b'\\' => {
                    let c = self.escape()?;
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte => out.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.take()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.hex4()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                (self.take()? == b'\\' && self.take()? == b'u').then_some(())?;
                let second = self.hex4()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                return char::from_u32(0x10000 + ((first - 0xd800) << 10) + second);
            }
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => return None,
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let text = std::str::from_utf8(self.bytes.get(self.at..self.at + 4)?).ok()?;
        self.at += 4;
        u32::from_str_radix(text, 16).ok()
    }

    /// Steps over one value, however deep it is nested.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.space();
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b',' | b':' => return None,
                _ => {
                    while self.peek().is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"')) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_texts_are_found_and_nonsense_is_not() {
        let json = r#" {"a": [1, {"url": "no"}, "x\"]"], "n": -1.5e3, "t":true, "url" : "https:\/\/a.example\/\u00e9\ud83d\ude00"} "#;
        assert_eq!(json_text(json, "url").as_deref(), Some("https://a.example/é😀"));
        for broken in ["", "{", "[]", "{}", "{\"url\"", "{\"url\":1}", "{\"a\":[[[", "{\"url\":\"\\ud83d\"}", "{\"a\":}", "{\"a\":,,\"url\":\"x\"}"] {
            assert_eq!(json_text(broken, "url"), None, "{broken}");
        }
        assert_eq!(json_text(&format!("{{\"a\":{}", "[".repeat(100_000)), "url"), None);
    }

    #[test]
    fn codes_come_out_right() {
        assert_eq!(base64_text("aHR0cDovL2EvP34_fg").as_deref(), base64_text("aHR0cDovL2EvP34/fg==").as_deref());
        assert_eq!(base64("a!b"), None);
        assert_eq!(base32("MZXW6YTBOI======").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(base32("MZ1"), None);
    }

    #[test]
    fn nothing_inflates_without_end() {
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 10 * INFLATED], 9);
        assert!(bomb.len() < 2048);
        assert_eq!(inflate(&bomb), None);
        assert_eq!(inflate(b"no stream"), None);
    }
}
