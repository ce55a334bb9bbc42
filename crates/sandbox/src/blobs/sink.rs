//! A file that arrives, cut into runs that are written at the same time.
//!
//! A file's bytes cost the system more to take than to receive (it finds a fresh page for each four kilobytes), and it
//! lets one thread at a time write to a file. So each run is a file of its own, on a thread of its own.

use std::io::{self, Write};

use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Blob, Blobs, Content, Naming, Pin};

/// What comes is gathered in lots of this size, a multiple of a page: a lot costs a change of threads, and what is
/// written in whole pages costs the system less.
pub(super) const LOT_BYTES: usize = 1 << 20;
/// Lots of a file on their way: one is filled while others are written.
const LOTS: usize = 12;
/// A run ends with the lot that reaches this. Less than [`LOTS`] can hold, so that two are always being written.
pub(super) const RUN_BYTES: u64 = 8 << 20;

/// `None` is the end; a channel that closes without it was abandoned.
type Lots = mpsc::Sender<Option<Vec<u8>>>;

/// A run that is complete and has no name yet.
#[derive(Debug)]
struct Run {
    file: NamedTempFile,
    hash: String,
    bytes: u64,
}

/// Takes the bytes of one file. Dropped before [`Sink::finish`], it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Sink {
    blobs: Blobs,
    naming: Naming,
    /// In the order of the file; the last one is still open.
    runs: Vec<JoinHandle<io::Result<Run>>>,
    /// To the run that is open.
    sender: Lots,
    /// How much that run has been sent.
    sent: u64,
    /// Written lots come back, to be filled again: fresh memory would cost more than the copy into them.
    spare: mpsc::Receiver<Vec<u8>>,
    give_back: mpsc::Sender<Vec<u8>>,
    /// How many lots there are.
    lots: usize,
    lot: Vec<u8>,
    written: u64,
}

impl Sink {
    pub(super) fn new(blobs: Blobs, naming: Naming) -> Self {
        let (give_back, spare) = mpsc::channel(LOTS);
        let (sender, run) = open_run(&blobs, naming, &give_back);
        Self {
            blobs,
            naming,
            runs: vec![run],
            sender,
            sent: 0,
            spare,
            give_back,
            lots: 1,
            lot: Vec::new(),
            written: 0,
        }
    }

    /// Bytes taken so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Takes bytes, waiting while the writers are behind. A write error shows in [`Sink::finish`].
    pub(crate) async fn write(&mut self, mut data: &[u8]) {
        self.written += data.len() as u64;
        while !data.is_empty() {
            let (now, later) = data.split_at(data.len().min(LOT_BYTES - self.lot.len()));
            self.lot.extend_from_slice(now);
            data = later;
            if self.lot.len() == LOT_BYTES {
                self.hand_over().await;
            }
        }
    }

    async fn hand_over(&mut self) {
        if self.sent >= RUN_BYTES {
            let _ = self.sender.send(None).await;
            let (sender, run) = open_run(&self.blobs, self.naming, &self.give_back);
            self.sender = sender;
            self.runs.push(run);
            self.sent = 0;
        }
        let lot = std::mem::take(&mut self.lot);
        self.sent += lot.len() as u64;
        if self.sender.send(Some(lot)).await.is_err() {
            return; // The writer is gone, which `finish` will tell.
        }
        self.lot = match self.spare.try_recv() {
            Ok(lot) => lot,
            Err(_) if self.lots < LOTS => {
                self.lots += 1;
                Vec::with_capacity(LOT_BYTES)
            }
            Err(_) => self.spare.recv().await.unwrap_or_default(),
        };
    }

    /// Breaks off as a connection does, and waits for the writers to notice.
    #[cfg(test)]
    pub(super) async fn abandon(self) {
        drop(self.sender);
        let mut runs = self.runs;
        assert!(runs.pop().unwrap().await.unwrap().is_err());
        for run in runs {
            run.await.unwrap().unwrap();
        }
    }

    /// The file, of one blob at least. Hold the pins until a record refers to it.
    pub(crate) async fn finish(mut self) -> io::Result<(Content, Vec<Pin>)> {
        if !self.lot.is_empty() {
            self.hand_over().await;
        }
        let _ = self.sender.send(None).await;
        let mut runs = Vec::new();
        for run in self.runs {
            runs.push(run.await.map_err(io::Error::other)??);
        }
        let blobs = self.blobs;
        tokio::task::spawn_blocking(move || name(&blobs, runs))
            .await
            .map_err(io::Error::other)?
    }
}

fn open_run(
    blobs: &Blobs,
    naming: Naming,
    give_back: &mpsc::Sender<Vec<u8>>,
) -> (Lots, JoinHandle<io::Result<Run>>) {
    let (sender, receiver) = mpsc::channel(LOTS);
    let (blobs, give_back) = (blobs.clone(), give_back.clone());
    let run = tokio::task::spawn_blocking(move || receive(&blobs, receiver, &give_back, naming));
    (sender, run)
}

/// Writes a run. After an error it goes on taking lots, so that none is missing to the other runs.
fn receive(
    blobs: &Blobs,
    mut receiver: mpsc::Receiver<Option<Vec<u8>>>,
    give_back: &mpsc::Sender<Vec<u8>>,
    naming: Naming,
) -> io::Result<Run> {
    let mut file = blobs.arriving();
    let mut hasher = (naming == Naming::Content).then(blake3::Hasher::new);
    let mut bytes = 0;
    loop {
        let Some(message) = receiver.blocking_recv() else {
            return Err(io::Error::other("the sender went away before the end"));
        };
        let Some(mut lot) = message else { break };
        if let Some(hasher) = &mut hasher {
            hasher.update(&lot);
        }
        file = file.and_then(|mut file| file.write_all(&lot).map(|()| file));
        bytes += lot.len() as u64;
        lot.clear();
        // Nobody takes it where the sink is through.
        let _ = give_back.try_send(lot);
    }
    Ok(Run {
        file: file?,
        hash: match hasher {
            Some(hasher) => hasher.finalize().to_hex().to_string(),
            None => uuid::Uuid::new_v4().simple().to_string(),
        },
        bytes,
    })
}

fn name(blobs: &Blobs, runs: Vec<Run>) -> io::Result<(Content, Vec<Pin>)> {
    let mut content = Content::default();
    let mut pins = Vec::new();
    for Run { file, hash, bytes } in runs {
        pins.push(blobs.keep(&hash, |path| {
            file.persist(path).map(|_| ()).map_err(|error| error.error)
        })?);
        content.0.push(Blob { hash, bytes });
    }
    Ok((content, pins))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[tokio::test]
    async fn runs_are_one_file_in_the_order_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let bytes: Vec<u8> = (0..2 * RUN_BYTES + 3)
            .map(|at| (at / 251 % 256) as u8)
            .collect();
        for naming in [Naming::Arrival, Naming::Content] {
            let mut sink = blobs.sink(naming);
            for piece in bytes.chunks(999_983) {
                sink.write(piece).await;
            }
            let (content, _pins) = sink.finish().await.unwrap();
            let lengths: Vec<u64> = content.0.iter().map(|blob| blob.bytes).collect();
            assert_eq!(lengths, [RUN_BYTES, RUN_BYTES, 3]);
            let mut read = Vec::new();
            blobs.reader(&content).read_to_end(&mut read).unwrap();
            assert!(read == bytes, "{naming:?}");
        }
    }

    #[tokio::test]
    async fn a_failed_write_shows_at_the_end_and_blocks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        std::fs::remove_dir(folder.path().join("tmp")).unwrap();
        let mut sink = blobs.sink(Naming::Arrival);
        for _ in 0..40 {
            sink.write(&vec![0; LOT_BYTES]).await;
        }
        assert_eq!(
            sink.finish().await.unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[tokio::test]
    async fn an_empty_file_has_a_blob() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let (content, _pins) = blobs.sink(Naming::Content).finish().await.unwrap();
        assert_eq!((content.0.len(), content.bytes()), (1, 0));
    }
}
