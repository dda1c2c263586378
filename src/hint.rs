//! What an address says of itself: hosts that count, words that give it away, files and programs.

use crate::personal;
use crate::words::Words;
use std::sync::LazyLock;
use url::{Host, Url};

/// Labels of hosts that exist to count openings or clicks.
const COUNTING_LABELS: &[&str] = &[
    "click",
    "clicks",
    "clk",
    "ct",
    "link",
    "links",
    "open",
    "opens",
    "opn",
    "pixel",
    "px",
    "tk",
    "track",
    "tracker",
    "tracking",
    "trk",
    "sptracking",
    "beacon",
];

/// Words that an address uses when it counts openings.
const COUNTING_WORDS: &[&str] = &[
    "open",
    "opens",
    "opened",
    "opening",
    "openings",
    "track",
    "tracking",
    "tracker",
    "trackopen",
    "track-open",
    "emailtracker",
    "mailtracker",
    "trace",
    "trk",
    "pixel",
    "beacon",
    "impression",
    "imp",
    "wf",
    "readreceipt",
    "mailread",
    "seen",
    "gelesen",
    "leido",
    "letto",
    "lettura",
    "lu",
    "apertura",
    "abertura",
    "ouverture",
    "lecture",
    "geopend",
    "otwarcie",
    "otwarto",
    "zaehler",
    "zaehlpixel",
    "compteur",
    "contador",
    "contatore",
];

/// Path segments of addresses that send the reader on.
const REDIRECTING_WORDS: &[&str] = &[
    "redirect",
    "redir",
    "redirector",
    "rd",
    "click",
    "clicks",
    "clickout",
    "clickthrough",
    "clickthru",
    "clicktrack",
    "click_track",
    "clicked",
    "clickrate",
    "clicktracker",
    "clicktracking",
    "clic",
    "clique",
    "klick",
    "klik",
    "klikk",
    "maillink",
    "emaillink",
    "weiterleitung",
    "redireccion",
    "redirection",
    "gopage",
    "linkclick",
    "linktrack",
    "link_tracker",
    "trackclick",
    "track_click",
    "tracklink",
    "adclick",
    "adlink",
    "bclick",
    "clickto",
    "eclick",
    "emailclick",
    "emclick",
    "golink",
    "gotolink",
    "link-tracker",
    "link_redirect",
    "link_track",
    "linkredirect",
    "linktracker",
    "mailclick",
    "mclick",
    "redirecturl",
    "reurl",
    "track_link",
    "trackurl",
    "url_redirect",
    "urlredirect",
];

/// Last parts of names of programs that do, `track_email_click`, and what else is in those names. A title may end in the same word.
const CLICK_ENDS: &[&str] = &["click", "clicks", "clicked"];
const CLICK_STARTS: &[&str] = &["track", "mail", "email", "newsletter", "campaign", "link", "message", "log"];

/// What addresses say that change a subscription. Those are never called clicks on a guess.
const SUBSCRIPTION_WORDS: &[&str] = &["unsub", "optout", "opt-out", "opt_out", "preference", "remove"];

/// Names of parameters that say where the reader came from.
const ORIGIN_NAMES: &[&str] = &[
    "src",
    "medium",
    "from",
    "ref",
    "referrer",
    "refsrc",
    "ref_src",
    "origin",
    "via",
    "campaign",
    "camp",
    "cmp",
    "cid",
    "icid",
    "ocid",
    "mc",
    "channel",
    "context",
    "entry",
    "feature",
    "tag",
    "lnk",
    "link",
    "bron",
    "herkomst",
    "quelle",
    "herkunft",
    "kanal",
    "origine",
    "provenance",
    "origen",
    "fuente",
    "fonte",
    "provenienza",
];

/// Names of parameters that say it whatever their value is.
const PARTNER_NAMES: &[&str] = &[
    "source",
    "refid",
    "affid",
    "aff_id",
    "affiliate",
    "affiliate_id",
    "affiliateid",
    "partnerid",
    "partner_id",
    "repid",
    "aff",
    "afft",
    "afid",
    "affcode",
    "aff_code",
    "btag",
];

/// Parts of names that say the same, whatever else is in them: `traffic_source`, `xng_share_origin`.
const ORIGIN_STEMS: &[&str] = &["source", "camp", "cmp", "medium", "origin", "track", "channel", "refer", "partner", "utm", "mkt"];

/// Names of parameters that say which mailing or reader it was, if there is a number. A sign between their parts does not count.
const MAILING_NAMES: &[&str] = &[
    "newsletter",
    "newsletterid",
    "mailing",
    "mailingid",
    "emailing",
    "emailingid",
    "nieuwsbrief",
    "nieuwsbriefid",
    "infolettre",
    "nlid",
    "mailid",
    "emailid",
    "emid",
    "emlid",
    "emcid",
    "emailcampaignid",
    "emailcampaign",
    "campaignid",
    "campaigncode",
    "blastid",
    "broadcastid",
    "sendid",
    "subscriberid",
    "recipientid",
    "clickid",
];

/// Words of paths of pages that show a mailing, or work on one: there, its number is that of the page.
const SHOWING: &[&str] =
    &["view", "archive", "archives", "archiv", "show", "online", "browser", "mirror", "preview", "message", "messages", "webversion", "campaigns"];

/// Names of parameters that say it on a front page, if there is a number: there, it is the number of no page.
const FRONT_NAMES: &[&str] = &["aid", "cid", "mid", "rid", "adid", "ad_id", "campid"];

/// What they say when it was a mail.
const MAIL_WORDS: &[&str] = &[
    "email",
    "emails",
    "mail",
    "mailing",
    "mailer",
    "eml",
    "edm",
    "newsletter",
    "newsletters",
    "enews",
    "enewsletter",
    "emailing",
    "nieuwsbrief",
    "infolettre",
    "tmail",
    "eblast",
    "emailblast",
    "eshot",
    "mailshot",
    "courriel",
    "correo",
    "boletin",
    "nyhetsbrev",
    "nyhedsbrev",
    "uutiskirje",
    "hirlevel",
    "biuletyn",
    "zpravodaj",
    "rundmail",
    "infomail",
    "mailchimp",
    "klaviyo",
    "sailthru",
    "substack",
    "beehiiv",
    "convertkit",
    "sendinblue",
    "mailjet",
    "mailerlite",
    "activecampaign",
    "getresponse",
    "campaignmonitor",
    "emarsys",
    "responsys",
    "exacttarget",
    "sfmc",
    "marketo",
    "eloqua",
];

/// Parts of words that do, too.
const MAIL_STEMS: &[&str] = &["email", "newsletter", "mailing"];

/// File names that claim to be layout.
const SPACER_NAMES: &[&str] = &["spacer", "blank", "clear", "transparent", "trans", "shim", "space", "dot_clear", "spc", "1px", "1x1", "empty"];

/// Endings of files that hold a photograph or a drawing. A counter is seldom one: it has no ending, or `.gif`.
const PICTURE_ENDINGS: &[&str] = &["png", "jpg", "jpeg", "webp", "svg", "avif", "bmp"];

/// Endings of fonts.
pub(crate) const FONT_ENDINGS: &[&str] = &["woff", "woff2", "ttf", "otf", "eot"];

/// Endings of programs.
const PROGRAM_ENDINGS: &[&str] = &["php", "asp", "aspx", "ashx", "jsp", "cgi", "cfm", "do", "pl", "dll"];

fn words(url: &Url) -> impl Iterator<Item = &str> {
    let segments = url.path().split('/').map(|s| s.split_once('.').map_or(s, |(stem, _)| stem));
    let pairs = url.query().unwrap_or("").split('&').flat_map(|pair| pair.split('='));
    segments.chain(pairs)
}

static COUNTS: LazyLock<Words> = LazyLock::new(|| Words::of(COUNTING_WORDS));
static IS_COUNTING: LazyLock<Words> = LazyLock::new(|| Words::of(COUNTING_LABELS));
static REDIRECTS: LazyLock<Words> = LazyLock::new(|| Words::of(REDIRECTING_WORDS));

pub(crate) fn says_open(url: &Url) -> bool {
    // `email_open`, `read_tracker`: the last part says it.
    words(url).map(without_number).any(|word| COUNTS.has(word) || word.rsplit_once('_').is_some_and(|(_, last)| COUNTS.has(last)))
}

/// The first part of the path is as short for it as can be, and the rest is a code for a program: `/o/eJxFkE…`.
pub(crate) fn says_open_shortly(url: &Url) -> bool {
    let is_short = |folder: &str| ["o", "op", "oo"].contains(&folder);
    url.path().split('/').nth(1).is_some_and(is_short) && is_program(url) && personal::has_path_token(url)
}

fn without_number(word: &str) -> &str {
    word.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The path itself says that the reader is sent on, and nothing says that it is about a subscription.
pub(crate) fn says_redirect(url: &Url) -> bool {
    let stem_of = |segment| str::split_once(segment, '.').map_or(segment, |(stem, _)| stem);
    let is_about_subscription = || {
        let lower = url.as_str().to_ascii_lowercase();
        SUBSCRIPTION_WORDS.iter().any(|w| lower.contains(w))
    };
    let sends_on = |stem: &str| REDIRECTS.has(stem) || stem.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("redirect") && !stem.contains('-'));
    url.path().split('/').any(|segment| sends_on(stem_of(segment)) || segment.split('.').any(names_click)) && !is_about_subscription()
}

/// The name of a program that counts a click, in several words: `campaign_click`.
fn names_click(name: &str) -> bool {
    let is_any = |word: &str, words: &[&str]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
    let mut words = name.rsplit(['_', '-']);
    words.next().is_some_and(|last| is_any(last, CLICK_ENDS)) && words.any(|word| is_any(word, CLICK_STARTS))
}

/// A parameter says where the reader came from: that it was a mail, which partner is paid for it, or it calls itself one for
/// tracking (`trk…`, as long as it is not the number of a parcel). The page needs none of these. On 190 real mails: 104 links,
/// none of them clean.
pub(crate) fn says_origin(url: &Url) -> bool {
    let mut pairs = url.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
    let is_front = url.path().len() == 1;
    // `/dp/0123/ref=pe_12_34`, as the shops of one house write it.
    url.path().rsplit('/').take(2).any(|part| part.len() > "ref=".len() && part.starts_with("ref="))
        || pairs.any(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let has_digit = || value.bytes().any(|b| b.is_ascii_digit());
            let is_ours = is_front && FRONT_NAMES.contains(&name.as_str()) && has_digit();
            let is_tracking = name.starts_with("trk") && !["nbr", "num", "no", "nr", "code"].iter().any(|end| name.ends_with(end));
            is_ours
                || is_tracking
                || (is_mailing(&name) && value.len() > 2 && has_digit() && !value.contains('@') && !(name.ends_with("id") && shows_mailing(url)))
                || (PARTNER_NAMES.contains(&name.as_str()) && !value.is_empty())
                || (is_origin(&name) && is_mail(value))
        })
}

/// A parameter of this name tells where the reader came from. It is in lower case.
pub(crate) fn is_origin(name: &str) -> bool {
    ORIGIN_NAMES.contains(&name) || ORIGIN_STEMS.iter().any(|stem| name.contains(stem))
}

fn is_mailing(name: &str) -> bool {
    let plain = |c: &char| !matches!(c, '_' | '-');
    MAILING_NAMES.iter().any(|wanted| wanted.chars().eq(name.chars().filter(plain)))
}

/// The page is there to show a mailing, or to work on one.
fn shows_mailing(url: &Url) -> bool {
    url.path().split(|c: char| !c.is_ascii_alphabetic()).any(|word| SHOWING.iter().any(|w| word.eq_ignore_ascii_case(w)))
}

/// The value says that it was a mail.
fn is_mail(value: &str) -> bool {
    let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
    let is_mail_word = |word: &str| MAIL_WORDS.iter().any(|w| word.eq_ignore_ascii_case(w));
    let holds_mail = |word: &str| {
        let word = word.to_ascii_lowercase();
        MAIL_STEMS.iter().any(|stem| word.contains(stem))
    };
    // `NL1234` is a mailing, `nl` the Netherlands, and `nl-daily-12` a mailing again.
    let is_number_of_mail = |word: &str| !word.ends_with(|c: char| c.is_ascii_alphabetic()) && without_number(word).eq_ignore_ascii_case("nl");
    let begins_so = value.split(['-', '_']).count() > 2 && value.get(..3).is_some_and(|start| matches!(start.to_ascii_lowercase().as_str(), "nl-" | "nl_"));
    begins_so || words.any(|word| is_mail_word(without_number(word)) || is_number_of_mail(word) || holds_mail(word))
}

/// The address names somebody.
pub(crate) fn has_mail_address(url: &Url) -> bool {
    let is_one = |value: &str| value.split_once('@').or_else(|| value.split_once("%40")).is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    url.query().unwrap_or("").split('&').any(|pair| is_one(pair.split_once('=').map_or(pair, |(_, value)| value)))
}

pub(crate) fn is_counting_host(url: &Url) -> bool {
    // The last two labels are the registered name: `track.com` is a shop like any other.
    url.host_str().unwrap_or("").rsplit('.').skip(2).any(|label| IS_COUNTING.has(label))
}

/// Says whether the address tells one fetch from another in any way: a query that is no version, or a numbered path.
pub(crate) fn has_identifier(url: &Url) -> bool {
    let by_query = url.query().unwrap_or("").split('&').any(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, pair));
        !matches!(key, "v" | "ver" | "version" | "w" | "h" | "width" | "height" | "q" | "format" | "fit") && value.len() >= 4
    });
    let by_path = url.path().split('/').any(|segment| {
        let stem = segment.split_once('.').map_or(segment, |(stem, _)| stem);
        stem.len() >= 6 && stem.bytes().filter(u8::is_ascii_digit).count() * 2 > stem.len()
    });
    by_query || by_path
}

/// A link to the reader's own device tells nobody anything.
pub(crate) fn is_on_this_device(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// The ending of the last segment is one of these.
pub(crate) fn ends_in(url: &Url, endings: &[&str]) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or("");
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.iter().any(|e| ending.eq_ignore_ascii_case(e)))
}

/// A file that holds a photograph or a drawing, by its ending.
pub(crate) fn is_picture_file(url: &Url) -> bool {
    ends_in(url, PICTURE_ENDINGS)
}

/// Something that a program answers: no ending, or a program's.
pub(crate) fn is_program(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or("");
    !name.contains('.') || ends_in(url, PROGRAM_ENDINGS)
}

pub(crate) fn is_spacer(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or("");
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    SPACER_NAMES.iter().any(|n| stem.starts_with(n) || stem.ends_with(n))
}

#[cfg(test)]
mod tests;
