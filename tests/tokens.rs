//! The tokens of a text beside those of another parser, `lol_html`, which rewrites the web for millions: the same tags with the
//! same attributes in the same place, and the same text between them, whatever strangers write.
//!
//! `PROPTEST_CASES=100000 cargo test --release --test tokens` looks longer.

#![cfg(feature = "audit")]
// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used)]

mod hostile;

use briefgeheim::tokens::{Namespace, Token, Tokens};
use hostile::{MESSAGES, PIECES};
use lol_html::{HtmlRewriter, Settings, doc_text, element};
use proptest::prelude::*;
use proptest::sample::select;
use std::cell::RefCell;

/// What is more interesting than most pieces: everything that changes how the rest is read.
const TURNS: &[&str] = &[
    "<b>",
    "</b>",
    "<p class=x>",
    "</p>",
    "<br/>",
    "<title>",
    "</title>",
    "<script>",
    "</script>",
    "</script ",
    "<!--",
    "-->",
    "--!>",
    "--",
    "-",
    "<style>",
    "</style>",
    "</STYLE\n>",
    "<textarea>",
    "</textarea>",
    "<xmp>",
    "</xmp>",
    "<noscript>",
    "</noscript>",
    "<iframe>",
    "</iframe>",
    "<svg>",
    "</svg>",
    "<math>",
    "</math>",
    "<foreignObject>",
    "</foreignObject>",
    "<desc>",
    "</desc>",
    "<mi>",
    "</mi>",
    "<annotation-xml encoding=text/html>",
    "</annotation-xml>",
    "<font>",
    "<font color=red>",
    "<image href=u />",
    "<![CDATA[",
    "]]>",
    "]",
    "<a b c=d e='f' g=\"h\"",
    "/>",
    "/",
    ">",
    "<",
    "</",
    "<!",
    "<?",
    "<a\n",
    " ",
    "=",
    "<x:y z",
    "é",
    "<é",
    "</é>",
    "&amp;",
    "\0",
    "A=1 a=2",
    "'",
    "\"",
    "<!doctype html>",
    "<a =b>",
    "<a/b/c=d//e>",
    "<IMG SRC=u>",
    "<custom-element>",
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Tag(String, Vec<(String, String)>, &'static str),
    Text(String),
}

fn add_text(list: &mut Vec<Seen>, text: &str) {
    if let Some(Seen::Text(last)) = list.last_mut() {
        last.push_str(text);
    } else if !text.is_empty() {
        list.push(Seen::Text(text.to_owned()));
    }
}

fn ours(html: &str) -> Vec<Seen> {
    let (mut list, mut tokens) = (Vec::new(), Tokens::of(html));
    while let Some(token) = tokens.next() {
        match token {
            Token::Start { name, namespace, .. } => {
                let attributes = tokens.attributes.iter().map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned())).collect();
                let place = match namespace {
                    Namespace::Html => "http://www.w3.org/1999/xhtml",
                    Namespace::Svg => "http://www.w3.org/2000/svg",
                    Namespace::MathMl => "http://www.w3.org/1998/Math/MathML",
                };
                list.push(Seen::Tag(name.to_ascii_lowercase(), attributes, place));
            }
            Token::Text { text, .. } => add_text(&mut list, text),
            Token::End(_) | Token::Comment(_) | Token::TooLarge => {}
        }
    }
    list
}

fn theirs(html: &str) -> Vec<Seen> {
    let list = RefCell::new(Vec::new());
    let settings = Settings::new()
        .append_element_content_handler(element!("*", |el| {
            let attributes = el.attributes().iter().map(|a| (a.name(), a.value())).collect();
            list.borrow_mut().push(Seen::Tag(el.tag_name(), attributes, el.namespace_uri()));
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            add_text(&mut list.borrow_mut(), chunk.as_str());
            Ok(())
        }))
        .with_strict(false);
    let mut parser = HtmlRewriter::new(settings, |_: &[u8]| {});
    parser.write(html.as_bytes()).and_then(|()| parser.end()).unwrap();
    list.into_inner()
}

/// Texts of which the two do not say the same, and ours is what browsers do: after an empty value without quotes (`<style x=>`)
/// the other forgets that the element holds nothing but text, and it drops a byte-order mark at the start of any name or value.
fn is_left_out(html: &str) -> bool {
    let mut values = html.split('=').skip(1).map(|rest| rest.trim_start_matches([' ', '\n', '\r', '\t', '\x0c']));
    html.contains('\u{feff}') || values.any(|value| value.starts_with('>'))
}

fn assert_same(html: &str) {
    if !is_left_out(html) {
        assert_eq!(ours(html), theirs(html), "{html:?}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![6 => select(TURNS).prop_map(str::to_owned), 3 => select(PIECES).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..24).prop_map(|parts| parts.concat())
}

/// The other parser calls more a comment than is looked at here.
#[test]
fn comments_end_where_browsers_end_them() {
    let comments = |html: &str| {
        let found = Tokens::of(html).filter_map(|token| if let Token::Comment(text) = token { Some(text.to_owned()) } else { None });
        found.collect::<Vec<_>>()
    };
    for (html, expected) in [
        ("<!--a--><!--b--!>c", &["a", "b"][..]),
        ("<!--><!---><!----><!----!>", &["", "", "", ""]),
        ("<!--a---><!--b----><!--c---!>", &["a-", "b--", "c-"]),
        ("<!--a<!--b--><!--!>-->", &["a<!--b", "!>"]),
        ("<!--[if mso]><a><![endif]-->", &["[if mso]><a><![endif]"]),
        ("<!--a--", &["a--"]),
        ("<!-a--><!a><?a--></ a--><title><!--a--></title>", &[]),
    ] {
        assert_eq!(comments(html), expected, "{html}");
    }
}

#[test]
fn two_parsers_agree_on_messages_and_where_they_are_cut_off() {
    for message in MESSAGES {
        for (end, _) in message.char_indices().chain([(message.len(), ' ')]) {
            assert_same(message.get(..end).unwrap());
        }
    }
}

/// Real mail, when it is there: see `corpus.rs`.
#[test]
fn two_parsers_agree_on_real_mail() {
    let Ok(files) = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/messages")) else { return };
    for path in files.map(|file| file.unwrap().path()) {
        assert_same(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_parsers_agree(html in pieces()) {
        assert_same(&html);
    }
}
