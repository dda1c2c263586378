//! The audit of saved mail: one message in, a report of everything in it out.
//!
//! ```
//! let mail = b"From: shop@example.com\nContent-Type: text/html\n\n<img src=https://a.example/o/0123456789abcdef0123.gif width=1 height=1>";
//! let report = briefgeheim::audit::audit("mail.eml", mail).unwrap();
//! assert_eq!(report.resources.len(), 1);
//! ```

use crate::classify::{self, Found, Seen};
use crate::html::{self, Refusal};
use crate::mail::{self, Mail, NotMail};
use crate::{Evidence, Kind, Message, Vector};
use serde::Serialize;
use std::path::Path;

/// What an audit says of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Where the message came from.
    pub path: String,
    /// Its `Message-ID`.
    pub message_id: Option<String>,
    /// When it was sent, as in RFC 3339.
    pub date: Option<String>,
    /// Who sent it.
    pub from: Option<String>,
    /// What about.
    pub subject: Option<String>,
    /// Every address in it, clean ones included.
    pub resources: Vec<Resource>,
    /// Parts that were not looked at to their end, and why. Mostly absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
}

/// One address in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// The original address; for a read receipt, the header's value.
    pub url: String,
    /// Where it stood.
    pub vector: Vector,
    /// What it is.
    pub kind: Kind,
    /// Who is behind it, when a rule names them.
    pub vendor: Option<&'static str>,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Where a link really leads, when the address says so.
    pub destination: Option<String>,
    /// It is made for one reader.
    pub personal: bool,
}

impl Resource {
    fn of(thing: &Seen<'_>, found: &Found) -> Resource {
        Resource {
            url: thing.told().to_owned(),
            vector: thing.spot.vector,
            kind: found.kind,
            vendor: found.vendor,
            evidence: found.evidence.to_vec(),
            destination: found.open_end().map(|end| end.url.as_str().to_owned()),
            personal: found.personal,
        }
    }
}

impl Report {
    /// The addresses of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }
}

/// Audits a message, or an HTML file: by the ending of its name, else by how it starts.
///
/// # Errors
/// When the bytes are neither.
pub fn audit(path: &str, bytes: &[u8]) -> Result<Report, NotMail> {
    if is_html(path, bytes) { audit_html(path, bytes) } else { audit_mail(path, bytes) }
}

/// Audits a message as it was sent.
///
/// # Errors
/// When the bytes are no message.
pub fn audit_mail(path: &str, bytes: &[u8]) -> Result<Report, NotMail> {
    Ok(judge(path, mail::read(bytes)?))
}

/// Audits a message of which only the HTML is there.
///
/// # Errors
/// When there is nothing in it.
pub fn audit_html(path: &str, bytes: &[u8]) -> Result<Report, NotMail> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(NotMail::Empty);
    }
    Ok(judge(path, Mail { bodies: vec![decode(bytes)], ..Mail::default() }))
}

fn is_html(path: &str, bytes: &[u8]) -> bool {
    let extension = Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    match extension.as_str() {
        "html" | "htm" | "xhtml" => true,
        "eml" => false,
        _ => decode(bytes.get(..64).unwrap_or(bytes)).trim_start().starts_with('<'),
    }
}

/// A file on disk has no header that names its encoding: a byte-order mark, valid UTF-8, or what old mail was written in.
fn decode(bytes: &[u8]) -> String {
    let guess = if std::str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::WINDOWS_1252 };
    guess.decode(bytes).0.into_owned()
}

fn judge(path: &str, mail: Mail) -> Report {
    let Mail { message_id, date, from, sender, subject, recipient, headers, bodies } = mail;
    let mut report = Report { path: path.to_owned(), message_id, date, from, subject, ..Report::default() };
    let mut add = |facts, base| {
        let message = Message { sender: sender.clone(), recipient: recipient.clone(), base, facts };
        report.resources.extend(classify::find(&message, None, Resource::of));
    };
    add(headers, None);
    // Each part on its own: it has its own base, and what one part shows says nothing of another.
    for body in &bodies {
        let walked = html::walk(body);
        add(walked.facts, walked.base);
        report.refusals.extend(walked.stopped);
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_passes_a_redirector_tells_of_the_click() {
        let mail = b"From: s@example.com\nList-Unsubscribe: <https://a.example/unsubscribe?u=0a1b2c3d4e5f60718293>,\n \
            <https://mailtrack.io/trace/link/0a1b2c3d4e?url=https%3A%2F%2Fwww.example.org%2F>\n\n";
        let kinds: Vec<_> = audit_mail("m", mail).unwrap().resources.iter().map(|r| (r.vector, r.kind)).collect();
        assert_eq!(kinds, [(Vector::ListUnsubscribe, Kind::Clean), (Vector::ListUnsubscribe, Kind::Click)]);
    }

    #[test]
    fn a_report_has_the_documented_shape() {
        let mail = b"From: Shop <s@example.com>\nSubject: Hi\nMessage-ID: <1@example.com>\nDate: Tue, 1 Sep 2026 10:00:00 +0000\nTo: ann@example.net\n\
            X-Confirm-Reading-To: s@example.com\nContent-Type: text/html\n\n\
            <base href=https://a.example/><img src=/o/?e=ann@example.net width=1 height=1><a href=https://b.example/>x</a>";
        let report = audit("in/mail.eml", mail).unwrap();
        assert_eq!(
            serde_json::to_value(&report).unwrap(),
            serde_json::json!({
                "path": "in/mail.eml",
                "message_id": "1@example.com",
                "date": "2026-09-01T10:00:00Z",
                "from": "Shop <s@example.com>",
                "subject": "Hi",
                "resources": [
                    {"url": "s@example.com", "vector": "header:X-Confirm-Reading-To", "kind": "receipt", "vendor": null,
                     "evidence": [{"code": "read-receipt"}], "destination": null, "personal": true},
                    {"url": "https://a.example/o/?e=ann@example.net", "vector": "img", "kind": "open", "vendor": null,
                     "evidence": [{"code": "tiny"}, {"code": "recipient-address"}], "destination": null, "personal": true},
                    {"url": "https://b.example/", "vector": "link-href", "kind": "clean", "vendor": null,
                     "evidence": [], "destination": null, "personal": false},
                ],
            })
        );
    }

    #[test]
    fn html_is_known_by_name_or_by_its_start() {
        let page = b" \xef\xbb\xbf\n<a href='https://b.example/'>x</a>";
        let page = page.get(1..).unwrap();
        for name in ["x.html", "x.HTM", "x", "x.txt", "<x>.y"] {
            assert_eq!(audit(name, page).map(|r| r.resources.len()), Ok(1), "{name}");
        }
        assert_eq!(audit("x.eml", page), Err(NotMail::NoHeaders));
        assert_eq!(audit("x.html", b" \n"), Err(NotMail::Empty));
    }

    #[test]
    fn encodings_of_saved_pages_are_guessed() {
        let url = |bytes: &[u8]| audit_html("x", bytes).unwrap().resources.pop().unwrap().url;
        assert_eq!(url("<a href=https://b.example/é>".as_bytes()), "https://b.example/%C3%A9");
        assert_eq!(url(b"<a href=https://b.example/\xe9>"), "https://b.example/%C3%A9");
        let utf16: Vec<u8> = "\u{feff}<a href=https://b.example/é>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(url(&utf16), "https://b.example/%C3%A9");
    }

    #[test]
    fn what_was_not_looked_at_is_said() {
        let report = audit_html("x", "<b>".repeat(1_000_000).as_bytes()).unwrap();
        assert_eq!(report.refusals, [Refusal::TooDeep]);
    }
}
