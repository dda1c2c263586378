//! Engine time for a message of 200 facts and for one of 500 links, as a ratio to the floor: parsing the same addresses with
//! the `url` crate.

use briefgeheim::{Fact, Message, Setting, Vector, classify};
use std::hint::black_box;
use std::time::{Duration, Instant};

const FACTS: u32 = 200;
const LINKS: u32 = 500;
const RUNS: usize = 400;

/// A mix as newsletters have it: links through a redirector, pictures, a few styles, one counter.
fn newsletter(id: u32) -> Fact<'static> {
    match id % 10 {
        0..=3 => Fact::new(id, Vector::LinkHref, format!("https://click.shop.example/ls/click?upn=u001.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-{id}")),
        4..=5 => Fact::new(id, Vector::LinkHref, format!("https://www.shop.example/products/{id}?utm_source=mail&utm_campaign=autumn")),
        6..=7 => Fact { width: Some("600".into()), ..Fact::new(id, Vector::Img, format!("https://img.shop.example/newsletter/2026/header-{id}.png?v=3")) },
        8 => Fact::new(id, Vector::CssAttr, format!("padding:0;background:#fff url('https://img.shop.example/bg-{id}.png') no-repeat;color:#333")),
        _ => Fact { width: Some("1".into()), height: Some("1".into()), ..Fact::new(id, Vector::Img, format!("https://open.shop.example/o/{id:024x}.gif")) },
    }
}

/// Links alone, all different: redirectors that tell where they lead and that do not, a gateway's wrapper, parameters, and
/// what must not be touched.
fn link(id: u32) -> Fact<'static> {
    let text = match id % 5 {
        0 => format!("https://mailtrack.io/l/{id:08x}?url=https%3A%2F%2Fshop.example%2Fsale%2F{id}%3Futm_source%3Dmail&w={id}"),
        1 => format!("https://click.shop.example/ls/click?upn=u001.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-{id}"),
        2 => format!("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.shop.example%2Fproducts%2F{id}&data=05%7C01&reserved=0"),
        3 => format!("https://www.shop.example/products/{id}?utm_source=mail&utm_campaign=autumn&size=40"),
        _ => format!("https://account.shop.example/preferences/unsubscribe?reader={id}"),
    };
    Fact::new(id, Vector::LinkHref, text)
}

fn message(facts: impl Iterator<Item = Fact<'static>>) -> Message<'static> {
    Message { sender: Some("news@shop.example".to_owned()), recipient: Some("ann@example.net".to_owned()), base: None, facts: facts.collect() }
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times.get(RUNS / 2).copied().unwrap_or_default()
}

/// Prints what judging a message costs.
fn measure(what: &str, message: &Message<'_>) {
    let setting = Setting { page: Some("https://outlook.live.com/mail/".to_owned()), ..Setting::default() };
    let urls: Vec<String> = classify::judge(message, &setting).into_iter().map(|v| v.url).collect();
    let judged = median(|| drop(black_box(classify::judge(black_box(message), &setting))));
    let floor = median(|| urls.iter().for_each(|u| drop(black_box(url::Url::parse(black_box(u))))));
    let each = judged.as_secs_f64() * 1e6 / u32::try_from(urls.len()).map_or(1.0, f64::from);
    println!(
        "engine, native: {what}: {:.3} ms, {each:.2} µs each, {:.1} times parsing their addresses (median of {RUNS})",
        judged.as_secs_f64() * 1e3,
        judged.as_secs_f64() / floor.as_secs_f64()
    );
}

fn main() {
    measure(&format!("{FACTS} facts of a newsletter"), &message((0..FACTS).map(newsletter)));
    measure(&format!("{LINKS} links"), &message((0..LINKS).map(link)));
}
