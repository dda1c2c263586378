//! `briefgeheim rules fmt`: one form for all rule files. Comments stay where they are; lists stay broken as their author broke them.

use std::fs;
use std::io;
use std::path::Path;
use toml_edit::{DocumentMut, Item, RawString, Table};

use crate::rules::folder::paths;

/// The order of keys in each table. Others come last, as written.
const ORDER: &[(&str, &[&str])] = &[
    ("vendor", &["name", "label", "category", "country", "sources", "single"]),
    ("rule", &["kind", "match", "tiny", "dest", "keep", "note", "hits", "misses"]),
    ("param", &["owner", "identifies", "names", "scope", "except", "with", "note", "sources"]),
    ("wrapper", &["name", "kind", "match", "original", "sources", "examples"]),
    ("webmail", &["name", "title", "pages", "optional", "frames", "own", "services", "proxies", "passes"]),
];

/// Brings every file of a folder into form, or only says which are not: gives a line for each that was not.
pub(crate) fn fmt(folder: &Path, is_check: bool) -> io::Result<Vec<String>> {
    let mut told = Vec::new();
    for path in paths(folder)? {
        let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
        let text = fs::read_to_string(&path).map_err(named)?;
        let formed = match format(&text) {
            Ok(formed) => formed,
            Err(error) => return Err(io::Error::other(format!("{}: {}", path.display(), error.to_string().trim()))),
        };
        if formed == text {
            continue;
        }
        let same = text.lines().zip(formed.lines()).take_while(|(a, b)| a == b).count();
        if is_check {
            told.push(format!("{}:{}: not in form; run `briefgeheim rules fmt`", path.display(), same + 1));
        } else {
            fs::write(&path, &formed).map_err(named)?;
            told.push(format!("{}: formatted", path.display()));
        }
    }
    Ok(told)
}

fn format(text: &str) -> Result<String, toml_edit::TomlError> {
    let mut document: DocumentMut = text.parse()?;
    let mut is_first = true;
    // Header by header, as they stand in the text.
    for (name, item) in document.as_table_mut().iter_mut() {
        if let Item::ArrayOfTables(list) = item {
            for table in list.iter_mut() {
                form(&name, table, &mut is_first);
            }
        }
    }
    let tail = lines_of(document.trailing());
    document.set_trailing(tail);
    let formed = document.to_string();
    let mut formed: String = formed.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    formed.truncate(formed.trim_end().len());
    Ok(formed + "\n")
}

fn form(name: &str, table: &mut Table, is_first: &mut bool) {
    let comments = lines_of(table.decor().prefix().unwrap_or(&RawString::default()));
    // A comment on several tables keeps its blank line.
    let keeps_distance = !comments.is_empty() && table.decor().prefix().and_then(RawString::as_str).is_some_and(|text| text.ends_with("\n\n"));
    let gap = if std::mem::take(is_first) { "" } else { "\n" };
    table.decor_mut().set_prefix(format!("{gap}{comments}{}", if keeps_distance { "\n" } else { "" }));
    let order = ORDER.iter().find(|(table, _)| *table == name).map_or(&[][..], |(_, order)| order);
    let place = |key: &str| order.iter().position(|k| *k == key).unwrap_or(order.len());
    table.sort_values_by(|a, _, b, _| place(a).cmp(&place(b)));
    for (mut key, item) in table.iter_mut() {
        match item {
            Item::Value(value) => {
                let comments = lines_of(key.leaf_decor().prefix().unwrap_or(&RawString::default()));
                key.leaf_decor_mut().set_prefix(comments);
                key.leaf_decor_mut().set_suffix(" ");
                value.decor_mut().set_prefix(" ");
            }
            Item::ArrayOfTables(list) => {
                let name = key.get().to_owned();
                list.iter_mut().for_each(|table| form(&name, table, is_first));
            }
            _ => {}
        }
    }
}

/// The comments before something, without the space around them; paragraphs stay apart.
fn lines_of(raw: &RawString) -> String {
    let mut text = String::new();
    let mut is_apart = false;
    for line in raw.as_str().unwrap_or_default().lines().map(str::trim) {
        if line.is_empty() {
            is_apart = !text.is_empty();
            continue;
        }
        text.push_str(if std::mem::take(&mut is_apart) { "\n" } else { "" });
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMED: &str = "# Of the file.\n\n# Of the vendor.\n[[vendor]]\nname = \"A\"\nsources = [\"x\"] # why\n\n[[vendor.rule]]\nkind = \"open\"\n\
        # Of the pattern.\nmatch = \"a.example/o\"\nhits = [\n    \"https://a.example/o\", # one\n]\nmisses = []\n\n# Last.\n[[vendor]]\nname = \"B\"\nsources = []\nrule = []\n";

    #[test]
    fn what_is_in_form_stays() {
        assert_eq!(format(FORMED).unwrap(), FORMED);
    }

    #[test]
    fn order_and_space_are_mended_and_comments_stay() {
        let written = "# Of the file.\n\n# Of the vendor.\n[[vendor]]\nsources=[\"x\"] # why\n  name   =\"A\"\n[[vendor.rule]]\n\nmisses = []\n# Of the pattern.\n\
            match = \"a.example/o\"\nhits = [\n    \"https://a.example/o\", # one\n]\nkind = \"open\"\n\n\n\n# Last.\n[[vendor]]\nname = \"B\"\nsources = []\nrule = []\n\n";
        assert_eq!(format(written).unwrap(), FORMED);
    }
}
