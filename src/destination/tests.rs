use super::*;
use crate::{Fact, Kind, Message, Setting, Vector, Verdict, classify};

/// What every synthetic example carries.
const SALE: &str = "https://shop.example.org/sale?id=7&lang=nl";

/// One example for every named way.
const EXAMPLES: &[(&str, &str)] = &[
    ("query:url", "https://mailtrack.io/trace/link/0a1b2c3d4e?url=https%3A%2F%2Fshop.example.org%2Fsale%3Fid%3D7%26lang%3Dnl&userId=1&signature=ab"),
    ("query:url", "https://a.example.com/c?URL=%2F%2Fshop.example.org%2Fsale%3Fid%3D7%26lang%3Dnl"),
    ("query-b64:u", "https://a.example.com/c?u=aHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU_aWQ9NyZsYW5nPW5s"),
    ("query-b64pct:u", "https://a.example.com/c?u=aHR0cHMlM0ElMkYlMkZzaG9wLmV4YW1wbGUub3JnJTJGc2FsZSUzRmlkJTNENyUyNmxhbmclM0RubA=="),
    (
        "query-b64json:jwtP:linkUrl",
        "https://e.example.com/c2/1/2?jwtH=ey&jwtP=eyJpYXQiOiAxLCAiY2QiOiAiLmV4YW1wbGUuY29tIiwgImxpbmtVcmwiOiAiaHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU_aWQ9NyZsYW5nPW5sIn0&jwtS=ab",
    ),
    ("D23", "https://cdn.example.com/shop/e/.eJzjYs1IzcnJF9LKKCkpKLbS1y_OyC_QS61IzC3ISdXLL0rXL07MSbXPTLE1V8tJzEu3zcsBAL0pEag.AbCd-sig/click"),
    ("path-pct", "https://a.example.com/c/https%3A%2F%2Fshop.example.org%2Fsale%3Fid%3D7%26lang%3Dnl/1/2"),
    (
        "D02",
        "https://click.example.com/CL0/https:%2F%2Fshop.example.org%2Fsale%3Fid=7&lang=nl/1/0100018f3c2b1a09-1b2c3d4e-1111-2222-3333-444455556666-000000/AbCdEf_gHiJkLmNo=390",
    ),
    ("D03", "https://click.pstmrk.it/3s/shop.example.org%2Fsale%3Fid%3D7%26lang%3Dnl/AbCd/1234/xyz"),
    ("D04", "https://click.convertkit-mail2.com/abcd1234/efgh5678/aHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU/aWQ9NyZsYW5nPW5s"),
    ("D05", "https://link.example.com/click/36792812.738046/aHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU_aWQ9NyZsYW5nPW5s/66c4c65d600ae150759fed47B85a0891d"),
    (
        "D06",
        "https://email.mg.example.com/c/eJw9jMsKwyAQRb9mXMr4SJvNLAol_2GjaGAcJXHRz69dtHAXh8PhRvLRrMuqCmEwL3WQRevRoNEGPNas0zvUzknvrSqmMka_wD3AbnNXaf0ftDN_VeAEbjsiuOcd7I2D5InC6qQgMj9_vaTxASq6Jtg",
    ),
    (
        "D07",
        "https://ab123.keap-link001.com/v2/click/0a1b2c3d4e5f60718293a4b5c6d7e8f9/eJyrVipJzUvMK_FMUbJSUEpMMjQyVtJRUCpKTcksSk0uCS3KAYlnlJQUFFvp6xdn5BfopVYk5hbkpOrlF6XrFyfmpNpnptiaq-Uk5qXb5uVANCdnFmSm5pU45-eVJCZDzDasBQBnKiO9",
    ),
    (
        "D08",
        "https://e.customeriomail.com/e/c/eyJlbWFpbF9pZCI6ICJkZ1R4IiwgImhyZWYiOiAiaHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU_aWQ9NyZsYW5nPW5sIiwgImludGVybmFsIjogIngiLCAibGlua19pZCI6IDF9/0a1b2c3d",
    ),
    ("D09", "https://substack.com/redirect/2/eyJlIjogImh0dHBzOi8vc2hvcC5leGFtcGxlLm9yZy9zYWxlP2lkPTcmbGFuZz1ubCIsICJwIjogMSwgInMiOiAyfQ.AbCdSig"),
    ("D10", "https://t.dripemail2.com/c/eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiAiZCIsICJ1cmwiOiAiaHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU_aWQ9NyZsYW5nPW5sIn0.sig"),
    (
        "D11",
        "https://mandrillapp.com/track/click/304/shop.example.org?p=eyJzIjogInNpZyIsICJ2IjogMSwgInAiOiAie1widVwiOiAzMDQsIFwidlwiOiAxLCBcInVybFwiOiBcImh0dHBzOi8vc2hvcC5leGFtcGxlLm9yZy9zYWxlP2lkPTcmbGFuZz1ubFwiLCBcImlkXCI6IFwiYWJcIiwgXCJ1cmxfaWRzXCI6IFtcImNkXCJdfSJ9",
    ),
    (
        "D12",
        "https://acct.lt.acemlna.com/Prod/link-tracker?redirectUrl=aHR0cHMlM0ElMkYlMkZzaG9wLmV4YW1wbGUub3JnJTJGc2FsZSUzRmlkJTNENyUyNmxhbmclM0RubA%3D%3D&sig=ab&iat=1&a=x",
    ),
    (
        "D13",
        "https://go.sparkpostmail.com/f/a/AbCdEfGhIjKlMnOpQrStUv~~/AAGP6gA~/RgRlU_EAP0QqaHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU_aWQ9NyZsYW5nPW5sVwNzcGNCCgABAgMEBQYHCAlSD2FubkBleGFtcGxlLm5ldFgEAAAAAQ",
    ),
    (
        "D14",
        "https://outreach.example.com/api/mailings/click/PMRGSZBCHIQDCLBAEJ2XE3BCHIQCE2DUORYHGORPF5ZWQ33QFZSXQYLNOBWGKLTPOJTS643BNRST62LEHU3SM3DBNZTT23TMEIWCAITPOJTSEORAGJ6Q====",
    ),
    (
        "D15",
        "https://clickdim.example.com/c/4/?T=MTIzNDU6MGYwZTBkMGMtMTExMS0yMjIyLTMzMzMtNDQ0NDU1NTU2NjY2OllXNXVRR1Y0WVcxd2JHVXVibVYwOmFIUjBjSE02THk5emFHOXdMbVY0WVcxd2JHVXViM0puTDNOaGJHVS9hV1E5Tnlac1lXNW5QVzVzSmw5amJHUmxaVDFaVnpWMVVVZFdORmxYTVhkaVIxVjFZbTFXTUE9PQ%3D%3D&K=k",
    ),
    ("D16", "https://blog.example.com/?nltr=Nzs5MjI7aHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU/aWQ9NyZsYW5nPW5sOzs1MzUzNTgyYmUxMWIwZmY5ODUxMmJmZTFiYjQ1YjEzZA=="),
    ("D17", "https://link.example.com/e/eyJJIjoiMXxhYmN8NzEiLCAiSCI6ICJodHRwczovL3Nob3AuZXhhbXBsZS5vcmcvc2FsZT9pZD03Jmxhbmc9bmwifQ"),
    (
        "D18",
        "https://link.example.com/u/nrd.php?p=AbC_1_2_3_4&ems_l=9&d=Nzd8QWJDfGh0dHBzJTNBJTJGJTJGc2hvcC5leGFtcGxlLm9yZyUyRnNhbGUlM0ZpZCUzRDclMjZsYW5nJTNEbmw",
    ),
    (
        "D19",
        "https://public-eur.mkt.dynamics.com/api/orgs/0f0e0d0c-1111-2222-3333-444455556666/r/AbC?msdynmkt_target=%7B%22TargetUrl%22%3A%20%22https%253A%252F%252Fshop.example.org%252Fsale%253Fid%253D7%2526lang%253Dnl%22%2C%20%22RedirectOptions%22%3A%20%7B%7D%7D",
    ),
    ("D20", "https://nts.embluemail.com/p/cl?data=AbC!-!1!-!https%253A%252F%252Fshop.example.org%252Fsale%253Fid%253D7%2526lang%253Dnl"),
    ("D21", "https://streaklinks.com/BxXdpCMTG0pf/https%3A%2F%2Fshop.example.org%2Fsale%3Fid%3D7%26lang%3Dnl"),
    ("D22", "https://e.example.com/click?EYW5uQGV4YW1wbGUubmV0/CeyJtaWQiOiIxIn0/VaHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU/I1/qP2lkPTcmbGFuZz1ubA/sabc"),
    ("D23", "https://cdn.example.com/shop/e/.eJzjYs1IzcnJF9LKKCkpKLbS1y_OyC_QS61IzC3ISdXLL0rXL07MSbXPTLE1V8tJzEu3zcsBAL0pEag/click"),
    ("D26", "http://usndr.com/ru/mail_link_tracker?hash=5ophj&url=https%253A%252F%252Fshop.example.org%252Fsale%253Fid%253D7%2526lang%253Dnl"),
    ("D27", "https://mail.example.com/link.php?AGENCY=a&M=1&N=2&L=3&F=H&drurl=aHR0cHM6Ly9zaG9wLmV4YW1wbGUub3JnL3NhbGU%2FaWQ9NyZsYW5nPW5s"),
];

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn link(text: &str) -> Verdict {
    classify::judge(&Message { facts: vec![Fact::new(1, Vector::LinkHref, text)], ..Message::default() }, &Setting::default()).pop().unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn wrapped(text: &str) -> String {
    format!("https://mailtrack.io/trace/link/0a1b2c3d4e?url={}", encoded(text))
}

#[test]
fn every_way_leads_to_the_sale() {
    for (how, text) in EXAMPLES {
        assert!(is_known(how), "{how}");
        let found = decode(how, &url(text)).map(|found| param::strip(&found, RuleSet::built_in()).to_string());
        assert_eq!(found.as_deref(), Some(SALE), "{how}: {text}");
    }
    for name in vendor::NAMES {
        assert!(EXAMPLES.iter().any(|(how, _)| how == name), "{name} has no example");
    }
    assert!(!is_known("D99") && !is_known("query:") && !is_known("text:x"));
}

#[test]
fn cut_and_changed_examples_break_nothing() {
    for (how, text) in EXAMPLES {
        for cut in 0..text.len() {
            let Ok(short) = Url::parse(text.get(..cut).unwrap()) else { continue };
            let found = decode(how, &short);
            assert!(found.is_none_or(|u| u.host_str().is_some() && matches!(u.scheme(), "http" | "https")), "{how}: {short}");
        }
        for (other, _) in EXAMPLES {
            let _ = decode(other, &url(text));
        }
    }
}

#[test]
fn only_places_a_person_could_be_sent_to_count() {
    let long = format!("https://a.example/{}", "a".repeat(100_000));
    for hostile in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "mailto:a@example.org",
        "about:blank",
        "https:a.example",
        "https:///",
        "http://",
        "/path",
        "a.example/x",
        "https://user@a.example/",
        "https://user:secret@a.example/",
        "https://a.example/\n",
        "https://a.exa\tmple/",
        "https://a.example/\u{0}",
        "https://a.example/\u{7f}",
        "https://a.example/\u{85}",
        " https://a.example/",
        "https://[/",
        "",
        "https://a b.example/",
        "https://a.example:99999/",
        "java\nscript:x",
        "view-source:https://a.example/",
        "blob:https://a.example/1",
        long.as_str(),
    ] {
        assert_eq!(accept(hostile), None, "{hostile:?}");
        assert_eq!(link(&wrapped(hostile).chars().take(30_000).collect::<String>()).destination, None, "{hostile:?}");
    }
    assert_eq!(link(&wrapped("HTTPS://A.example/x")).destination.as_deref(), Some("https://a.example/x"));
    assert_eq!(link(&wrapped("https://bücher.example/")).destination.as_deref(), Some("https://xn--bcher-kva.example/"));
}

#[test]
fn nests_open_to_a_depth_and_no_further() {
    let nest = |depth: usize| {
        (0..depth).fold(SALE.to_owned(), |text, _| {
            format!("https://mailtrack.io/trace/link/0a?url={}", text.replace('%', "%25").replace('&', "%26").replace('?', "%3F"))
        })
    };
    for depth in 1..=DEEPEST {
        assert_eq!(link(&nest(depth)).destination.as_deref(), Some(SALE), "{depth}");
    }
    for depth in [DEEPEST + 1, 50] {
        let verdict = link(&nest(depth));
        assert_eq!((verdict.kind, verdict.destination), (Kind::Click, None), "{depth}");
    }
}

#[test]
fn a_wrapper_around_a_redirector_is_a_click_to_the_end() {
    let verdict =
        link(&format!("https://nam12.safelinks.protection.outlook.com/?url={}&data=x&reserved=0", encoded(&wrapped(&format!("{SALE}&utm_source=m")))));
    assert_eq!((verdict.kind, verdict.vendor, verdict.destination.as_deref()), (Kind::Click, Some("Mailtrack"), Some(SALE)));
    assert_eq!(verdict.host, "mailtrack.io");
    let verdict = link(&wrapped(&format!("https://www.google.com/url?q={}", encoded(SALE))));
    assert_eq!(verdict.destination.as_deref(), Some(SALE));
}

#[test]
fn an_address_in_an_ordinary_link_is_no_destination() {
    for text in ["https://www.example.com/login?next=https%3A%2F%2Fa.example%2F", "https://www.example.com/share?url=https%3A%2F%2Fa.example%2F"] {
        assert_eq!(link(text).destination, None);
    }
}

#[test]
fn a_hint_that_contradicts_the_address_is_believed_less() {
    let (_, text) = EXAMPLES.iter().find(|(how, _)| *how == "D11").unwrap();
    assert_eq!(decode("D11", &url(&text.replace("/shop.example.org", "/bank.example.org"))), None);
}

#[test]
fn what_must_not_be_touched_has_no_destination() {
    for end in ["https://a.example/unsubscribe?x=1", "https://a.example/reset-password", "https://s3.example/f?X-Amz-Signature=0a", "https://login.a.example/"]
    {
        let verdict = link(&wrapped(end));
        assert_eq!((verdict.kind, verdict.destination), (Kind::Click, None), "{end}");
    }
}

#[test]
fn nobody_is_sent_to_an_imitation() {
    for host in ["p\u{430}ypal.example", "\u{430}\u{440}\u{440}\u{4cf}\u{435}.example", "g\u{3bf}ogle.example"] {
        let verdict = link(&wrapped(&format!("https://{host}/login-page")));
        assert_eq!((verdict.kind, verdict.destination, verdict.direct), (Kind::Click, None, false), "{host}");
        assert!(verdict.leads.is_some_and(|place| place.lookalike) && verdict.evidence.contains(&crate::Evidence::LookAlike), "{host}");
        let verdict = link(&format!("https://{host}/x"));
        assert_eq!((verdict.kind, verdict.leads.map(|place| place.lookalike)), (Kind::Clean, Some(true)), "{host}");
    }
    assert_eq!(link("https://shop.example.org/").leads, None);
    // A place that does something for the reader is named, but not opened without the redirector.
    let verdict = link(&wrapped("https://shop.example.org/login"));
    assert_eq!((verdict.destination, verdict.leads.map(|place| place.host)), (None, Some("shop.example.org".to_owned())));
}

#[test]
fn an_address_that_a_sender_could_have_made_up_is_not_followed_unseen() {
    let at = |host: &str| link(&format!("https://{host}/CL0/{}/1/0100018f3c2b1a09-1b2c3d4e-1111-2222-3333-444455556666-000000/AbC=390", encoded(SALE)));
    // The bank's server would answer something else than what the shape of the address says.
    let bank = at("www.bank.example");
    assert_eq!((bank.destination.as_deref(), bank.direct), (Some(SALE), false));
    let own = at("click.example.org");
    assert_eq!((own.destination.as_deref(), own.direct), (Some(SALE), true));
    let vendor = link(&wrapped(SALE));
    assert_eq!((vendor.destination.as_deref(), vendor.direct), (Some(SALE), true));
    // One unsure step on the way is enough.
    let nested = link(&wrapped(&bank.url));
    assert_eq!((nested.destination.as_deref(), nested.direct), (Some(SALE), false));
    let wrapped = link(&format!("https://www.bank.example/fmlurlsvc/?fewReq=:B:abc&url={}", encoded(&wrapped(SALE))));
    assert_eq!((wrapped.destination.as_deref(), wrapped.direct), (Some(SALE), false));
}

#[test]
fn the_gateway_before_a_link_is_named() {
    let safe = |inner: &str| link(&format!("https://nam12.safelinks.protection.outlook.com/?url={}&data=x&reserved=0", encoded(inner)));
    let tracked = safe(&wrapped(SALE));
    assert_eq!((tracked.gateway, tracked.vendor, tracked.direct), (Some("Microsoft Safe Links"), Some("Mailtrack"), true));
    let plain = safe(SALE);
    assert_eq!((plain.kind, plain.gateway, plain.destination.as_deref()), (Kind::Clean, Some("Microsoft Safe Links"), Some(SALE)));
    assert_eq!(plain.leads.map(|place| place.site).as_deref(), Some("example.org"));
    // What does something for the reader opens as it was sent.
    assert_eq!(safe("https://shop.example.org/unsubscribe?x=1").destination, None);
    assert_eq!(link("https://protect-eu.mimecast.com/s/AbCdEfGhIj?domain=example.org").gateway, Some("Mimecast"));
    assert_eq!(link("https://www.google.com/url?q=https%3A%2F%2Fshop.example.org%2F").gateway, None);
}
