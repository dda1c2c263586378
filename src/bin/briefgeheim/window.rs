//! Work in parallel, results in order, memory bounded: only a few messages are in hand at any time.

use crate::sources::Unreadable;
use briefgeheim::audit::{self, Report};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::VecDeque;
use std::io;
use std::panic::catch_unwind;
use std::sync::mpsc::{Receiver, sync_channel};

/// Messages in hand for each thread: enough that none waits while an earlier message is printed.
const AHEAD: usize = 4;

/// The most mail in hand, in bytes; a larger message goes alone. Judging a message takes some times its size.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// As large as the main thread's is on most systems: messages may lie in each other.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// What became of one message.
pub(crate) type Outcome = Result<Report, Unreadable>;

/// Messages that are being judged, the oldest first.
pub(crate) struct Window {
    pool: ThreadPool,
    waiting: VecDeque<(usize, Receiver<Outcome>)>,
    bytes: usize,
}

impl Window {
    /// `threads` judge; 0 means one for each core.
    pub(crate) fn new(threads: usize) -> io::Result<Window> {
        let pool = ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build().map_err(io::Error::other)?;
        Ok(Window { pool, waiting: VecDeque::new(), bytes: 0 })
    }

    /// Says whether a message of this size has to wait until [`Window::next`] has made room.
    pub(crate) fn is_full(&self, size: usize) -> bool {
        let is_over = self.waiting.len() >= AHEAD * self.pool.current_num_threads() || self.bytes + size > MOST_BYTES;
        is_over && !self.waiting.is_empty()
    }

    /// Begins to judge a message.
    pub(crate) fn push(&mut self, name: String, bytes: Vec<u8>) {
        let (sender, receiver) = sync_channel(1);
        self.waiting.push_back((bytes.len(), receiver));
        self.bytes += bytes.len();
        self.pool.spawn(move || {
            // A message that breaks the engine is our fault, and no reason to leave out the others.
            let outcome = match catch_unwind(|| audit::audit(&name, &bytes)) {
                Ok(outcome) => outcome.map_err(|error| Unreadable { name, reason: error.to_string() }),
                Err(_) => Err(Unreadable { name, reason: "the message made the audit fail: please report it".to_owned() }),
            };
            drop(bytes);
            // Nobody waits any more when printing failed.
            let _ = sender.send(outcome);
        });
    }

    /// Puts what could not be read into the row.
    pub(crate) fn push_unreadable(&mut self, unreadable: Unreadable) {
        let (sender, receiver) = sync_channel(1);
        let _ = sender.send(Err(unreadable));
        self.waiting.push_back((0, receiver));
    }

    /// Waits for the oldest message. `None` when there is none.
    pub(crate) fn next(&mut self) -> Option<(usize, Outcome)> {
        let (size, receiver) = self.waiting.pop_front()?;
        self.bytes -= size;
        let lost = |_| Err(Unreadable { name: "a message".to_owned(), reason: "judging it failed".to_owned() });
        Some((size, receiver.recv().unwrap_or_else(lost)))
    }
}
