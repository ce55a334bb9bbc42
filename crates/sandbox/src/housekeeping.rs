//! What time makes superfluous: dead sessions, uploads that nobody commits, old jobs and deliveries, file contents that nothing
//! refers to any more.

use std::time::Duration;

use jiff::Timestamp;

use crate::app::App;
use crate::error::ApiError;
use crate::model::{Chunk, Delivery, Job, Session, Upload};
use crate::store::Tx;

/// How often it is done while the sandbox runs; it is done at each start too.
pub(crate) const EVERY: Duration = Duration::from_secs(60);
/// An upload session that is older is given up. The real lifetime is not documented.
const UPLOAD_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Tidies up. Returns how many blobs went.
pub(crate) fn tidy(app: &App) -> Result<usize, ApiError> {
    let now = Timestamp::now();
    app.store.transact(|tx| {
        for session in tx.everywhere::<Session>()? {
            if older(session.used_at, now, app.options.session_idle) {
                tx.delete::<Session>(&session.id)?;
            }
        }
        for upload in tx.everywhere::<Upload>()? {
            if older(upload.opened_at, now, UPLOAD_LIFE) {
                drop_upload(tx, &upload)?;
            }
        }
        for job in tx.everywhere::<Job>()? {
            if job
                .ended_at
                .is_some_and(|ended| older(ended, now, app.options.jobs_kept))
            {
                tx.delete::<Job>(&job.id)?;
            }
        }
        for delivery in tx.everywhere::<Delivery>()? {
            if older(delivery.created_at, now, app.options.jobs_kept) {
                tx.delete::<Delivery>(&delivery.id)?;
            }
        }
        Ok(())
    })?;
    app.collect_blobs()
}

fn older(time: Timestamp, now: Timestamp, age: Duration) -> bool {
    let since = now.duration_since(time);
    since.is_positive() && since.unsigned_abs() > age
}

/// Removes an upload session with its chunks.
pub(crate) fn drop_upload(tx: &Tx<'_>, upload: &Upload) -> Result<(), ApiError> {
    for chunk in tx.children::<Chunk>(&upload.id)? {
        tx.delete::<Chunk>(&chunk.id)?;
    }
    tx.delete::<Upload>(&upload.id)
}
