//! The audit of a large mailbox: throughput, its ratio to the floor (mail-parser, and lol_html without handlers, on the same
//! bytes), scaling over cores, and peak memory of the command. `BENCH_MB` sets the size of the mailbox; 200 by default.
//! A second floor also looks at every element and its attributes, without which nothing can be found in HTML.
//!
//! A generated mailbox repeats itself, as no reader's does. So where a corpus of real mail lies beside the repository, a
//! mailbox is made of that as well.

// A benchmark that cannot run says why and stops.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use briefgeheim::audit;
use briefgeheim::mail::{LARGEST, Mbox};
use lol_html::html_content::Element;
use lol_html::{HtmlRewriter, Settings, element};
use mail_parser::{MessageParser, PartType};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MEGA: f64 = 1e6;

/// Runs of each measurement; the fastest counts, for other work on the machine only ever slows one down.
const RUNS: usize = 5;

/// A mailing as shops send it: tables, styles, text, pictures, links through a redirector, one counter.
fn mailing(number: usize) -> String {
    let style = "<style>.a{color:#333;padding:0 12px}@media (max-width:600px){.a{width:100%!important}}</style>";
    let cell = |at: usize| {
        format!(
            "<table role=3D\"presentation\" width=3D\"600\" cellpadding=3D\"0\" style=3D\"border-collapse:collapse;background:#ffffff\"><tr>\r\n\
             <td class=3D\"a\" style=3D\"font-family:Arial,sans-serif;font-size:14px;line-height:20px\">=\r\n\
             <a href=3D\"https://click.shop.example/ls/click?upn=3Du001.{number:020}{at:06}AbCdEfGhIj\">=\r\n\
             <img src=3D\"https://img.shop.example/2026/picture-{at}.png\" width=3D\"280\" height=3D\"190\" alt=3D\"\"></a>\r\n\
             <p>Something warm for the evening, now a little cheaper. Ships tomorrow, returned for =\r\nnothing, caf=C3=A9 included.</p></td></tr></table>\r\n"
        )
    };
    let body: String = (0..20 + number % 30).map(cell).collect();
    format!(
        "From news@shop.example Tue Sep  1 10:00:00 2026\r\nFrom: Shop {0} <news{0}@shop.example>\r\nTo: ann@example.net\r\nSubject: Offers {number}\r\n\
         Date: Tue, 1 Sep 2026 10:00:00 +0000\r\nMessage-ID: <{number}@shop.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nOffers of the week.\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><head>{style}</head><body>\r\n{body}\
         <img src=3D\"https://open.shop.example/o/{number:024x}.gif\" width=3D\"1\" height=3D\"1\">\r\n</body></html>\r\n--b--\r\n\r\n",
        number % 40
    )
}

/// A letter with a picture attached, up to a megabyte: base64 that nobody looks into.
fn letter(number: usize) -> String {
    let line = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6\r\n";
    let attached = line.repeat(number % 100 * 120);
    format!(
        "From bob@example.org Tue Sep  1 10:00:00 2026\r\nFrom: Bob <bob@example.org>\r\nTo: ann@example.net\r\nSubject: Letter {number}\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
         <p>See the picture, and <a href=\"https://example.org/\">my site</a>.</p>\r\n--b\r\nContent-Type: image/png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{attached}--b--\r\n\r\n"
    )
}

fn generate(path: &Path, megabytes: usize) -> (usize, usize) {
    let mut out = BufWriter::new(File::create(path).expect("the temporary folder can be written to"));
    let (mut bytes, mut messages) = (0, 0);
    while bytes < megabytes * 1_000_000 {
        let message = if messages % 60 == 59 { letter(messages) } else { mailing(messages) };
        out.write_all(message.as_bytes()).expect("there is room for the mailbox");
        bytes += message.len();
        messages += 1;
    }
    out.flush().expect("there is room for the mailbox");
    (bytes, messages)
}

fn messages(path: &Path) -> impl Iterator<Item = Vec<u8>> {
    Mbox::new(BufReader::new(File::open(path).expect("the mailbox is there")), LARGEST).map(|message| message.expect("the mailbox is sound"))
}

fn timed(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn fastest(mut run: impl FnMut()) -> Duration {
    (0..RUNS).map(|_| timed(&mut run)).min().unwrap_or_default()
}

/// What any audit must do: take the mailbox apart, decode every part, read every tag. The parser skips over tags that nobody
/// asked for; with `looks`, the attributes of every element are asked for.
fn floor(path: &Path, looks: bool) {
    for bytes in messages(path) {
        let message = MessageParser::default().parse(&bytes).expect("the message is sound");
        for part in &message.parts {
            if let PartType::Html(html) = &part.body {
                let look = |element: &mut Element<'_, '_>| {
                    black_box(element.attributes().len());
                    Ok(())
                };
                let settings = if looks { Settings::new().append_element_content_handler(element!("*", look)) } else { Settings::new() };
                let mut parser = HtmlRewriter::new(settings, |chunk: &[u8]| {
                    black_box(chunk.len());
                });
                parser.write(html.as_bytes()).and_then(|()| parser.end()).expect("the HTML is sound");
            }
        }
    }
}

fn engine(path: &Path) {
    for bytes in messages(path) {
        black_box(audit::audit("x.eml", &bytes).expect("the message is sound"));
    }
}

/// As mail carries it. Only the HTML of real messages is kept.
fn quoted_printable(html: &[u8]) -> String {
    let mut text = String::with_capacity(html.len() * 2);
    let mut column = 0;
    for byte in html.iter().filter(|byte| **byte != b'\r') {
        match byte {
            b'\n' => text.push_str("\r\n"),
            // No line may begin like that of a mailbox.
            b'F' if column == 0 => text.push_str("=46"),
            b' '..=b'~' if *byte != b'=' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("={byte:02X}")),
        }
        column = if *byte == b'\n' { 0 } else { column + 1 };
        if column == 72 {
            text.push_str("=\r\n");
            column = 0;
        }
    }
    text
}

/// A mailbox of the corpus of real mail beside the repository, several times over. Nothing, where there is none.
fn corpus(path: &Path, megabytes: usize) -> Option<usize> {
    let folder = fs::read_dir("../shared/corpus/messages").ok()?;
    let pages: Vec<Vec<u8>> = folder.flatten().filter_map(|entry| fs::read(entry.path()).ok()).collect();
    let message = |html: &Vec<u8>| {
        let charset = if std::str::from_utf8(html).is_ok() { "utf-8" } else { "windows-1252" };
        format!(
            "From a@example.com Tue Sep  1 10:00:00 2026\r\nFrom: a@example.com\r\nTo: ann@example.net\r\nSubject: Real\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n\r\n",
            quoted_printable(html)
        )
    };
    let all: String = pages.iter().map(message).collect();
    let times = (megabytes * 1_000_000).div_ceil(all.len().max(1));
    fs::write(path, all.repeat(times)).expect("there is room for the mailbox");
    Some(all.len() * times)
}

/// Times the floors and the engine on a mailbox, in turns: what slows a machine down for a while slows all of them down.
fn compare(path: &Path, bytes: usize) {
    let size = u32::try_from(bytes / 1000).map_or(0.0, |kilo| f64::from(kilo) / 1000.0);
    let rate = |time: Duration| size / time.as_secs_f64();
    let (mut low, mut looking, mut own) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        low = low.min(timed(|| floor(path, false)));
        looking = looking.min(timed(|| floor(path, true)));
        own = own.min(timed(|| engine(path)));
    }
    println!("  floor (mail-parser, lol_html without handlers), one thread: {:.1} MB/s", rate(low));
    println!("  the same with the attributes of every element: {:.1} MB/s", rate(looking));
    let times = |floor: Duration| own.as_secs_f64() / floor.as_secs_f64();
    println!("  engine, one thread: {:.1} MB/s, {:.2} times the floor's time, {:.2} times that with attributes", rate(own), times(low), times(looking));
}

fn command(path: &Path, format: &str, jobs: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_briefgeheim"));
    command.args(["audit", "--format", format, "--jobs", &jobs.to_string()]).arg(path).stdout(Stdio::null());
    command
}

/// Runs the command and reads its highest resident size as long as it lives. Linux only.
fn peak(path: &Path, format: &str) -> Option<f64> {
    let mut child = command(path, format, 0).spawn().expect("the command starts");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    while child.try_wait().expect("the command can be waited for").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kilobytes = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        peak = kilobytes.map(|k| k * 1024.0 / MEGA).or(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    peak
}

fn main() {
    let megabytes = std::env::var("BENCH_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let path = std::env::temp_dir().join(format!("briefgeheim-bench-{}.mbox", std::process::id()));
    let (bytes, count) = generate(&path, megabytes);
    let size = u32::try_from(bytes / 1000).map_or(0.0, |kilo| f64::from(kilo) / 1000.0);
    let rate = |time: Duration| size / time.as_secs_f64();
    println!("audit: an mbox of {size:.0} MB, {count} messages; the fastest of {RUNS} runs");
    compare(&path, bytes);
    let run = |jobs| fastest(|| assert!(command(&path, "jsonl", jobs).status().expect("the command starts").success()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (one, all) = (run(1), run(0));
    println!(
        "  briefgeheim audit --format jsonl: {:.1} MB/s with one judging thread, {:.1} MB/s with {cores}: {:.2} times as fast",
        rate(one),
        rate(all),
        one.as_secs_f64() / all.as_secs_f64()
    );
    for format in ["jsonl", "html"] {
        match peak(&path, format) {
            Some(peak) => println!("  peak memory (VmHWM), {cores} threads, --format {format}: {peak:.1} MB"),
            None => println!("  peak memory, --format {format}: this system does not tell"),
        }
    }
    match corpus(&path, megabytes / 4) {
        Some(bytes) => {
            println!("audit: real mail, packed again, {:.0} MB", f64::from(u32::try_from(bytes).unwrap_or(0)) / MEGA);
            compare(&path, bytes);
        }
        None => println!("audit: no corpus of real mail lies beside the repository"),
    }
    fs::remove_file(&path).expect("the mailbox can be removed");
}
