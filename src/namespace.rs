//! Which elements lie inside of SVG or MathML, told from tags alone.

/// Where an element belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// HTML itself.
    Html,
    /// A drawing.
    Svg,
    /// A formula.
    MathMl,
}

/// Tags that end a drawing or a formula, for they cannot be in one.
#[rustfmt::skip]
const LEAVE: &[&str] = &[
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span",
    "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var",
];

/// The namespaces around a place, outermost first. Outside of them all is HTML.
#[derive(Debug, Default)]
pub(crate) struct Namespaces {
    around: Vec<Namespace>,
    was_foreign: bool,
}

impl Namespaces {
    pub(crate) fn current(&self) -> Namespace {
        self.around.last().copied().unwrap_or(Namespace::Html)
    }

    /// The tag that came last began in HTML.
    pub(crate) fn was_html(&self) -> bool {
        !self.was_foreign
    }

    /// Where the element of a start tag is; what comes next is in the same place.
    pub(crate) fn open(&mut self, name: &str, attributes: &[(&str, &str)], closes_itself: bool) -> Namespace {
        let current = self.current();
        self.was_foreign = current != Namespace::Html;
        if name.eq_ignore_ascii_case("svg") {
            self.around.push(Namespace::Svg);
        } else if name.eq_ignore_ascii_case("math") {
            self.around.push(Namespace::MathMl);
        } else if current != Namespace::Html {
            let has = |names: &[&str]| attributes.iter().any(|(name, _)| is_any(name, names));
            if is_any(name, LEAVE) || (name.eq_ignore_ascii_case("font") && has(&["color", "size", "face"])) {
                self.around.pop();
            } else if !closes_itself && holds_html(current, name, attributes) {
                self.around.push(Namespace::Html);
            }
        }
        self.current()
    }

    pub(crate) fn close(&mut self, name: &str) {
        let leaves = match self.current() {
            Namespace::Html => {
                let outer = self.around.iter().rev().nth(1).copied().unwrap_or(Namespace::Html);
                is_html_in(outer, name) || (outer == Namespace::MathMl && name.eq_ignore_ascii_case("annotation-xml"))
            }
            Namespace::Svg => is_any(name, &["svg", "p", "br"]),
            Namespace::MathMl => is_any(name, &["math", "p", "br"]),
        };
        if leaves {
            self.around.pop();
        }
    }
}

fn is_any(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// In such an element of a drawing or a formula there is HTML again.
fn is_html_in(namespace: Namespace, name: &str) -> bool {
    match namespace {
        Namespace::Html => false,
        Namespace::Svg => is_any(name, &["desc", "title", "foreignobject"]),
        Namespace::MathMl => is_any(name, &["mi", "mo", "mn", "ms", "mtext"]),
    }
}

fn holds_html(namespace: Namespace, name: &str, attributes: &[(&str, &str)]) -> bool {
    let is_html = |(name, value): &(&str, &str)| name.eq_ignore_ascii_case("encoding") && is_any(value, &["text/html", "application/xhtml+xml"]);
    let is_annotation = namespace == Namespace::MathMl && name.eq_ignore_ascii_case("annotation-xml");
    is_html_in(namespace, name) || (is_annotation && attributes.iter().any(is_html))
}
