//! The edge of the audit page: bytes in, reports out.

use crate::audit::{self, Report};
use crate::mail::{LARGEST, Mbox, NotMail};
use js_sys::{Error, Function, Reflect, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use std::io::{self, BufReader, Read};
use wasm_bindgen::prelude::*;

/// How much of a mailbox is asked for at once, in bytes: a question costs about as long as reading 100 KB.
const SLICE: usize = 1 << 20;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Where an address stood, what it is, who is behind it and why we think so. */
export interface Resource {
    url: string;
    vector: string;
    kind: "open" | "click" | "param" | "receipt" | "clean";
    vendor: string | null;
    evidence: { code: string }[];
    destination: string | null;
    personal: boolean;
}

/** What an audit says of one message. */
export interface Report {
    path: string;
    message_id: string | null;
    date: string | null;
    from: string | null;
    subject: string | null;
    resources: Resource[];
    refusals?: { code: string }[];
}
"#;

#[wasm_bindgen]
extern "C" {
    /// A [`Report`] as a plain object.
    #[wasm_bindgen(typescript_type = "Report")]
    pub type PlainReport;
}

/// Audits one message or HTML file; `name` tells which by its ending.
///
/// # Errors
/// A JavaScript `Error` with the name `NotMail` and a `code`: `empty`, `no-headers` or `too-many-messages`.
#[wasm_bindgen]
pub fn audit(bytes: &[u8], name: &str) -> Result<PlainReport, Error> {
    let report: Report = audit::audit(name, bytes).map_err(error)?;
    let plain = report.serialize(&Serializer::json_compatible()).map_err(|e| Error::new(&e.to_string()))?;
    Ok(plain.unchecked_into())
}

fn error(reason: NotMail) -> Error {
    let error = Error::new(&reason.to_string());
    error.set_name("NotMail");
    // It fails on frozen objects only, and this one is new.
    let _ = Reflect::set(&error, &"code".into(), &reason.code().into());
    error
}

/// A mailbox file of any size, of which only one message is in memory at a time.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Mailbox(Mbox<BufReader<Slices>>);

#[wasm_bindgen]
impl Mailbox {
    /// `read(from, to)` gives the bytes of the file between two places as a `Uint8Array`, fewer at its end.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(read: Function) -> Mailbox {
        Mailbox(Mbox::new(BufReader::with_capacity(SLICE, Slices { read, at: 0.0 }), LARGEST))
    }

    /// The next message, or nothing after the last.
    ///
    /// # Errors
    /// A JavaScript `Error` when the message is too large or the file cannot be read.
    #[wasm_bindgen(js_name = "nextMessage")]
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.0.next().transpose().map_err(|e| Error::new(&e.to_string()))
    }
}

/// A file that only JavaScript can read.
#[derive(Debug)]
struct Slices {
    read: Function,
    /// How far it was read. Whole; JavaScript has no other numbers.
    at: f64,
}

impl Read for Slices {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let failed = |_| io::Error::other("the browser could not read the file");
        let slice = self.read.call2(&JsValue::NULL, &self.at.into(), &(self.at + f64::from(most)).into()).map_err(failed)?;
        let slice = slice.dyn_into::<Uint8Array>().map_err(failed)?;
        let length = usize::try_from(slice.length()).unwrap_or(usize::MAX);
        let room = buffer.get_mut(..length).ok_or_else(|| io::Error::other("more bytes came than were asked for"))?;
        slice.copy_to(room);
        self.at += f64::from(slice.length());
        Ok(length)
    }
}
