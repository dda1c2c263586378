//! The edge of the audit page: bytes in, a report out.

use crate::audit::{self, Report};
use crate::mail::NotMail;
use js_sys::{Error, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

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
