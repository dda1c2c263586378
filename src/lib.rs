//! The engine of Briefgeheim: says what in an e-mail reports to its sender.
//!
//! A walker turns a message into [`Fact`]s, [`classify::judge`] turns those into [`Verdict`]s with their [`Evidence`]. The
//! walkers are the extension's content script (over the DOM) and the `html` module (over a string). [`lower`] turns the same
//! rules into the browsers' declarativeNetRequest form. Nothing here fetches anything, knows a browser or keeps state.
//!
//! ```
//! use briefgeheim::{Fact, Message, Setting, Vector, classify};
//!
//! let mut pixel = Fact::new(1, Vector::Img, "https://click.example.com/wf/open?upn=u001.abc");
//! pixel.width = Some("1".into());
//! pixel.height = Some("1".into());
//! let verdicts = classify::judge(&Message { facts: vec![pixel], ..Message::default() }, &Setting::default());
//! assert!(verdicts.iter().all(|v| v.kind == briefgeheim::Kind::Open));
//! ```

pub mod address;
#[cfg(feature = "audit")]
pub mod audit;
pub mod classify;
#[cfg(feature = "audit")]
mod data_url;
pub mod destination;
#[cfg(target_arch = "wasm32")]
pub mod edge;
mod extent;
mod fact;
mod functional;
mod hint;
#[cfg(feature = "audit")]
pub mod html;
mod index;
mod lookup;
pub mod lower;
#[cfg(feature = "audit")]
pub mod mail;
mod matcher;
#[cfg(feature = "audit")]
mod namespace;
#[cfg(feature = "audit")]
mod open_elements;
mod param;
pub mod pattern;
mod personal;
mod place;
mod print;
mod recipient;
mod redirect;
pub mod rules;
mod seen;
mod shared;
pub mod spot;
#[cfg(feature = "audit")]
pub mod tokens;
mod verdict;
pub mod webmail;
mod words;

pub use fact::{Fact, Message, Setting, Strictness, Vector};
pub use place::Place;
pub use verdict::{Act, Evidence, Kind, Verdict};
