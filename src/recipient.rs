//! Does an address hold the reader's own e-mail address?

use crate::address::decoded;
use crate::destination;
use crate::words::{self, Forms};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::cell::OnceCell;
use url::Url;

/// The reader's e-mail address in the forms in which senders put it into addresses.
#[derive(Debug, Default)]
pub(crate) struct Recipient {
    /// In lower case. Empty when the reader is not known.
    address: String,
    /// In all its spellings.
    spellings: Option<Forms>,
    /// As it was written.
    written: String,
    /// Checksums in hexadecimal: the same for every sender who uses the same, so that they can compare their readers. Made when
    /// there is something to compare them with.
    digests: [OnceCell<Vec<String>>; 3],
}

impl Recipient {
    /// `address` is the reader's own; an empty or odd one is found nowhere.
    pub(crate) fn new(address: Option<&str>) -> Recipient {
        let Some(address) = address.map(str::trim).filter(|a| a.len() >= 6 && a.contains('@')) else { return Recipient::default() };
        let lower = address.to_ascii_lowercase();
        let mut spellings = vec![lower.clone(), lower.replace('@', "="), hex(lower.as_bytes())];
        for text in [address, &lower, &address.to_ascii_uppercase()] {
            spellings.extend([STANDARD_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(text)].map(|code| code.to_ascii_lowercase()));
        }
        spellings.sort();
        spellings.dedup();
        Recipient { address: lower, spellings: Some(Forms::of(spellings)), written: address.to_owned(), digests: Default::default() }
    }

    /// Those of a length.
    fn digests(&self, length: usize) -> &[String] {
        let upper = || self.written.to_ascii_uppercase();
        let of = |digest: fn(&str) -> String| vec![digest(&self.address), digest(&self.written), digest(&upper())];
        match (length, &self.digests) {
            (32, [md5, _, _]) => md5.get_or_init(|| of(|text| hex(&Md5::digest(text)))),
            (40, [_, sha1, _]) => sha1.get_or_init(|| of(|text| hex(&Sha1::digest(text)))),
            (64, [_, _, sha256]) => sha256.get_or_init(|| of(|text| hex(&Sha256::digest(text)))),
            _ => &[],
        }
    }

    /// Says whether the reader's address stands in the URL: in plain, percent-encoded once or twice, in hexadecimal or base64,
    /// inside of something in base64, or as its MD5, SHA-1 or SHA-256 checksum.
    pub(crate) fn is_in(&self, url: &Url) -> bool {
        let Some(spellings) = &self.spellings else { return false };
        let once = decoded(url.as_str());
        let text = if let Cow::Owned(once) = &once { decoded(once) } else { once };
        spellings.are_in(&text) || self.is_in_code(&text)
    }

    /// Its checksum is in the text, or something in base64 that holds it: senders also encode a record in which the address is one
    /// field.
    fn is_in_code(&self, text: &str) -> bool {
        let shortest = self.address.len() * 4 / 3;
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_');
        words::runs(text, shortest.min(31) + 1, is_code).any(|run| {
            let is_digest = |part: &str| self.digests(part.len()).iter().any(|digest| part.eq_ignore_ascii_case(digest));
            let holds = |inner: String| decoded(&inner).to_ascii_lowercase().contains(&self.address);
            words::runs(run, 32, |byte| byte.is_ascii_hexdigit()).any(is_digest) || (run.len() > shortest && destination::base64_text(run).is_some_and(holds))
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by another program: of the address in lower case, as written, and in upper case.
    const DIGESTS: &[(&str, &str)] = &[
        ("30a8a83548b36b3a4ef7cdfbed1afe3a", "Ann@Example.net"),
        ("4f00d912e422448aaea3b79169f7aa8f66b1699d", "Ann@Example.net"),
        ("2a8d4e854810707b345245fead4fe36f162306e4e8cd5072368a08a3849e7afd", "Ann@Example.net"),
        ("87898b93d63ef1809748c42131821acc", "Ann@Example.net"),
        ("b1deaac3178b90b065ee5538f0d2c7bd3e74deee121816d6432e390c06c5e6d9", "Ann@Example.net"),
    ];

    fn finds(address: &str, text: &str) -> bool {
        Recipient::new(Some(address)).is_in(&Url::parse(text).unwrap())
    }

    #[test]
    fn the_reader_is_found_in_every_form() {
        for form in [
            "https://a.example/?e=ann@example.net",
            "https://a.example/?e=Ann%40Example.net",
            "https://a.example/?u=https%3A%2F%2Fb.example%2F%3Fe%3Dann%2540example.net",
            "https://a.example/bounce-ann=example.net/x.gif",
            "https://a.example/%61%6e%6e%40example.net/x.gif",
            "https://ann%40example.net@a.example/x.gif",
            "https://a.example/616e6e406578616d706c652e6e6574.gif",
            "https://a.example/616E6E406578616D706C652E6E6574.gif",
            // Base64 of Ann@Example.net, ann@example.net and ANN@EXAMPLE.NET, with and without what fills it up.
            "https://a.example/QW5uQEV4YW1wbGUubmV0.gif",
            "https://a.example/id-YW5uQGV4YW1wbGUubmV0.gif",
            "https://a.example/?e=QU5OQEVYQU1QTEUuTkVU",
            // {"id":7,"mail":"ann@example.net"}
            "https://a.example/?d=eyJpZCI6NywibWFpbCI6ImFubkBleGFtcGxlLm5ldCJ9",
            "https://a.example/?d=eyJpZCI6NywibWFpbCI6ImFubkBleGFtcGxlLm5ldCJ9%3D",
        ] {
            assert!(finds("Ann@Example.net", form), "{form}");
        }
        for form in [
            "https://a.example/?e=bob@example.net",
            "https://a.example/?e=dGhpcyBpcyBub3QgYW4gYWRkcmVzcw",
            "https://a.example/?e=0123456789abcdef0123456789abcdef",
            "https://example.net/ann",
        ] {
            assert!(!finds("ann@example.net", form), "{form}");
        }
        assert!(!finds("", "https://a.example/"));
        assert!(!finds("a@b", "https://a@b/"));
    }

    #[test]
    fn so_are_its_checksums() {
        for (digest, address) in DIGESTS {
            assert!(finds(address, &format!("https://a.example/o/{digest}.gif")), "{digest}");
            assert!(finds(address, &format!("https://a.example/o?h={}&x=1", digest.to_uppercase())), "{digest}");
            assert!(!finds(address, &format!("https://a.example/o/0{digest}.gif")), "longer than {digest}");
            assert!(!finds("bob@example.net", &format!("https://a.example/o/{digest}.gif")), "not bob's {digest}");
        }
        assert!(finds(" Ann@Example.net ", "https://a.example/?m=30a8a83548b36b3a4ef7cdfbed1afe3a"), "spaces around it do not count");
    }
}
