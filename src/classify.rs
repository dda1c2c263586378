//! The judgement: facts, sender and settings in, verdicts out.

use crate::destination::End;
use crate::hint;
use crate::personal;
use crate::place::{self, site};
use crate::recipient::Recipient;
use crate::redirect::{self, Series};
use crate::rules::{Matching, Rule, RuleKind, RuleSet};
use crate::seen::{self, collect};
use crate::shared::Shared;
use crate::{Act, Evidence, Kind, Message, Place, Setting, Strictness, Vector, Verdict};
use crate::{destination, functional, param};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cell::{LazyCell, OnceCell};
use url::Url;

/// An address that stands this often in one message is a spacer: a counter needs to be fetched once. The number is the one
/// that Trocker has used for years.
const REPEATED: usize = 5;

/// An address with what is said of it wherever it stands.
type Address = seen::Address<OnceCell<Told>>;
pub(crate) type Seen<'a> = seen::Seen<'a, OnceCell<Told>>;

/// Judges the facts of one message, or of a part of it that was seen together.
///
/// Addresses inside the message (`data:`, `cid:`) and, on a webmail's page, addresses that the network rules do not hold
/// get no verdict. A fact that cannot be read gets none either, and so stays held.
#[must_use]
pub fn judge(message: &Message<'_>, setting: &Setting) -> Vec<Verdict> {
    let page = setting.page.as_deref().and_then(|p| Url::parse(p).ok());
    find(message, page.as_ref(), |thing, found| verdict(thing, found, setting))
}

/// Calls `tell` for everything that stands in a message, in order, with what was found of it.
pub(crate) fn find<R>(message: &Message<'_>, page: Option<&Url>, tell: impl Fn(&Seen<'_>, &Found) -> R) -> Vec<R> {
    if message.facts.is_empty() {
        return Vec::new();
    }
    let rules = RuleSet::built_in();
    let standing = collect(message, page, rules);
    let seen = standing.seen();
    let context = Context::of(message, &seen, rules);
    let mut found: Vec<Cow<'_, Found>> = seen.iter().map(|thing| context.find(thing)).collect();
    mark_series(&seen, &mut found, rules);
    mark_shared(&seen, &mut found);
    // An address that tracks in one place tracks in every place: a style sheet may repeat a counter.
    let is_open = |found: &Found| found.kind == Kind::Open;
    let open: HashMap<&str, &Found> = seen.iter().zip(&found).filter(|(_, f)| is_open(f)).map(|(s, f)| (s.address.url().as_str(), &**f)).collect();
    let same = |thing: &Seen<'_>| if open.is_empty() || thing.address.link.is_some() { None } else { open.get(thing.address.url().as_str()).copied() };
    seen.iter().zip(&found).map(|(thing, own)| tell(thing, same(thing).unwrap_or(own))).collect()
}

/// What is said of one address, with what to do about it.
fn verdict(thing: &Seen<'_>, found: &Found, setting: &Setting) -> Verdict {
    let mut evidence = found.evidence.to_vec();
    // A message may carry a copy of the webmail's markup, and so lie about what is outside: a picture that tracks is held there too.
    let tracks = if thing.spot.vector.is_picture() { found.kind == Kind::Open } else { evidence.contains(&Evidence::KnownEndpoint) };
    let act = if thing.address.passes {
        Act::Leave
    } else if thing.fact.outside && !tracks && !thing.fact.vector.is_link() {
        // The webmail's own pictures and add-ins are between the reader and the webmail, however much the reader wants held.
        Act::Release
    } else {
        act(thing.spot.vector, found.kind, found.personal, setting, &mut evidence)
    };
    let unwrapped = &thing.address.unwrapped;
    Verdict {
        fact: thing.fact.id,
        at: thing.spot.end,
        url: thing.told().to_owned(),
        vector: thing.spot.vector,
        kind: found.kind,
        act,
        vendor: found.vendor,
        host: unwrapped.url.host_str().unwrap_or_default().to_owned(),
        evidence,
        destination: found.open_end().map(|end| end.url.as_str().to_owned()),
        direct: found.open_end().is_some_and(|end| end.is_sure && unwrapped.is_sure),
        gateway: unwrapped.gateway,
        leads: found.is_telling.then(|| Place::of(found.leads_to(thing.address))),
        personal: found.personal,
    }
}

/// What is said of an address wherever it stands.
pub(crate) enum Told {
    /// All there is to say of a link.
    Link(Found),
    /// What the address of something fetched says. The verdict also needs how it is drawn.
    Fetch(Look),
}

/// What the address of something fetched says by itself.
pub(crate) struct Look {
    matching: Matching,
    names_reader: bool,
    says_open: bool,
    on_counting_host: bool,
    has_token: bool,
}

/// What the message says about one picture's address.
#[derive(Clone, Copy, Default)]
struct Drawn {
    /// How often it stands.
    count: usize,
    /// It stands somewhere to be looked at.
    visible: bool,
}

/// What the rest of the message says about one address.
struct Context<'a> {
    rules: &'static RuleSet,
    recipient: Recipient,
    pictures: HashMap<&'a str, Drawn>,
    /// Sites that also serve pictures to look at.
    showing: HashSet<&'a str>,
}

impl<'a> Context<'a> {
    fn of(message: &Message<'_>, seen: &'a [Seen<'_>], rules: &'static RuleSet) -> Context<'a> {
        let mut pictures: HashMap<&str, Drawn> = HashMap::with_capacity(seen.len());
        let mut showing = HashSet::new();
        for thing in seen.iter().filter(|s| s.spot.vector.is_picture()) {
            let url = thing.address.url();
            let drawn = pictures.entry(url.as_str()).or_default();
            drawn.count += 1;
            if let (false, false, Some(host)) = (thing.extent.is_tiny(), thing.extent.hidden, url.host_str()) {
                showing.insert(site(host));
                drawn.visible |= !is_style(thing.spot.vector);
            }
        }
        Context { rules, recipient: Recipient::new(message.recipient.as_deref()), pictures, showing }
    }

    fn find<'s>(&self, thing: &Seen<'s>) -> Cow<'s, Found> {
        if thing.fact.vector.is_receipt() {
            return Cow::Owned(Found { personal: true, ..Found::of(Kind::Receipt, &[Evidence::ReadReceipt]) });
        }
        let told = thing.address.kept.get_or_init(|| self.tell(thing.address));
        match told {
            Told::Link(found) => Cow::Borrowed(found),
            Told::Fetch(look) => Cow::Owned(self.fetch(thing, look)),
        }
    }

    fn tell(&self, address: &Address) -> Told {
        let url = address.url();
        if address.link.is_some() {
            return Told::Link(with_place(self.link(address), address));
        }
        Told::Fetch(Look {
            matching: address.candidates.matching(url),
            names_reader: self.recipient.is_in(url),
            says_open: hint::says_open(url),
            on_counting_host: hint::is_counting_host(url),
            has_token: personal::has_token(url),
        })
    }

    /// Something that a browser fetches by itself.
    fn fetch(&self, thing: &Seen<'_>, look: &Look) -> Found {
        let (url, extent) = (thing.address.url(), thing.extent);
        let &Look { ref matching, names_reader, says_open, on_counting_host, has_token } = look;
        // What is hidden but states a real size is the picture for another screen.
        let is_invisible = extent.is_tiny() || (extent.hidden && !extent.is_sized());
        let Drawn { count, visible } = self.pictures.get(url.as_str()).copied().unwrap_or_default();
        let is_repeated = count >= REPEATED;
        let is_file = hint::is_picture_file(url);
        let known = matching.best(|r| matches!(r.kind, RuleKind::Open | RuleKind::Both) && (!r.tiny || (is_invisible && !is_repeated)));
        let is_asset = matching.iter().any(|r| r.kind == RuleKind::Asset);
        let is_stored = known.is_none() && (is_file || hint::ends_in(url, hint::FONT_ENDINGS) || (!is_invisible && hint::ends_in(url, &["gif"])));
        let token = if is_stored { personal::has_file_token(url) } else { has_token };
        let personal = token || names_reader;
        let mut evidence = Reasons::new();
        if known.is_some() && !is_asset {
            evidence.push(Evidence::KnownEndpoint);
        }
        if extent.is_tiny() {
            evidence.push(Evidence::Tiny);
        }
        if extent.hidden {
            evidence.push(Evidence::Hidden);
        }
        if token {
            evidence.push(Evidence::PersonalToken);
        }
        if names_reader {
            evidence.push(Evidence::RecipientAddress);
        }
        if says_open {
            evidence.push(Evidence::SaysOpen);
        }
        if on_counting_host {
            evidence.push(Evidence::ClickHost);
        }
        let is_picture = thing.spot.vector.is_picture();
        if !is_picture {
            evidence.push(Evidence::NotAPicture);
        }
        let is_open = if is_asset {
            false
        } else if known.is_some() {
            true
        } else if is_invisible && is_picture {
            // The same picture drawn large elsewhere is layout, and so is one that is drawn again and again.
            let speaks = says_open || names_reader;
            let is_layout = (is_repeated && !names_reader && !has_token) || visible;
            // A hidden photograph belongs to another screen, whatever its file is called.
            let is_variant = extent.hidden && is_file;
            // A dot from a site that shows nothing else has one purpose. Where the site also shows pictures it may be a spacer,
            // and needs a word or a code of its own, or a program behind it.
            let carries = personal || has_token || hint::has_identifier(url);
            let is_alone = count == 1 && !self.shows(url);
            !is_layout && (speaks || (!is_variant && (carries || (!hint::is_spacer(url) && (is_alone || hint::is_program(url))))))
        } else {
            // Without a size, only an address that counts by its host and its path, and carries a code, is one.
            let is_unsized = extent.width.is_none() && extent.height.is_none();
            let on_its_host = || on_counting_host && (personal || hint::has_identifier(url));
            let says_more = || on_its_host() || hint::has_mail_address(url) || (has_token && hint::is_program(url));
            let counts = (says_open && says_more()) || hint::says_open_shortly(url);
            // A style never says how large its picture is. One that carries a code and is no stored file has one purpose.
            let is_marked = thing.spot.vector == Vector::StyleBlock || says_open || on_counting_host;
            let is_coded_style = is_style(thing.spot.vector) && !is_file && has_token && is_marked;
            if is_coded_style && !token {
                evidence.push(Evidence::PersonalToken);
            }
            let speaks = names_reader || (says_open && !is_file && (personal || hint::has_identifier(url)));
            let is_decoy = is_picture && extent.hidden && !visible && self.is_decoy(url, speaks, token);
            // A line that a program draws on a host for clicks, with a code, is no line.
            let is_line = is_picture && extent.is_line() && on_counting_host && has_token && hint::is_program(url);
            ((is_unsized || extent.hidden) && counts && !is_repeated) || (is_line && !is_repeated) || is_coded_style || is_decoy
        };
        let vendor = known.filter(|_| is_open).and_then(Rule::vendor);
        if !is_open {
            // Of what tracks nobody only that is told which keeps it from being loaded. A font's file name looks like a code.
            evidence.retain(|one| !is_picture && matches!(one, Evidence::NotAPicture | Evidence::RecipientAddress));
        }
        Found { vendor, personal, ..Found::of(if is_open { Kind::Open } else { Kind::Clean }, &evidence) }
    }

    /// A hidden picture that states a real size is the one for another screen, unless it names its reader, says that it counts,
    /// or comes with a code from a site that shows nothing. On 190 real mails: 50 hidden pictures with a size, all of them for
    /// another screen, none of them held for this.
    fn is_decoy(&self, url: &Url, speaks: bool, has_code: bool) -> bool {
        speaks || (has_code && !self.shows(url))
    }

    fn shows(&self, url: &Url) -> bool {
        url.host_str().is_some_and(|host| self.showing.contains(site(host)))
    }

    /// Something that leads on when a person acts on it.
    fn link(&self, address: &Address) -> Found {
        let (url, unwrapped, rules) = (address.url(), &address.unwrapped, self.rules);
        let names_reader = LazyCell::new(|| self.recipient.is_in(url));
        let personal = personal::has_token(url) || *names_reader;
        let found = |kind, evidence: &[Evidence]| Found { personal, ..Found::of(kind, evidence) };
        if unwrapped.is_hidden {
            return found(Kind::Clean, &[Evidence::Gateway]);
        }
        if address.link == Some(Vector::Ping) {
            return found(Kind::Click, &[Evidence::Ping]);
        }
        let matching = address.candidates.matching(url);
        let known = matching.best(|r| matches!(r.kind, RuleKind::Click | RuleKind::Both) || r.keep);
        if let Some(rule) = known.filter(|r| !r.keep && !r.tiny) {
            let vendor = rule.vendor();
            let end = destination::end_of(url, &matching, rules);
            let destination = end.map(|end| End { may_open: end.may_open && !functional::speaks(url, rules), ..end });
            return Found { vendor, destination, ..found(Kind::Click, &[Evidence::KnownRedirector]) };
        }
        let bare = param::stripped(url, rules);
        let without = bare.as_ref().unwrap_or(url);
        if known.is_some_and(|rule| rule.keep) || functional::is_about_subscription(url, without) || redirect::unsubscribes(url) || hint::is_on_this_device(url)
        {
            return found(Kind::Clean, &[]);
        }
        let is_functional = functional::does_something(url, without);
        if known.is_none() && !is_functional && hint::says_redirect(url) && (personal || hint::has_identifier(url)) {
            return found(Kind::Click, &[Evidence::SaysClick]);
        }
        let is_signed = functional::is_signed(url);
        // Redirectors sign what they were told as well.
        if known.is_none() && !is_functional && redirect::carries_address(url) {
            return found(Kind::Click, &[Evidence::SaysClick]);
        }
        if known.is_none() && !is_functional && bare.is_none() {
            if !is_signed && redirect::is_opaque(url) {
                return found(Kind::Click, &[Evidence::PersonalToken]);
            }
            if redirect::is_numbered(url) || redirect::asks_for_click(url) {
                return found(Kind::Click, &[Evidence::SaysClick]);
            }
        }
        // A link that does something for the reader knows who it is for.
        let may_know = is_functional || is_signed;
        let reasons = [
            (bare.is_some(), Evidence::TrackingParameter),
            // What is taken out needs no second reason.
            (!may_know && hint::says_origin(without), Evidence::SaysOrigin),
            (!may_know && *names_reader, Evidence::RecipientAddress),
            (!may_know && personal::has_payload(url), Evidence::PersonalToken),
        ];
        let evidence: Reasons = reasons.into_iter().filter(|(is_so, _)| *is_so).map(|(_, evidence)| evidence).collect();
        let kind = if evidence.is_empty() { Kind::Clean } else { Kind::Param };
        // What is only guessed stays in the link, and so does everything where it does something for the reader.
        // What a gateway wrapped and wrote down can be opened without it, if the reader wants that.
        let unwrapped = || (unwrapped.gateway.is_some() && unwrapped.is_unwrapped).then(|| url.clone());
        let destination = if may_know { None } else { bare.or_else(unwrapped) };
        let destination = destination.map(|url| End { url, is_sure: true, may_open: true });
        Found { destination, is_direct: true, ..found(kind, &evidence) }
    }
}

/// Direct links that carry the same code to different pages carry it for the sender's sake.
fn mark_shared(seen: &[Seen<'_>], found: &mut [Cow<'_, Found>]) {
    let shared = Shared::of(seen.iter().zip(&*found).filter(|(_, found)| found.is_direct).map(|(thing, _)| thing.address.url()));
    for (_, found) in seen.iter().zip(found).filter(|(thing, found)| found.is_direct && shared.is_on(thing.address.url())) {
        let found = found.to_mut();
        found.kind = Kind::Param;
        found.evidence.push(Evidence::SharedCode);
        found.is_telling = true;
    }
}

/// Direct links of one message that look alike, say nothing to people, and tell one from another by codes, are none.
fn mark_series(seen: &[Seen<'_>], found: &mut [Cow<'_, Found>], rules: &RuleSet) {
    let is_direct = |found: &Found| found.is_direct && found.destination.is_none();
    let links: Vec<&Url> = seen.iter().zip(&*found).filter(|(_, found)| is_direct(found)).map(|(thing, _)| thing.address.url()).collect();
    let counters: Vec<&Url> = seen.iter().zip(&*found).filter(|(_, found)| found.kind == Kind::Open).map(|(thing, _)| thing.address.url()).collect();
    let series = Series::of(&links, &counters);
    for (thing, found) in seen.iter().zip(found) {
        let url = thing.address.url();
        if is_direct(found) && series.has(url) && functional::allows(url, rules) {
            let found = found.to_mut();
            (found.kind, found.is_direct) = (Kind::Click, false);
            found.evidence.retain(|one| *one == Evidence::LookAlike);
            found.evidence.push(Evidence::PersonalToken);
            found.is_telling = true;
        }
    }
}

/// Adds what there is to say of the place that a link leads to.
fn with_place(mut found: Found, address: &Address) -> Found {
    found.is_lookalike = place::is_lookalike(found.leads_to(address));
    if found.is_lookalike {
        found.evidence.push(Evidence::LookAlike);
    }
    found.is_telling = found.is_lookalike || found.kind != Kind::Clean || address.unwrapped.gateway.is_some();
    found
}

/// Seldom more than two or three, at most one of each.
type Reasons = SmallVec<[Evidence; 8]>;

/// What was found of one address at one place.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) vendor: Option<&'static str>,
    pub(crate) evidence: Reasons,
    /// Where a link really leads, whether or not the reader may be sent there.
    destination: Option<End>,
    /// There is something to say of where it leads.
    is_telling: bool,
    /// The place it leads to imitates another.
    is_lookalike: bool,
    pub(crate) personal: bool,
    /// A link that leads straight to a page.
    is_direct: bool,
}

impl Found {
    fn of(kind: Kind, evidence: &[Evidence]) -> Found {
        let evidence = Reasons::from_slice(evidence);
        Found { kind, vendor: None, evidence, destination: None, is_telling: false, is_lookalike: false, personal: false, is_direct: false }
    }

    /// Where a link leads, as far as its address tells.
    fn leads_to<'a>(&'a self, address: &'a Address) -> &'a Url {
        self.destination.as_ref().map_or(address.url(), |end| &end.url)
    }

    /// Where the reader may be sent. Nobody is sent to a place that imitates another.
    pub(crate) fn open_end(&self) -> Option<&End> {
        self.destination.as_ref().filter(|end| end.may_open && !self.is_lookalike)
    }
}

/// Vectors that draw a picture behind or beside something, without a size of its own.
fn is_style(vector: Vector) -> bool {
    matches!(vector, Vector::CssAttr | Vector::StyleBlock | Vector::BackgroundAttr)
}

/// What to do, given what it is and what the reader wants. Reasons that lie in the reader's choice are added.
fn act(vector: Vector, kind: Kind, personal: bool, setting: &Setting, evidence: &mut Vec<Evidence>) -> Act {
    if vector.is_link() || vector.is_receipt() {
        return Act::Leave;
    }
    if setting.allowed {
        return Act::Release;
    }
    if kind == Kind::Open || !vector.is_picture() {
        return Act::Hold;
    }
    match setting.strictness {
        Strictness::Balanced => Act::Release,
        Strictness::Strict if !personal => Act::Release,
        Strictness::Strict => {
            evidence.push(Evidence::StrictPersonal);
            Act::Hold
        }
        Strictness::Sealed => {
            evidence.push(Evidence::Sealed);
            Act::Hold
        }
    }
}

#[cfg(test)]
mod tests;
