use super::*;

fn seen(html: &str) -> Vec<(Vector, String)> {
    walk(html).facts.into_iter().map(|f| (f.vector, f.text.into_owned())).collect()
}

/// For each picture whether something hides it.
fn hidden(html: &str) -> Vec<bool> {
    walk(html).facts.into_iter().map(|f| f.hidden).collect()
}

#[test]
fn every_vector_is_found() {
    for (html, vector, text) in [
        ("<img src=u>", Vector::Img, "u"),
        ("<IMG SRC = 'u'>", Vector::Img, "u"),
        ("<image src=u>", Vector::Img, "u"),
        ("<amp-img src=u>", Vector::Img, "u"),
        ("<img srcset='u 1x, v 2x'>", Vector::Srcset, "u 1x, v 2x"),
        ("<picture><source srcset=u></picture>", Vector::Srcset, "u"),
        ("<link rel=preload as=image imagesrcset=u>", Vector::Srcset, "u"),
        ("<input type=Image src=u>", Vector::InputImage, "u"),
        ("<video poster=u></video>", Vector::Poster, "u"),
        ("<video src=u></video>", Vector::Media, "u"),
        ("<audio src=u></audio>", Vector::Media, "u"),
        ("<video><source src=u></video>", Vector::Media, "u"),
        ("<video><track src=u></video>", Vector::Track, "u"),
        ("<table background=u>", Vector::BackgroundAttr, "u"),
        ("<body background=u>", Vector::BackgroundAttr, "u"),
        ("<p style='background:url(u)'>", Vector::CssAttr, "background:url(u)"),
        ("<p style='background:\\75rl(u)'>", Vector::CssAttr, "background:\\75rl(u)"),
        ("<svg><rect fill='url(u#a)'/></svg>", Vector::CssAttr, "url(u#a)"),
        ("<style>a{b:url(u)}</style>", Vector::StyleBlock, "a{b:url(u)}"),
        ("<style>a{b:url(u)", Vector::StyleBlock, "a{b:url(u)"),
        ("<link rel='Shortcut ICON' href=u>", Vector::LinkRel, "u"),
        ("<link rel=dns-prefetch href=//u>", Vector::LinkRel, "//u"),
        ("<object data=u></object>", Vector::Object, "u"),
        ("<object><param name=movie value=u></object>", Vector::Object, "u"),
        ("<embed src=u>", Vector::Embed, "u"),
        ("<iframe src=u></iframe>", Vector::Iframe, "u"),
        ("<frameset><frame src=u></frameset>", Vector::Iframe, "u"),
        ("<iframe srcdoc='<img src=&quot;u&quot;>'></iframe>", Vector::Img, "u"),
        ("<svg><image href=u /></svg>", Vector::SvgImage, "u"),
        ("<svg><image xlink:href=u /></svg>", Vector::SvgImage, "u"),
        ("<svg><filter><feImage href=u /></filter></svg>", Vector::SvgImage, "u"),
        ("<svg><use xlink:href='u#a' /></svg>", Vector::SvgUse, "u#a"),
        ("<img lowsrc=u>", Vector::Legacy, "u"),
        ("<img dynsrc=u>", Vector::Legacy, "u"),
        ("<bgsound src=u>", Vector::Legacy, "u"),
        ("<meta http-equiv=Refresh content='0;url=u'>", Vector::MetaRefresh, "0;url=u"),
        ("<!--[if mso]><img src=u><![endif]-->", Vector::MsoImg, "u"),
        ("<!--[if gte mso 9]><v:fill src=u /><![endif]-->", Vector::MsoImg, "u"),
        ("<!--[if mso]><v:image src=u /><![endif]-->", Vector::MsoImg, "u"),
        ("<!--[if mso]><v:roundrect href=u></v:roundrect><![endif]-->", Vector::MsoLink, "u"),
        ("<!--[IF !MSO]><a href=u><![endif]-->", Vector::MsoLink, "u"),
        ("<!--[if mso]><table background=u><![endif]-->", Vector::BackgroundAttr, "u"),
        ("<a href=u>", Vector::LinkHref, "u"),
        ("<map><area href=u></map>", Vector::LinkHref, "u"),
        ("<svg><a xlink:href=u></a></svg>", Vector::LinkHref, "u"),
        ("<form action=u></form>", Vector::FormAction, "u"),
        ("<button formaction=u></button>", Vector::FormAction, "u"),
        ("<input type=submit formaction=u>", Vector::FormAction, "u"),
        ("<noscript><img src=u></noscript>", Vector::Img, "u"),
        ("<template shadowrootmode=open><img src=u></template>", Vector::Img, "u"),
        ("<svg><style>a{b:url(&quot;u&quot;)}</style></svg>", Vector::StyleBlock, "a{b:url(\"u\")}"),
        ("<img src='a\0b'>", Vector::Img, "a\u{fffd}b"),
        ("<a ping=u>", Vector::Ping, "u"),
        ("<amp-anim src=u>", Vector::Img, "u"),
        ("<amp-pixel src=u>", Vector::Img, "u"),
        ("<amp-list src=u></amp-list>", Vector::Object, "u"),
        ("<amp-state src=u></amp-state>", Vector::Object, "u"),
        ("<form action-xhr=u></form>", Vector::FormAction, "u"),
        ("<svg><image><set attributeName=href to=u /></image></svg>", Vector::SvgImage, "u"),
        ("<svg><image><animate attributeName=xlink:href from=u /></image></svg>", Vector::SvgImage, "u"),
        ("<layer src=u></layer>", Vector::Legacy, "u"),
        ("<!--[if mso]><v:imagedata src=u /><![endif]-->", Vector::MsoImg, "u"),
        ("<!--[if mso]><v:fill o:href=u /><![endif]-->", Vector::MsoImg, "u"),
        ("<v:fill src=u />", Vector::MsoImg, "u"),
        ("<link rel='alternate stylesheet' href=u>", Vector::LinkRel, "u"),
        ("<style>@import 'u';</style>", Vector::StyleBlock, "@import 'u';"),
        ("<p style=\"background:image-set('u' 1x)\">", Vector::CssAttr, "background:image-set('u' 1x)"),
        ("<iframe src='//u'></iframe>", Vector::Iframe, "//u"),
    ] {
        assert_eq!(seen(html), [(vector, text.to_owned())], "{html}");
    }
}

#[test]
fn documents_inside_of_addresses_are_walked() {
    for html in [
        "<iframe src='data:text/html,<img src=u>'></iframe>",
        "<object data='data:text/html;base64,PGltZyBzcmM9dT4='></object>",
        "<embed src='data:image/svg+xml,<svg><image href=u></svg>'>",
        "<iframe srcdoc='<iframe srcdoc=&quot;<img src=u>&quot;></iframe>'></iframe>",
    ] {
        let facts = seen(html);
        assert!(facts.iter().any(|(vector, text)| vector.is_picture() && text == "u"), "{html}: {facts:?}");
    }
    let facts = seen("<link rel=stylesheet href='data:text/css,a{b:url(u)}'>");
    assert!(facts.contains(&(Vector::StyleBlock, "a{b:url(u)}".to_owned())), "{facts:?}");
}

#[test]
fn a_click_may_be_reported_to_several() {
    let text = "https://v.example/ \n https://w.example/";
    let expected = [(Vector::LinkHref, "u".to_owned()), (Vector::Ping, text.to_owned())];
    assert_eq!(seen(&format!("<a href=u ping='{text}'>")), expected);
    let spots = crate::spot::find(Vector::Ping, text);
    assert_eq!(spots.iter().map(|spot| (&*spot.url, spot.end)).collect::<Vec<_>>(), [("https://v.example/", 18), ("https://w.example/", 39)]);
    assert!(crate::spot::find(Vector::Ping, " \t\n").is_empty());
}

#[test]
fn what_fetches_nothing_is_no_fact() {
    for html in [
        "<input src=u>",
        "<link rel=canonical href=u>",
        "<svg><rect><set attributeName=fill to=u /></rect></svg>",
        "<p ping=u>",
        "<link href=u>",
        "<meta name=refresh content=u>",
        "<p style='color:red' title='url(u)'>",
        "<img src=' '>",
        "<!-- <img src=u> -->",
        "<!--[if !mso]><!-->",
        "<textarea><img src=u></textarea>",
        "<title><img src=u></title>",
        "<a name=u>",
        "<template><img src=u><style>a{b:url(u)}</style><!--[if mso]><img src=u><![endif]--></template>",
        "<a xlink:href=u>",
        "<svg><image src=u /></svg>",
        "<p fill='url(u)'>",
        "<input type=' image' src=u>",
    ] {
        assert_eq!(seen(html), [], "{html}");
    }
}

#[test]
fn references_in_attributes_are_decoded_once() {
    assert_eq!(seen("<a href='https://a.example/?x=1&amp;copy=2&copy=3'>"), [(Vector::LinkHref, "https://a.example/?x=1&copy=2&copy=3".to_owned())]);
    assert_eq!(seen("<style>a{b:url(u?a&amp;b)}</style>"), [(Vector::StyleBlock, "a{b:url(u?a&amp;b)}".to_owned())]);
}

/// `&copy=1` stays: in an attribute a name without a semicolon, followed by `=` or a letter, is the next parameter.
#[test]
fn references_are_read_as_browsers_read_them() {
    for (written, read) in [
        ("?a=1&amp;b=2", "?a=1&b=2"),
        ("?a=1&copy=1&reg=2&amp=3", "?a=1&copy=1&reg=2&amp=3"),
        ("?a&copyright&notit;", "?a&copyright&notit;"),
        ("a&copy/b&amp", "a\u{a9}/b&"),
        ("&amp;amp;", "&amp;"),
        ("&#104;ttp&#x3a;&#x2F&#47/", "http:///"),
        ("&#128;&#0;&#xD800;&#99999999999;", "\u{20ac}\u{fffd}\u{fffd}\u{fffd}"),
        ("&#;&#x;&;&", "&#;&#x;&;&"),
        ("&colon;&sol;&period;&Tab;x", ":/.\tx"),
        ("&unknown;&eacute;&é", "&unknown;\u{e9}&é"),
        ("&&amp;&", "&&&"),
    ] {
        assert_eq!(seen(&format!("<a href=\"{written}\">")), [(Vector::LinkHref, read.to_owned())], "{written}");
    }
}

#[test]
fn of_two_attributes_with_one_name_the_first_counts() {
    assert_eq!(seen("<img src=a src=b>"), [(Vector::Img, "a".to_owned())]);
    assert_eq!(walk("<base href=a><base href=b>").base.as_deref(), Some("a"));
}

#[test]
fn only_the_messages_own_base_counts() {
    for part in [
        "<!--[if mso]><base href=no><![endif]-->",
        "<iframe srcdoc='<base href=no>'></iframe>",
        "<template><base href=no></template>",
        "<svg><base href=no /></svg>",
    ] {
        assert_eq!(walk(&format!("{part}<base href=yes>")).base.as_deref(), Some("yes"), "{part}");
    }
}

/// How its first address is drawn: width, height, style, hidden.
fn drawn(html: &str) -> (Option<String>, Option<String>, Option<String>, bool) {
    let fact = walk(html).facts.remove(0);
    let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    (owned(fact.width), owned(fact.height), owned(fact.style), fact.hidden)
}

#[test]
fn the_sources_of_a_picture_are_drawn_as_its_img_is() {
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(drawn("<picture><source srcset=u><img width=1 height=2 style=a:b>"), (text("1"), text("2"), text("a:b"), false));
    assert_eq!(drawn("<picture><source srcset=u><img hidden></picture>"), (None, None, None, true));
    assert_eq!(drawn("<picture><source srcset=u width=9><img width=1 height=1></picture>"), (text("9"), None, None, false));
    assert_eq!(drawn("<picture><source srcset=u></picture><picture><img width=1></picture>"), (None, None, None, false));
}

#[test]
fn a_picture_comes_with_its_size() {
    let walked = walk("<img width=1 height=' 2px' style='display:block' src=u>");
    let fact = walked.facts.first().unwrap();
    assert_eq!((fact.width.as_deref(), fact.height.as_deref(), fact.style.as_deref()), (Some("1"), Some(" 2px"), Some("display:block")));
}

#[test]
fn what_hides_an_element_hides_what_is_in_it() {
    for style in [
        "display:none",
        "DISPLAY : none !important",
        "visibility:hidden",
        "opacity:0",
        "mso-hide:all",
        "max-height:0;overflow:hidden",
        "overflow:hidden;height:0px",
        "width:0;overflow:hidden",
    ] {
        assert_eq!(hidden(&format!("<div style='{style}'><p><img src=u></div><img src=v>")), [true, false], "{style}");
    }
    for style in ["display:none;display:block", "display:none 1", "overflow:hidden;height:0;height:9px"] {
        assert_eq!(hidden(&format!("<div style='{style}'><img src=u></div>")), [false], "{style}");
    }
    assert_eq!(hidden("<div style='display:none!important;display:block'><img src=u></div>"), [true]);
    for style in ["font-size:0", "max-height:0", "height:10px;overflow:hidden", "width:0", "display:block", "opacity:.5"] {
        assert_eq!(hidden(&format!("<div style='{style}'><img src=u></div>")), [false], "{style}");
    }
    assert_eq!(hidden("<div hidden><img src=u></div><img hidden src=v>"), [true, true]);
    // Void elements do not stay open.
    assert_eq!(hidden("<br style='display:none'><img src=u>"), [false]);
    // What is not closed is closed by its successor or its parent.
    assert_eq!(hidden("<table><tr><td style='display:none'><img src=u><td><img src=v></table><img src=w>"), [true, false, false]);
    assert_eq!(hidden("<p style='display:none'><img src=u><p><img src=v>"), [true, false]);
    assert_eq!(hidden("<div><span style='display:none'><img src=u></div><img src=v>"), [true, false]);
    assert_eq!(hidden("<table><td style='display:none'><img src=u><tr><td><img src=v></table>"), [true, false]);
    assert_eq!(hidden("<table><tbody><tr hidden><td><img src=u><tbody><tr><td><img src=v></table>"), [true, false]);
    assert_eq!(hidden("<p hidden><img src=u><table><td><img src=v></table>"), [true, false]);
    assert_eq!(hidden("<h1 hidden><img src=u><h2><img src=v>"), [true, false]);
    assert_eq!(hidden("<image hidden src=u><img src=v>"), [true, false]);
    // A table in a hidden cell does not end the cell.
    assert_eq!(hidden("<table><tr><td style='display:none'><table><tr><td><img src=u></table><img src=v></table>"), [true, true]);
    assert_eq!(hidden("<div style='display:none'><!--[if mso]><img src=u><![endif]--></div>"), [true]);
}

#[test]
fn broken_text_ends() {
    let cut =
        "<div style='display:none'><table background=a><td><!--[if mso]><img src=b><![endif]--><style>c{d:url(e)}</style><a href=\"f&amp;g\">é<img src='h";
    for end in 0..cut.len() {
        let part = String::from_utf8_lossy(cut.as_bytes().get(..end).unwrap());
        assert_eq!(walk(&part).stopped, None);
    }
    for text in ["", "\0", "<", "<!", "<!--", "<a", "</", "<a href", "<![CDATA[", "<svg><![CDATA[<img src=u>", "&", "<!--[if", "<!--[if mso]>"] {
        assert_eq!(walk(text).stopped, None, "{text}");
    }
}

#[test]
fn large_and_deep_texts_end() {
    let deep = format!("{}<img src=u>", "<div style='display:none'>".repeat(200));
    assert_eq!(hidden(&deep), [true]);
    let large = format!("<p title='{}'><!--{}--><img src=u>", "x".repeat(5_000_000), "y".repeat(5_000_000));
    assert_eq!(seen(&large).len(), 1);
    // Deeper than any browser goes, we stop and say so; what came before is kept.
    let absurd = format!("<img src=u>{}", "<b>".repeat(3_000_000));
    let walked = walk(&absurd);
    assert_eq!((walked.facts.len(), walked.stopped), (1, Some(Refusal::TooDeep)));
    let many = "<a href=u>".repeat(MOST_FACTS + 10);
    let many = walk(&many);
    assert_eq!((many.facts.len(), many.stopped), (MOST_FACTS, Some(Refusal::TooManyAddresses)));
    let matryoshka =
        (0..20).fold("<img src=u>".to_owned(), |inner, _| format!("<iframe srcdoc=\"{}\"></iframe>", inner.replace('&', "&amp;").replace('"', "&quot;")));
    assert_eq!(walk(&matryoshka).stopped, Some(Refusal::TooDeep));
}
