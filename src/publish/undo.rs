//! Takes one item back to what it was: the file from its revision or copy, and its state.

use crate::api::endpoint::content::FileType;
use crate::plan::{Action, Planned, Stamp};

use super::calls::Marker;
use super::commit::{self, Publish};
use super::error::{Doing, PublishError};
use super::item;
use super::journal::{Backup, Record, Snapshot};
use super::payload::{Payload, Piece};
use super::restore;
use super::run::Run;
use super::stage::Stage;
use super::wanted::Wanted;

/// Takes the item back; comes back with what a person should know. Doing it twice is as good as once.
pub(super) async fn take_back(run: &Run<'_>, index: usize) -> Result<Vec<String>, PublishError> {
    let item = &run.plan.items[index];
    let stage = run.stage(index);
    run.journal.write(&Record::Undoing { item: index })?;
    let notes = match stage.before() {
        None => remove_created(run, item, &stage).await?,
        Some(before) => bring_back(run, index, item, &stage, before).await?,
    };
    run.record(index, &Record::Undone { item: index })?;
    Ok(notes)
}

/// What was not there before is deleted again; the site's recycle bin keeps it, where it has one.
async fn remove_created(
    run: &Run<'_>,
    item: &Planned,
    stage: &Stage,
) -> Result<Vec<String>, PublishError> {
    let luid = match stage {
        Stage::Committed(_, luid) | Stage::Done(_, luid) => Some(luid.clone()),
        Stage::Committing(_) => {
            let project = run.project(&item.project)?;
            run.calls
                .published_since(item.kind, &project, &item.name, None)
                .await
                .doing("asking whether it is published")?
        }
        _ => None,
    };
    if let Some(luid) = luid {
        run.calls
            .delete_if_there(item.kind, &luid)
            .await
            .doing("deleting what was created")?;
    }
    Ok(Vec::new())
}

async fn bring_back(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    stage: &Stage,
    before: &Snapshot,
) -> Result<Vec<String>, PublishError> {
    let there = if item.action == Action::Retire {
        None
    } else {
        Some(before.item.luid.clone())
    };
    let published = match stage {
        Stage::Committed(..) | Stage::Done(..) => item.publish || item.action == Action::Retire,
        Stage::Committing(_) => {
            let marker = Marker::of(before);
            let project = run.project(&item.project)?;
            let found = run
                .calls
                .published_since(item.kind, &project, &item.name, Some(&marker))
                .await;
            item.action == Action::Retire
                || found.doing("asking whether it is published")?.is_some()
        }
        _ => false,
    };
    if item.action == Action::Move {
        let home = run.project(before.item.project.as_ref().unwrap_or(&item.project))?;
        run.calls
            .move_to(item.kind, &before.item.luid, &home)
            .await
            .doing("moving it back")?;
    }
    if !published {
        return Ok(Vec::new());
    }
    let payload = old_content(run, index, item, before).await?;
    republish(run, item, before, there.is_some(), &payload).await
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

async fn republish(
    run: &Run<'_>,
    item: &Planned,
    before: &Snapshot,
    overwrite: bool,
    payload: &Payload,
) -> Result<Vec<String>, PublishError> {
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
    let project = run.project(before.item.project.as_ref().unwrap_or(&item.project))?;
    let known = match run.calls.item(item.kind, &before.item.luid).await {
        Ok(now) if overwrite => Some(Marker {
            revision: run
                .calls
                .revision(item.kind, &now.luid)
                .await
                .doing("reading its revision")?,
            updated_at: now.updated_at,
        }),
        _ => None,
    };
    let publish = Publish {
        kind: item.kind,
        name: before.item.name.clone(),
        project,
        overwrite,
        known,
        wanted: &wanted,
    };
    let uploaded = commit::upload(run, item, payload).await?;
    let luid = commit::commit(run, item, payload, &publish, uploaded).await?;
    let now = run.calls.item(item.kind, &luid).await.doing("reading it")?;
    restore::put_back(run, item, &now, &wanted).await?;
    if let Some(stamp) = before.item.stamp(&run.options.prefix) {
        let revision = run
            .calls
            .revision(item.kind, &luid)
            .await
            .doing("reading its revision")?;
        let stamp = Stamp {
            revision: revision.unwrap_or(0),
            ..stamp
        };
        item::stamp(
            run,
            item,
            &now,
            Some(stamp.revision),
            &stamp.fingerprint,
            &stamp.commit,
        )
        .await?;
    }
    Ok(lost_credentials(item, before))
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
