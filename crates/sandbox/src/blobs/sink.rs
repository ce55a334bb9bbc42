//! A file that arrives, cut into runs that are stored at the same time.
//!
//! A file's bytes cost the system more to take than to receive (it finds a fresh page for each four kilobytes), and it
//! lets one thread at a time write to a file. So each run is a blob of its own, hashed and written on a thread of its own.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use super::{Blob, Blobs, Content, Pin};

/// Every run of a file but its last has this many bytes.
pub(super) const RUN_BYTES: usize = 4 << 20;
/// Runs of one file that are being stored while the next one fills.
const STORING: usize = 2;
/// Buffers that wait for the next file, together as large as what one upload of four chunks at a time needs.
const SPARE: usize = 8;

/// Buffers to be filled again: fresh memory would cost more than the copy into it.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    fn take(&self) -> Vec<u8> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| Vec::with_capacity(RUN_BYTES))
    }

    fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE {
            spare.push(buffer);
        }
    }
}

/// Takes the bytes of one file. Dropped before [`Sink::finish`], it leaves no blob that anything refers to.
#[derive(Debug)]
pub(crate) struct Sink {
    blobs: Blobs,
    /// The run that fills.
    run: Vec<u8>,
    storing: VecDeque<JoinHandle<io::Result<(Blob, Pin)>>>,
    stored: io::Result<(Content, Vec<Pin>)>,
    written: u64,
}

impl Sink {
    pub(super) fn new(blobs: Blobs) -> Self {
        Self {
            run: blobs.buffers.take(),
            blobs,
            storing: VecDeque::new(),
            stored: Ok((Content::default(), Vec::new())),
            written: 0,
        }
    }

    /// Bytes taken so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Takes bytes, waiting while storing is behind. A write error shows in [`Sink::finish`].
    pub(crate) async fn write(&mut self, mut data: &[u8]) {
        self.written += data.len() as u64;
        while !data.is_empty() {
            let (now, later) = data.split_at(data.len().min(RUN_BYTES - self.run.len()));
            self.run.extend_from_slice(now);
            data = later;
            if self.run.len() == RUN_BYTES {
                let next = self.blobs.buffers.take();
                let run = std::mem::replace(&mut self.run, next);
                self.store(run).await;
            }
        }
    }

    async fn store(&mut self, run: Vec<u8>) {
        if self.storing.len() == STORING {
            self.settle_oldest().await;
        }
        let blobs = self.blobs.clone();
        self.storing.push_back(tokio::task::spawn_blocking(move || {
            let stored = blobs.store(&run);
            blobs.buffers.give_back(run);
            stored
        }));
    }

    /// Waits for the run that comes next in the file. The first error stays.
    async fn settle_oldest(&mut self) {
        let Some(oldest) = self.storing.pop_front() else {
            return;
        };
        let run = oldest.await.map_err(io::Error::other).flatten();
        match (&mut self.stored, run) {
            (Ok((content, pins)), Ok((blob, pin))) => {
                content.0.push(blob);
                pins.push(pin);
            }
            (stored @ Ok(_), Err(error)) => *stored = Err(error),
            (Err(_), _) => {}
        }
    }

    /// The file, of one blob at least. Hold the pins until a record refers to it.
    pub(crate) async fn finish(mut self) -> io::Result<(Content, Vec<Pin>)> {
        let last = std::mem::take(&mut self.run);
        if !last.is_empty() || self.written == 0 {
            self.store(last).await;
        }
        while !self.storing.is_empty() {
            self.settle_oldest().await;
        }
        self.stored
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    #[tokio::test]
    async fn runs_are_one_file_in_the_order_of_its_bytes() {
        let (_folder, blobs) = blobs();
        let bytes: Vec<u8> = (0..3 * RUN_BYTES + 3)
            .map(|at| (at / 251 % 256) as u8)
            .collect();
        let mut sink = blobs.sink();
        for piece in bytes.chunks(999_983) {
            sink.write(piece).await;
        }
        assert_eq!(sink.written(), bytes.len() as u64);
        let (content, pins) = sink.finish().await.unwrap();
        let lengths: Vec<u64> = content.0.iter().map(|blob| blob.bytes).collect();
        let run = RUN_BYTES as u64;
        assert_eq!(lengths, [run, run, run, 3]);
        assert_eq!(pins.len(), lengths.len());
        let mut read = Vec::new();
        blobs.reader(&content).read_to_end(&mut read).unwrap();
        assert!(read == bytes);
    }

    #[tokio::test]
    async fn a_failed_write_shows_at_the_end_and_blocks_nothing() {
        let (folder, blobs) = blobs();
        std::fs::remove_dir(folder.path().join("tmp")).unwrap();
        let mut sink = blobs.sink();
        for _ in 0..5 {
            sink.write(&vec![0; RUN_BYTES]).await;
        }
        assert_eq!(
            sink.finish().await.unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }

    #[tokio::test]
    async fn an_empty_file_has_a_blob() {
        let (_folder, blobs) = blobs();
        let (content, _pins) = blobs.sink().finish().await.unwrap();
        assert_eq!((content.0.len(), content.bytes()), (1, 0));
    }

    #[tokio::test]
    async fn a_file_that_breaks_off_leaves_nothing_that_is_kept() {
        let (folder, blobs) = blobs();
        let mut sink = blobs.sink();
        sink.write(&vec![7; 2 * RUN_BYTES + 1]).await;
        let storing = std::mem::take(&mut sink.storing);
        drop(sink);
        for run in storing {
            run.await.unwrap().unwrap();
        }
        // Both runs are the same bytes.
        assert_eq!(blobs.collect(&std::collections::HashSet::new()).unwrap(), 1);
        let half_written = std::fs::read_dir(folder.path().join("tmp")).unwrap();
        assert_eq!(half_written.count(), 0);
    }
}
