//! What strangers send may be cut off, mangled or made to harm: nothing in the engine may panic, hang or contradict itself.
//!
//! The cases are few enough to run with every build; `PROPTEST_CASES=100000 cargo test --release --test robust` looks longer.

#![cfg(feature = "audit")]
// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used)]

mod hostile;

use briefgeheim::address::{self, Reference};
use briefgeheim::mail::Mbox;
use briefgeheim::pattern::{LONGEST, Pattern};
use briefgeheim::rules::RuleSet;
use briefgeheim::{Fact, Message, Setting, Strictness, Vector, audit, classify, html, mail};
use hostile::{MESSAGES, PIECES};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::borrow::Cow;

/// Where an address may stand.
const VECTORS: &[Vector] = &[
    Vector::Img,
    Vector::Srcset,
    Vector::InputImage,
    Vector::Poster,
    Vector::BackgroundAttr,
    Vector::CssAttr,
    Vector::StyleBlock,
    Vector::CssImport,
    Vector::FontFace,
    Vector::SvgImage,
    Vector::SvgUse,
    Vector::Media,
    Vector::Track,
    Vector::Object,
    Vector::Embed,
    Vector::Iframe,
    Vector::LinkRel,
    Vector::Legacy,
    Vector::MetaRefresh,
    Vector::MsoImg,
    Vector::LinkHref,
    Vector::MsoLink,
    Vector::FormAction,
    Vector::DispositionNotificationTo,
];

/// Text of the pieces that parsers look for, with a little of anything between them.
fn rough() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![4 => select(PIECES).prop_map(str::to_owned), 1 => any::<String>()], 0..24).prop_map(|parts| parts.concat())
}

/// A good message with some bytes changed, pieces put in, and its end cut off.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), prop_oneof![any::<u8>().prop_map(|b| vec![b]), select(PIECES).prop_map(|p| p.as_bytes().to_vec())], 0..3_usize);
    (select(MESSAGES.as_slice()), prop::collection::vec(change, 0..8), any::<Index>(), any::<bool>()).prop_map(|(message, changes, cut, is_cut)| {
        let mut bytes = message.as_bytes().to_vec();
        for (at, put, removed) in changes {
            let at = at.index(bytes.len() + 1);
            let end = bytes.len().min(at + removed);
            bytes.splice(at..end, put);
        }
        bytes.truncate(if is_cut { cut.index(bytes.len() + 1) } else { bytes.len() });
        bytes
    })
}

fn fact() -> impl Strategy<Value = Fact<'static>> {
    let size = || prop::option::of(prop_oneof![select(["0", "1", "1px", "100%", "-1", "1e9", ""].as_slice()).prop_map(str::to_owned), any::<String>()]);
    (select(VECTORS), rough(), size(), size(), prop::option::of(rough()), any::<(bool, bool)>()).prop_map(
        |(vector, text, width, height, style, (hidden, outside))| Fact {
            width: width.map(Cow::Owned),
            height: height.map(Cow::Owned),
            style: style.map(Cow::Owned),
            hidden,
            outside,
            ..Fact::new(0, vector, text)
        },
    )
}

/// Everything that is done with a message, twice: what is said must not depend on anything else.
fn try_everything(bytes: &[u8]) {
    let first = audit::audit("x.eml", bytes);
    assert_eq!(first, audit::audit("x.eml", bytes));
    let _ = mail::read(bytes);
    let _ = audit::audit("x.html", bytes);
    let text = String::from_utf8_lossy(bytes);
    let walked = html::walk(&text);
    for (id, fact) in (0..).zip(&walked.facts) {
        assert_eq!(fact.id, id);
    }
}

#[test]
fn messages_cut_off_at_any_byte_are_read_as_far_as_they_go() {
    for message in MESSAGES {
        for end in 0..=message.len() {
            try_everything(message.as_bytes().get(..end).unwrap());
        }
    }
    // The three are what they are meant to be.
    let found = MESSAGES.map(|message| audit::audit("x.eml", message.as_bytes()).unwrap().resources.len());
    assert!(found.iter().all(|count| *count > 0), "{found:?}");
}

#[test]
fn mailboxes_cut_off_at_any_byte_lose_nothing() {
    let text = "From a\nA: 1\n\nFor me\n\nFrom b\r\nB: 2\r\n\r\nFrom c\nC";
    let whole: Vec<Vec<u8>> = Mbox::new(text.as_bytes(), 1000).map(Result::unwrap).collect();
    for end in "From ".len()..=text.len() {
        let cut: Vec<Vec<u8>> = Mbox::new(text.as_bytes().get(..end).unwrap(), 1000).map(Result::unwrap).collect();
        let (last, before) = cut.split_last().unwrap();
        assert_eq!(Some(before), whole.get(..before.len()), "cut at {end}");
        // A cut inside the next separator leaves its beginning in the message.
        let original = whole.get(before.len()).unwrap();
        assert!(original.starts_with(last) || last.starts_with(original), "cut at {end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(192), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mangled_messages_never_panic(bytes in mangled()) {
        try_everything(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        try_everything(&bytes);
    }

    #[test]
    fn rough_html_never_panics_and_is_walked_alike(text in rough()) {
        prop_assert_eq!(html::walk(&text), html::walk(&text));
    }

    #[test]
    fn mailboxes_of_anything_are_split_within_the_limit(text in rough(), largest in 0..200_usize) {
        let text = format!("From x\n{text}");
        let messages: Vec<_> = Mbox::new(text.as_bytes(), largest).collect();
        prop_assert!(!messages.is_empty());
        prop_assert!(messages.iter().flatten().all(|message| message.len() <= largest));
        prop_assert!(messages.iter().flatten().map(Vec::len).sum::<usize>() <= text.len());
    }

    #[test]
    fn judging_is_deterministic_and_answers_only_what_was_asked(facts in prop::collection::vec(fact(), 0..6), sealed in any::<bool>(), base in prop::option::of(rough())) {
        let facts: Vec<Fact<'_>> = (0..).zip(facts).map(|(id, fact)| Fact { id, ..fact }).collect();
        let count = facts.len();
        let message = Message { sender: Some("a@example.com".to_owned()), recipient: Some("ann@example.net".to_owned()), base, facts };
        for page in [None, Some("https://mail.google.com/mail/u/0/".to_owned())] {
            let strictness = if sealed { Strictness::Sealed } else { Strictness::Balanced };
            let setting = Setting { strictness, page, ..Setting::default() };
            let verdicts = classify::judge(&message, &setting);
            prop_assert!(verdicts.iter().all(|v| usize::try_from(v.fact).is_ok_and(|id| id < count)));
            prop_assert_eq!(verdicts, classify::judge(&message, &setting));
        }
    }

    #[test]
    fn patterns_that_parse_match_without_panic(pattern in "[a-z*.]{0,12}(/[a-z*{}()|0-9,]{0,12}){0,4}(\\?[a-z&:=*{}0-9]{0,12})?", host in rough(), path in rough()) {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let first = pattern.matches(&host, &path, Some(&path));
            prop_assert_eq!(first, pattern.matches(&host, &path, Some(&path)));
            let _ = pattern.matches(&host, &format!("/{path}"), None);
        }
    }

    #[test]
    fn unwrapping_ends_and_what_it_gives_is_an_address(text in rough(), layers in 0..40_usize, is_link in any::<bool>()) {
        let mut wrapped = format!("https://b.example/{text}");
        for layer in 0..layers.min(6) {
            let encoded: String = url::form_urlencoded::byte_serialize(wrapped.as_bytes()).collect();
            let hosts = ["www.google.com/url?q", "ecp.yusercontent.com/mail?url", "nam01.safelinks.protection.outlook.com/?url"];
            wrapped = format!("https://{}={encoded}", hosts.into_iter().cycle().nth(layer).unwrap());
        }
        if let Reference::Remote(url) = address::resolve(&wrapped, None) {
            let once = address::unwrap(url.clone(), is_link, RuleSet::built_in()).url;
            prop_assert_eq!(&once, &address::unwrap(once.clone(), is_link, RuleSet::built_in()).url);
            prop_assert!(once.as_str().len() <= wrapped.len() * 3 + 16);
        }
    }
}

/// Patterns are ours and addresses are not: the longest address made for the worst pattern of the kind that rules use must
/// cost little.
#[test]
fn hostile_addresses_are_matched_in_time() {
    let pattern = Pattern::parse("*/**/a*b/**/x").unwrap();
    for piece in ["aaaaaaaa/", "a", "ab/", "a/"] {
        let path = format!("/{}", piece.repeat(2 * LONGEST / piece.len()));
        let start = std::time::Instant::now();
        assert!(!pattern.matches("a.example", &path, None));
        println!("{piece}: {:?}", start.elapsed());
        assert!(start.elapsed().as_secs() < 5, "{piece}: {:?}", start.elapsed());
    }
}
