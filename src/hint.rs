//! What an address says of itself: hosts that count, words that give it away, files and programs.

use url::Url;

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
    "trk",
    "pixel",
    "beacon",
    "impression",
    "imp",
    "wf",
    "readreceipt",
    "mailread",
    "seen",
];

/// Path segments of addresses that send the reader on.
const REDIRECTING_WORDS: &[&str] = &["redirect", "redir", "rd", "click", "clicks", "clickthrough", "clickthru"];

/// What addresses say that change a subscription. Those are never called clicks on a guess.
const SUBSCRIPTION_WORDS: &[&str] = &["unsub", "optout", "opt-out", "opt_out", "preference", "remove"];

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

pub(crate) fn says_open(url: &Url) -> bool {
    words(url).any(|word| COUNTING_WORDS.iter().any(|w| word.eq_ignore_ascii_case(w)))
}

/// The path itself says that the reader is sent on, and nothing says that it is about a subscription.
pub(crate) fn says_redirect(url: &Url) -> bool {
    let lower = url.as_str().to_ascii_lowercase();
    let mut stems = url.path().split('/').map(|s| s.split_once('.').map_or(s, |(stem, _)| stem));
    stems.any(|stem| REDIRECTING_WORDS.iter().any(|w| stem.eq_ignore_ascii_case(w))) && !SUBSCRIPTION_WORDS.iter().any(|w| lower.contains(w))
}

pub(crate) fn is_counting_host(url: &Url) -> bool {
    let labels = url.host_str().unwrap_or("").split('.');
    // The last two labels are the registered name: `track.com` is a shop like any other.
    let labels: Vec<&str> = labels.collect();
    labels.iter().rev().skip(2).any(|label| COUNTING_LABELS.contains(label))
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
