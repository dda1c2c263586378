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
    let leaves_texts_out = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    let mut tables = Tables { leaves_texts_out, ..Tables::default() };
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
    /// What only people read is not shipped: it would make the module a twentieth larger.
    leaves_texts_out: bool,
    vendors: String,
    rules: String,
    params: Vec<(String, String)>,
    webmails: String,
    proxies: String,
    wrappers: String,
    tlds: String,
    vendor_count: usize,
    /// The words of each entry, in the order of the entries. The wrappers stand behind the rules in one index: an address is
    /// looked up once.
    rule_words: Vec<filing::Filing>,
    wrapper_words: Vec<filing::Filing>,
}

impl Tables {
    fn add(&mut self, file: &str, rules: &RuleFile) -> Result<(), String> {
        for vendor in &rules.vendor {
            let title = if vendor.name.is_empty() { &vendor.label } else { &vendor.name };
            let shipped = |text| if self.leaves_texts_out { "" } else { text };
            let (label, category, country) = (shipped(&*vendor.label), shipped(&vendor.category), shipped(&vendor.country));
            let line = format!("Vendor {{ name: {:?}, label: {label:?}, category: {category:?}, country: {country:?} }},", vendor.name);
            self.write(|t| writeln!(t.vendors, "{line}"))?;
            for rule in &vendor.rule {
                let pattern = parse(&rule.pattern).map_err(|e| format!("{file}: {title}: {:?}: {e}", rule.pattern))?;
                let kind = match rule.kind.as_str() {
                    "open" => "Open",
                    "click" => "Click",
                    "both" => "Both",
                    "asset" => "Asset",
                    other => return Err(format!("{file}: {title}: kind {other:?} is none of open, click, both, asset")),
                };
                let vendor_id = self.vendor_count;
                self.write(|t| {
                    writeln!(
                        t.rules,
                        "Rule {{ vendor: {vendor_id}, kind: RuleKind::{kind}, keep: {}, tiny: {}, destination: {:?}, pattern: {} }},",
                        rule.keep,
                        rule.tiny,
                        rule.dest,
                        pattern_code(&rule.pattern)
                    )
                })?;
                self.rule_words.push(filing::filing(&pattern));
            }
            self.vendor_count += 1;
        }
        for param in &rules.param {
            for name in param.names.iter().map(|name| name.to_ascii_lowercase()) {
                let code = format!(
                    "Param {{ name: {name:?}, owner: {:?}, identifies: {:?}, scope: &{:?}, except: &{:?}, with: {:?} }},\n",
                    param.owner, param.identifies, param.scope, param.except, param.with
                );
                self.params.push((name, code));
            }
        }
        for webmail in &rules.webmail {
            // Of the patterns in the order of the file, those of the proxies come first.
            let first = self.proxies.lines().count();
            for pattern in webmail.proxies.iter().chain(&webmail.passes) {
                parse(pattern).map_err(|e| format!("{file}: {}: {pattern:?}: {e}", webmail.name))?;
                self.write(|t| writeln!(t.proxies, "{},", pattern_code(pattern)))?;
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
            let code = pattern_code(&wrapper.pattern);
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
        table("VENDORS", "Vendor", &self.vendors)?;
        table("RULES", "Rule", &self.rules)?;
        table("PARAMS", "Param", &params)?;
        table("PROXIES", "Written", &self.proxies)?;
        table("WEBMAILS", "Webmail", &self.webmails)?;
        table("WRAPPERS", "Wrapper", &self.wrappers)?;
        table("TLDS", "&str", &self.tlds)?;
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

/// A pattern in code: as it was written. The engine reads it when it is first tried; as ready-made tables they would be a third of
/// the module.
fn pattern_code(text: &str) -> String {
    format!("Written::new({text:?})")
}
