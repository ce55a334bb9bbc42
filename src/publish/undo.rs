//! Takes one item back to what it was: the file from its revision or copy, and its state.

use jiff::Timestamp;

use crate::api;
use crate::api::endpoint::content::FileType;
use crate::plan::{Action, Planned};

use super::commit::{self, Destination, Publish};
use super::error::{Doing, PublishError};
use super::item;
use super::journal::{Backup, Record, Snapshot};
use super::payload::{Payload, Piece};
use super::restore;
use super::run::Run;
use super::stage::Stage;
use super::wanted::Wanted;

/// What taking an item back came to.
pub(super) enum TakenBack {
    /// Nothing of it had been changed.
    Untouched,
    /// It was new, and is deleted.
    Removed,
    Restored {
        /// That its earlier content has now, where that is known.
        revision: Option<u64>,
        /// What a person should know.
        notes: Vec<String>,
    },
}

/// Takes the item back. Doing it twice is as good as once.
pub(super) async fn take_back(run: &Run<'_>, index: usize) -> Result<TakenBack, PublishError> {
    let item = &run.plan.items[index];
    let stage = run.stage(index);
    run.still_locked()?;
    run.record(index, &Record::Undoing { item: index })?;
    let taken = match stage.before() {
        None => remove_created(run, item, &stage).await?,
        Some(before) => bring_back(run, index, item, &stage, before).await?,
    };
    run.record(index, &Record::Undone { item: index })?;
    Ok(taken)
}

/// What was not there before is deleted again; the site's recycle bin keeps it, where it has one.
async fn remove_created(
    run: &Run<'_>,
    item: &Planned,
    stage: &Stage,
) -> Result<TakenBack, PublishError> {
    let luid = match stage {
        Stage::Committed(_, luid) | Stage::Done(_, luid) => Some(luid.clone()),
        Stage::Committing(_, attempt) => {
            let to = item::destination(run, item, None)?;
            commit::settle(run, item, &to, attempt).await?
        }
        _ => None,
    };
    let Some(luid) = luid else {
        return Ok(TakenBack::Untouched);
    };
    run.calls
        .delete(item.kind, &luid)
        .await
        .doing("deleting what was created")?;
    Ok(TakenBack::Removed)
}

async fn bring_back(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    stage: &Stage,
    before: &Snapshot,
) -> Result<TakenBack, PublishError> {
    if item.action == Action::Retire {
        return undelete(run, index, item, stage, before).await;
    }
    if item.action == Action::Move {
        let home = home(run, item, before)?;
        run.calls
            .move_to(item.kind, &before.item.luid, &home)
            .await
            .doing("moving it back")?;
    }
    let published = match stage {
        Stage::Committed(_, luid) | Stage::Done(_, luid) if *luid != before.item.luid => {
            return Err(PublishError::Another(luid.clone()));
        }
        Stage::Committed(..) | Stage::Done(..) => item.publish,
        Stage::Committing(_, attempt) => {
            let to = item::destination(run, item, Some(before))?;
            commit::settle(run, item, &to, attempt).await?.is_some()
        }
        Stage::PuttingBack(..) => true,
        _ => false,
    };
    if published {
        return republish(run, index, item, stage, before).await;
    }
    Ok(match item.action {
        Action::Move => TakenBack::Restored {
            revision: before.detail.revision,
            notes: Vec::new(),
        },
        _ => TakenBack::Untouched,
    })
}

/// Project that the item was in.
fn home(run: &Run<'_>, item: &Planned, before: &Snapshot) -> Result<String, PublishError> {
    run.project(before.item.project.as_ref().unwrap_or(&item.project))
}

/// What was deleted: out of the recycle bin, as the same item; or published anew, as another.
async fn undelete(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    stage: &Stage,
    before: &Snapshot,
) -> Result<TakenBack, PublishError> {
    let luid = &before.item.luid;
    let again = matches!(stage, Stage::PuttingBack(..));
    if !again && run.calls.item(item.kind, luid).await.is_ok() {
        return Ok(TakenBack::Untouched);
    }
    let home = home(run, item, before)?;
    if !again && run.calls.undelete(item.kind, luid, &home).await {
        return Ok(TakenBack::Restored {
            revision: before.detail.revision,
            notes: Vec::new(),
        });
    }
    let mut taken = republish(run, index, item, stage, before).await?;
    if let TakenBack::Restored { notes, .. } = &mut taken {
        notes.push(
            "it was deleted and is a new item now: permissions, subscriptions and custom views are those of a new one"
                .to_owned(),
        );
    }
    Ok(taken)
}

/// The content as it was, from the site's own revision or from the copy beside the journal.
async fn old_content(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    before: &Snapshot,
) -> Result<Payload, PublishError> {
    let io = |path: &std::path::Path| {
        let path = path.display().to_string();
        move |source| PublishError::Backup { path, source }
    };
    let path = match &before.backup {
        Backup::File(path) => path.clone(),
        Backup::Untouched => {
            return Err(PublishError::Payload(
                "no copy of the earlier content was kept".to_owned(),
            ));
        }
        Backup::Revision(revision) => {
            let raw = run.backup_path(index, "live");
            let name = run
                .calls
                .download(item.kind, &before.item.luid, Some(*revision), &raw)
                .await
                .doing("downloading the earlier revision")?;
            let extension = std::path::Path::new(&name)
                .extension()
                .map_or_else(String::new, |e| e.to_string_lossy().into_owned());
            let kept = run.backup_path(index, &extension);
            std::fs::rename(&raw, &kept).map_err(io(&kept))?;
            kept
        }
    };
    let length = std::fs::metadata(&path).map_err(io(&path))?.len();
    let name = path.to_string_lossy();
    let file_type = FileType::of(&name).ok_or_else(|| {
        PublishError::Payload(format!("`{name}` is no file that can be published"))
    })?;
    let fingerprint = before
        .item
        .stamp(&run.options.prefix)
        .map_or_else(String::new, |s| s.fingerprint);
    Ok(Payload::new(
        file_type,
        fingerprint,
        vec![Piece::File {
            path,
            range: 0..length,
        }],
    ))
}

/// Publishes the earlier content and puts its state back.
async fn republish(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    stage: &Stage,
    before: &Snapshot,
) -> Result<TakenBack, PublishError> {
    let mut wanted = Wanted::backward(before, &run.options.prefix);
    // What this run hid was hidden before too, or was not in the old file; hiding by a name that is not there is harmless.
    wanted.hidden = item
        .views
        .hidden
        .iter()
        .chain(&item.views.newly_visible)
        .filter(|s| !wanted.views.contains(s))
        .cloned()
        .collect();
    wanted.credentials.clone_from(&item.settings.credentials);
    let luid = publish_old(run, index, item, stage, before, &wanted).await?;
    let now = run
        .calls
        .shown(item.kind, &luid)
        .await
        .doing("reading it")?;
    restore::put_back(run, item, &now, &wanted).await?;
    let revision = run
        .calls
        .revision(item.kind, &luid)
        .await
        .doing("reading its revision")?;
    let mut stamp = before.item.stamp(&run.options.prefix);
    if let Some(old) = &mut stamp {
        *old = item::stamp(&now.item, revision, &old.fingerprint, &old.commit);
    }
    item::tag(run, item, &now.item, &wanted.tags, stamp.as_ref()).await?;
    Ok(TakenBack::Restored {
        revision,
        notes: lost_credentials(item, before),
    })
}

/// Publishes the earlier content, unless a process that is gone has done so.
async fn publish_old(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    stage: &Stage,
    before: &Snapshot,
    wanted: &Wanted,
) -> Result<String, PublishError> {
    let to = |known| -> Result<Destination, PublishError> {
        Ok(Destination {
            kind: item.kind,
            name: before.item.name.clone(),
            project: home(run, item, before)?,
            known,
        })
    };
    if let Stage::PuttingBack(_, known, attempt) = stage {
        if let Some(luid) = commit::settle(run, item, &to(known.clone())?, attempt).await? {
            return Ok(luid);
        }
    }
    let known = match run.calls.mark(item.kind, &before.item.luid).await {
        Ok(marker) => Some(marker),
        Err(error) if error.kind() == api::ErrorKind::NotFound => None,
        Err(error) => return Err(error).doing("reading it"),
    };
    let payload = old_content(run, index, item, before).await?;
    let publish = Publish {
        to: to(known.clone())?,
        wanted,
    };
    let first = Record::PuttingBack {
        item: index,
        known,
        at: Timestamp::now(),
    };
    let published = commit::publish(run, index, &payload, &publish, &first).await?;
    Ok(published.luid)
}

/// Passwords that were embedded are nowhere to be read; the manifest's are put back, others are named.
fn lost_credentials(item: &Planned, before: &Snapshot) -> Vec<String> {
    let lost =
        before.detail.connections.iter().filter(|c| {
            c.embedded && c.class != "sqlproxy" && item.settings.credentials.is_empty()
        });
    lost.map(|c| {
        format!(
            "the embedded credentials of {} {} must be entered again",
            c.class,
            c.server.as_deref().unwrap_or_default()
        )
    })
    .collect()
}
