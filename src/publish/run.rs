//! A whole run: projects, then data sources, workbooks and flows, several at a time; and back when something fails.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::plan::{Action, ItemKind, Key, Live, Plan, Planned, ProjectPath};

use super::calls::Calls;
use super::error::{Doing, PublishError};
use super::event::{Event, Reporter};
use super::item;
use super::journal::{Journal, Record};
use super::lock::{self, Lock, NotLocked};
use super::outcome::{self, Deployment, Done, SCHEMA_VERSION, Verdict};
use super::pace::Pace;
use super::payload::Payload;
use super::secrets::Secrets;
use super::stage::Stage;
use super::undo::{self, TakenBack};
use super::upload::{CHUNKS_OF_ALL, beside};

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
    /// Items at the same time, at most.
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
    /// Bytes of a file that one request carries at most; `None` for the usual limits.
    pub chunk: Option<u64>,
    /// How often the lock is renewed: [`lock::RENEWED_EVERY`].
    pub renewal: Duration,
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
    /// Description of the lock that an earlier process took for this deployment.
    pub holder: Option<String>,
    pub standing: Standing,
}

/// How far a run has come; written by its tasks.
#[derive(Debug)]
pub struct Standing {
    state: Mutex<State>,
    /// Chunks that may be on their way at the same time.
    pub(super) uploads: Semaphore,
}

#[derive(Debug, Default)]
struct State {
    stages: Vec<Stage>,
    projects: HashMap<Vec<String>, String>,
    content_urls: HashMap<Key, String>,
    /// Projects that this run created.
    created: Vec<String>,
    /// Whose the lock is, once it is no longer this run's.
    lost: Option<String>,
    /// A signal kept something from being begun.
    cut_short: bool,
}

impl Standing {
    /// `stages` are those of a run that is resumed or taken back; empty for a new one.
    pub fn new(plan: &Plan, live: &Live, mut stages: Vec<Stage>) -> Self {
        stages.resize(plan.items.len(), Stage::Fresh);
        let projects = live
            .projects
            .iter()
            .map(|p| (p.path.folded(), p.luid.clone()))
            .collect();
        let state = State {
            stages,
            projects,
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            uploads: Semaphore::new(CHUNKS_OF_ALL),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'r> Run<'r> {
    /// Carries the plan out. Comes back with what holds of each item, or with why nothing was begun.
    pub async fn deploy(&self) -> Result<Deployment, NotLocked> {
        let begun = Instant::now();
        let lock = self.take_lock().await?;
        let mut done = self.untouched();
        let failed = beside(Box::pin(self.forward(&mut done)), self.keep(&lock)).await;
        self.release(lock).await;
        let verdict = match (failed, self.options.on_error) {
            (false, _) => Verdict::Deployed,
            (true, OnError::Restore) => Verdict::Restored,
            (true, OnError::Continue) => Verdict::Partial,
        };
        Ok(self.close(done, verdict, begun))
    }

    /// Carries everything out, and takes it back when something fails and that is wanted. True when something failed.
    async fn forward(&self, done: &mut [Done]) -> bool {
        let failed = match self.create_projects().await {
            Err(error) => {
                for (index, _) in self.work() {
                    done[index] = self.failed(index, &error);
                }
                true
            }
            Ok(()) => self.carry_out_all(done).await,
        };
        if failed && self.options.on_error == OnError::Restore {
            self.take_back(done).await;
        }
        failed
    }

    /// Takes back everything that the journal says was changed.
    pub async fn roll_back(&self) -> Result<Deployment, NotLocked> {
        let begun = Instant::now();
        let lock = self.take_lock().await?;
        let state = |index: usize| {
            if self.stage(index).touched() {
                outcome::State::Skipped
            } else {
                outcome::State::Untouched
            }
        };
        let items = self.plan.items.iter().enumerate();
        let mut done: Vec<Done> = items
            .map(|(index, item)| Done::planned(item, state(index)))
            .collect();
        beside(Box::pin(self.take_back(&mut done)), self.keep(&lock)).await;
        self.release(lock).await;
        Ok(self.close(done, Verdict::RolledBack, begun))
    }

    async fn take_lock(&self) -> Result<Lock, NotLocked> {
        let id = self.journal.id();
        let holder = self.holder.clone().unwrap_or_else(|| {
            let what = match self.options.commit.as_str() {
                "none" => "deploys".to_owned(),
                commit => format!("deploys commit {commit}"),
            };
            lock::holder(&format!("{what} to {}", self.plan.target.name), &id)
        });
        let lock = self.lock_as(&holder).await;
        match &lock {
            Ok(Lock::Without(why)) => {
                self.reporter.event(&Event::NotLocked { why: why.clone() });
            }
            // What an earlier process has begun is still to be gone on with, or taken back.
            Err(_) if !self.state().stages.iter().any(Stage::touched) => self.end("refused"),
            Ok(Lock::Taken(_)) | Err(_) => {}
        }
        lock
    }

    async fn lock_as(&self, holder: &str) -> Result<Lock, NotLocked> {
        // After a crash it must be known whose lock it is; a journal that cannot be written fails the first item.
        let _ = self.journal.write(&Record::Locking {
            holder: holder.to_owned(),
        });
        lock::take(&self.calls, self.options.lock, holder).await
    }

    /// Keeps the lock for as long as it is polled.
    async fn keep(&self, lock: &Lock) {
        let whose = lock.keep(&self.calls, self.options.renewal).await;
        self.state().lost = Some(whose);
    }

    /// Nothing is changed any more once somebody else has the lock.
    pub(super) fn still_locked(&self) -> Result<(), PublishError> {
        match &self.state().lost {
            Some(whose) => Err(PublishError::LockLost(whose.clone())),
            None => Ok(()),
        }
    }

    async fn release(&self, lock: Lock) {
        if let Err(why) = lock.release(&self.calls).await {
            self.reporter.event(&Event::StillLocked { why });
        }
    }

    fn end(&self, verdict: &str) {
        // A journal without its last line is one to be resumed, and then there is nothing left to do.
        let _ = self.journal.write(&Record::Ended {
            at: Timestamp::now(),
            verdict: verdict.to_owned(),
        });
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
            Action::Blocked => outcome::State::Blocked,
            Action::Unchanged => outcome::State::Untouched,
            _ => outcome::State::Skipped,
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
                .create_project(parent.as_deref(), path.name())
                .await
                .doing("creating the project")?;
            self.journal.write(&Record::CreatedProject {
                path: path.to_string(),
                luid: luid.clone(),
            })?;
            {
                let mut state = self.state();
                state.projects.insert(path.folded(), luid);
                state.created.push(path.to_string());
            }
            self.reporter.event(&Event::ProjectCreated {
                path: path.to_string(),
            });
        }
        Ok(())
    }

    /// True when something failed.
    async fn carry_out_all(&self, done: &mut [Done]) -> bool {
        let mut failed: HashSet<Key> = HashSet::new();
        let mut pace = Pace::new(self.options.jobs);
        for kind in ItemKind::ALL {
            let work: Vec<usize> = self
                .work()
                .filter(|(_, i)| i.kind == kind && i.action != Action::Retire)
                .map(|(index, _)| index)
                .collect();
            self.carry_out(work, &mut pace, done, &mut failed).await;
        }
        if failed.is_empty() {
            let retire = self
                .work()
                .filter(|(_, i)| i.action == Action::Retire)
                .map(|(index, _)| index)
                .collect();
            self.carry_out(retire, &mut pace, done, &mut failed).await;
        }
        !failed.is_empty()
    }

    async fn carry_out(
        &self,
        work: Vec<usize>,
        pace: &mut Pace,
        done: &mut [Done],
        failed: &mut HashSet<Key>,
    ) {
        let give_up =
            AtomicBool::new(!failed.is_empty() && self.options.on_error == OnError::Restore);
        let before: HashSet<Key> = failed.clone();
        let mut work = work.into_iter();
        let mut going = FuturesUnordered::new();
        loop {
            let free = pace.at_once().saturating_sub(going.len());
            let next = work.by_ref().take(free);
            going.extend(next.map(|index| self.one(index, &before, &give_up)));
            let Some((index, result)) = going.next().await else {
                break;
            };
            pace.after_one(self.calls.overloads());
            if result.error.is_some() {
                failed.insert(self.plan.items[index].key());
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
        if give_up.load(Ordering::Relaxed) || self.cut_short() {
            return (index, Done::planned(item, outcome::State::Skipped));
        }
        let depends = item.published.iter().find_map(|p| {
            p.provided_by
                .as_ref()
                .filter(|k| failed.contains(k))
                .map(|_| &p.name)
        });
        if let Some(source) = depends {
            let mut skipped = Done::planned(item, outcome::State::Skipped);
            skipped.notes.push(format!(
                "it reads the data source \"{source}\", which failed"
            ));
            return (index, skipped);
        }
        self.reporter.event(&Event::Started { item });
        let done = match item::carry_out(self, index).await {
            Ok(done) => done,
            Err(error) => {
                let mut done = self.failed(index, &error);
                match self.options.on_error {
                    OnError::Restore => give_up.store(true, Ordering::Relaxed),
                    // What goes on goes on without this one; half of it is not left behind.
                    OnError::Continue if self.stage(index).touched() => {
                        self.undo(index, &mut done).await;
                    }
                    OnError::Continue => {}
                }
                done
            }
        };
        self.reporter.event(&Event::Finished { item, done: &done });
        (index, done)
    }

    fn failed(&self, index: usize, error: &PublishError) -> Done {
        let text = error.chain();
        // When the journal itself is what failed, the terminal still says it.
        let _ = self.journal.write(&Record::Failed {
            item: index,
            error: text.clone(),
        });
        let mut done = Done::planned(&self.plan.items[index], outcome::State::Failed);
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
        if !touched.is_empty() && self.cut_short() {
            return;
        }
        let _ = self.journal.write(&Record::TakingBack);
        for index in touched {
            if self.cut_short() {
                return;
            }
            self.undo(index, &mut done[index]).await;
        }
    }

    async fn undo(&self, index: usize, done: &mut Done) {
        let item = &self.plan.items[index];
        self.reporter.event(&Event::Undoing { item });
        match undo::take_back(self, index).await {
            Ok(taken) => *done = taken_back(item, done, taken),
            Err(error) => {
                done.state = outcome::State::Broken;
                let before = done
                    .error
                    .take()
                    .map_or(String::new(), |e| format!("{e}; then "));
                done.error = Some(format!("{before}taking it back failed: {}", error.chain()));
                done.help = Some(error.help());
            }
        }
    }

    /// `verdict` holds when nothing is broken, and the run came to its end.
    fn close(&self, items: Vec<Done>, verdict: Verdict, begun: Instant) -> Deployment {
        let broken = items.iter().any(|i| i.state == outcome::State::Broken);
        let verdict = match (broken, self.state().cut_short) {
            (true, _) => Verdict::Incomplete,
            (_, true) => Verdict::Interrupted,
            _ => verdict,
        };
        if verdict != Verdict::Interrupted {
            self.end(verdict.name());
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
            notes: self.notes(verdict),
        }
    }

    /// Projects are left: somebody may have put something into them meanwhile, and it would go with them.
    fn notes(&self, verdict: Verdict) -> Vec<String> {
        let mut notes = match verdict {
            // What was worth knowing of what was to be deployed.
            Verdict::RolledBack => Vec::new(),
            _ => self.plan.notes.clone(),
        };
        let created = match verdict {
            Verdict::RolledBack => self.created_before(),
            Verdict::Restored => self.state().created.clone(),
            _ => Vec::new(),
        };
        if !created.is_empty() {
            let created = created.join(", ");
            notes.push(format!("projects that were created stay: {created}"));
        }
        notes
    }

    /// Projects that the deployment was to create, and that are there.
    fn created_before(&self) -> Vec<String> {
        let there: HashSet<Vec<String>> =
            self.live.projects.iter().map(|p| p.path.folded()).collect();
        let planned = self.plan.projects.iter();
        let created = planned.filter(|path| there.contains(&path.folded()));
        created.map(ToString::to_string).collect()
    }

    /// Asked before anything new is begun: true when it is not to be, since somebody stops the run.
    fn cut_short(&self) -> bool {
        let stopped = self.stop.load(Ordering::Relaxed);
        self.state().cut_short |= stopped;
        stopped
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.standing.state()
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

    /// The revision of an item that was published for the first time; `None` where the site keeps no history.
    pub(super) fn first_revision(&self, kind: ItemKind) -> Option<u64> {
        (self.live.revision_history && kind != ItemKind::Flow).then_some(1)
    }

    pub(super) fn content_urls(&self) -> HashMap<Key, String> {
        self.state().content_urls.clone()
    }

    pub(super) fn has_content_url(&self, item: &Planned, content_url: &str) {
        self.state()
            .content_urls
            .insert(item.key(), content_url.to_owned());
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

/// The item once it is taken back; `done` is what became of it before.
fn taken_back(item: &Planned, done: &Done, taken: TakenBack) -> Done {
    let mut now = match taken {
        TakenBack::Untouched if done.error.is_some() => Done::planned(item, outcome::State::Failed),
        TakenBack::Untouched => Done::planned(item, outcome::State::Untouched),
        TakenBack::Removed => Done::planned(item, outcome::State::Removed),
        TakenBack::Restored { revision, notes } => Done {
            revision,
            notes,
            ..Done::planned(item, outcome::State::Restored)
        },
    };
    now.error.clone_from(&done.error);
    now.help.clone_from(&done.help);
    now
}
