//! Runs the command as people and scripts do.

#![cfg(feature = "cli")]
// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn audit(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_briefgeheim"))
        .arg("audit")
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
    // Both pipes at once, or each side would wait for the other. The command may end before it has read everything.
    std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

const EVIL: &str = "From: \"</td><script>alert(1)</script>\" <a@example.com>\nSubject: =HYPERLINK(\"x\"), \"quoted\" <b>&amp;\u{202e}\n\
    Date: Tue, 1 Sep 2026 10:00:00 +0000\nTo: ann@example.net\nContent-Type: text/html; charset=utf-8\n\n\
    <img width=1 height=1 src=\"https://a.example/o/?e=ann@example.net&amp;x='><script>alert(2)</script>\">";

fn mbox(messages: usize) -> String {
    let message = |number: usize| {
        let body = "<p>A sentence of some length.</p>\n".repeat(number % 10 * 20);
        format!(
            "From x@example.com Tue Sep  1 10:00:00 2026\nFrom: Shop {} <s{}@example.com>\nSubject: Number {number}\nMessage-ID: <{number}@example.com>\n\
             Content-Type: text/html\n\n{body}<img src=https://t{}.example/o/0123456789abcdef0123456789abcdef.gif width=1 height=1>\n\n",
            number % 7,
            number % 7,
            number % 3
        )
    };
    (0..messages).map(message).collect()
}

#[test]
fn reports_come_in_the_order_of_the_messages_however_many_threads_judge() {
    let mbox = mbox(200);
    let one = audit(&["--format", "jsonl", "--jobs", "1"], &mbox);
    assert!(one.status.success());
    assert_eq!(stdout(&one).lines().count(), 200);
    for (number, line) in stdout(&one).lines().enumerate() {
        assert!(line.contains(&format!("\"subject\":\"Number {number}\"")), "{line}");
    }
    for format in ["text", "json", "jsonl", "csv", "html"] {
        let [one, many] = ["1", "8"].map(|jobs| audit(&["--format", format, "--jobs", jobs], &mbox));
        assert_eq!(stdout(&one), stdout(&many), "{format}");
    }
}

#[test]
fn csv_has_a_row_for_each_address_and_no_formulas() {
    let output = audit(&["--format", "csv"], EVIL);
    let rows: Vec<&str> = stdout(&output).split("\r\n").collect();
    assert_eq!(rows[0], "path,message_id,date,from,subject,kind,vector,vendor,url,destination,personal,evidence");
    assert!(rows[1].starts_with("-,,2026-09-01T10:00:00Z,") || rows[1].starts_with("'-,,2026-09-01T10:00:00Z,"), "{}", rows[1]);
    assert!(rows[1].contains("\"'=HYPERLINK(\"\"x\"\"), \"\"quoted\"\" <b>&amp;"), "{}", rows[1]);
    assert!(rows[1].contains(",open,img,,"), "{}", rows[1]);
    assert!(rows[1].ends_with(",,yes,tiny recipient-address"), "{}", rows[1]);
    assert_eq!(rows[2..], [""]);
    let nothing = audit(&["--format", "csv"], "From: a@example.com\n\nHello");
    assert_eq!(stdout(&nothing).lines().nth(1), Some("'-,,,a@example.com,,,,,,,,"));
}

#[test]
fn a_page_repeats_no_markup_of_strangers() {
    let output = audit(&["--format", "html"], EVIL);
    let page = stdout(&output);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for harmful in ["<script", "<b>&amp;\u{202e}", "<img", "<a ", "href=", "src=\"", "url(", "@import", "\u{202e}"] {
        assert!(!page.contains(harmful), "{harmful}");
    }
    assert!(page.contains("&lt;/td&gt;&lt;script&gt;alert(1)"));
    assert!(page.contains("This message reports on its reader"));
    assert!(page.contains("a.example"));
}

#[test]
fn a_page_of_many_messages_stays_short_and_says_what_it_left_out() {
    let output = audit(&["--format", "html"], &mbox(1_200));
    let page = stdout(&output);
    assert!(page.contains("<h1>1,200 of 1,200 messages report on their reader</h1>"));
    assert!(page.contains("The first 200 of 1,200 messages that report."));
    assert_eq!(page.matches("<details>").count(), 200);
    assert_eq!(page.matches("<svg ").count(), 3);
    assert_eq!(page.matches("<th scope=\"row\">Shop ").count(), 7);
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

#[test]
fn empty_input_gives_a_page_and_an_exit_code() {
    let output = audit(&["--format", "html"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("There was no message to look at"));
    assert_eq!(std::str::from_utf8(&output.stderr).unwrap(), "briefgeheim: -: the file is empty\n");
    let output = audit(&["--format", "csv"], "");
    assert_eq!(stdout(&output).lines().count(), 1);
}

/// Runs the command on a folder; gives the exit code, the paths of what it reported, and what it complained of.
fn audit_folder(folder: &std::path::Path) -> (Option<i32>, Vec<String>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_briefgeheim")).args(["audit", "--format", "jsonl"]).arg(folder).output().unwrap();
    let start = format!("{}/", folder.display());
    let path = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["path"].as_str().unwrap().replace(&start, "");
    let complaints = String::from_utf8(output.stderr.clone()).unwrap().replace(&start, "");
    (output.status.code(), stdout(&output).lines().map(path).collect(), complaints)
}

const MAIL: &str = "From: a@example.com\nContent-Type: text/html\n\n<img src=https://t.example/o/0123456789abcdef0123.gif width=1 height=1>";

#[test]
fn every_kind_of_saved_mail_is_read_in_the_order_of_names() {
    let folder = std::env::temp_dir().join(format!("briefgeheim-{}-kinds", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    for (path, text) in [
        ("a.eml", MAIL.to_owned()),
        ("b.HTML", "<a href=https://b.example/>x</a>".to_owned()),
        ("box.mbox", mbox(2)),
        ("box/cur/1234.host:2,S", MAIL.to_owned()),
        ("box/new/1235.host", MAIL.to_owned()),
        ("box/tmp/1236.host", MAIL.to_owned()),
        ("notes.txt", "no mail".to_owned()),
        ("x/y/deep.eml", MAIL.to_owned()),
    ] {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (code, paths, complaints) = audit_folder(&folder);
    assert_eq!((code, complaints.as_str()), (Some(0), ""));
    assert_eq!(paths, ["a.eml", "b.HTML", "box/cur/1234.host:2,S", "box/new/1235.host", "box.mbox#1", "box.mbox#2", "x/y/deep.eml"]);
    // One that is cut off is read as far as it goes; what is none, or absurd, is named; the rest goes on.
    for (path, text) in
        [("c.eml", MAIL.get(..90).unwrap().to_owned()), ("d.eml", "\0\u{1}no mail".to_owned()), ("e.html", "<b>".repeat(1_500_000)), ("f.eml", String::new())]
    {
        std::fs::write(folder.join(path), text).unwrap();
    }
    let (code, paths, complaints) = audit_folder(&folder);
    assert_eq!(code, Some(1));
    assert_eq!(paths.iter().filter(|path| path.len() == 5).collect::<Vec<_>>(), ["a.eml", "c.eml"]);
    assert_eq!(paths.len(), 9);
    let complaints: Vec<&str> = complaints.lines().collect();
    assert_eq!(complaints.len(), 3, "{complaints:?}");
    for (complaint, start) in
        complaints.iter().zip(["briefgeheim: d.eml: ", "briefgeheim: e.html: the HTML is nested too deeply", "briefgeheim: f.eml: the file is empty"])
    {
        assert!(complaint.starts_with(start), "{complaint}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_wrong_call_and_a_missing_file_have_their_own_exit_codes() {
    let run = |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_briefgeheim")).arg("audit").args(arguments).output().unwrap();
    assert_eq!(run(&["--format", "xml", "x"]).status.code(), Some(2));
    assert_eq!(run(&[]).status.code(), Some(2));
    let missing = run(&["no/such.eml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("briefgeheim: no/such.eml: "));
}
