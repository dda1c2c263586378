//! What many messages say together: per sender, per company, per way of tracking. Its size depends on how many senders and
//! companies there are, not on how many messages.

use crate::output::who;
use briefgeheim::audit::{Report, Resource};
use briefgeheim::{Evidence, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// The most messages told one by one.
pub(crate) const MOST_MESSAGES: usize = 200;

/// The most lines told of one message.
pub(crate) const MOST_FINDINGS: usize = 40;

/// The most senders or companies kept apart. A mailbox made to have more gets one line for the rest.
const MOST_NAMES: usize = 20_000;

/// Names and subjects longer than this are cut, in characters.
const LONGEST_NAME: usize = 160;

/// Everything counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Messages read.
    pub(crate) messages: usize,
    /// Of those, how many report to somebody.
    pub(crate) tracked: usize,
    /// Messages by kind of tracking: a message may be in several.
    pub(crate) kinds: Counts,
    /// Messages with something made for one reader.
    pub(crate) personal: usize,
    /// Messages by evidence.
    pub(crate) evidence: BTreeMap<&'static str, usize>,
    /// By sender's name and address.
    pub(crate) senders: BTreeMap<String, Sender>,
    /// By the name of the company behind the address, or its host.
    pub(crate) trackers: BTreeMap<String, Tracker>,
    /// The first messages that report to somebody, up to [`MOST_MESSAGES`].
    pub(crate) listed: Vec<Listed>,
    /// The day of the oldest and of the newest message.
    pub(crate) days: Option<(String, String)>,
}

/// How many messages have a kind of tracking.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) open: usize,
    pub(crate) click: usize,
    pub(crate) param: usize,
    pub(crate) receipt: usize,
}

impl Counts {
    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Open => self.open += 1,
            Kind::Click => self.click += 1,
            Kind::Param => self.param += 1,
            Kind::Receipt => self.receipt += 1,
            Kind::Clean => {}
        }
    }
}

/// One sender.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    pub(crate) messages: usize,
    pub(crate) tracked: usize,
    pub(crate) kinds: Counts,
    pub(crate) through: BTreeSet<String>,
}

/// One company, or a host of which no rule knows whose it is.
#[derive(Debug, Default)]
pub(crate) struct Tracker {
    pub(crate) messages: usize,
    pub(crate) kinds: Counts,
    pub(crate) senders: BTreeSet<String>,
    pub(crate) is_named: bool,
}

/// One message told in full.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) day: String,
    pub(crate) path: String,
    pub(crate) findings: Vec<Finding>,
    /// Lines beyond [`MOST_FINDINGS`].
    pub(crate) left_out: usize,
}

/// Addresses of one message that have the same to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Place in the order in which kinds are told.
    rank: usize,
    pub(crate) who: String,
    pub(crate) sentences: Vec<&'static str>,
    pub(crate) leads_to: Option<String>,
    pub(crate) times: usize,
}

/// The kinds that report to somebody, the worst first.
pub(crate) const REPORTING: [Kind; 4] = [Kind::Open, Kind::Receipt, Kind::Click, Kind::Param];

impl Finding {
    pub(crate) fn kind(&self) -> Kind {
        REPORTING.get(self.rank).copied().unwrap_or(Kind::Clean)
    }
}

impl Tally {
    /// Counts one message.
    pub(crate) fn add(&mut self, report: &Report) {
        self.messages += 1;
        let day = report.date.as_deref().and_then(|date| date.get(..10)).unwrap_or_default().to_owned();
        self.add_day(&day);
        let from = short(report.from.as_deref().unwrap_or("Unknown sender"));
        let found: Vec<&Resource> = report.resources.iter().filter(|r| r.kind != Kind::Clean).collect();
        let kinds: Vec<Kind> = REPORTING.into_iter().filter(|kind| found.iter().any(|r| r.kind == *kind)).collect();
        // Parameters are read where the link leads and say nothing to the sender by themselves.
        let is_tracked = kinds.iter().any(|kind| *kind != Kind::Param);
        self.tracked += usize::from(is_tracked);
        self.personal += usize::from(found.iter().any(|r| r.personal));
        kinds.iter().for_each(|kind| self.kinds.add(*kind));
        let codes: BTreeSet<&'static str> = found.iter().flat_map(|r| r.evidence.iter().copied().map(Evidence::sentence)).collect();
        for sentence in codes {
            *self.evidence.entry(sentence).or_default() += 1;
        }
        let mut through: BTreeMap<String, (BTreeSet<usize>, bool)> = BTreeMap::new();
        for resource in found.iter().filter(|r| !matches!(r.kind, Kind::Param | Kind::Receipt)) {
            let entry = through.entry(name(resource)).or_default();
            entry.0.extend(REPORTING.iter().position(|kind| *kind == resource.kind));
            entry.1 |= resource.vendor.is_some();
        }
        for (name, (ranks, is_named)) in &through {
            let tracker = entry(&mut self.trackers, name);
            tracker.messages += 1;
            tracker.is_named |= is_named;
            REPORTING.iter().enumerate().filter(|(rank, _)| ranks.contains(rank)).for_each(|(_, kind)| tracker.kinds.add(*kind));
            if tracker.senders.len() < MOST_NAMES {
                tracker.senders.insert(from.clone());
            }
        }
        let sender = entry(&mut self.senders, &from);
        sender.messages += 1;
        sender.tracked += usize::from(is_tracked);
        kinds.iter().for_each(|kind| sender.kinds.add(*kind));
        if sender.through.len() < MOST_FINDINGS {
            sender.through.extend(through.into_keys());
        }
        if is_tracked && self.listed.len() < MOST_MESSAGES {
            self.listed.push(listed(report, from, day, &found));
        }
    }

    fn add_day(&mut self, day: &str) {
        if day.is_empty() {
            return;
        }
        let (first, last) = self.days.get_or_insert_with(|| (day.to_owned(), day.to_owned()));
        if day < first.as_str() {
            day.clone_into(first);
        }
        if day > last.as_str() {
            day.clone_into(last);
        }
    }
}

fn listed(report: &Report, from: String, day: String, found: &[&Resource]) -> Listed {
    let mut groups: BTreeMap<Finding, usize> = BTreeMap::new();
    for resource in found {
        let Some(rank) = REPORTING.iter().position(|kind| *kind == resource.kind) else { continue };
        let sentences = resource.evidence.iter().copied().map(Evidence::sentence).collect();
        let leads_to = resource.destination.as_deref().map(short);
        *groups.entry(Finding { rank, who: short(&who(resource)), sentences, leads_to, times: 0 }).or_default() += 1;
    }
    let left_out = groups.len().saturating_sub(MOST_FINDINGS);
    let findings = groups.into_iter().take(MOST_FINDINGS).map(|(finding, times)| Finding { times, ..finding }).collect();
    Listed { from, subject: short(report.subject.as_deref().unwrap_or("No subject")), day, path: short(&report.path), findings, left_out }
}

/// The company, else the host.
fn name(resource: &Resource) -> String {
    short(&resource.vendor.map_or_else(|| who(resource), str::to_owned))
}

fn entry<'a, T: Default>(map: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    let is_full = map.len() >= MOST_NAMES && !map.contains_key(name);
    map.entry(if is_full { "All others".to_owned() } else { name.to_owned() }).or_default()
}

/// Cut to what a table can show.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
