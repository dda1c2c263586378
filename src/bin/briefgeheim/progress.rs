//! How far a long audit is, on a terminal's standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Work that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A line that moves, or nothing at all.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    may_show: bool,
    shown: bool,
    messages: u64,
}

impl Progress {
    /// `is_quiet` when reports appear on the same terminal: they are progress enough.
    pub(crate) fn new(paths: &[PathBuf], is_quiet: bool) -> Progress {
        // The size of a folder or of standard input is not known before it was read.
        let sizes = paths.iter().map(|path| path.metadata().ok().filter(std::fs::Metadata::is_file).map(|m| m.len()));
        let bar = match sizes.sum::<Option<u64>>() {
            Some(bytes) => ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden()),
            None => ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
        };
        let template = if bar.length().is_some() {
            "{msg} {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"
        } else {
            "{spinner} {msg} {bytes}, {bytes_per_sec}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress { bar, start: Instant::now(), may_show: !is_quiet && io::stderr().is_terminal(), shown: false, messages: 0 }
    }

    /// One more message of this size is done.
    pub(crate) fn advance(&mut self, size: usize) {
        if !self.may_show {
            return;
        }
        self.messages += 1;
        self.bar.inc(u64::try_from(size).unwrap_or(u64::MAX));
        if !self.shown && self.start.elapsed() > PATIENCE {
            self.shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        if self.shown {
            self.bar.set_message(format!("{} messages", self.messages));
        }
    }

    /// Prints a line on standard error without breaking the bar.
    pub(crate) fn say(&self, line: &str) {
        // A closed standard error is no reason to stop.
        self.bar.suspend(|| drop(writeln!(io::stderr(), "{line}")));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
