//! A whole run: projects, then data sources, workbooks and flows, several at a time; and back when something fails.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use jiff::Timestamp;

use crate::plan::{Action, ItemKind, Key, Live, Plan, Planned, ProjectPath};

use super::calls::Calls;
use super::error::{Doing, PublishError};
use super::event::{Event, Reporter};
use super::item;
use super::journal::{Journal, Record};
use super::lock::{self, Lock};
use super::outcome::{Deployment, Done, SCHEMA_VERSION, State, Verdict};
use super::payload::Payload;
use super::secrets::Secrets;
use super::stage::Stage;
use super::undo;

/// Makes what is sent, when it is sent: a data source published in this run may have got another content URL than
/// was expected, and what reads it is rewritten for the one that it has.
pub trait Payloads: Send + Sync {
    /// `content_urls` are those that data sources of this run have now.
    fn payload(
        &self,
        item: &Planned,
        content_urls: &HashMap<Key, String>,
    ) -> Result<Payload, String>;
}

/// What the caller decides.
#[derive(Debug, Clone)]
pub struct Options {
    /// Items at the same time.
    pub jobs: usize,
    /// Bound for waiting for one job of the site.
    pub timeout: Duration,
    pub on_error: OnError,
    /// Prefix of the stamps.
    pub prefix: String,
    /// Take the lock; break one that is there.
    pub lock: LockMode,
    /// Commit that the stamps name.
    pub commit: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// Take back what was changed.
    Restore,
    /// Go on with what does not depend on it.
    Continue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    Take,
    Break,
    Off,
}

/// Everything that a run works with.
pub struct Run<'r> {
    pub calls: Calls,
    pub plan: &'r Plan,
    pub live: &'r Live,
    pub payloads: &'r dyn Payloads,
    pub secrets: &'r dyn Secrets,
    pub reporter: &'r dyn Reporter,
    pub journal: &'r Journal,
    pub options: Options,
    /// Set by a signal: what is in flight is finished, nothing new is begun.
    pub stop: &'r AtomicBool,
    state: Mutex<RunState>,
}

#[derive(Debug, Default)]
struct RunState {
    stages: Vec<Stage>,
    projects: HashMap<Vec<String>, String>,
    content_urls: HashMap<Key, String>,
}

/// What is needed to begin.
pub struct Parts<'r> {
    pub calls: Calls,
    pub plan: &'r Plan,
    pub live: &'r Live,
    pub payloads: &'r dyn Payloads,
    pub secrets: &'r dyn Secrets,
    pub reporter: &'r dyn Reporter,
    pub journal: &'r Journal,
    pub options: Options,
    pub stop: &'r AtomicBool,
    /// Of a run that is resumed or taken back; empty for a new one.
    pub stages: Vec<Stage>,
}

impl<'r> Run<'r> {
    pub fn new(parts: Parts<'r>) -> Self {
        let mut stages = parts.stages;
        stages.resize(parts.plan.items.len(), Stage::Fresh);
        let projects = parts
            .live
            .projects
            .iter()
            .map(|p| (p.path.folded(), p.luid.clone()))
            .collect();
        Self {
            calls: parts.calls,
            plan: parts.plan,
            live: parts.live,
            payloads: parts.payloads,
            secrets: parts.secrets,
            reporter: parts.reporter,
            journal: parts.journal,
            options: parts.options,
            stop: parts.stop,
            state: Mutex::new(RunState {
                stages,
                projects,
                content_urls: HashMap::new(),
            }),
        }
    }

    /// Carries the plan out. Always comes back with what holds of each item.
    pub async fn deploy(&self) -> Result<Deployment, lock::Held> {
        let begun = Instant::now();
        let lock = self.take_lock().await?;
        let mut done = self.untouched();
        let failed = match self.create_projects().await {
            Err(error) => {
                for (index, _) in self.work() {
                    done[index] = self.failed(index, &error, State::Failed);
                }
                true
            }
            Ok(()) => self.carry_out_all(&mut done).await,
        };
        if failed && self.options.on_error == OnError::Restore && !self.stopped() {
            self.take_back(&mut done).await;
        }
        lock.release(&self.calls).await;
        Ok(self.close(done, failed, begun))
    }

    /// Takes back everything that the journal says was changed.
    pub async fn roll_back(&self) -> Result<Deployment, lock::Held> {
        let begun = Instant::now();
        let lock = self.take_lock().await?;
        let mut done = self.untouched();
        self.take_back(&mut done).await;
        lock.release(&self.calls).await;
        Ok(self.close(done, true, begun))
    }

    async fn take_lock(&self) -> Result<Lock, lock::Held> {
        let lock = lock::take(
            &self.calls,
            self.options.lock,
            &self.plan.target.name,
            &self.options.commit,
        )
        .await?;
        if let Lock::Without(why) = &lock {
            self.reporter.event(&Event::NotLocked { why: why.clone() });
        }
        Ok(lock)
    }

    /// Items to be carried out, with their place in the plan.
    fn work(&self) -> impl Iterator<Item = (usize, &'r Planned)> + use<'r> {
        self.plan
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.action.changes())
    }

    fn untouched(&self) -> Vec<Done> {
        let state = |item: &Planned| match item.action {
            Action::Blocked => State::Blocked,
            Action::Unchanged => State::Untouched,
            _ => State::Skipped,
        };
        self.plan
            .items
            .iter()
            .map(|item| Done::planned(item, state(item)))
            .collect()
    }

    async fn create_projects(&self) -> Result<(), PublishError> {
        for path in &self.plan.projects {
            let parent = match path.parent() {
                Some(parent) => Some(self.project(&parent)?),
                None => None,
            };
            self.journal.write(&Record::CreatingProject {
                path: path.to_string(),
            })?;
            let luid = self
                .calls
                .create_project(parent.as_deref(), path.name(), "")
                .await
                .doing("creating the project")?;
            self.journal.write(&Record::CreatedProject {
                path: path.to_string(),
                luid: luid.clone(),
            })?;
            self.state().projects.insert(path.folded(), luid);
            self.reporter.event(&Event::ProjectCreated {
                path: path.to_string(),
            });
        }
        Ok(())
    }

    /// True when something failed.
    async fn carry_out_all(&self, done: &mut [Done]) -> bool {
        let mut failed: HashSet<Key> = HashSet::new();
        for kind in ItemKind::ALL {
            let work: Vec<usize> = self
                .work()
                .filter(|(_, i)| i.kind == kind && i.action != Action::Retire)
                .map(|(index, _)| index)
                .collect();
            self.carry_out(work, done, &mut failed).await;
        }
        if failed.is_empty() {
            let retire = self
                .work()
                .filter(|(_, i)| i.action == Action::Retire)
                .map(|(index, _)| index)
                .collect();
            self.carry_out(retire, done, &mut failed).await;
        }
        !failed.is_empty()
    }

    async fn carry_out(&self, work: Vec<usize>, done: &mut [Done], failed: &mut HashSet<Key>) {
        let give_up =
            AtomicBool::new(!failed.is_empty() && self.options.on_error == OnError::Restore);
        let before: HashSet<Key> = failed.clone();
        let results: Vec<(usize, Done)> = futures_util::stream::iter(work)
            .map(|index| self.one(index, &before, &give_up))
            .buffer_unordered(self.options.jobs.max(1))
            .collect()
            .await;
        for (index, result) in results {
            if matches!(result.state, State::Failed | State::Broken) {
                failed.insert(key(&self.plan.items[index]));
            }
            done[index] = result;
        }
    }

    async fn one(
        &self,
        index: usize,
        failed: &HashSet<Key>,
        give_up: &AtomicBool,
    ) -> (usize, Done) {
        let item = &self.plan.items[index];
        if self.stopped() || give_up.load(Ordering::Relaxed) {
            return (index, Done::planned(item, State::Skipped));
        }
        let depends = item.published.iter().find_map(|p| {
            p.provided_by
                .as_ref()
                .filter(|k| failed.contains(k))
                .map(|_| &p.name)
        });
        if let Some(source) = depends {
            let mut skipped = Done::planned(item, State::Skipped);
            skipped.notes.push(format!(
                "it reads the data source \"{source}\", which failed"
            ));
            return (index, skipped);
        }
        self.reporter.event(&Event::Started { item });
        let done = match item::carry_out(self, index).await {
            Ok(done) => done,
            Err(error) => {
                if self.options.on_error == OnError::Restore {
                    give_up.store(true, Ordering::Relaxed);
                }
                self.failed(index, &error, State::Failed)
            }
        };
        self.reporter.event(&Event::Finished { item, done: &done });
        (index, done)
    }

    fn failed(&self, index: usize, error: &PublishError, state: State) -> Done {
        let text = error.chain();
        // When the journal itself is what failed, the terminal still says it.
        let _ = self.journal.write(&Record::Failed {
            item: index,
            error: text.clone(),
        });
        let mut done = Done::planned(&self.plan.items[index], state);
        done.error = Some(text);
        done.help = Some(error.help());
        done
    }

    /// Takes back what was changed, last change first.
    async fn take_back(&self, done: &mut [Done]) {
        let touched: Vec<usize> = (0..self.plan.items.len())
            .rev()
            .filter(|index| self.stage(*index).touched())
            .collect();
        for index in touched {
            let item = &self.plan.items[index];
            self.reporter.event(&Event::Undoing { item });
            let result = undo::take_back(self, index).await;
            let entry = &mut done[index];
            match result {
                Ok(notes) => {
                    entry.state = State::Restored;
                    entry.notes.extend(notes);
                }
                Err(error) => {
                    entry.state = State::Broken;
                    let before = entry
                        .error
                        .take()
                        .map_or(String::new(), |e| format!("{e}; then "));
                    entry.error = Some(format!("{before}taking it back failed: {}", error.chain()));
                    entry.help = Some(error.help());
                }
            }
        }
    }

    fn close(&self, items: Vec<Done>, failed: bool, begun: Instant) -> Deployment {
        let broken = items.iter().any(|i| i.state == State::Broken);
        let verdict = match (broken, failed, self.stopped()) {
            (true, ..) => Verdict::Incomplete,
            (_, _, true) => Verdict::Interrupted,
            (_, true, _) if self.options.on_error == OnError::Continue => Verdict::Partial,
            (_, true, _) => Verdict::Restored,
            _ => Verdict::Deployed,
        };
        if verdict != Verdict::Interrupted {
            let text = serde_json::to_value(verdict)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default();
            let _ = self.journal.write(&Record::Ended {
                at: Timestamp::now(),
                verdict: text,
            });
        }
        Deployment {
            schema_version: SCHEMA_VERSION,
            id: Some(self.journal.id()),
            verdict,
            requests: self.calls.requests(),
            seconds: begun.elapsed().as_secs_f64(),
            target: self.plan.target.clone(),
            source: self.plan.source.clone(),
            git: self.plan.git.clone(),
            items,
            notes: self.plan.notes.clone(),
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, RunState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stage(&self, index: usize) -> Stage {
        self.state().stages.get(index).cloned().unwrap_or_default()
    }

    /// Writes the record, then takes the item to the stage that it means.
    pub(super) fn record(&self, index: usize, record: &Record) -> Result<(), PublishError> {
        self.journal.write(record)?;
        if let Some(stage) = self.state().stages.get_mut(index) {
            *stage = std::mem::take(stage).after(record);
        }
        Ok(())
    }

    /// LUID of a project of the site.
    pub(super) fn project(&self, path: &ProjectPath) -> Result<String, PublishError> {
        self.state()
            .projects
            .get(&path.folded())
            .cloned()
            .ok_or_else(|| PublishError::Project(path.to_string()))
    }

    pub(super) fn content_urls(&self) -> HashMap<Key, String> {
        self.state().content_urls.clone()
    }

    pub(super) fn has_content_url(&self, item: &Planned, content_url: &str) {
        self.state()
            .content_urls
            .insert(key(item), content_url.to_owned());
    }

    /// Where copies of what was live are kept.
    pub(super) fn backup_path(&self, index: usize, extension: &str) -> PathBuf {
        self.journal
            .directory()
            .join(format!("before-{index}.{extension}"))
    }

    pub(super) fn step(&self, item: &Planned, what: &str) {
        self.reporter.event(&Event::Step {
            item,
            what: what.to_owned(),
        });
    }
}

pub(super) fn key(item: &Planned) -> Key {
    Key::new(item.kind, &item.project, &item.name)
}
