//! Turns `rules/*.toml` into constant tables, so that the engine starts without parsing anything.
//!
//! A mistake in a rule file stops the build with one line that names the file, the entry and the reason.

#[path = "src/filing.rs"]
mod filing;
#[path = "src/index.rs"]
#[allow(dead_code, unreachable_pub)]
mod index;
#[path = "src/pattern.rs"]
#[allow(dead_code, unreachable_pub)]
mod pattern;
#[path = "src/rulefile.rs"]
#[allow(dead_code, unreachable_pub)]
mod rulefile;

use pattern::Pattern;
use rulefile::RuleFile;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    if let Err(reason) = run() {
        println!("cargo::error={reason}");
    }
}

fn run() -> Result<(), String> {
    let mut tables = Tables::default();
    for path in rule_files()? {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
        let file: RuleFile = toml::from_str(&text).map_err(|e| format!("{name}: {e}").replace('\n', " "))?;
        tables.add(&name, &file)?;
    }
    let tlds = std::fs::read_to_string("rules/tlds.txt").map_err(|e| format!("rules/tlds.txt: {e}"))?;
    tables.tlds = tlds.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| format!("{line:?},\n")).collect();
    let out = std::env::var("OUT_DIR").map_err(|e| format!("OUT_DIR: {e}"))?;
    std::fs::write(Path::new(&out).join("tables.rs"), tables.code()?).map_err(|e| format!("tables.rs: {e}"))
}

fn rule_files() -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir("rules").map_err(|e| format!("rules: {e}"))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.extension().is_some_and(|x| x == "toml")).collect();
    // A directory has no order; the tables must not depend on it.
    paths.sort();
    Ok(paths)
}

#[derive(Default)]
struct Tables {
    /// Their names alone. What else a file says of them is for people who read it.
    vendors: Vec<String>,
    rules: String,
    destinations: Vec<String>,
    params: Vec<(String, String)>,
    limits: Vec<String>,
    webmails: String,
    proxies: String,
    wrappers: String,
    tlds: String,
    /// Every pattern as it was written. As ready-made tables they would be a third of the module: the engine reads one when it is
    /// first tried.
    patterns: Vec<String>,
    /// The words of each entry, in the order of the entries. The wrappers stand behind the rules in one index: an address is
    /// looked up once.
    rule_words: Vec<filing::Filing>,
    wrapper_words: Vec<filing::Filing>,
}

impl Tables {
    fn add(&mut self, file: &str, rules: &RuleFile) -> Result<(), String> {
        for vendor in &rules.vendor {
            let title = if vendor.name.is_empty() { &vendor.label } else { &vendor.name };
            let vendor_id = self.vendors.len();
            self.vendors.push(vendor.name.clone());
            for rule in &vendor.rule {
                let pattern = parse(&rule.pattern).map_err(|e| format!("{file}: {title}: {:?}: {e}", rule.pattern))?;
                let kind = match rule.kind.as_str() {
                    "open" => "Open",
                    "click" => "Click",
                    "both" => "Both",
                    "asset" => "Asset",
                    other => return Err(format!("{file}: {title}: kind {other:?} is none of open, click, both, asset")),
                };
                let (destination, code) = (place_in(&mut self.destinations, &rule.dest), self.pattern_code(&rule.pattern));
                let (keep, tiny) = (rule.keep, rule.tiny);
                self.write(|t| {
                    writeln!(
                        t.rules,
                        "Rule {{ vendor: {vendor_id}, kind: RuleKind::{kind}, keep: {keep}, tiny: {tiny}, destination: {destination}, pattern: {code} }},"
                    )
                })?;
                self.rule_words.push(filing::filing(&pattern));
            }
        }
        for param in &rules.param {
            let limits = format!("Limits {{ scope: &{:?}, except: &{:?}, with: {:?} }},\n", param.scope, param.except, param.with);
            let limits = place_in(&mut self.limits, &limits);
            for name in param.names.iter().map(|name| name.to_ascii_lowercase()) {
                let code = format!("Param {{ name: {name:?}, limits: &LIMITS[{limits}] }},\n");
                self.params.push((name, code));
            }
        }
        for webmail in &rules.webmail {
            // Of the patterns in the order of the file, those of the proxies come first.
            let first = self.proxies.lines().count();
            for pattern in webmail.proxies.iter().chain(&webmail.passes) {
                parse(pattern).map_err(|e| format!("{file}: {}: {pattern:?}: {e}", webmail.name))?;
                let code = self.pattern_code(pattern);
                self.write(|t| writeln!(t.proxies, "{code},"))?;
            }
            let (middle, last) = (first + webmail.proxies.len(), first + webmail.proxies.len() + webmail.passes.len());
            self.write(|t| {
                writeln!(
                    t.webmails,
                    "Webmail {{ name: {:?}, title: {:?}, pages: &{:?}, optional: {}, frames: &{:?}, own: &{:?}, services: &{:?}, proxies: ({first}, {middle}), passes: ({middle}, {last}) }},",
                    webmail.name, webmail.title, webmail.pages, webmail.optional, webmail.frames, webmail.own, webmail.services
                )
            })?;
        }
        for wrapper in &rules.wrapper {
            let pattern = parse(&wrapper.pattern).map_err(|e| format!("{file}: {}: {:?}: {e}", wrapper.name, wrapper.pattern))?;
            let original = original_code(&wrapper.original).map_err(|e| format!("{file}: {}: {e}", wrapper.name))?;
            if !matches!(wrapper.kind.as_str(), "image" | "link" | "gateway") {
                return Err(format!("{file}: {}: kind {:?} is none of image, link, gateway", wrapper.name, wrapper.kind));
            }
            let (is_image, is_gateway) = (wrapper.kind == "image", wrapper.kind == "gateway");
            self.wrapper_words.push(filing::filing(&pattern));
            let code = self.pattern_code(&wrapper.pattern);
            self.write(|t| {
                writeln!(
                    t.wrappers,
                    "Wrapper {{ name: {:?}, is_image: {is_image}, is_gateway: {is_gateway}, original: {original}, pattern: {code} }},",
                    wrapper.name
                )
            })?;
        }
        Ok(())
    }

    /// A pattern in code: its place.
    fn pattern_code(&mut self, text: &str) -> String {
        self.patterns.push(text.to_owned());
        format!("Written({})", self.patterns.len() - 1)
    }

    fn write(&mut self, f: impl FnOnce(&mut Self) -> std::fmt::Result) -> Result<(), String> {
        f(self).map_err(|e| e.to_string())
    }

    fn code(&self) -> Result<String, String> {
        let mut params = self.params.clone();
        params.sort();
        let params: String = params.into_iter().map(|(_, code)| code).collect();
        let mut code = String::new();
        // One entry a line. Arrays, not slices: what is read later may not stand behind a reference.
        let mut table = |name: &str, kind: &str, body: &str| {
            let count = body.lines().count();
            writeln!(code, "pub(crate) static {name}: [{kind}; {count}] = [\n{body}];").map_err(|e| e.to_string())
        };
        table("RULES", "Rule", &self.rules)?;
        table("DESTINATIONS", "&str", &self.destinations.iter().map(|text| format!("{text:?},\n")).collect::<String>())?;
        table("LIMITS", "Limits", &self.limits.concat())?;
        table("PARAMS", "Param", &params)?;
        table("PROXIES", "Written", &self.proxies)?;
        table("WEBMAILS", "Webmail", &self.webmails)?;
        table("WRAPPERS", "Wrapper", &self.wrappers)?;
        table("TLDS", "&str", &self.tlds)?;
        for (name, texts) in [("VENDORS", &self.vendors), ("PATTERNS", &self.patterns)] {
            let starts: Vec<usize> = texts.iter().scan(0, |end, text| Some(std::mem::replace(end, *end + text.len()))).collect();
            writeln!(code, "pub(crate) static {name}: Texts = Texts {{ all: {:?}, starts: &{starts:?} }};", texts.concat()).map_err(|e| e.to_string())?;
        }
        let count = self.patterns.len();
        writeln!(code, "pub(crate) static READ: [OnceLock<Box<Pattern>>; {count}] = [const {{ OnceLock::new() }}; {count}];").map_err(|e| e.to_string())?;
        let index = filing::code(self.rule_words.iter().chain(&self.wrapper_words));
        writeln!(code, "pub(crate) static INDEX: Index = {index};").map_err(|e| e.to_string())?;
        Ok(code)
    }
}

/// The place of an original, in code.
fn original_code(text: &str) -> Result<String, String> {
    let (form, key) = text.split_once(':').unwrap_or((text, ""));
    let name = match form {
        "fragment" => "Fragment",
        "path-pct" => "Path",
        "stars" => "Stars",
        "underscores" => "Underscores",
        "hidden" => "Hidden",
        "query" => "Query",
        "query-html" => "QueryHtml",
        "query-b64" => "QueryBase64",
        "query-b64json" => "QueryBase64Json",
        "dashes" => "Dashes",
        _ => return Err(format!("original {text:?} is none of the forms that src/rulefile.rs names")),
    };
    let needs_key = form.starts_with("query") || form == "dashes";
    if needs_key == key.is_empty() {
        return Err(format!("original {text:?} {} a key after a colon", if needs_key { "needs" } else { "takes no" }));
    }
    Ok(if needs_key { format!("Original::{name}({key:?})") } else { format!("Original::{name}") })
}

fn parse(text: &str) -> Result<Pattern, String> {
    Pattern::parse(text).map_err(|e| e.to_string())
}

/// The place of a text in a list in which each stands once.
fn place_in(list: &mut Vec<String>, text: &str) -> usize {
    list.iter().position(|known| known == text).unwrap_or_else(|| {
        list.push(text.to_owned());
        list.len() - 1
    })
}
