//! File contents, streamed in and out. The same bytes are kept once, under their hash, and written once: bytes that are
//! there already cost a hash and nothing on the disk, so that a file promoted through three sites is stored one time.
//!
//! A blob that an in-flight request has written is pinned until the request ends: the collector removes only
//! blobs that no record refers to and no request holds.

mod reader;
mod sink;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

pub(crate) use reader::Reader;
use sink::Buffers;
pub(crate) use sink::Sink;

/// Buffers that may wait between the disk and the socket.
const QUEUED_BUFFERS: usize = 4;
const READ_BUFFER_BYTES: usize = 256 << 10;

/// A stored run of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// A file as the concatenation of blobs: it can be written at several places at once, and the chunks of an upload
/// become a file without being copied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content(pub(crate) Vec<Blob>);

impl Content {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.iter().map(|blob| blob.bytes).sum()
    }
}

type Pins = Arc<Mutex<HashMap<String, usize>>>;

fn lock(pins: &Pins) -> MutexGuard<'_, HashMap<String, usize>> {
    pins.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a blob from the collector.
#[derive(Debug)]
pub(crate) struct Pin {
    pins: Pins,
    hash: String,
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pins = lock(&self.pins);
        if let Some(count) = pins.get_mut(&self.hash) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.hash);
            }
        }
    }
}

/// The blob folder: `ab/cdef…` by hash, and `tmp/` for what is being written.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    folder: PathBuf,
    pins: Pins,
    buffers: Buffers,
}

impl Blobs {
    /// Opens the folder and throws away what a kill left half written.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let incoming = folder.join("tmp");
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        fs::create_dir_all(&incoming)?;
        Ok(Self {
            folder: folder.to_owned(),
            pins: Pins::default(),
            buffers: Buffers::default(),
        })
    }

    fn path(&self, hash: &str) -> PathBuf {
        let (head, tail) = hash.split_at(hash.len().min(2));
        self.folder.join(head).join(tail)
    }

    /// A sink for bytes that arrive on the async side; they are written on blocking threads.
    pub(crate) fn sink(&self) -> Sink {
        Sink::new(self.clone())
    }

    /// Stores bytes that are at hand, unless they are stored already.
    pub(crate) fn store(&self, data: &[u8]) -> io::Result<(Blob, Pin)> {
        let blob = Blob {
            hash: blake3::hash(data).to_hex().to_string(),
            bytes: data.len() as u64,
        };
        let path = self.path(&blob.hash);
        if let Some(pin) = self.pin_stored(&blob, &path) {
            return Ok((blob, pin));
        }
        let mut file = tempfile::NamedTempFile::new_in(self.folder.join("tmp"))?;
        file.write_all(data)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut pins = lock(&self.pins);
        file.persist(&path).map_err(|error| error.error)?;
        let pin = self.pin(&mut pins, &blob);
        drop(pins);
        Ok((blob, pin))
    }

    /// A pin on the blob where it is there, whole. Under the lock, so that the collector does not take it in between.
    fn pin_stored(&self, blob: &Blob, path: &Path) -> Option<Pin> {
        let mut pins = lock(&self.pins);
        let stored = fs::metadata(path).is_ok_and(|file| file.len() == blob.bytes);
        stored.then(|| self.pin(&mut pins, blob))
    }

    fn pin(&self, pins: &mut HashMap<String, usize>, blob: &Blob) -> Pin {
        *pins.entry(blob.hash.clone()).or_default() += 1;
        Pin {
            pins: Arc::clone(&self.pins),
            hash: blob.hash.clone(),
        }
    }

    /// A seekable reader over a file's blobs, for the blocking side.
    pub(crate) fn reader(&self, content: &Content) -> Reader {
        Reader::new(
            content
                .0
                .iter()
                .map(|blob| (self.path(&blob.hash), blob.bytes)),
        )
    }

    /// The file in buffers, read ahead on a blocking thread. An error ends the stream.
    pub(crate) fn stream(&self, content: &Content) -> mpsc::Receiver<io::Result<Bytes>> {
        let (sender, receiver) = mpsc::channel(QUEUED_BUFFERS);
        let mut reader = self.reader(content);
        tokio::task::spawn_blocking(move || {
            loop {
                let mut buffer = vec![0; READ_BUFFER_BYTES];
                let message = match reader.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(count) => {
                        buffer.truncate(count);
                        Ok(Bytes::from(buffer))
                    }
                    Err(error) => Err(error),
                };
                let failed = message.is_err();
                if sender.blocking_send(message).is_err() || failed {
                    return;
                }
            }
        });
        receiver
    }

    /// Removes the blobs outside `referenced` that nothing pins. The caller holds the store's lock, so that no
    /// record can come to refer to one meanwhile. Returns how many went.
    pub(crate) fn collect(&self, referenced: &HashSet<String>) -> io::Result<usize> {
        let pins = lock(&self.pins);
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let head = entry.file_name().to_string_lossy().into_owned();
            if head.len() != 2 || !entry.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(entry.path())? {
                let file = file?;
                let hash = format!("{head}{}", file.file_name().to_string_lossy());
                if !referenced.contains(&hash) && !pins.contains_key(&hash) {
                    fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom};

    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    #[test]
    fn reads_and_seeks_across_blobs() {
        let (_folder, blobs) = blobs();
        let content = Content(
            ["hello ", "", "big ", "world"]
                .iter()
                .map(|t| blobs.store(t.as_bytes()).unwrap().0)
                .collect(),
        );
        let mut reader = blobs.reader(&content);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello big world");
        reader.seek(SeekFrom::End(-7)).unwrap();
        text.clear();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "g world");
        assert!(reader.seek(SeekFrom::Current(-99)).is_err());
    }

    #[test]
    fn collects_only_what_nobody_holds() {
        let (_folder, blobs) = blobs();
        let (kept, _) = blobs.store(b"kept").unwrap();
        let (_pinned, pin) = blobs.store(b"pinned").unwrap();
        blobs.store(b"loose").unwrap();
        assert_eq!(
            blobs.collect(&HashSet::from([kept.hash.clone()])).unwrap(),
            1
        );
        drop(pin);
        assert_eq!(blobs.collect(&HashSet::from([kept.hash])).unwrap(), 1);
    }

    #[tokio::test]
    async fn streams_in_and_out() {
        let (_folder, blobs) = blobs();
        let mut sink = blobs.sink();
        sink.write(b"ab").await;
        sink.write(b"cd").await;
        assert_eq!(sink.written(), 4);
        let (content, _pins) = sink.finish().await.unwrap();
        let [blob] = content.0.as_slice() else {
            panic!("{content:?}");
        };
        assert_eq!(blob.hash, blake3::hash(b"abcd").to_hex().to_string());
        let mut stream = blobs.stream(&content);
        assert_eq!(stream.recv().await.unwrap().unwrap(), "abcd");
        assert!(stream.recv().await.is_none());
    }

    #[test]
    fn the_same_bytes_are_written_once_and_a_torn_file_again() {
        let (_folder, blobs) = blobs();
        let (blob, _pin) = blobs.store(b"the same").unwrap();
        let path = blobs.path(&blob.hash);
        let written = || fs::metadata(&path).unwrap().modified().unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        assert_eq!(blobs.store(b"the same").unwrap().0, blob);
        assert_eq!(written(), long_ago);
        // What a machine that lost its power may leave.
        fs::write(&path, b"the").unwrap();
        blobs.store(b"the same").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"the same");
    }
}
