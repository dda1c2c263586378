//! Links as people find them in their mail: those that do something for the reader stay as they are, and redirectors that
//! carry their destination tell it.

// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

use briefgeheim::rules::{Original, RuleKind, RuleSet};
use briefgeheim::{Act, Evidence, Fact, Kind, Message, Setting, Vector, Verdict, classify, destination};
use std::collections::BTreeSet;
use url::Url;

fn link(text: &str) -> Verdict {
    let facts = vec![Fact::new(1, Vector::LinkHref, text)];
    classify::judge(&Message { facts, ..Message::default() }, &Setting::default()).pop().unwrap_or_else(|| panic!("no verdict on {text}"))
}

/// One address a line.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn links_that_do_something_are_untouched() {
    let links = lines(include_str!("fixtures/never-touch.txt"));
    assert!(links.len() >= 120, "only {} links", links.len());
    assert_eq!(links.iter().collect::<BTreeSet<_>>().len(), links.len(), "a link stands twice");
    let mut wrong = Vec::new();
    for text in links {
        let verdict = link(text);
        let is_same = verdict.url == Url::parse(text).unwrap().as_str();
        if verdict.kind != Kind::Clean || verdict.destination.is_some() || verdict.act != Act::Leave || !is_same {
            wrong.push(format!("{text} is {:?} to {:?}", verdict.kind, verdict.destination));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn tracking_parameters_do_not_change_that() {
    for text in lines(include_str!("fixtures/never-touch.txt")) {
        let sign = if text.contains('?') { '&' } else { '?' };
        let (start, fragment) = text.split_once('#').map_or((text, String::new()), |(start, rest)| (start, format!("#{rest}")));
        let tracked = format!("{start}{sign}utm_source=mail&fbclid=AbCdEfGh{fragment}");
        let verdict = link(&tracked);
        // The reader may be told that the link is tracked; it stays as it is.
        assert!(matches!(verdict.kind, Kind::Clean | Kind::Param), "{text} is {:?}", verdict.kind);
        assert_eq!((verdict.url.as_str(), verdict.destination), (Url::parse(&tracked).unwrap().as_str(), None), "{text}");
    }
}

#[test]
fn a_link_that_signs_in_may_be_tracked_and_one_that_unsubscribes_is_left_in_peace() {
    let kind = |text: &str| link(text).kind;
    assert_eq!(kind("https://www.example.com/login?utm_source=mail"), Kind::Param);
    assert_eq!(kind("https://www.example.com/parcel/7?token=0123456789abcdef0123&utm_source=mail"), Kind::Param);
    assert_eq!(kind("https://www.example.com/unsubscribe/7?utm_source=mail"), Kind::Clean);
    assert_eq!(kind("http://localhost:8000/sale?utm_source=mail"), Kind::Clean);
    assert_eq!(kind("http://127.0.0.1:8000/sale?utm_source=mail"), Kind::Clean);
}

#[test]
fn no_redirector_says_that_it_leads_to_one() {
    for text in lines(include_str!("fixtures/never-touch.txt")) {
        let encoded: String = text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
        let verdict = link(&format!("https://mailtrack.io/trace/link/0a1b2c3d4e?url={encoded}"));
        assert_eq!((verdict.kind, verdict.destination), (Kind::Click, None), "{text}");
    }
}

#[test]
fn redirectors_tell_where_they_lead() {
    let links = lines(include_str!("fixtures/redirectors.txt"));
    assert!(links.len() >= 60, "only {} links", links.len());
    let mut wrong = Vec::new();
    for text in links {
        let verdict = link(text);
        let is_sale = verdict.destination.as_deref().is_some_and(|d| d.starts_with("https://shop.example.org/sale"));
        if verdict.kind != Kind::Click || !is_sale || verdict.url != Url::parse(text).unwrap().as_str() {
            wrong.push(format!("{text} is {:?} by {:?} to {:?}", verdict.kind, verdict.vendor, verdict.destination));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_no_rule_knows_is_a_click_by_its_form_and_leads_nowhere() {
    for text in [
        "https://news.example.com/els/v2/AbCd1EfGh2JkLm3NpQr4St/YmFzZTY0YmFzZTY0YmFz",
        "https://www.example.com/out?id=12&target=https%3A%2F%2Fshop.example.org%2Fsale",
    ] {
        let verdict = link(text);
        assert_eq!((verdict.kind, verdict.vendor, verdict.destination), (Kind::Click, None, None), "{text}");
    }
    // What does something for the reader is left alone, and so is what is shared.
    for text in [
        "https://news.example.com/unsubscribe/AbCd1EfGh2JkLm3NpQr4St",
        "https://www.example.com/login?target=https%3A%2F%2Fshop.example.org%2Fsale",
        "https://www.example.com/share?url=https%3A%2F%2Fshop.example.org%2Fsale",
    ] {
        assert_eq!(link(text).kind, Kind::Clean, "{text}");
    }
}

#[test]
fn wrappers_and_proxies_come_off() {
    let mut wrong = Vec::new();
    for line in lines(include_str!("fixtures/wrappers.tsv")) {
        let (text, target) = line.split_once('\t').unwrap();
        let is_picture = text.contains("yusercontent.com/")
            || text.contains("googleusercontent.com/")
            || text.contains("outlook.") && !text.contains("safelinks")
            || text.contains("/core/v4/");
        let verdict = if is_picture {
            let facts = vec![Fact::new(1, Vector::Img, text)];
            classify::judge(&Message { facts, ..Message::default() }, &Setting::default()).pop().unwrap()
        } else {
            link(text)
        };
        let found = verdict.destination.unwrap_or(verdict.url);
        let expected = Url::parse(if target == "-" { text } else { target }).unwrap();
        if found != expected.as_str() {
            wrong.push(format!("{text} carries {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_a_rule_keeps_is_not_stripped_either() {
    let text = "https://www.linkedin.com/comm/psettings/Ab3dEf7h?utm_source=mail";
    assert_eq!((link(text).kind, link(text).destination), (Kind::Clean, None));
}

#[test]
fn every_rule_names_a_known_way() {
    for rule in RuleSet::built_in().rules().iter().filter(|rule| !rule.destination().is_empty()) {
        assert!(destination::is_known(rule.destination()), "{}: {:?} is no way to carry a destination", rule.pattern.text(), rule.destination());
        assert!(matches!(rule.kind, RuleKind::Click | RuleKind::Both) && !rule.keep, "{}: only a click leads anywhere", rule.pattern.text());
    }
}

#[test]
fn what_only_a_gateway_knows_is_said() {
    for (text, name) in [
        ("https://protect-eu.mimecast.com/s/AbCdEfGhIj?domain=example.org", "Mimecast"),
        ("https://url.uk.m.mimecastprotect.com/s/AbCd?domain=example.org", "Mimecast"),
        ("https://eu-central-1.protection.sophos.com/?d=example.org&i=x&t=y&h=z&s=w", "Sophos"),
        // Gateways that mostly write the address down, and here did not.
        ("https://clicktime.symantec.com/3BCC?u=0x3E.0004.0x10/cl/1", "Symantec"),
        ("https://us-west-2.protection.sophos.com/?d=example.org&u=bm8gYWRkcmVzcw&h=z", "Sophos"),
        ("https://urldefense.com/v3/__javascript:alert(1)__;!!X!Y$", "Proofpoint"),
    ] {
        let verdict = link(text);
        assert_eq!((verdict.kind, verdict.evidence, verdict.destination), (Kind::Clean, vec![Evidence::Gateway], None), "{text}");
        assert_eq!(verdict.gateway, Some(name), "{text}");
    }
    // A shape that any host may have proves nothing.
    let made_up = link("https://www.example.org/fmlurlsvc?url=x&fewReq=y");
    assert_eq!((made_up.kind, made_up.evidence), (Kind::Clean, vec![]));
    assert!(RuleSet::built_in().wrappers().iter().any(|w| w.original == Original::Hidden));
}

#[test]
fn a_wrapper_on_another_host_is_none() {
    for text in [
        "https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fwww.example.org",
        "https://urldefense.com.example/v3/__https://www.example.org/a__;!!Abc!Def$",
        "https://deref-gmx.example.com/mail/client/a/dereferrer/?redirectUrl=https%3A%2F%2Fwww.example.org",
        "https://notgoogle.com/url?q=https%3A%2F%2Fwww.example.org",
    ] {
        let verdict = link(text);
        assert_eq!((verdict.url.as_str(), verdict.destination), (Url::parse(text).unwrap().as_str(), None));
    }
}

#[test]
fn gateways_with_nonsense_in_them_stay_as_they_are() {
    for text in [
        "https://urldefense.com/v3/__https://www.example.org/a*b__;!!Abc!Def$",
        "https://urldefense.com/v3/__https://www.example.org/a**",
        "https://urldefense.com/v3/__https://www.example.org/**_b__;IyM!!X!Y$",
        "https://urldefense.com/v3/__javascript:alert(1)__;!!X!Y$",
        "https://urldefense.proofpoint.com/v2/url?u=javascript-3Aalert&d=x",
        "https://us-west-2.protection.sophos.com/?d=example.org&u=bm8gYWRkcmVzcw",
        "https://protect.checkpoint.com/v2/___ftp://www.example.org/___.abc",
        "https://secure-web.cisco.com/1AbC/https%3A%2F%2Fme%40www.example.org%2F",
        "https://www.google.com/url?q=data:text/html,x",
    ] {
        let verdict = link(text);
        assert_eq!((verdict.url.as_str(), verdict.destination), (Url::parse(text).unwrap().as_str(), None));
    }
}

#[test]
fn parameters_go_from_direct_links() {
    let links = lines(include_str!("fixtures/strip.tsv"));
    assert!(links.len() >= 50, "only {} links", links.len());
    let mut wrong = Vec::new();
    for line in links {
        let (text, expected) = line.split_once('\t').unwrap();
        let verdict = link(text);
        let expected = (expected != "-").then(|| expected.to_owned());
        let is_param = verdict.evidence.contains(&Evidence::TrackingParameter);
        if verdict.destination != expected || is_param != expected.is_some() || verdict.url != Url::parse(text).unwrap().as_str() {
            wrong.push(format!("{text} is {:?} to {:?}, not {expected:?}", verdict.kind, verdict.destination));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_parameter_goes_where_it_counts_and_nowhere_else() {
    let host = |scope: &str| scope.strip_suffix(".*").map_or_else(|| scope.to_owned(), |name| format!("{name}.example"));
    for param in RuleSet::built_in().params() {
        let name = param.name.replace('*', "x");
        let with = if param.limits.with.is_empty() { String::new() } else { format!("{}=1&", param.limits.with) };
        let link = |host: &str, with: &str| link(&format!("https://www.{host}/a?id=7&{with}{name}=b"));
        let here = param.limits.scope.first().map_or_else(|| "example.org".to_owned(), |scope| host(scope));
        assert_eq!(link(&here, &with).destination, Some(format!("https://www.{here}/a?id=7")), "{name}");
        for other in param.limits.except {
            assert_eq!(link(&host(other), &with).destination, None, "{name} on {other}");
        }
        if !param.limits.with.is_empty() {
            assert_eq!(link(&here, "").destination, None, "{name} without {}", param.limits.with);
        }
        let counts_everywhere = RuleSet::built_in().params().iter().any(|other| {
            let is_same = other.name == param.name || other.name.strip_suffix('*').is_some_and(|stem| name.starts_with(stem));
            is_same && other.limits.scope.is_empty()
        });
        if !param.limits.scope.is_empty() && !counts_everywhere {
            assert_eq!(link("example.org", "").destination, None, "{name} elsewhere");
        }
    }
}

#[test]
fn what_is_guessed_is_told_and_stays() {
    let links = ["1?m=Xy7zAbQ2", "2?m=Xy7zAbQ2&utm_source=mail", "3?id=4&m=Xy7zAbQ2", "4?m=other", "unsubscribe?m=Xy7zAbQ2"];
    let facts = links.iter().zip(1..).map(|(tail, id)| Fact::new(id, Vector::LinkHref, format!("https://www.example.com/{tail}"))).collect();
    let verdicts = classify::judge(&Message { facts, ..Message::default() }, &Setting::default());
    let kinds: Vec<Kind> = verdicts.iter().map(|v| v.kind).collect();
    assert_eq!(kinds, [Kind::Param, Kind::Param, Kind::Param, Kind::Clean, Kind::Clean]);
    let destinations: Vec<Option<&str>> = verdicts.iter().map(|v| v.destination.as_deref()).collect();
    assert_eq!(destinations, [None, Some("https://www.example.com/2?m=Xy7zAbQ2"), None, None, None]);
    assert!(verdicts.iter().take(3).all(|v| v.evidence.contains(&Evidence::SharedCode)));

    let evidence = |text: &str| (link(text).evidence, link(text).destination);
    assert_eq!(evidence("https://www.example.com/a?from=newsletter_42"), (vec![Evidence::SaysOrigin], None));
    assert_eq!(evidence("https://www.example.nl/a?bron=nieuwsbrief"), (vec![Evidence::SaysOrigin], None));
    assert_eq!(evidence("https://www.example.com/a?trk_event=seen"), (vec![Evidence::SaysOrigin], None));
    assert_eq!(evidence("https://www.example.com/a?newsletter=number12"), (vec![Evidence::SaysOrigin], None));
    assert_eq!(evidence("https://www.example.com/a?CMP=NL1234"), (vec![Evidence::SaysOrigin], None));
    assert_eq!(evidence("https://www.example.com/a?ref=newsletter12"), (vec![Evidence::SaysOrigin], None));
    assert_eq!(evidence("https://www.example.com/a?Aff=11"), (vec![Evidence::SaysOrigin], None));
    for text in [
        "https://www.example.com/a?newsletter=1",
        "https://www.example.com/a?ref=nl",
        "https://www.example.com/a?email=ann2@example.org",
        "https://www.example.com/a?aff=",
    ] {
        assert_eq!(evidence(text), (vec![], None), "{text}");
    }
    for text in ["https://www.example.com/a?trknbr=1234567", "https://www.example.com/a?from=Utrecht&to=Delft", "https://www.example.com/a?q=newsletter"] {
        assert_eq!(evidence(text), (vec![], None), "{text}");
    }
    let payload = "aB3".repeat(40);
    assert_eq!(evidence(&format!("https://www.example.com/a?d={payload}")), (vec![Evidence::PersonalToken], None));
    assert_eq!(evidence(&format!("https://www.example.com/login?d={payload}")), (vec![], None));
}

#[test]
fn a_link_that_names_its_reader_says_so() {
    let judge = |text: &str| {
        let facts = vec![Fact::new(1, Vector::LinkHref, text)];
        let message = Message { facts, recipient: Some("ann@example.net".to_owned()), ..Message::default() };
        classify::judge(&message, &Setting::default()).pop().unwrap()
    };
    let verdict = judge("https://www.example.com/offer?e=ann%40example.net");
    assert_eq!((verdict.kind, verdict.evidence, verdict.destination), (Kind::Param, vec![Evidence::RecipientAddress], None));
    assert_eq!(judge("https://www.example.com/login?e=ann%40example.net").kind, Kind::Clean);
    assert_eq!(judge("https://www.example.com/offer?e=bob%40example.net").kind, Kind::Clean);
}

#[test]
fn a_guess_is_called_a_guess() {
    let verdict = link("https://a.example.com/mail/redirect/go?to=0123456789abcdef0123");
    assert_eq!((verdict.kind, verdict.evidence, verdict.vendor), (Kind::Click, vec![Evidence::SaysClick], None));
}

#[test]
fn links_that_differ_in_codes_alone_lead_through_a_redirector() {
    let code = |first: char| format!("{first}bCd1EfGh2JkLm3NpQr4St");
    let judge = |links: &[String]| {
        let facts = links.iter().zip(1..).map(|(link, id)| Fact::new(id, Vector::LinkHref, link)).collect();
        classify::judge(&Message { facts, ..Message::default() }, &Setting::default())
    };
    let mut links: Vec<String> = "ABC".chars().map(|first| format!("https://www.example.com/{}", code(first))).collect();
    // Neither a link that does something nor one that can be cleaned for sure is called one.
    links.push(format!("https://www.example.com/?token={}", code('D')));
    links.push(format!("https://www.example.com/{}?utm_source=mail", code('E')));
    let verdicts = judge(&links);
    let kinds: Vec<Kind> = verdicts.iter().map(|v| v.kind).collect();
    assert_eq!(kinds, [Kind::Click, Kind::Click, Kind::Click, Kind::Clean, Kind::Param]);
    let first = verdicts.first().unwrap();
    assert_eq!((&first.evidence, first.destination.as_deref(), first.direct), (&vec![Evidence::PersonalToken], None, false));
    assert!(first.leads.is_some());
    assert!(judge(links.get(..2).unwrap()).iter().all(|v| v.kind == Kind::Clean));
}

#[test]
fn a_link_that_carries_an_address_is_a_click_though_it_has_parameters_too() {
    let kind = |text: &str| link(text).kind;
    assert_eq!(kind("https://www.example.com/x?u=https%3A%2F%2Fwww.example.org%2F&utm_source=mail"), Kind::Click);
    assert_eq!(kind("https://www.example.com/share?u=https%3A%2F%2Fwww.example.org%2F&utm_source=mail"), Kind::Param);
    assert_eq!(kind("https://www.example.com/list/un.php?7&ann@example.net"), Kind::Clean);
}

#[test]
fn a_ping_is_a_click_whatever_it_says() {
    let facts = vec![Fact::new(1, Vector::Ping, "https://www.example.com/unsubscribe")];
    let verdict = classify::judge(&Message { facts, ..Message::default() }, &Setting::default()).pop().unwrap();
    assert_eq!((verdict.kind, verdict.evidence, verdict.act), (Kind::Click, vec![Evidence::Ping], Act::Leave));
}
