//! One item, from what it was to what it is to be.

use jiff::Timestamp;

use crate::plan::{Action, ItemKind, LiveItem, Planned, Stamp};

use super::calls::{Marker, Shown};
use super::commit::{self, Destination, Publish, Published};
use super::error::{Doing, PublishError};
use super::journal::{Backup, Record, Snapshot};
use super::outcome::{Done, State};
use super::payload::Payload;
use super::restore;
use super::run::Run;
use super::stage::{Attempt, Stage};
use super::verify;
use super::wanted::Wanted;

/// Carries one item out from wherever it stands.
pub(super) async fn carry_out(run: &Run<'_>, index: usize) -> Result<Done, PublishError> {
    let item = &run.plan.items[index];
    run.still_locked()?;
    match item.action {
        Action::Retire => retire(run, index, item).await,
        _ if !item.publish => only_move(run, index, item).await,
        _ => publish(run, index, item).await,
    }
}

async fn publish(run: &Run<'_>, index: usize, item: &Planned) -> Result<Done, PublishError> {
    if let Stage::Done(_, luid) = run.stage(index) {
        let now = run.calls.item(item.kind, &luid).await.doing("reading it")?;
        return Ok(done(item, &now, state(item), 0, None));
    }
    let payload = prepare(run, item)?;
    let (before, published) = match run.stage(index) {
        Stage::Committed(before, luid) => (before, luid.into()),
        Stage::Committing(before, attempt) => {
            committing(run, index, &payload, before, &attempt).await?
        }
        Stage::Begun(before) => {
            unmoved(run, item).await?;
            begun(run, index, &payload, before).await?
        }
        _ => {
            let before = begin(run, index, item).await?;
            begun(run, index, &payload, before).await?
        }
    };
    let wanted = Wanted::forward(item, before.as_deref(), &run.options.prefix);
    let (now, revision) = after_publish(run, item, before.is_none(), published).await?;
    if let Some(url) = &now.item.content_url {
        run.has_content_url(item, url);
    }
    restore::put_back(run, item, &now, &wanted).await?;
    verify::prove(run, item, before.as_deref(), &now, &wanted).await?;
    run.record(index, &Record::Proven { item: index })?;
    let commit = payload.commit.as_deref().unwrap_or(&run.options.commit);
    let stamp = stamp(&now.item, revision, &payload.fingerprint, commit);
    tag(run, item, &now.item, &wanted.tags, Some(&stamp)).await?;
    run.record(index, &Record::Done { item: index })?;
    Ok(done(item, &now.item, state(item), payload.len(), revision))
}

/// The item as it is once published, and its revision. Of a new item the site's answer to the publish says all that:
/// its listings, and even the item read by itself, come from an index that may lag behind. After an overwrite the item
/// is read, since what that dropped is to be put back.
async fn after_publish(
    run: &Run<'_>,
    item: &Planned,
    new: bool,
    published: Published,
) -> Result<(Shown, Option<u64>), PublishError> {
    match published.shown {
        Some(shown) if new => Ok((*shown, run.first_revision(item.kind))),
        // What is put back makes no revision, so that the one of the publish can be read beside the rest.
        _ => tokio::try_join!(
            run.calls.shown(item.kind, &published.luid),
            run.calls.revision(item.kind, &published.luid)
        )
        .doing("reading it after the publish"),
    }
}

fn prepare(run: &Run<'_>, item: &Planned) -> Result<Payload, PublishError> {
    run.payloads
        .payload(item, &run.content_urls())
        .map_err(PublishError::Payload)
}

/// Notes what is there, and sees that it is still what the plan was made for.
async fn begin(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
) -> Result<Option<Box<Snapshot>>, PublishError> {
    unmoved(run, item).await?;
    let before = snapshot(run, index, item).await?;
    run.record(
        index,
        &Record::Started {
            item: index,
            before: before.clone(),
        },
    )?;
    Ok(before)
}

async fn unmoved(run: &Run<'_>, item: &Planned) -> Result<(), PublishError> {
    match Marker::planned(item) {
        Some(then) => run.calls.unmoved(item.kind, &then).await,
        None => Ok(()),
    }
}

async fn relocate(run: &Run<'_>, item: &Planned) -> Result<(), PublishError> {
    let (Action::Move, Some(luid)) = (item.action, &item.luid) else {
        return Ok(());
    };
    run.step(item, "moving it to its project");
    run.calls
        .move_to(item.kind, luid, &run.project(&item.project)?)
        .await
        .doing("moving it to its project")
}

/// The item as it is live, with a way to have its content again.
async fn snapshot(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
) -> Result<Option<Box<Snapshot>>, PublishError> {
    let Some(luid) = &item.luid else {
        return Ok(None);
    };
    let there = run
        .live
        .items
        .iter()
        .find(|l| &l.luid == luid)
        .ok_or_else(|| PublishError::Moved("it is gone".to_owned()))?;
    let detail = run.live.details.get(luid).cloned().unwrap_or_default();
    let backup = match detail.revision {
        _ if !item.publish => Backup::Untouched,
        // Revisions go away with their item.
        Some(revision)
            if run.live.revision_history
                && item.kind != ItemKind::Flow
                && item.action != Action::Retire =>
        {
            Backup::Revision(revision)
        }
        _ => {
            run.step(item, "keeping a copy of what is live");
            let path = run.backup_path(index, "live");
            let name = run
                .calls
                .download(item.kind, luid, None, &path)
                .await
                .doing("downloading what is live")?;
            let extension = std::path::Path::new(&name)
                .extension()
                .map_or_else(String::new, |e| e.to_string_lossy().into_owned());
            let kept = run.backup_path(index, &extension);
            std::fs::rename(&path, &kept).map_err(|source| PublishError::Backup {
                path: kept.display().to_string(),
                source,
            })?;
            Backup::File(kept)
        }
    };
    Ok(Some(Box::new(Snapshot {
        item: there.clone(),
        detail,
        backup,
    })))
}

/// What was there before, and what is there now.
type BeforeAndAfter = (Option<Box<Snapshot>>, Published);

/// Uploads and publishes.
async fn begun(
    run: &Run<'_>,
    index: usize,
    payload: &Payload,
    before: Option<Box<Snapshot>>,
) -> Result<BeforeAndAfter, PublishError> {
    let item = &run.plan.items[index];
    relocate(run, item).await?;
    let wanted = Wanted::forward(item, before.as_deref(), &run.options.prefix);
    let publish = Publish {
        to: destination(run, item, before.as_deref())?,
        wanted: &wanted,
    };
    let first = Record::Committing {
        item: index,
        at: Timestamp::now(),
    };
    let published = commit::publish(run, index, payload, &publish, &first).await?;
    committed(run, index, item, before, published)
}

/// Where an item goes.
pub(super) fn destination(
    run: &Run<'_>,
    item: &Planned,
    before: Option<&Snapshot>,
) -> Result<Destination, PublishError> {
    Ok(Destination {
        kind: item.kind,
        name: item.name.clone(),
        project: run.project(&item.project)?,
        known: before.map(Marker::of),
    })
}

/// After a crash: the publish may have been done. The site is asked before anything is sent again.
async fn committing(
    run: &Run<'_>,
    index: usize,
    payload: &Payload,
    before: Option<Box<Snapshot>>,
    attempt: &Attempt,
) -> Result<BeforeAndAfter, PublishError> {
    let item = &run.plan.items[index];
    let to = destination(run, item, before.as_deref())?;
    match commit::settle(run, item, &to, attempt).await? {
        Some(luid) => committed(run, index, item, before, luid.into()),
        None => begun(run, index, payload, before).await,
    }
}

fn committed(
    run: &Run<'_>,
    index: usize,
    item: &Planned,
    before: Option<Box<Snapshot>>,
    published: Published,
) -> Result<BeforeAndAfter, PublishError> {
    run.record(
        index,
        &Record::Committed {
            item: index,
            luid: published.luid.clone(),
            revision: None,
        },
    )?;
    match &item.luid {
        Some(expected) if *expected != published.luid => Err(PublishError::Identity {
            expected: expected.clone(),
            got: published.luid,
        }),
        _ => Ok((before, published)),
    }
}

/// The stamp of a publish that is proven.
pub(super) fn stamp(
    now: &LiveItem,
    revision: Option<u64>,
    fingerprint: &str,
    commit: &str,
) -> Stamp {
    // The site's clock may be ahead of ours: no stamp says that it is older than its own publish.
    let at = now
        .updated_at
        .map_or_else(Timestamp::now, |at| at.max(Timestamp::now()));
    Stamp {
        fingerprint: fingerprint.to_owned(),
        commit: commit.to_owned(),
        revision: revision.unwrap_or(0),
        at,
    }
}

/// Sets the tags and the stamp, in one request and last of all: an item without a stamp is not done. Old stamps go.
///
/// Not by `tags:batchCreate`, which sets the same labels on all of its items: a stamp is its item's own.
pub(super) async fn tag(
    run: &Run<'_>,
    item: &Planned,
    now: &LiveItem,
    tags: &[String],
    stamp: Option<&Stamp>,
) -> Result<(), PublishError> {
    let prefix = &run.options.prefix;
    let label = stamp.map(|s| s.label(prefix));
    let old = |t: &&String| Stamp::is_ours(t, prefix) && Some(*t) != label.as_ref();
    for old in now.tags.iter().filter(old) {
        run.calls
            .delete_tag(now.kind, &now.luid, old)
            .await
            .doing("removing the old stamp")?;
    }
    let missing = tags.iter().filter(|t| !now.tags.contains(t));
    let labels: Vec<String> = missing.chain(&label).cloned().collect();
    if labels.is_empty() {
        return Ok(());
    }
    run.step(item, "setting its tags and the stamp");
    run.calls
        .add_tags(now.kind, &now.luid, &labels)
        .await
        .doing("setting its tags and the stamp")
}

async fn only_move(run: &Run<'_>, index: usize, item: &Planned) -> Result<Done, PublishError> {
    let luid = item.luid.clone().unwrap_or_default();
    if let Stage::Fresh = run.stage(index) {
        begin(run, index, item).await?;
    }
    relocate(run, item).await?;
    for record in [
        Record::Committed {
            item: index,
            luid: luid.clone(),
            revision: None,
        },
        Record::Done { item: index },
    ] {
        run.record(index, &record)?;
    }
    let now = run.calls.item(item.kind, &luid).await.doing("reading it")?;
    let revision = item.live.as_ref().and_then(|live| live.revision);
    Ok(done(item, &now, State::Moved, 0, revision))
}

/// Only ever what carries our stamp: the plan names no other.
async fn retire(run: &Run<'_>, index: usize, item: &Planned) -> Result<Done, PublishError> {
    let luid = item.luid.clone().unwrap_or_default();
    if let Stage::Fresh = run.stage(index) {
        unmoved(run, item).await?;
        // The content is needed to bring it back, although nothing is published now.
        let with_content = Planned {
            publish: true,
            ..item.clone()
        };
        let before = snapshot(run, index, &with_content).await?;
        run.record(
            index,
            &Record::Started {
                item: index,
                before,
            },
        )?;
    }
    run.record(
        index,
        &Record::Committing {
            item: index,
            at: Timestamp::now(),
        },
    )?;
    run.calls
        .delete(item.kind, &luid)
        .await
        .doing("deleting it")?;
    for record in [
        Record::Committed {
            item: index,
            luid,
            revision: None,
        },
        Record::Done { item: index },
    ] {
        run.record(index, &record)?;
    }
    Ok(Done::planned(item, State::Retired))
}

fn state(item: &Planned) -> State {
    match item.action {
        Action::Create => State::Created,
        Action::Move => State::Moved,
        _ => State::Updated,
    }
}

fn done(item: &Planned, now: &LiveItem, state: State, bytes: u64, revision: Option<u64>) -> Done {
    let also = (state == State::Moved && item.publish).then(|| "it is updated, too".to_owned());
    Done {
        luid: Some(now.luid.clone()),
        content_url: now.content_url.clone(),
        webpage_url: now.webpage_url.clone(),
        revision,
        bytes,
        notes: also.into_iter().collect(),
        ..Done::planned(item, state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_never_older_than_its_publish() {
        let item = |updated_at| LiveItem {
            kind: ItemKind::Flow,
            luid: String::new(),
            name: String::new(),
            project: None,
            content_url: None,
            webpage_url: None,
            owner_luid: None,
            tags: Vec::new(),
            updated_at,
            description: None,
            show_tabs: None,
            certified: None,
            certification_note: None,
            has_extracts: None,
            size_mb: None,
        };
        let before = Timestamp::now();
        let ahead = Timestamp::MAX;
        let at = |updated_at| stamp(&item(updated_at), Some(2), "ff", "c").at;
        assert_eq!(at(Some(ahead)), ahead);
        assert!(at(Some(Timestamp::UNIX_EPOCH)) >= before);
        assert!(at(None) >= before);
        let known = stamp(&item(None), Some(2), "ff", "c").revision;
        assert_eq!(
            (known, stamp(&item(None), None, "ff", "c").revision),
            (2, 0)
        );
    }
}
