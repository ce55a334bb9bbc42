//! The job runner: takes jobs up when they are due, and ends them when their time is over.
//!
//! All that it knows is in the store, so a job that was acknowledged before a kill goes on after a restart.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::error::ApiError;
use crate::housekeeping;
use crate::model::{Account, Item, Job, JobState, JobWork, Record, Task, User, new_id};
use crate::publish;
use crate::server::{blocking, stopped};
use crate::store::Tx;
use crate::webhook;

/// How long the runner sleeps when nothing is due soon.
const IDLE: Duration = Duration::from_millis(500);

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| now.checked_add(wait).ok())
        .unwrap_or(now)
}

/// Queues a job. The caller rings [`App::job_added`] once the transaction is through.
pub(crate) fn add(
    app: &App,
    tx: &Tx<'_>,
    user: &User,
    kind: &str,
    title: &str,
    work: JobWork,
) -> Result<Job, ApiError> {
    let now = Timestamp::now();
    let start_due = later(now, app.options.job_queue);
    let job = Job {
        id: new_id(),
        site: user.site.clone(),
        user: user.id.clone(),
        kind: kind.to_owned(),
        work,
        state: JobState::Pending,
        created_at: now,
        started_at: None,
        ended_at: None,
        start_due,
        end_due: later(start_due, app.options.job_run),
        title: title.to_owned(),
        subtitle: String::new(),
        notes: String::new(),
        task: String::new(),
    };
    tx.put(&job)?;
    Ok(job)
}

/// Runs until the sandbox ends.
pub(crate) async fn run(app: Arc<App>) {
    let mut stop = app.stop.subscribe();
    let mut tidied = Instant::now();
    loop {
        if tidied.elapsed() >= housekeeping::EVERY {
            let worker = Arc::clone(&app);
            // As below: a failure is met again, and shows elsewhere.
            let _ = blocking(move || housekeeping::tidy(&worker)).await;
            tidied = Instant::now();
        }
        let worker = Arc::clone(&app);
        // A failure here is the database's: the next round meets it again, and requests report it.
        let wait = blocking(move || step(&worker)).await.unwrap_or(IDLE);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.job_added.notified() => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// Does what is due. How long until something is due again.
fn step(app: &App) -> Result<Duration, ApiError> {
    let open: Vec<Job> = app.store.transact(|tx| tx.named::<Job>("open"))?;
    let now = Timestamp::now();
    let mut wait = IDLE;
    for job in open {
        if job.state == JobState::Pending && job.start_due <= now {
            app.store.transact(|tx| {
                if let JobWork::Refresh { item, .. } = &job.work
                    && let Some(item) = tx.get::<Item>(item)?
                {
                    webhook::raise_for(app, tx, &item, "RefreshStarted")?;
                }
                change(tx, &job.id, |job| {
                    job.state = JobState::InProgress;
                    job.started_at = Some(now);
                })
            })?;
        }
        if job.end_due <= now {
            finish(app, &job)?;
        } else {
            let due = if job.start_due > now {
                job.start_due
            } else {
                job.end_due
            };
            wait = wait.min(due.duration_since(now).unsigned_abs());
        }
    }
    Ok(wait)
}

/// Changes a job that is still open: it may have been cancelled meanwhile.
fn change(tx: &Tx<'_>, id: &str, change: impl FnOnce(&mut Job)) -> Result<(), ApiError> {
    let Some(mut job) = tx.get::<Job>(id)?.filter(|job| !job.state.is_over()) else {
        return Ok(());
    };
    change(&mut job);
    tx.put(&job)
}

fn finish(app: &App, job: &Job) -> Result<(), ApiError> {
    let outcome = match &job.work {
        JobWork::Publish(request) => match publish::read(app, request) {
            // The publish and the job's end are one transaction: a kill between them would publish twice.
            Ok(reading) => {
                let committed = app.store.transact(|tx| {
                    if tx
                        .get::<Job>(&job.id)?
                        .is_none_or(|job| job.state.is_over())
                    {
                        return Ok(());
                    }
                    let (item, _) = publish::commit(app, tx, request, &reading)?;
                    change(tx, &job.id, |job| {
                        // The blobs of a publish belong to its item now.
                        job.work = JobWork::Published { item: item.id };
                        end(job, Ok(()));
                    })
                });
                match committed {
                    Ok(()) => return Ok(()),
                    Err(error) => Err(error.detail),
                }
            }
            Err(error) => Err(error.detail),
        },
        JobWork::Refresh { item, .. } | JobWork::CreateExtract { item } => {
            return app.store.transact(|tx| {
                if tx
                    .get::<Job>(&job.id)?
                    .is_none_or(|job| job.state.is_over())
                {
                    return Ok(());
                }
                let outcome = refresh(tx, item)?;
                if let (JobWork::Refresh { .. }, Some(item)) = (&job.work, tx.get::<Item>(item)?) {
                    let what = if outcome.is_ok() {
                        "RefreshSucceeded"
                    } else {
                        "RefreshFailed"
                    };
                    webhook::raise_for(app, tx, &item, what)?;
                }
                count_failure(tx, &job.task, outcome.is_err())?;
                change(tx, &job.id, |job| end(job, outcome))
            });
        }
        JobWork::UpdateData { item } => {
            return app.store.transact(|tx| {
                if let Some(mut item) = tx.get::<Item>(item)? {
                    item.updated_at = Timestamp::now();
                    item.extract_refreshed_at = item.has_extracts.then_some(item.updated_at);
                    tx.put(&item)?;
                }
                change(tx, &job.id, |job| end(job, Ok(())))
            });
        }
        JobWork::ImportUsers { users, accounts } => {
            return app.store.transact(|tx| {
                import(tx, users, accounts)?;
                change(tx, &job.id, |job| {
                    job.work = JobWork::Nothing;
                    end(job, Ok(()));
                })
            });
        }
        JobWork::RunFlow { .. }
        | JobWork::RefreshThumbnails { .. }
        | JobWork::Published { .. }
        | JobWork::Nothing => Ok(()),
    };
    app.store
        .transact(|tx| change(tx, &job.id, |job| end(job, outcome)))
}

fn end(job: &mut Job, outcome: Result<(), String>) {
    job.state = if outcome.is_ok() {
        JobState::Success
    } else {
        JobState::Failed
    };
    job.ended_at = Some(Timestamp::now());
    // The blobs of a publish that failed are no longer needed.
    if matches!(job.work, JobWork::Publish(_)) {
        job.work = JobWork::Nothing;
    }
    if let Err(reason) = outcome {
        job.notes = reason;
    }
}

fn import(tx: &Tx<'_>, users: &[User], accounts: &[Account]) -> Result<(), ApiError> {
    for user in users {
        let known = tx.by_name::<User>(&user.site, &user.name_key())?;
        // A user who is there keeps LUID and name.
        let user = known.map_or_else(
            || user.clone(),
            |known| User {
                id: known.id,
                name: known.name,
                last_login: known.last_login,
                ..user.clone()
            },
        );
        tx.put(&user)?;
    }
    for account in accounts {
        tx.put(account)?;
    }
    Ok(())
}

/// The task that started the job counts its failures in a row.
fn count_failure(tx: &Tx<'_>, task: &str, failed: bool) -> Result<(), ApiError> {
    if let Some(mut task) = tx.get::<Task>(task)? {
        task.failures = if failed { task.failures + 1 } else { 0 };
        tx.put(&task)?;
    }
    Ok(())
}

/// A refresh succeeds when every connection that needs a password has one.
fn refresh(tx: &Tx<'_>, item: &str) -> Result<Result<(), String>, ApiError> {
    let Some(mut item) = tx.get::<Item>(item)? else {
        return Ok(Err("The content was deleted.".to_owned()));
    };
    if let Some(connection) = item
        .connections
        .iter()
        .find(|c| c.needs_credentials() && !c.has_password)
    {
        return Ok(Err(format!(
            "com.tableausoftware.nativeapi.exceptions.DataSourceException: Unable to connect to the server \"{}\". \
             No credentials are embedded for the connection of type '{}'.",
            connection.server, connection.class
        )));
    }
    item.has_extracts = true;
    item.extract_refreshed_at = Some(Timestamp::now());
    tx.put(&item)?;
    Ok(Ok(()))
}
