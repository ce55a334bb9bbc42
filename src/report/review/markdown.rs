//! The comment of a pull request, and the summary of its job.

use std::fmt::Write;

use super::sections::{self, Depth};
use super::{Deployment, Item, Review, Verdict, tally};
use crate::plan::Action;
use crate::plan::document::site_name;
use crate::report::changes::sentence;
use crate::report::markdown::{escape, shortened, tick};
use crate::words;

/// Risks that stand above the table where not all fit.
const RISKS: usize = 15;
/// Rows of the table where not all fit.
const ROWS: usize = 60;

/// Notes of the plan.
const NOTES: usize = 10;

/// Verdict, risks, a table of the items, then each item collapsed.
pub fn markdown(review: &Review) -> String {
    Draft::new(review).text(false)
}

/// As [`markdown`], but at most `limit` bytes: the longest sections get shorter first, then the last are left out, and
/// the text says so, with where the whole is.
pub fn markdown_within(review: &Review, limit: usize) -> String {
    let mut draft = Draft::new(review);
    let whole = draft.text(false);
    if whole.len() <= limit {
        return whole;
    }
    draft.shorten(limit);
    cut(draft.text(true), limit)
}

/// Nothing is left to shorten: as many whole lines as fit.
fn cut(mut text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let end = text.char_indices().rfind(|(n, c)| *c == '\n' && *n < limit);
    text.truncate(end.map_or(0, |(n, _)| n + 1));
    text
}

/// The parts of the text, each as long as it still is.
struct Draft<'r> {
    review: &'r Review,
    /// Of everything that is no item, then of each item.
    sections: Vec<(Depth, String)>,
    most_risks: usize,
    most_rows: usize,
}

impl<'r> Draft<'r> {
    fn new(review: &'r Review) -> Self {
        let first = sections::elsewhere(&review.findings, Depth::Everything);
        let rest = review.items.iter();
        let rest = rest.map(|i| sections::item(i, Depth::Everything));
        Self {
            review,
            sections: std::iter::once(first)
                .chain(rest)
                .map(|text| (Depth::Everything, text))
                .collect(),
            most_risks: usize::MAX,
            most_rows: usize::MAX,
        }
    }

    /// What a reviewer can do without goes first: rows of lists that leave the sections no room, the sections of items that
    /// are neither changed nor to be looked at, details of the longest sections, then sections from the end, for the worst
    /// stand first.
    fn shorten(&mut self, limit: usize) {
        // What is said of the shortening grows with it.
        const SLACK: usize = 200;
        let mut frame = self.frame(true).0.len();
        if frame > limit / 2 {
            (self.most_risks, self.most_rows) = (RISKS, ROWS);
            frame = self.frame(true).0.len();
        }
        let room = limit.saturating_sub(frame + SLACK);
        let mut length = self.sections.iter().map(|(_, text)| text.len()).sum();
        for n in 1..self.sections.len() {
            let item = &self.review.items[n - 1];
            if item.changes.is_none() && item.verdict() == Verdict::Untouched {
                length = self.reduce(n, Depth::Nothing, length);
            }
        }
        while length > room {
            let shortenable = |n: &usize| self.sections[*n].0 < Depth::LAST;
            let longest = (0..self.sections.len())
                .filter(shortenable)
                .max_by_key(|n| self.sections[*n].1.len());
            let Some(n) = longest else { break };
            length = self.reduce(n, self.sections[n].0.less(), length);
        }
        for n in (0..self.sections.len()).rev() {
            if length <= room {
                return;
            }
            length = self.reduce(n, Depth::Nothing, length);
        }
    }

    /// Says less of the section; what the `length` of all of them is then.
    fn reduce(&mut self, n: usize, depth: Depth, length: usize) -> usize {
        let before = self.sections[n].1.len();
        self.sections[n] = self.at(n, depth);
        length - before + self.sections[n].1.len()
    }

    /// The section, said as deeply as `depth`.
    fn at(&self, n: usize, depth: Depth) -> (Depth, String) {
        let text = match n.checked_sub(1) {
            None => sections::elsewhere(&self.review.findings, depth),
            Some(n) => sections::item(&self.review.items[n], depth),
        };
        (depth, text)
    }

    fn text(&self, shortened: bool) -> String {
        let (mut text, foot) = self.frame(shortened);
        for (_, section) in &self.sections {
            text.push_str(section);
        }
        text.push_str(&foot);
        text
    }

    /// What stands above the sections, and below.
    fn frame(&self, shortened: bool) -> (String, String) {
        let mut text = String::new();
        head(&mut text, self.review);
        if shortened {
            self.say_what_is_missing(&mut text);
        }
        risks(&mut text, self.review, self.most_risks);
        table(&mut text, self.review, self.most_rows);
        notes(&mut text, self.review);
        (text, foot(self.review))
    }

    fn say_what_is_missing(&self, text: &mut String) {
        let count = |wanted: fn(Depth) -> bool| {
            let sections = self.sections.iter();
            sections.filter(|(depth, _)| wanted(*depth)).count()
        };
        let gone = count(|d| d == Depth::Nothing);
        let shorter = count(|d| d > Depth::Everything && d < Depth::Nothing);
        let mut words = Vec::new();
        if shorter > 0 {
            words.push(format!("{shorter} of the sections below are shortened"));
        }
        if gone > 0 {
            words.push(format!("{gone} are left out"));
        }
        if self.most_rows < usize::MAX {
            words.push("the lists are cut".to_owned());
        }
        let whole = match &self.review.job {
            Some(url) => format!("the whole is [with the job]({url})"),
            None => "`tabship review` prints the whole".to_owned(),
        };
        let _ = writeln!(
            text,
            "> This comment is too small for all of it: {}; {whole}.\n",
            words.join(", ")
        );
    }
}

fn head(text: &mut String, review: &Review) {
    let sign = match review.verdict() {
        Verdict::Untouched | Verdict::Ready => "✅",
        Verdict::LookTwice => "⚠️",
        Verdict::NotReady => "🛑",
    };
    let _ = writeln!(text, "### {sign} {}\n", review.headline());
    let changed = review
        .items
        .iter()
        .filter(|i| i.changes.is_some() || i.not_compared.is_some())
        .count();
    let changed = words::count(changed, "file");
    let _ = write!(text, "{changed} changed against `{}`.", tick(&review.base));
    match &review.deployment {
        Deployment::NotAsked => {}
        Deployment::Planned(plan) => {
            let _ = write!(
                text,
                " Deployment to `{}`, {} of {}: {}.",
                tick(&plan.target.name),
                escape(&site_name(&plan.target.site)),
                escape(&plan.target.server),
                crate::report::plan::tally(plan).trim_start_matches("Plan: ")
            );
        }
        Deployment::NotPlanned {
            target,
            why,
            expected,
        } => {
            let to = target
                .as_ref()
                .map_or(String::new(), |t| format!(" to `{}`", tick(t)));
            let _ = write!(text, " No plan of a deployment{to}: {}", sentence(why));
            if *expected {
                text.push_str(" (a fork's pull request has no secrets)");
            }
            text.push('.');
        }
    }
    text.push_str("\n\n");
}

fn risks(text: &mut String, review: &Review, most: usize) {
    let risks = review.risks();
    for (item, risk) in risks.iter().take(most) {
        let name = escape(&shortened(&item.name, 80));
        let _ = writeln!(text, "- **{name}:** {}", sentence(&risk.message));
    }
    if risks.len() > most {
        let _ = writeln!(text, "- and {} more risks", risks.len() - most);
    }
    if !risks.is_empty() {
        text.push('\n');
    }
}

fn table(text: &mut String, review: &Review, most: usize) {
    if review.items.is_empty() {
        return;
    }
    let target = match &review.deployment {
        Deployment::Planned(plan) => Some(plan.target.name.as_str()),
        _ => None,
    };
    let (title, line) = target.map_or((String::new(), ""), |t| {
        (format!(" on {} |", escape(t)), "---|")
    });
    let _ = writeln!(
        text,
        "| item | what changed |{title} findings |\n|---|---|{line}---|"
    );
    for item in review.items.iter().take(most) {
        row(text, item, target.is_some());
    }
    if review.items.len() > most {
        let _ = writeln!(text, "\nand {} more items", review.items.len() - most);
    }
    text.push('\n');
}

fn row(text: &mut String, item: &Item, planned: bool) {
    let changed = match (&item.changes, &item.not_compared) {
        (Some(changes), _) => sentence(&changes.summary),
        (None, Some(_)) => "not compared".to_owned(),
        (None, None) => "-".to_owned(),
    };
    let action = if planned {
        let word = item.action().unwrap_or("-");
        match item.planned.as_ref().map(|p| p.action) {
            Some(Action::Blocked) => format!(" **{word}** |"),
            _ => format!(" {word} |"),
        }
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "| {} | {changed} |{action} {} |",
        escape(&shortened(&item.name, 80)),
        tally(&item.findings)
    );
}

/// What is true of the deployment as a whole.
fn notes(text: &mut String, review: &Review) {
    let Deployment::Planned(plan) = &review.deployment else {
        return;
    };
    for note in plan.notes.iter().take(NOTES) {
        let _ = writeln!(text, "> {}\n", sentence(note));
    }
    if plan.notes.len() > NOTES {
        let _ = writeln!(text, "> and {} more notes\n", plan.notes.len() - NOTES);
    }
}

fn foot(review: &Review) -> String {
    let short = |commit: &str| commit.get(..7).unwrap_or(commit).to_owned();
    let commit = review
        .commit
        .as_deref()
        .map_or(String::new(), |c| format!(", commit {}", short(c)));
    let job = review
        .job
        .as_ref()
        .map_or(String::new(), |url| format!(", <a href=\"{url}\">job</a>"));
    format!(
        "<sub>tabship {}{commit} against {}{job}</sub>\n",
        env!("CARGO_PKG_VERSION"),
        short(&review.base_commit)
    )
}
