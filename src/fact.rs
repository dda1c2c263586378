//! What a walker saw: plain facts without judgement.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Where in a message an address stood. Decides what a browser does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vector {
    /// `img[src]`.
    Img,
    /// `srcset` or `imagesrcset`: a list of candidates.
    Srcset,
    /// `input[type=image][src]`.
    InputImage,
    /// `video[poster]`.
    Poster,
    /// `background` attribute.
    BackgroundAttr,
    /// `style` attribute: CSS declarations.
    CssAttr,
    /// `<style>` or another style sheet: CSS rules.
    StyleBlock,
    /// `@import` in a style sheet.
    CssImport,
    /// `@font-face` in a style sheet.
    FontFace,
    /// `image` and `feImage` in SVG.
    SvgImage,
    /// `use` in SVG: another document.
    SvgUse,
    /// `video[src]`, `audio[src]`, `source[src]`.
    Media,
    /// `track[src]`.
    Track,
    /// `object[data]`.
    Object,
    /// `embed[src]`.
    Embed,
    /// `iframe[src]`, `frame[src]`.
    Iframe,
    /// `link[href]` of a kind that fetches or connects.
    LinkRel,
    /// `lowsrc`, `dynsrc`, `bgsound`: fetched by old readers only.
    Legacy,
    /// `meta[http-equiv=refresh]`: `text` is its content.
    MetaRefresh,
    /// `img` inside a conditional comment for Outlook on the desktop.
    MsoImg,
    /// `a[href]`, `area[href]`.
    LinkHref,
    /// `a[href]` inside a conditional comment.
    MsoLink,
    /// `form[action]`, `button[formaction]`.
    FormAction,
    /// `a[ping]`: a list of addresses to which the browser reports the click.
    Ping,
    /// A header that asks for a read receipt: `text` is its value.
    #[serde(rename = "header:Disposition-Notification-To")]
    DispositionNotificationTo,
    /// The older header that asks for a read receipt.
    #[serde(rename = "header:Return-Receipt-To")]
    ReturnReceiptTo,
    /// A third one, `X-Confirm-Reading-To`.
    #[serde(rename = "header:X-Confirm-Reading-To")]
    ConfirmReadingTo,
    /// A fourth one, `Read-Receipt-To`.
    #[serde(rename = "header:Read-Receipt-To")]
    ReadReceiptTo,
    /// A web address of the header behind a mail program's own unsubscribe button.
    #[serde(rename = "header:List-Unsubscribe")]
    ListUnsubscribe,
    /// A web address of the header that says where the mailing is explained.
    #[serde(rename = "header:List-Help")]
    ListHelp,
}

impl Vector {
    /// Shows a picture, so that it can be released when it is clean.
    #[must_use]
    pub fn is_picture(self) -> bool {
        use Vector::*;
        matches!(self, Img | Srcset | InputImage | Poster | BackgroundAttr | CssAttr | StyleBlock | SvgImage | MsoImg)
    }

    /// Leads somewhere when a person acts on it; nothing is fetched before.
    #[must_use]
    pub fn is_link(self) -> bool {
        use Vector::*;
        matches!(self, LinkHref | MsoLink | FormAction | Ping | ListUnsubscribe | ListHelp)
    }

    /// A header that asks the reading program to report.
    #[must_use]
    pub fn is_receipt(self) -> bool {
        use Vector::*;
        matches!(self, DispositionNotificationTo | ReturnReceiptTo | ConfirmReadingTo | ReadReceiptTo)
    }
}

/// One attribute, style text or header as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact<'a> {
    /// The walker's number for it, echoed in the verdict.
    pub id: u32,
    /// Where it stood.
    pub vector: Vector,
    /// The text as written: an address, a list of them, or CSS.
    pub text: Cow<'a, str>,
    /// The element's `width` attribute.
    #[serde(default)]
    pub width: Option<Cow<'a, str>>,
    /// The element's `height` attribute.
    #[serde(default)]
    pub height: Option<Cow<'a, str>>,
    /// The element's `style` attribute, with what style blocks say of it where the walker knows.
    #[serde(default)]
    pub style: Option<Cow<'a, str>>,
    /// An ancestor hides the element.
    #[serde(default)]
    pub hidden: bool,
    /// The walker is sure that it stands outside every message: a picture or frame of the webmail itself.
    #[serde(default)]
    pub outside: bool,
}

impl<'a> Fact<'a> {
    /// A fact without size or style.
    #[must_use]
    pub fn new(id: u32, vector: Vector, text: impl Into<Cow<'a, str>>) -> Fact<'a> {
        Fact { id, vector, text: text.into(), width: None, height: None, style: None, hidden: false, outside: false }
    }

    /// The same, on its own.
    #[must_use]
    pub fn into_owned(self) -> Fact<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let Fact { id, vector, text, width, height, style, hidden, outside } = self;
        Fact { id, vector, text: owned(text), width: width.map(owned), height: height.map(owned), style: style.map(owned), hidden, outside }
    }
}

/// The facts of one message, or of a part of it, with what is known about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message<'a> {
    /// The sender's address as the webmail or the header shows it.
    #[serde(default)]
    pub sender: Option<String>,
    /// The reader's own address: its presence in a URL is evidence.
    #[serde(default)]
    pub recipient: Option<String>,
    /// `base href` of the message, or the address of the frame it stands in.
    #[serde(default)]
    pub base: Option<String>,
    /// What the walker saw.
    #[serde(default)]
    pub facts: Vec<Fact<'a>>,
}

/// How much is held back from a reader who asked for nothing special.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// What tracks, known or not, and whatever is no picture.
    #[default]
    Balanced,
    /// Also every visible picture whose address is personal.
    Strict,
    /// Everything remote, until asked.
    Sealed,
}

/// The reader's wishes and where the message is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// How much is held back.
    #[serde(default)]
    pub strictness: Strictness,
    /// The reader allowed this sender: everything is released.
    #[serde(default)]
    pub allowed: bool,
    /// Address of the webmail page. Without it nothing is exempt as the webmail's own.
    #[serde(default)]
    pub page: Option<String>,
}
