//! Saved mail: one message out of its bytes, and messages out of an mbox file.
//!
//! A message gives the headers that an audit needs and every HTML part, attached messages included. Text parts name no
//! address that a program fetches.

mod bodies;

use crate::{Fact, Vector};
use mail_parser::{Address, HeaderForm, HeaderName, HeaderValue, Message};
use memchr::{memchr, memmem};
use std::io::{self, BufRead};

/// How deep messages may lie in each other and still be looked at.
const DEEPEST: usize = 16;

/// The most attached messages that one message may announce. The parser keeps messages inside messages, and dropping a very
/// deep pile of them would use up the stack.
const MOST_ATTACHED: usize = 400;

/// The most addresses taken from one header of a mailing. Real ones have one or two.
const MOST_LISTED: usize = 16;

/// How far a `Content-Type` is looked through for the words that announce a message, in bytes.
const LONGEST_TYPE: usize = 4096;

/// The largest message that an mbox file may hold, in bytes. Large providers take 25 to 50 MB.
pub const LARGEST: usize = 128 * 1024 * 1024;

/// Headers that ask for a report when the message is read.
const RECEIPTS: &[(&str, Vector)] = &[
    ("Disposition-Notification-To", Vector::DispositionNotificationTo),
    ("Return-Receipt-To", Vector::ReturnReceiptTo),
    ("X-Confirm-Reading-To", Vector::ConfirmReadingTo),
    ("Read-Receipt-To", Vector::ReadReceiptTo),
];

/// Headers of mailings that name addresses. A mail program fetches or opens them when the reader asks it to.
const LISTS: &[(&str, Vector)] = &[("List-Unsubscribe", Vector::ListUnsubscribe), ("List-Help", Vector::ListHelp)];

/// What an audit needs of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// Without its angle brackets.
    pub message_id: Option<String>,
    /// As in RFC 3339.
    pub date: Option<String>,
    /// Name and address, as people read them.
    pub from: Option<String>,
    /// The sender's address alone.
    pub sender: Option<String>,
    /// Decoded.
    pub subject: Option<String>,
    /// The address it was delivered to, else the first one it was sent to.
    pub recipient: Option<String>,
    /// Headers that ask for a read receipt, and the web addresses of those of a mailing.
    pub headers: Vec<Fact<'static>>,
    /// Every HTML part.
    pub bodies: Vec<String>,
}

/// Why bytes are no message that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMail {
    /// There is nothing.
    #[error("the file is empty")]
    Empty,
    /// There are no header lines, or none that mail has.
    #[error("this is no e-mail message: it has no header lines")]
    NoHeaders,
    /// More messages inside each other than anybody sends.
    #[error("the message contains more than {MOST_ATTACHED} other messages")]
    TooManyMessages,
}

impl NotMail {
    /// A name for it that programs can rely on.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            NotMail::Empty => "empty",
            NotMail::NoHeaders => "no-headers",
            NotMail::TooManyMessages => "too-many-messages",
        }
    }
}

/// Reads one message.
///
/// # Errors
/// When the bytes are no message. A damaged message is read as far as it goes.
pub fn read(bytes: &[u8]) -> Result<Mail, NotMail> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(NotMail::Empty);
    }
    if announced_messages(bytes) > MOST_ATTACHED {
        return Err(NotMail::TooManyMessages);
    }
    let (message, bodies) = bodies::parse(without_envelope(bytes)).ok_or(NotMail::NoHeaders)?;
    let headers = message.parts.first().map(|part| part.headers.as_slice()).unwrap_or_default();
    // A binary file may have a colon in its first line, and so one header that nobody knows.
    if !headers.iter().any(|header| !matches!(header.name, HeaderName::Other(_))) {
        return Err(NotMail::NoHeaders);
    }
    let mut mail = Mail {
        message_id: message.message_id().map(str::to_owned),
        date: message.date().filter(|date| date.is_valid()).map(mail_parser::DateTime::to_rfc3339),
        from: message.from().and_then(shown),
        sender: message.from().and_then(first_address),
        subject: message.subject().map(str::to_owned),
        recipient: recipient(&message),
        bodies,
        ..Mail::default()
    };
    let raw = |name: &str| match message.header_as(name, HeaderForm::Raw).into_iter().next() {
        Some(HeaderValue::Text(text)) => Some(text.into_owned()),
        _ => None,
    };
    let receipts = RECEIPTS.iter().filter_map(|(name, vector)| Some((*vector, raw(name)?.split_ascii_whitespace().collect::<Vec<_>>().join(" "))));
    let lists = LISTS.iter().flat_map(|(name, vector)| web_addresses(&raw(name).unwrap_or_default()).into_iter().map(|url| (*vector, url)));
    mail.headers = (0..).zip(receipts.chain(lists)).map(|(id, (vector, text))| Fact::new(id, vector, text)).collect();
    Ok(mail)
}

/// The web addresses among those in angle brackets. A long one may be folded, so that white space in it says nothing.
fn web_addresses(header: &str) -> Vec<String> {
    let bracketed = header.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(address, _)| address);
    let joined = bracketed.map(|address| address.split_ascii_whitespace().collect::<String>());
    let is_web = |address: &String| address.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    joined.filter(is_web).take(MOST_LISTED).collect()
}

/// A message taken out of a mailbox may still begin with the mailbox's `From ` line.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| *b == b'\n').filter(|_| bytes.starts_with(b"From "));
    end.and_then(|end| bytes.get(end + 1..)).unwrap_or(bytes)
}

/// Counts the headers that could begin an attached message. Each needs a `Content-Type` of its own; white space, quotes and
/// comments may stand anywhere in it, so that only its words are looked for.
fn announced_messages(bytes: &[u8]) -> usize {
    let starts_with = |text: &[u8], word: &[u8]| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word));
    let lines_with = |start: &'static [u8; 2]| memmem::find_iter(bytes, start).map(|end| end + 1);
    let lines = std::iter::once(0).chain(lines_with(b"\nC")).chain(lines_with(b"\nc"));
    let is_announced = |at: usize| {
        let header = bytes.get(at..bytes.len().min(at + LONGEST_TYPE)).unwrap_or_default();
        matches!(header.first(), Some(b'c' | b'C')) && starts_with(header, b"content-type") && {
            let end = header.windows(3).position(|w| w.starts_with(b"\n\n") || w == b"\n\r\n").unwrap_or(header.len());
            let words: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
            header.get(..end).unwrap_or(header).windows(6).any(|w| words.iter().any(|word| w.eq_ignore_ascii_case(word)))
        }
    };
    lines.filter(|at| is_announced(*at)).count()
}

fn recipient(message: &Message<'_>) -> Option<String> {
    let delivered = message.header_as("Delivered-To", HeaderForm::Addresses).first().and_then(HeaderValue::as_address).and_then(first_address);
    let sender = message.from().and_then(first_address);
    // Mailings sent as blind copies name the sender twice.
    delivered.or_else(|| message.to().and_then(first_address).filter(|to| Some(to) != sender.as_ref()))
}

fn first_address(address: &Address<'_>) -> Option<String> {
    address.iter().find_map(|a| a.address()).map(str::to_owned)
}

fn shown(address: &Address<'_>) -> Option<String> {
    let first = address.first()?;
    match (first.name().map(str::trim).filter(|n| !n.is_empty()), first.address()) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (name, address) => name.or(address).map(str::to_owned),
    }
}

/// The messages of an mbox file, one at a time, read from a stream. Memory is bounded by the largest message.
///
/// A line `From ` after an empty line (or at the start) begins a message; `>From ` inside one loses one `>`.
#[derive(Debug)]
pub struct Mbox<R> {
    reader: R,
    largest: usize,
    /// The `From ` line of the next message has been read.
    at_message: bool,
    ended: bool,
}

/// Why a message of an mbox file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum MboxError {
    /// It is larger than the limit. The messages after it can still be had.
    #[error("the message is larger than {0} bytes and was passed over")]
    TooLarge(usize),
    /// The file does not start with a `From ` line.
    #[error("this is no mbox file: it does not start with a line that begins with \"From \"")]
    NoMbox,
    /// Reading failed.
    #[error("{0}")]
    Read(#[from] io::Error),
}

impl<R: BufRead> Mbox<R> {
    /// `largest` bounds a message, in bytes: see [`LARGEST`].
    pub fn new(reader: R, largest: usize) -> Mbox<R> {
        Mbox { reader, largest, at_message: false, ended: false }
    }

    /// Reads a line with its end behind a text, or as much of it as the limit allows: the same as `read_until`, with a faster
    /// search.
    fn line(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        let most = text.len() + self.largest.max(8);
        let start = text.len();
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let buffer = buffer.get(..most - text.len()).unwrap_or(buffer);
            let end = memchr(b'\n', buffer).map(|at| at + 1);
            let length = end.unwrap_or(buffer.len());
            text.extend_from_slice(buffer.get(..length).unwrap_or_default());
            self.reader.consume(length);
            if end.is_some() || length == 0 {
                return Ok(text.len() - start);
            }
        }
    }

    fn start(&mut self) -> Option<Result<(), MboxError>> {
        let mut line = Vec::new();
        loop {
            line.clear();
            match self.line(&mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) if line.starts_with(b"From ") => return Some(Ok(())),
                Ok(_) => return Some(Err(MboxError::NoMbox)),
                Err(error) => return Some(Err(error.into())),
            }
        }
    }

    fn message(&mut self) -> Result<Vec<u8>, MboxError> {
        let mut message = Vec::new();
        let mut is_too_large = false;
        let mut after_empty = false;
        let mut at_line_start = true;
        loop {
            let start = message.len();
            if self.line(&mut message)? == 0 {
                self.ended = true;
                break;
            }
            let line = message.get(start..).unwrap_or_default();
            if at_line_start && after_empty && line.starts_with(b"From ") {
                self.at_message = true;
                message.truncate(start);
                break;
            }
            after_empty = at_line_start && matches!(line, b"\n" | b"\r\n");
            let is_quoted = at_line_start && line.first() == Some(&b'>') && {
                let quotes = line.iter().take_while(|b| **b == b'>').count();
                line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "))
            };
            at_line_start = line.ends_with(b"\n");
            if is_quoted {
                message.remove(start);
            }
            is_too_large |= message.len() > self.largest;
            if is_too_large {
                message.clear();
            }
        }
        if is_too_large { Err(MboxError::TooLarge(self.largest)) } else { Ok(message) }
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = Result<Vec<u8>, MboxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if !self.at_message
            && let Err(error) = self.start()?
        {
            self.ended = true;
            return Some(Err(error));
        }
        self.at_message = false;
        let message = self.message();
        self.ended |= matches!(message, Err(MboxError::Read(_)));
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "From: =?utf-8?q?Jos=C3=A9?= <Jose@example.com>\r\nTo: Ann <ann@example.net>, bob@example.net\r\nSubject: =?utf-8?b?SMOp?=\r\n\
        Date: Tue, 1 Sep 2026 10:00:00 +0200\r\nMessage-ID: <1@example.com>\r\nDisposition-Notification-To: \"Jos\"\r\n <jose@example.com>\r\n\
        return-receipt-TO: jose@example.com\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <p>caf=E9 <img src=3D'https://a.example/x=\r\ny.gif'>\r\n";

    #[test]
    fn a_message_is_read() {
        let mail = read(PLAIN.as_bytes()).unwrap();
        assert_eq!(mail.message_id.as_deref(), Some("1@example.com"));
        assert_eq!(mail.date.as_deref(), Some("2026-09-01T10:00:00+02:00"));
        assert_eq!(mail.from.as_deref(), Some("José <Jose@example.com>"));
        assert_eq!(mail.sender.as_deref(), Some("Jose@example.com"));
        assert_eq!(mail.subject.as_deref(), Some("Hé"));
        assert_eq!(mail.recipient.as_deref(), Some("ann@example.net"));
        let receipts: Vec<_> = mail.headers.iter().map(|f| (f.vector, &*f.text)).collect();
        assert_eq!(receipts, [(Vector::DispositionNotificationTo, "\"Jos\" <jose@example.com>"), (Vector::ReturnReceiptTo, "jose@example.com")]);
        assert_eq!(read(format!("From a@example.com Tue Sep  1 10:00:00 2026\n{PLAIN}").as_bytes()), Ok(mail.clone()));
        assert_eq!(mail.bodies, ["<p>café <img src='https://a.example/xy.gif'>\r\n"]);
    }

    #[test]
    fn delivered_to_wins_and_the_sender_is_not_the_reader() {
        let mail = read(b"From: a@example.com\nTo: list@example.com\nDelivered-To: ann@example.net\n\n").unwrap();
        assert_eq!(mail.recipient.as_deref(), Some("ann@example.net"));
        let blind = read(b"From: a@example.com\nTo: a@example.com\n\n").unwrap();
        assert_eq!(blind.recipient, None);
    }

    #[test]
    fn headers_of_mailings_name_web_addresses() {
        let mail = read(
            b"From: a@example.com\nRead-Receipt-To: a@example.com\nList-Help: <https://a.example/help>\n\
            List-Unsubscribe: <mailto:off@a.example?subject=x>,\n <HTTPS://a.example/u?\n id=7>, <ftp://a.example/>, https://no.example/, <x\n\n",
        )
        .unwrap();
        let headers: Vec<_> = mail.headers.iter().map(|f| (f.vector, &*f.text)).collect();
        let expected =
            [(Vector::ReadReceiptTo, "a@example.com"), (Vector::ListUnsubscribe, "HTTPS://a.example/u?id=7"), (Vector::ListHelp, "https://a.example/help")];
        assert_eq!(headers, expected);
        let many = format!("From: a@example.com\nList-Unsubscribe: {}\n\n", "<https://a.example/>,".repeat(1000));
        assert_eq!(read(many.as_bytes()).unwrap().headers.len(), MOST_LISTED);
    }

    #[test]
    fn every_html_part_is_found() {
        let inner = "From: b@example.com\n\nContent";
        let text = format!(
            "From: a@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n\
             --a\nContent-Type: text/plain\n\nno\n--a\nContent-Type: text/x-amp-html\n\namp\n--a\nContent-Type: text/html\n\none\n--a--\n\
             --m\nContent-Type: text/html; name=x.html\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\ndHdv\n\
             --m\nContent-Type: message/rfc822\n\n{inner}-Type: text/html\n\nthree\n--m--\n"
        )
        .replace("\n\nContent-Type: text/html\n\nthree", "\nContent-Type: text/html\n\nthree");
        let bodies: Vec<String> = read(text.as_bytes()).unwrap().bodies.iter().map(|b| b.trim().to_owned()).collect();
        assert_eq!(bodies, ["amp", "one", "two", "three"]);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(read(b""), Err(NotMail::Empty));
        assert_eq!(read(b" \r\n "), Err(NotMail::Empty));
        assert_eq!(read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR: 1\n\n"), Err(NotMail::NoHeaders));
        assert_eq!(read(b"hello"), Err(NotMail::NoHeaders));
        let pile = "Content-Type: message/rfc822\n\n".repeat(300_000);
        assert_eq!(read(pile.as_bytes()), Err(NotMail::TooManyMessages));
        for spelling in ["MESSAGE \r\n\t/ \r\n rfc822", "message(x)/rfc822", "message/(x)\n\tRfc822", "multipart/digest; boundary=a"] {
            let pile = format!("content-type : {spelling}\n\n").repeat(MOST_ATTACHED + 1);
            assert_eq!(read(pile.as_bytes()), Err(NotMail::TooManyMessages), "{spelling}");
        }
        let small = format!("{}From: a@example.com\nContent-Type: text/html\n\nx", "Content-Type: Message/RFC822\n\n".repeat(MOST_ATTACHED));
        assert!(read(small.as_bytes()).is_ok());
    }

    #[test]
    fn cut_off_messages_are_read_as_far_as_they_go() {
        for end in 0..PLAIN.len() {
            let _ = read(PLAIN.as_bytes().get(..end).unwrap());
        }
    }

    fn split(text: &str, largest: usize) -> Vec<String> {
        Mbox::new(text.as_bytes(), largest).map(|m| m.map_or_else(|e| format!("! {e}"), |m| String::from_utf8(m).unwrap())).collect()
    }

    #[test]
    fn an_mbox_is_split() {
        let text =
            "\nFrom a@example.com Tue Sep  1 10:00:00 2026\nA: 1\n\n>From me\n>>From you\nFrom there, no message\n> x\n\nFrom b\r\nB: 2\r\n\r\nFrom c\nC: 3";
        assert_eq!(split(text, 1000), ["A: 1\n\nFrom me\n>From you\nFrom there, no message\n> x\n\n", "B: 2\r\n\r\n", "C: 3"]);
        assert_eq!(split("", 1000), [""; 0]);
        assert_eq!(split("hello", 1000), ["! this is no mbox file: it does not start with a line that begins with \"From \""]);
    }

    #[test]
    fn one_large_message_costs_itself_only() {
        let text = format!("From a\nA: 1\n\nFrom b\n{}\n{}\n\nFrom c\nC: 3\n", "x".repeat(100), ">From ".repeat(100));
        assert_eq!(split(&text, 50), ["A: 1\n\n", "! the message is larger than 50 bytes and was passed over", "C: 3\n"]);
    }
}
