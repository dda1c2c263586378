//! Engine time for a message of 200 facts, as a ratio to the floor: parsing the same addresses with the `url` crate.

use briefgeheim::{Fact, Message, Setting, Vector, classify};
use std::hint::black_box;
use std::time::{Duration, Instant};

const FACTS: u32 = 200;
const RUNS: usize = 400;

/// A mix as newsletters have it: links through a redirector, pictures, a few styles, one counter.
fn message() -> Message {
    let facts = (0..FACTS).map(|id| match id % 10 {
        0..=3 => Fact::new(id, Vector::LinkHref, &format!("https://click.shop.example/ls/click?upn=u001.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-{id}")),
        4..=5 => Fact::new(id, Vector::LinkHref, &format!("https://www.shop.example/products/{id}?utm_source=mail&utm_campaign=autumn")),
        6..=7 => Fact { width: Some("600".to_owned()), ..Fact::new(id, Vector::Img, &format!("https://img.shop.example/newsletter/2026/header-{id}.png?v=3")) },
        8 => Fact::new(id, Vector::CssAttr, &format!("padding:0;background:#fff url('https://img.shop.example/bg-{id}.png') no-repeat;color:#333")),
        _ => Fact {
            width: Some("1".to_owned()),
            height: Some("1".to_owned()),
            ..Fact::new(id, Vector::Img, &format!("https://open.shop.example/o/{id:024x}.gif"))
        },
    });
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

fn main() {
    let message = message();
    let setting = Setting { page: Some("https://outlook.live.com/mail/".to_owned()), ..Setting::default() };
    let urls: Vec<String> = classify::judge(&message, &setting).into_iter().map(|v| v.url).collect();
    let judged = median(|| drop(black_box(classify::judge(black_box(&message), &setting))));
    let floor = median(|| urls.iter().for_each(|u| drop(black_box(url::Url::parse(black_box(u))))));
    println!(
        "engine, native: {FACTS} facts {judged:?} (median of {RUNS}), {:.1} times parsing their addresses ({floor:?})",
        judged.as_secs_f64() / floor.as_secs_f64()
    );
}
