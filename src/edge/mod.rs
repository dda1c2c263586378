//! The edge to JavaScript: conversions and nothing else.
//!
//! Only plain values cross: strings, finite numbers, booleans, `null`, arrays, objects. Offsets become UTF-16 here.

#[cfg(feature = "audit")]
pub mod audit;

use crate::{Message, Setting, Vector, Verdict, classify};
use foldhash::HashMap;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Makes a panic readable on the console, once.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// `judge({messages: [{message: Message<'static>, allowed: boolean}], setting: Setting})` → `[[Verdict]]`, one list a message.
///
/// # Errors
/// A JavaScript `Error` with the name `BadRequest` when the request has another shape.
#[wasm_bindgen]
pub fn judge(request: JsValue) -> Result<JsValue, JsError> {
    let request: Request = serde_wasm_bindgen::from_value(request)?;
    let answer: Vec<Vec<Verdict>> = request
        .messages
        .iter()
        .map(|asked| {
            let setting = Setting { allowed: asked.allowed, ..request.setting.clone() };
            let mut verdicts = classify::judge(&asked.message, &setting);
            in_utf16(&asked.message, &mut verdicts);
            verdicts
        })
        .collect();
    Ok(answer.serialize(&Serializer::json_compatible())?)
}

#[derive(Deserialize)]
struct Request {
    messages: Vec<Asked>,
    #[serde(default)]
    setting: Setting,
}

#[derive(Deserialize)]
struct Asked {
    message: Message<'static>,
    #[serde(default)]
    allowed: bool,
}

/// Counts the places of verdicts in UTF-16 units, as JavaScript does.
fn in_utf16(message: &Message<'_>, verdicts: &mut [Verdict]) {
    let texts: HashMap<u32, &str> = message.facts.iter().filter(|f| f.vector != Vector::LinkHref && !f.text.is_ascii()).map(|f| (f.id, &*f.text)).collect();
    for verdict in verdicts {
        if let Some(before) = texts.get(&verdict.fact).and_then(|text| text.get(..verdict.at)) {
            verdict.at = before.encode_utf16().count();
        }
    }
}
