//! What a deployment shows while it runs: bars in bytes on a terminal; elsewhere one line a state change, and a
//! heartbeat while waiting.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::plan::Planned;
use crate::publish::event::{Event, Reporter};
use crate::publish::outcome::State;
use crate::report::bytes::bytes;

use super::locking;
use super::streams::Streams;

/// A silent wait looks like a hang to a person and to a CI that kills silent jobs.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Takes the publisher's events.
pub(crate) struct Progress {
    streams: Streams,
    bars: Option<MultiProgress>,
    items: Mutex<HashMap<String, Shown>>,
}

struct Shown {
    bar: Option<ProgressBar>,
    said: Instant,
}

impl Progress {
    pub(crate) fn new(streams: &Streams) -> Self {
        let bars = streams
            .shows_progress()
            .then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self {
            streams: streams.clone(),
            bars,
            items: Mutex::new(HashMap::new()),
        }
    }

    /// A line that stays, above the bars if there are any.
    fn say(&self, line: &str) {
        match &self.bars {
            Some(bars) => {
                let _ = bars.println(line);
            }
            None => self.streams.say(line),
        }
    }

    /// Runs `show` on the item's entry, which is made when it is first spoken of.
    fn with(&self, item: &Planned, show: impl FnOnce(&mut Shown)) {
        let mut items = self
            .items
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let shown = items.entry(item.title()).or_insert_with(|| Shown {
            bar: self.bars.as_ref().map(|bars| bars.add(bar(item))),
            said: Instant::now(),
        });
        show(shown);
    }

    fn uploaded(&self, item: &Planned, sent: u64, total: u64) {
        let mut line = None;
        self.with(item, |shown| match &shown.bar {
            Some(bar) => {
                bar.set_length(total);
                bar.set_position(sent);
            }
            None if shown.said.elapsed() >= HEARTBEAT => {
                shown.said = Instant::now();
                line = Some(format!(
                    "  {}: {} of {} sent",
                    item.title(),
                    bytes(sent),
                    bytes(total)
                ));
            }
            None => {}
        });
        line.iter().for_each(|l| self.say(l));
    }

    fn waiting(&self, item: &Planned, what: &str, since: Duration) {
        let mut line = None;
        self.with(item, |shown| match &shown.bar {
            Some(bar) => bar.set_message(format!("{what}, {} s", since.as_secs())),
            None if shown.said.elapsed() >= HEARTBEAT => {
                shown.said = Instant::now();
                line = Some(format!(
                    "  {}: {what}, for {} s now",
                    item.title(),
                    since.as_secs()
                ));
            }
            None => {}
        });
        line.iter().for_each(|l| self.say(l));
    }

    fn step(&self, item: &Planned, what: &str) {
        self.with(item, |shown| {
            if let Some(bar) = &shown.bar {
                bar.set_message(what.to_owned());
            }
        });
        self.streams.detail(&format!("  {}: {what}", item.title()));
    }

    fn finished(&self, item: &Planned, state: State, error: Option<&str>) {
        self.with(item, |shown| {
            if let Some(bar) = &shown.bar {
                bar.finish_and_clear();
            }
        });
        // On a terminal the bars have shown it, and the result follows at once.
        if self.bars.is_none() {
            let error = error.map_or(String::new(), |e| format!(": {e}"));
            self.streams
                .say(&format!("  {} {}{error}", past(state), item.title()));
        }
    }
}

impl Reporter for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::ProjectCreated { path } => self.say(&format!("  created project {path}")),
            Event::NotLocked { why } => self.streams.warn(&locking::without(why)),
            Event::StillLocked { why } => self.streams.warn(&locking::still_there(why)),
            Event::Started { item } => self.step(item, "starting"),
            Event::Uploaded { item, sent, total } => self.uploaded(item, *sent, *total),
            Event::Step { item, what } => self.step(item, what),
            Event::Waiting { item, what, since } => self.waiting(item, what, *since),
            Event::Unsettled { item, until } => self.say(&format!(
                "  {}: whether the site has published it is not known yet; it is asked until {} UTC at the latest",
                item.title(),
                until.strftime("%H:%M:%S")
            )),
            Event::Warning { item, message } => {
                self.streams.warn(&format!("{}: {message}", item.title()))
            }
            Event::Finished { item, done } => {
                self.finished(item, done.state, done.error.as_deref())
            }
            Event::Undoing { item } => self.say(&format!("  taking back {}", item.title())),
        }
    }
}

fn past(state: State) -> &'static str {
    match state {
        State::Untouched => "left alone",
        State::Created => "created",
        State::Updated => "updated",
        State::Moved => "moved",
        State::Retired => "retired",
        State::Blocked => "blocked",
        State::Skipped => "skipped",
        State::Failed => "failed",
        State::Restored => "put back",
        State::Removed => "removed",
        State::Broken => "could not put back",
    }
}

fn bar(item: &Planned) -> ProgressBar {
    let bar = ProgressBar::new(item.bytes).with_prefix(item.name.clone());
    let template = "  {prefix:24!} {bar:24} {bytes:>10} of {total_bytes:<10} {bytes_per_sec:>12} {eta:>4}  {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
