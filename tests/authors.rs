//! What rule authors are told: the folder is clean, and each mistake, made in a copy of it, gives one line that helps.

#![cfg(feature = "cli")]
// clippy.toml allows these in test functions; the functions beside them are tests too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Named vendors with two independent sources or their own word: a change may add, not take away.
const PROVEN_VENDORS: usize = 400;

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

/// Exit code and output of `briefgeheim rules …`.
fn run(arguments: &[&str], folder: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_briefgeheim")).arg("rules").args(arguments).arg(folder).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// A copy of the rules that goes when the test ends.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Copy {
        let folder = std::env::temp_dir().join(format!("briefgeheim-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(rules()).unwrap().map(Result::unwrap) {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        Copy(folder)
    }

    fn add(&self, text: &str) {
        fs::write(self.0.join("new.toml"), text).unwrap();
    }

    /// The lines that `rules check` prints of the new file, without the folder.
    fn problems(&self) -> Vec<String> {
        let (code, output) = run(&["check"], &self.0);
        let start = format!("{}/", self.0.display());
        let problems: Vec<String> = output.lines().filter(|line| line.contains("new.toml:")).map(|line| line.replace(&start, "")).collect();
        assert_eq!(code, i32::from(!problems.is_empty()), "{output}");
        problems
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const GOOD: &str = r#"[[vendor]]
name = "Example Mailer"
category = "newsletter service"
country = "NL"
sources = ["EasyPrivacy", "https://docs.mailer.example/tracking"]

[[vendor.rule]]
kind = "open"
match = "mailer.example/o/{hex24}.gif?c={n}"
hits = ["https://t.mailer.example/o/0123456789abcdef01234567.gif?c=7"]
misses = ["https://cdn.mailer.example/o/logo.gif"]
"#;

#[test]
fn the_rules_are_clean_and_in_form() {
    let (code, output) = run(&["check"], &rules());
    assert_eq!(code, 0, "{output}");
    let words: Vec<&str> = output.split_whitespace().collect();
    let proven: usize = words.iter().position(|w| *w == "of").and_then(|at| words.get(at - 1)).unwrap().parse().unwrap();
    assert!(proven >= PROVEN_VENDORS, "{output}");
    assert_eq!(run(&["fmt", "--check"], &rules()), (0, String::new()));
}

#[test]
fn one_entry_makes_a_tracker() {
    let copy = Copy::new("good");
    copy.add(GOOD);
    assert_eq!(copy.problems(), [""; 0]);
    assert_eq!(run(&["fmt", "--check"], &copy.0), (0, String::new()));
}

#[test]
fn each_mistake_gives_a_line_that_helps() {
    let rule = "[[vendor.rule]]\nkind = \"open\"";
    for (name, from, to, expected) in [
        (
            "hit",
            "t.mailer.example/o/0123456789abcdef01234567.gif?c=7",
            "t.mailer.example/x.gif",
            "new.toml:10: Example Mailer: \"mailer.example/o/{hex24}.gif?c={n}\" does not match its hit https://t.mailer.example/x.gif; correct one of them",
        ),
        (
            "miss",
            "https://cdn.mailer.example/o/logo.gif",
            "https://mailer.example/o/0123456789abcdef01234567.gif?c=1",
            "new.toml:11: Example Mailer: \"mailer.example/o/{hex24}.gif?c={n}\" matches its miss https://mailer.example/o/0123456789abcdef01234567.gif?c=1; \
             make the pattern narrower",
        ),
        (
            "source",
            "[\"EasyPrivacy\", \"https://docs.mailer.example/tracking\"]",
            "[\"EasyPrivacy\"]",
            "new.toml:5: Example Mailer: [\"EasyPrivacy\"] is not enough; name two independent sources, or the vendor's own documentation or code as an https \
             address, or say in `single` why one is enough",
        ),
        ("no-sources", "sources = [\"EasyPrivacy\", \"https://docs.mailer.example/tracking\"]\n", "", "new.toml:1: missing field `sources`"),
        (
            "class",
            "{hex24}",
            "{hax24}",
            "new.toml:9: Example Mailer: \"mailer.example/o/{hax24}.gif?c={n}\" is no pattern: a {class} is not closed, or no class has that name",
        ),
        ("key", "country", "land", "new.toml:4: unknown field `land`, expected one of `name`, `label`, `category`, `country`, `sources`, `single`, `rule`"),
        ("toml", "kind = \"open\"", "kind = open", "new.toml:8: "),
        ("kind", rule, "[[vendor.rule]]\nkind = \"opens\"", "new.toml:8: Example Mailer: kind \"opens\" is none of open, click, both, asset"),
        (
            "person",
            "?c=7",
            "?c=7&e=ann@shop.test",
            "new.toml:10: Example Mailer: https://t.mailer.example/o/0123456789abcdef01234567.gif?c=7&e=ann@shop.test holds an e-mail address at shop.test; use one at example.com, .net or .org",
        ),
        ("twice", "Example Mailer", "SendGrid", "new.toml:2: SendGrid: it is also in "),
    ] {
        let copy = Copy::new(name);
        let broken = GOOD.replace(from, to);
        assert_ne!(broken, GOOD, "{name}");
        copy.add(&broken);
        let (code, output) = run(&["check"], &copy.0);
        let told = output.lines().map(|line| line.replace(&format!("{}/", copy.0.display()), "")).any(|line| line.starts_with(expected));
        assert!(told && code == 1, "{name}: {output}");
    }
}

#[test]
fn two_vendors_that_claim_one_address_are_both_told() {
    let copy = Copy::new("claim");
    copy.add(&format!("{GOOD}\n{}", GOOD.replace("Example Mailer", "Second Mailer").replace("{hex24}.gif?c={n}", "*.gif").replace("o/logo.gif", "logo.gif")));
    assert_eq!(
        copy.problems(),
        [
            "new.toml:10: Example Mailer: https://t.mailer.example/o/0123456789abcdef01234567.gif?c=7 is also claimed by \"mailer.example/o/*.gif\" of Second \
             Mailer (new.toml:19); make one of them narrower",
            "new.toml:22: Second Mailer: https://t.mailer.example/o/0123456789abcdef01234567.gif?c=7 is also claimed by \
             \"mailer.example/o/{hex24}.gif?c={n}\" of Example Mailer (new.toml:7); make one of them narrower",
        ]
    );
}

#[test]
fn what_is_not_in_form_is_named_and_mended() {
    let copy = Copy::new("form");
    copy.add(&GOOD.replace("country = \"NL\"\n", "").replace("[[vendor]]\n", "[[vendor]]\ncountry=\"NL\" # its seat\n"));
    let name = copy.0.join("new.toml").display().to_string();
    assert_eq!(run(&["fmt", "--check"], &copy.0), (1, format!("{name}:2: not in form; run `briefgeheim rules fmt`\n")));
    assert_eq!(run(&["fmt"], &copy.0), (0, format!("{name}: formatted\n")));
    assert_eq!(fs::read_to_string(&name).unwrap(), GOOD.replace("\"NL\"", "\"NL\" # its seat"));
    assert_eq!(run(&["fmt", "--check"], &copy.0).0, 0);
}
