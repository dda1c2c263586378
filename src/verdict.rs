//! What the engine says: verdicts with their evidence.

use serde::{Deserialize, Serialize};

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Fetching it reports that the message was opened.
    Open,
    /// A link that passes a redirector, which records the click.
    Click,
    /// A direct link with parameters that identify the campaign or the reader.
    Param,
    /// A request for a read receipt.
    Receipt,
    /// None of these.
    Clean,
}

/// What the page should do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Fetch it now.
    Release,
    /// Keep it back.
    Hold,
    /// Not ours: a link, or something that the network rules do not hold.
    Leave,
}

/// One reason for a verdict. The serialised `code` names a sentence in `extension/_locales`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Evidence {
    /// A rule knows the address as one that counts openings.
    KnownEndpoint,
    /// A rule knows the address as a redirector that records clicks.
    KnownRedirector,
    /// Too small to be seen.
    Tiny,
    /// Hidden by its own style or by an ancestor.
    Hidden,
    /// The address holds a long token.
    PersonalToken,
    /// The address holds the reader's e-mail address.
    RecipientAddress,
    /// The address itself speaks of openings or tracking.
    SaysOpen,
    /// The address itself says that it sends the reader on.
    SaysClick,
    /// The host is one for counting clicks.
    ClickHost,
    /// Something other than a picture that would be fetched.
    NotAPicture,
    /// A direct link with tracking parameters.
    TrackingParameter,
    /// The browser reports the click there.
    Ping,
    /// Links to different pages carry the same code.
    SharedCode,
    /// A parameter says where the reader came from.
    SaysOrigin,
    /// Held because the reader chose strict.
    StrictPersonal,
    /// Held because the reader chose sealed.
    Sealed,
    /// A header asks for a read receipt.
    ReadReceipt,
    /// The reader's own mail gateway wrapped the link, and alone knows where it leads.
    Gateway,
    /// The host imitates another by letters that look alike.
    LookAlike,
}

impl Evidence {
    /// The reason as a sentence, for audits.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Evidence::KnownEndpoint => "Addresses like this one are made to count openings.",
            Evidence::KnownRedirector => "This link first goes to an address that records the click.",
            Evidence::Tiny => "The picture is too small to be seen.",
            Evidence::Hidden => "The picture is hidden from view.",
            Evidence::PersonalToken => "The address carries a code long enough to stand for one reader.",
            Evidence::RecipientAddress => "The address contains the reader's e-mail address.",
            Evidence::SaysOpen => "The address itself says that it counts openings.",
            Evidence::SaysClick => "The address itself says that it sends the reader on.",
            Evidence::ClickHost => "The address is on a host that counts clicks.",
            Evidence::NotAPicture => "This is no picture, but it would be fetched all the same.",
            Evidence::TrackingParameter => "The link carries parameters that identify the mailing or the reader.",
            Evidence::Ping => "The browser reports the click to this address.",
            Evidence::SharedCode => "Links to different pages carry the same code, so that it is about the reader or the mailing.",
            Evidence::SaysOrigin => "The link tells the site where its reader came from.",
            Evidence::StrictPersonal => "The picture's address is personal, and the reader chose strict.",
            Evidence::Sealed => "The reader chose to load nothing until asked.",
            Evidence::ReadReceipt => "The sender asks to be told when the message is read.",
            Evidence::Gateway => "The reader's mail gateway wrapped this link, and alone knows where it leads.",
            Evidence::LookAlike => "The name of the host imitates another by letters that look alike.",
        }
    }
}

/// What the engine says of one address in a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The fact's number.
    pub fact: u32,
    /// Where the address ends in the fact's text, in bytes (at the wasm edge: UTF-16 units): the place for a release token.
    pub at: usize,
    /// The original address, unwrapped from proxies and written the standard way.
    pub url: String,
    /// What exactly it was: `@import` in a style block, say.
    pub vector: crate::Vector,
    /// What it is.
    pub kind: Kind,
    /// What to do.
    pub act: Act,
    /// Who is behind it, when a rule names them.
    pub vendor: Option<&'static str>,
    /// The registrable-looking host, for people.
    pub host: String,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Where a link really leads, when the address carries it, without tracking parameters. Never for links that must not
    /// be touched: unsubscribe, confirm, sign in, pay and the like.
    pub destination: Option<String>,
    /// The destination may be opened at a click without having been shown: a redirector's own host says so, or it is the
    /// same site. A shape that any host may have could be written by a sender, with a host that people trust before it.
    pub direct: bool,
    /// The mail gateway that stands before the link and checks it when it is opened.
    pub gateway: Option<&'static str>,
    /// Of a link about which there is something to say: where it leads, as far as its address tells, otherwise who sends on.
    pub leads: Option<crate::Place>,
    /// The address is made for one reader.
    pub personal: bool,
}
