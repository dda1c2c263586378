//! What the tests of hostile input start from: good messages, and the pieces that parsers look for.

const MULTIPART: &str = "From: =?utf-8?q?Jos=C3=A9?= <jose@example.com>\r\nTo: ann@example.net\r\nSubject: =?utf-8?b?SMOp?=\r\n\
    Disposition-Notification-To: jose@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nHi\r\n--b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    <p>caf=E9 <img src=3D'https://a.example/wf/open?upn=3Du001.x=\r\ny' width=3D1 height=3D1></p>\r\n--b--\r\n";

const NESTED: &str = "From: a@example.com\nTo: ann@example.net\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: message/rfc822\n\n\
    From: b@example.com\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGltZyBzcmM9aHR0cHM6Ly9hLmV4YW1wbGUvbz4=\n--m\n\
    Content-Type: text/html; charset=utf-16le\n\n<\0a\0>\0\n--m--\n";

const MARKUP: &str = "Subject: x\nContent-Type: text/html; charset=utf-8\n\n<!doctype html><base href=//b.example/><style>@import 'a.css';\
    .x{background:url(\"é\\).png\") image-set('b' 1x)}@font-face{src:url(f)}</style><!--[if mso]><v:image src=x /><![endif]-->\
    <iframe srcdoc='&lt;img srcset=\"a 1x, b 2x\"&gt;'></iframe><noscript><img src=&#x68;ttps&colon;//1.2.3/></noscript>\
    <svg><image xlink:href=y /></svg><a href='https://google.example/url?q=https%3A%2F%2Fb.example%2F'>ü</a><meta http-equiv=refresh content='0;url=z'>";

/// Good messages to be mangled.
pub(crate) const MESSAGES: [&str; 3] = [MULTIPART, NESTED, MARKUP];

/// What parsers look for.
pub(crate) const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<![endif]",
    "[if mso]>",
    "<img src=",
    "<a href='",
    "<style>",
    "</style>",
    "<iframe srcdoc=\"",
    "<noscript>",
    "<svg>",
    "<base href=",
    "<template>",
    "<textarea>",
    "<plaintext>",
    "<math>",
    "<table><td>",
    "&#0;",
    "&#x110000;",
    "&amp",
    "url(",
    "image-set(",
    "@import",
    "@font-face{src:",
    "{",
    "}",
    ")",
    "\\",
    "\\0",
    "/*",
    "*/",
    "'",
    "\"",
    "https://",
    "//",
    "http://[::",
    "data:",
    "javascript:",
    "%",
    "%2",
    "%ff",
    "%00",
    "?url=",
    "&q=",
    "https%3A%2F%2F",
    "#",
    "@",
    ":",
    "=",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "😀",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\n\nFrom ",
    "\n>From ",
    "Content-Type: multipart/mixed; boundary=b\n\n",
    "--b",
    "Content-Transfer-Encoding: base64\n\n",
    "=?utf-8?q?",
    "?=",
    "=\n",
    "1x, ",
    ",",
    "https://click.example.com/ls/click?upn=",
    "https://open.example.com/wf/open?upn=",
    ".gif",
    "0123456789abcdef0123456789abcdef",
];
