use super::*;
use crate::Fact;

fn picture(url: &str, width: &str, height: &str) -> Fact<'static> {
    let some = |s: &str| (!s.is_empty()).then(|| s.to_owned().into());
    Fact { width: some(width), height: some(height), ..Fact::new(1, Vector::Img, url.to_owned()) }
}

fn verdict(fact: Fact<'_>, setting: &Setting) -> Verdict {
    judge(&Message { facts: vec![fact], ..Message::default() }, setting).pop().unwrap()
}

#[test]
fn an_unknown_dot_is_held_and_an_ordinary_picture_released() {
    let dot = verdict(picture("https://a.example.com/x/6123456.gif?u=1234", "1", "1"), &Setting::default());
    assert_eq!((dot.kind, dot.act), (Kind::Open, Act::Hold));
    let logo = verdict(picture("https://a.example.com/logo.png", "120", "40"), &Setting::default());
    assert_eq!((logo.kind, logo.act, logo.evidence.len()), (Kind::Clean, Act::Release, 0));
}

#[test]
fn a_font_is_held_as_such_and_not_called_personal() {
    let font = verdict(
        Fact::new(1, Vector::StyleBlock, "@font-face{src:url(https://fonts.example.com/s/v18/mem8YaGs126MiZpBA1UFVZ0bf8pQ.woff2)}"),
        &Setting::default(),
    );
    assert_eq!((font.kind, font.act), (Kind::Clean, Act::Hold));
    assert_eq!(font.evidence, [Evidence::NotAPicture]);
}

#[test]
fn the_readers_choice_decides_what_is_held() {
    let personal = || picture("https://a.example.com/hero/AbCdEf0123456789GhIjKl.png", "600", "200");
    let with = |strictness, allowed| verdict(personal(), &Setting { strictness, allowed, page: None }).act;
    assert_eq!(with(Strictness::Balanced, false), Act::Release);
    assert_eq!(with(Strictness::Strict, false), Act::Hold);
    assert_eq!(with(Strictness::Sealed, false), Act::Hold);
    assert_eq!(with(Strictness::Sealed, true), Act::Release);
}

#[test]
fn a_link_that_says_so_is_a_redirector() {
    let kind = |url: &str| verdict(Fact::new(1, Vector::LinkHref, url), &Setting::default()).kind;
    assert_eq!(kind("https://a.example.com/mail/redirect/go?to=0123456789abcdef0123"), Kind::Click);
    assert_eq!(kind("https://a.example.com/rd/go.cfm?who=1234567"), Kind::Click);
    assert_eq!(kind("https://a.example.com/redirect"), Kind::Clean);
    assert_eq!(kind("https://a.example.com/redirect?to=unsubscribe&mid=0123456789abcdef0123"), Kind::Clean);
    assert_eq!(kind("https://a.example.com/shop/clickers?id=1234567"), Kind::Clean);
    assert_eq!(kind("https://a.example.com/fcgi-bin/eclick.cgi?cm=12345&link=54321"), Kind::Click);
    assert_eq!(kind("https://a.example.com/shop/oneclick?id=1234567"), Kind::Clean);
    assert_eq!(kind("https://a.example.com/engine/redirectord.cfm?ID=1234"), Kind::Click);
    assert_eq!(kind("https://a.example.com/redirects-explained?id=1234"), Kind::Clean);
}

#[test]
fn an_unsized_picture_that_says_so_and_names_somebody_is_held() {
    let kind = |url: &str, width: &str| verdict(picture(url, width, ""), &Setting::default()).kind;
    assert_eq!(kind("https://a.example.com/image/beacon/123.gif?E=ann@example.org", ""), Kind::Open);
    assert_eq!(kind("https://a.example.com/image/beacon/123.gif?E=ann@example.org", "300"), Kind::Clean);
    assert_eq!(kind("https://a.example.com/image/beacon/123.gif?E=ann", ""), Kind::Clean);
    assert_eq!(kind("https://a.example.com/image/lighthouse/123.gif?E=ann@example.org", ""), Kind::Clean);
    assert_eq!(kind("https://a.example.com/o/AbCd1EfGh2JkLm3NpQr4St", ""), Kind::Open);
    assert_eq!(kind("https://a.example.com/o/AbCd1EfGh2JkLm3NpQr4St", "300"), Kind::Clean);
    assert_eq!(kind("https://a.example.com/o/AbCd1EfGh2JkLm3NpQr4St.png", ""), Kind::Clean);
    assert_eq!(kind("https://a.example.com/i/AbCd1EfGh2JkLm3NpQr4St", ""), Kind::Clean);
}

#[test]
fn a_number_on_a_front_page_is_of_no_page() {
    let kind = |url: &str| verdict(Fact::new(1, Vector::LinkHref, url), &Setting::default()).kind;
    assert_eq!(kind("https://a.example.com/?aid=1234"), Kind::Param);
    for url in ["https://a.example.com/news?aid=1234", "https://a.example.com/?aid=start", "https://a.example.com/?p=1234"] {
        assert_eq!(kind(url), Kind::Clean, "{url}");
    }
}

#[test]
fn a_line_that_a_click_host_draws_with_a_code_is_held() {
    let kind = |url: &str, width: &str, height: &str| verdict(picture(url, width, height), &Setting::default()).kind;
    assert_eq!(kind("https://click.a.example.com/naaAbCd1EfGh2JkLm3NpQr4St/", "300", "1"), Kind::Open);
    assert_eq!(kind("https://click.a.example.com/naaAbCd1EfGh2JkLm3NpQr4St/", "300", "20"), Kind::Clean);
    assert_eq!(kind("https://click.a.example.com/naaAbCd1EfGh2JkLm3NpQr4St/line.gif", "300", "1"), Kind::Clean);
    assert_eq!(kind("https://www.a.example.com/naaAbCd1EfGh2JkLm3NpQr4St/", "300", "1"), Kind::Clean);
    assert_eq!(kind("https://click.a.example.com/line", "300", "1"), Kind::Clean);
}

#[test]
fn a_hidden_picture_for_another_screen_stays() {
    let hidden = |url: &str, width: &str, style: &str| Fact { style: Some(style.to_owned().into()), hidden: true, ..picture(url, width, "") };
    for fact in [
        hidden("https://a.example.com/hero.jpg", "480", "display:none"),
        hidden("https://a.example.com/4021337_hero-small.png", "", "display:none;width:0;height:0"),
    ] {
        assert_eq!(verdict(fact, &Setting::default()).kind, Kind::Clean);
    }
    assert_eq!(verdict(hidden("https://a.example.com/x?id=a1b2c3d4-1111-4222-8333-444455556666", "", "display:none"), &Setting::default()).kind, Kind::Open);
}

#[test]
fn a_hidden_picture_that_counts_is_held_whatever_size_it_states() {
    let hidden = |url: &str| Fact { id: 1, style: Some("display:none".into()), hidden: true, ..picture(url, "480", "200") };
    let judged = |url: &str, shown: &str| {
        let message = Message {
            facts: vec![hidden(url), Fact { id: 2, ..picture(shown, "600", "200") }],
            recipient: Some("ann@example.net".to_owned()),
            ..Message::default()
        };
        judge(&message, &Setting::default()).first().map(|v| (v.kind, v.act))
    };
    let (open, clean) = (Some((Kind::Open, Act::Hold)), Some((Kind::Clean, Act::Release)));
    let code = "https://x.example.com/p?id=a1b2c3d4-1111-4222-8333-444455556666";
    assert_eq!(judged(code, "https://www.example.org/logo.png"), open);
    assert_eq!(judged(code, "https://img.example.com/logo.png"), clean, "the site also shows pictures");
    assert_eq!(judged(code, code), clean, "the picture is shown");
    assert_eq!(judged("https://x.example.com/hero.jpg?m=AbCdEf0123456789GhIjKl", "https://www.example.org/logo.png"), open);
    assert_eq!(judged("https://x.example.com/hero-small.jpg", "https://www.example.org/logo.png"), clean);
    assert_eq!(judged("https://img.example.org/hero.jpg?m=ann%40example.net", "https://www.example.org/logo.png"), open);
    assert_eq!(judged("https://img.example.org/mail/open/1234567", "https://www.example.org/logo.png"), open);
}

#[test]
fn a_dot_that_is_drawn_large_elsewhere_is_layout() {
    let at = |id, url: &str, height: &str| Fact { id, ..picture(url, "1", height) };
    let kinds = |facts| judge(&Message { facts, ..Message::default() }, &Setting::default()).iter().map(|v| v.kind).collect::<Vec<_>>();
    assert_eq!(kinds(vec![at(1, "https://a.example.com/b.gif", "1"), at(2, "https://a.example.com/b.gif", "20")]), [Kind::Clean, Kind::Clean]);
    // A program that draws a dot counts, also on a site that shows pictures; a plain file there does not.
    let shown = || at(2, "https://img.example.com/logo.png", "80");
    assert_eq!(kinds(vec![at(1, "https://a.example.com/n/42/x", "1"), shown()]), [Kind::Open, Kind::Clean]);
    assert_eq!(kinds(vec![at(1, "https://a.example.com/b.gif", "1"), shown()]), [Kind::Clean, Kind::Clean]);
    assert_eq!(kinds(vec![at(1, "https://a.example.com/b.gif", "1")]), [Kind::Open]);
}

#[test]
fn spacers_stay() {
    assert_eq!(verdict(picture("https://a.example.com/images/spacer.gif", "1", "1"), &Setting::default()).kind, Kind::Clean);
    let many = (0..6).map(|id| Fact { id, ..picture("https://a.example.com/i/x.gif", "1", "1") }).collect();
    assert!(judge(&Message { facts: many, ..Message::default() }, &Setting::default()).iter().all(|v| v.kind == Kind::Clean));
    // A spacer by name that carries a code of its own is none.
    assert_eq!(verdict(picture("https://a.example.com/a/hAbCdEf0123456789GhIjKl/spacer.gif", "1", "1"), &Setting::default()).kind, Kind::Open);
}

#[test]
fn what_the_network_rules_do_not_hold_gets_no_verdict() {
    let setting = Setting { page: Some("https://mail.google.com/mail/u/0/".to_owned()), ..Setting::default() };
    let avatar = judge(&Message { facts: vec![picture("https://lh3.googleusercontent.com/a/x=s32", "32", "32")], ..Message::default() }, &setting);
    assert!(avatar.is_empty());
    let proxied = judge(
        &Message { facts: vec![picture("https://ci3.googleusercontent.com/meips/A=s0-d-e1-ft#https://a.example.com/logo.png", "", "")], ..Message::default() },
        &setting,
    );
    assert_eq!(proxied.first().map(|v| v.url.as_str()), Some("https://a.example.com/logo.png"));
}

#[test]
fn on_an_added_webmail_only_its_own_host_is_spared() {
    let setting = Setting { page: Some("https://mail.club.example/rc/?_task=mail".to_owned()), ..Setting::default() };
    let asked = |url: &str| judge(&Message { facts: vec![picture(url, "600", "200")], ..Message::default() }, &setting).len();
    assert_eq!(asked("https://mail.club.example/rc/?_action=get&_part=2"), 0);
    assert_eq!(asked("?_action=get&_part=2"), 0);
    for held in ["https://club.example/a.png", "https://news.mail.club.example/a.png", "https://notmail.club.example/a.png"] {
        assert_eq!(asked(held), 1, "{held}");
    }
}

#[test]
fn what_a_webmails_own_servers_fetch_is_told_and_left() {
    let setting = Setting { page: Some("https://mail.proton.me/u/0/inbox".to_owned()), ..Setting::default() };
    let asked = |url: &str| judge(&Message { facts: vec![picture(url, "1", "1")], ..Message::default() }, &setting).pop().map(|v| (v.kind, v.act, v.host));
    let proxied = "https://mail.proton.me/api/core/v4/images?Url=https%3A%2F%2Fa.example.com%2Fx%2F6123456.gif%3Fu%3D1234&DryRun=0&UID=x";
    assert_eq!(asked(proxied), Some((Kind::Open, Act::Leave, "a.example.com".to_owned())));
    assert_eq!(asked("https://a.example.com/x/6123456.gif?u=1234").map(|(_, act, _)| act), Some(Act::Hold));
    assert_eq!(asked("https://mail.proton.me/assets/dot.gif?id=1234"), None);
}

#[test]
fn a_frame_of_an_optional_webmail_belongs_to_it() {
    for page in ["https://navigator.gmx.net/mail", "https://webmailer.web.de/", "https://gmxnet.mailbody-ui.de/Mail/1/Body/html"] {
        let setting = Setting { page: Some(page.to_owned()), ..Setting::default() };
        let asked = |url: &str| judge(&Message { facts: vec![picture(url, "600", "200")], ..Message::default() }, &setting).len();
        assert_eq!(
            [asked("https://gmxnet.mailbody-ui.de/a.png"), asked("https://a.example.com/a.png"), asked("https://notgmx.net/a.png")],
            [0, 1, 1],
            "{page}"
        );
    }
}

#[test]
fn everything_but_pictures_is_held_unless_allowed() {
    for vector in [Vector::FontFace, Vector::Iframe, Vector::Media, Vector::LinkRel, Vector::Object, Vector::MetaRefresh] {
        let text = if vector == Vector::MetaRefresh { "0;url=https://a.example.com/x" } else { "https://a.example.com/x" };
        let facts = || Message { facts: vec![Fact::new(7, vector, text)], ..Message::default() };
        assert!(judge(&facts(), &Setting::default()).iter().all(|v| v.act == Act::Hold), "{vector:?}");
        assert!(judge(&facts(), &Setting { allowed: true, ..Setting::default() }).iter().all(|v| v.act == Act::Release), "{vector:?}");
    }
}

#[test]
fn what_is_said_to_be_outside_is_shown_unless_it_tracks() {
    let act = |fact: Fact<'_>, strictness| {
        let fact = Fact { outside: true, ..fact };
        judge(&Message { facts: vec![fact], ..Message::default() }, &Setting { strictness, ..Setting::default() }).pop().map(|v| v.act)
    };
    let photo = || picture("https://people.example.com/photo/AbCdEf0123456789GhIjKl", "40", "40");
    let dot = || picture("https://a.example.com/x/6123456.gif?u=1234", "1", "1");
    let add_in = || Fact::new(1, Vector::Iframe, "https://addin.example.com/pane");
    assert_eq!(act(photo(), Strictness::Sealed), Some(Act::Release));
    assert_eq!(act(add_in(), Strictness::Sealed), Some(Act::Release));
    assert_eq!(act(dot(), Strictness::Balanced), Some(Act::Hold));
}

#[test]
fn broken_facts_get_no_verdict() {
    for text in ["https://[", "\u{0}", "%", "http://", "javascript:alert(1)", "https://a.example:99999/"] {
        assert!(judge(&Message { facts: vec![picture(text, "1", "1")], ..Message::default() }, &Setting::default()).is_empty(), "{text}");
    }
}
